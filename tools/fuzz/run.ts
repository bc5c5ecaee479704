/**
 * `npm run fuzz [-- --n N] [--seed S] [--kind NAME]`: random documents, by default 100,000 of all kinds; `npm run fuzz -- bombs`: requests that are small
 * and would make much work, each with its answer and time. A failure is printed with its seed and the smallest document that fails.
 */
import { parseArgs } from 'node:util';
import { bombs, isAnswered } from './bombs.ts';
import { KINDS, type KindReport } from './fuzz.ts';
import { judgingApi } from './judging-api.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { n: { type: 'string' }, seed: { type: 'string' }, kind: { type: 'string' } },
});
const [what = 'documents'] = positionals;
const count = Number(values.n ?? 100_000);
const seed = Number(values.seed ?? 1);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('--n and --seed want whole numbers.');
  process.exit(2);
}
const report = what === 'documents' ? documents() : what === 'bombs' ? await throwBombs() : null;
if (report === null) {
  console.error(`There is nothing to fuzz called "${what}". There are: documents, bombs.`);
  process.exit(2);
}
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed === 0 ? 0 : 1);

interface Verdict {
  readonly passed: number;
  readonly failed: number;
}

function documents(): Verdict {
  const kinds = KINDS.filter(({ name }) => values.kind === undefined || name === values.kind);
  if (kinds.length === 0) {
    console.error(`There is no kind "${values.kind}". There are: ${KINDS.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  const shares = kinds.reduce((sum, { share }) => sum + share, 0);
  const reports = kinds.map((kind) => {
    const one = kind.fuzz(Math.ceil((count * kind.share) / shares), seed);
    print(one);
    return one;
  });
  const sum = (of: (one: KindReport) => number): number => reports.reduce((total, one) => total + of(one), 0);
  console.log(`seed ${seed}, ${(sum(({ ms }) => ms) / 1_000).toFixed(1)} s`);
  return { passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed) };
}

function print({ kind, passed, failed, counters, ms, slowestMs, failure }: KindReport): void {
  const seen = Object.entries(counters).map(([name, value]) => `${name} ${value}`);
  console.log(
    `${kind}: ${passed + failed} documents in ${(ms / 1_000).toFixed(1)} s, the slowest ${slowestMs.toFixed(0)} ms; ${seen.join(', ')}`,
  );
  if (failure !== null) console.log(`  FAILED with --kind "${kind}" --seed ${failure.seed}: ${failure.reason}\n  ${failure.document}`);
}

async function throwBombs(): Promise<Verdict> {
  const api = await judgingApi();
  let failed = 0;
  for (const bomb of bombs) {
    const begun = performance.now();
    const answer = await api.ask(bomb.method, bomb.path, bomb.body);
    const ms = performance.now() - begun;
    const isRight = isAnswered(bomb, answer);
    if (!isRight) failed++;
    const told = answer.message.split('\n')[0]?.slice(0, 140) ?? '';
    console.log(
      `${isRight ? '' : 'FAILED '}${ms.toFixed(0).padStart(6)} ms  ${answer.status} ${bomb.name}${told === '' ? '' : `: ${told}`}`,
    );
  }
  await api.close();
  console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`);
  return { passed: bombs.length - failed, failed };
}
