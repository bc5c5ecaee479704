/** A process that was stopped in mid-statement and hears the answers before its timers ring; and one whose clock was set. */
import { Bug, silentLog } from '@hearth/kernel';
import { type Database, STACK_DUE } from '@hearth/store';
import { seededRandom, virtualTimers } from '@hearth/testkit';
import { expect, test } from 'vitest';
import { dueRows, type ClaimOutcome, type DueRows } from './due-rows.ts';
import { startHolder } from './holder.ts';
import { runDueRows } from './run-due-rows.ts';

const CLAIMED = { next_due_at: null, database_now: 0, id: 'row', epoch: 1, wake_version: 1, took_over: false, share: null };

/** Statements are answered when the test says so, the last one first; the very first one at once. */
function answeredByHand() {
  const waiting: { readonly name: string; readonly answer: () => void }[] = [];
  let isFirst = true;
  const query = ({ name = '' }: { name?: string }): Promise<unknown> => {
    if (isFirst) {
      isFirst = false;
      return Promise.resolve([]);
    }
    return new Promise((resolve) => waiting.push({ name, answer: () => resolve(name.startsWith('claim') ? [CLAIMED] : []) }));
  };
  const answer = async (name: string): Promise<void> => {
    const at = waiting.findLastIndex((one) => one.name.startsWith(name));
    if (at < 0) throw new Bug(`nothing asks for ${name}`);
    waiting.splice(at, 1)[0]?.answer();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { database: { query, counters: { statements: 0, commits: 0 } } as unknown as Database, answer };
}

async function held() {
  const timers = virtualTimers(1_000_000);
  const { database, answer } = answeredByHand();
  const options = { database, timers, random: seededRandom('stopped'), name: 'stopped', log: silentLog, ttlMs: 3_000, heartbeatMs: 800 };
  const holder = await startHolder(options);
  const rows = dueRows({ database, table: STACK_DUE, holder, timers });
  let lost = 0;
  holder.onLost(() => lost++);
  return { timers, answer, holder, rows, lost: () => lost };
}

test('a renewal that is heard of after the term had passed does not hide that it had', async () => {
  const { timers, answer, holder, lost } = await held();
  await timers.advance(2_400);
  // Renewed by the database after others could take over, for all it knows.
  timers.jumpTo(timers.now() + 1_000);
  await answer('renew-lease');
  expect(lost()).toBe(1);
  expect(holder.isValid()).toBe(true);
  await timers.advance(100);
  expect(lost()).toBe(1);
});

test('a renewal that is heard of in time hides nothing', async () => {
  const { timers, answer, holder, lost } = await held();
  for (let i = 0; i < 5; i++) {
    await timers.advance(1_000);
    await answer('renew-lease');
  }
  expect([lost(), holder.isValid()]).toEqual([0, true]);
});

test('a claim from before the lease was lost is void, also when the lease was taken up again before its answer', async () => {
  const { timers, answer, holder, rows, lost } = await held();
  await timers.advance(2_400);
  const claimed: Promise<ClaimOutcome> = rows.claimNext(1, true);
  await timers.advance(1);
  timers.jumpTo(timers.now() + 1_000);
  await answer('renew-lease');
  await answer('claim-stack');
  expect([lost(), holder.isValid()]).toEqual([1, true]);
  expect((await claimed).claims).toEqual([]);
  expect(rows.knownCount()).toBe(0);
});

test('a clock that is set back by an hour keeps nobody from looking for what the dead have left', async () => {
  const timers = virtualTimers(10 * 3_600_000);
  const sweptAt: number[] = [];
  const rows = {
    table: STACK_DUE,
    isKnown: () => false,
    onWake: async () => async () => {},
    claimNext: async (_limit: number, sweep: boolean) => {
      if (sweep) sweptAt.push(timers.now());
      return { claims: [], nextDueInMs: null };
    },
  } as unknown as DueRows;
  const options = { rows, timers, random: seededRandom('clock'), log: silentLog, capacity: () => 1, onClaim: () => {} };
  const runner = await runDueRows(options);
  await timers.advance(3_000);
  const before = sweptAt.length;
  timers.jumpTo(timers.now() - 3_600_000);
  runner.nudge();
  await timers.advance(3_000);
  expect(sweptAt.length).toBeGreaterThanOrEqual(before + 3);
  await runner.stop();
});
