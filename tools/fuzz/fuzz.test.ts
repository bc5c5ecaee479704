/** A twentieth of what `npm run fuzz` does: random documents of every kind neither crash nor cost more than they may. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bombs, isAnswered } from './bombs.ts';
import { KINDS } from './fuzz.ts';
import { judgingApi, type JudgingApi } from './judging-api.ts';

const COUNT = 5_000;
const SEED = 4;

describe('random documents', () => {
  test('the shares of all kinds are a hundred', () => expect(KINDS.reduce((sum, { share }) => sum + share, 0)).toBe(100));
  test.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', { timeout: 120_000 }, (_name, kind) => {
    const report = kind.fuzz((COUNT * kind.share) / 100, SEED);
    expect(report.failure).toBeNull();
    expect(report.passed).toBe((COUNT * kind.share) / 100);
    // Not all of them may be refused at the first look.
    for (const counter of ['documents', 'bound', 'values', 'compiled', 'good'])
      if (report.counters[counter] !== undefined) expect(report.counters[counter], counter).toBeGreaterThan(0);
  });
});

describe('requests that would make much work', () => {
  let api: JudgingApi;
  const times: string[] = [];
  beforeAll(async () => {
    api = await judgingApi();
  });
  afterAll(async () => {
    await api.close();
    console.log(times.join('\n'));
  });
  test.each(bombs.map((bomb) => [bomb.name, bomb] as const))('%s', { timeout: 120_000 }, async (_name, bomb) => {
    const begun = performance.now();
    const answer = await api.ask(bomb.method, bomb.path, bomb.body);
    times.push(`${(performance.now() - begun).toFixed(0).padStart(6)} ms  ${answer.status} ${bomb.name}`);
    expect(isAnswered(bomb, answer), `${answer.status} ${answer.message.slice(0, 500)}`).toBe(true);
  });
});
