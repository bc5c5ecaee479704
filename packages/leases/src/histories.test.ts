/**
 * Concurrent histories of the lease on PostgreSQL: whatever befalls the processes, no two hold a row at one epoch, epochs rise, nobody's write is
 * accepted once somebody else has claimed, nobody acts on a lease that others have, and what is due is claimed in the end.
 */
import { seededRandom, testDatabase } from '@hearth/testkit';
import { Failure } from '@hearth/kernel';
import type { Database, EngineStore } from '@hearth/store';
import { appendEvent } from '@hearth/store/testing';
import { expect, test } from 'vitest';
import { type Fact, historyProblems } from './testing/history.ts';
import { type Planted, Storm } from './testing/storm.ts';
import { realTimers } from './testing/world.ts';

const PROCESSES = 4;
const ROWS = 10;
/** At least: on a busy machine it takes longer until enough has happened. */
const STORM_MS = 2_000;
const SETTLED_WITHIN_MS = 30_000;

const countOf = (facts: readonly Fact[], isCounted: (fact: Fact) => boolean): number => facts.filter(isCounted).length;
const isRefused = (fact: Fact): boolean => fact.kind === 'write' && fact.answer === 'refused';
const isAct = (fact: Fact): boolean => fact.kind === 'act';
const isAccepted = (fact: Fact): boolean => fact.kind === 'write' && fact.answer === 'accepted';

interface Lived {
  readonly facts: readonly Fact[];
  readonly problems: readonly string[];
  /** What is due, held or unheard in the end. */
  readonly left: readonly string[];
}

async function live(seed: string, isEnough: (facts: readonly Fact[]) => boolean, planted: Planted = {}): Promise<Lived> {
  const place = await testDatabase();
  try {
    const databases = await Promise.all(Array.from({ length: PROCESSES }, () => place.another({ poolSize: 3 })));
    const storm = new Storm({ random: seededRandom(seed), database: place.database, databases, rows: ROWS, planted });
    await storm.rage(isEnough);
    const left = [...(await storm.settle(SETTLED_WITHIN_MS)), ...(await storm.unseen())];
    await storm.stop();
    return { facts: storm.facts, problems: historyProblems(storm.facts, await storm.logs()), left };
  } finally {
    await place.drop();
  }
}

test('hold, whoever is killed, stopped, cut off, deaf or has another clock', { timeout: 120_000 }, async () => {
  const end = realTimers.now() + STORM_MS;
  const { facts, problems, left } = await live(
    'histories',
    (so) =>
      historyProblems(so).length > 0 ||
      (realTimers.now() > end && so.some(isRefused) && countOf(so, isAccepted) > 50 && countOf(so, isAct) > 20),
  );
  expect(problems).toEqual([]);
  expect(left).toEqual([]);
  expect(new Set(facts.flatMap((fact) => (fact.kind === 'claim' ? [fact.row] : []))).size).toBe(ROWS);
});

/** Writes all the same when it is told that somebody else owns. */
const unfenced = (store: EngineStore, database: Database): EngineStore => ({
  ...store,
  commit: (fence, batch) =>
    store.commit(fence, batch).catch(async (error: unknown) => {
      if (!(error instanceof Failure && error.code === 'lease-lost')) throw error;
      for (const event of batch.events) await appendEvent(database, event);
      return { wakeVersion: 0, stackPatched: true };
    }),
});

test.each([
  ['a store that asks nobody who owns', { store: unfenced }, /had it at epoch|after/],
  ['a holder that is always sure', { isSure: () => true }, /^act .* had it at epoch/],
])('notice %s', { timeout: 120_000 }, async (_name, planted, expected) => {
  const { problems } = await live('planted', (facts) => historyProblems(facts).length > 0, planted);
  expect(problems.join('\n')).toMatch(new RegExp(expected, 'm'));
});
