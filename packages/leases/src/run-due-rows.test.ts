/** The loop and several processes: quick hand-over, take-over after a death, outages. */
import { silentLog, type Log } from '@hearth/kernel';
import { createEngineStore, STACK_DUE, type Database, type DueClaim } from '@hearth/store';
import { seededRandom, testDatabase } from '@hearth/testkit';
import { afterAll, afterEach, expect, test } from 'vitest';
import { dueRows, stackClaim, type DueRows } from './due-rows.ts';
import { startHolder, type Holder } from './holder.ts';
import { runDueRows, type Runner, type RunnerOptions } from './run-due-rows.ts';
import { link, newStack, realTimers, testBox, type Link } from './testing/world.ts';
import { watchHeld } from './watch-held.ts';

const place = await testDatabase({ poolSize: 8 });
const { database } = place;
afterAll(() => place.drop());

interface Member {
  readonly wire: Link;
  readonly holder: Holder;
  readonly rows: DueRows;
  readonly runner: Runner;
  readonly claims: DueClaim[];
  readonly hints: string[];
}

const members: Member[] = [];
async function stopAll(): Promise<void> {
  for (const { wire, runner, holder } of members.splice(0)) {
    wire.mend();
    await runner.stop();
    await holder.stop();
  }
}
afterEach(stopAll);

const TTL_MS = 600;
/** No sweep comes while anybody waits for something: what is seen then came without one. */
const NO_SWEEP = { sweepMs: 600_000 };
const PATIENCE = { interval: 5, timeout: 30_000 };

/** One process: holder and loop over a connection that can be cut. */
async function member(name: string, given: Partial<RunnerOptions> & { ttlMs?: number; over?: Database } = {}): Promise<Member> {
  const { ttlMs = TTL_MS, over = database, ...options } = given;
  const wire = link(over);
  const random = seededRandom(`${name} of ${expect.getState().currentTestName}`);
  const holder = await startHolder({
    database: wire.database,
    timers: realTimers,
    random,
    name,
    log: silentLog,
    ttlMs,
    heartbeatMs: ttlMs / 5,
  });
  const rows = dueRows({ database: wire.database, table: STACK_DUE, holder, timers: realTimers });
  const claims: DueClaim[] = [];
  const hints: string[] = [];
  const runner = await runDueRows({
    rows,
    timers: realTimers,
    random,
    log: silentLog,
    capacity: () => 100,
    onClaim: (claim) => claims.push(claim),
    onWakeHeld: (id) => hints.push(id),
    ...options,
  });
  const made = { wire, holder, rows, runner, claims, hints };
  members.push(made);
  return made;
}

const store = createEngineStore(database, testBox);
const wakeVersionOf = async (claim: DueClaim): Promise<number> =>
  (await store.commit(stackClaim(claim), { stack: null, resources: [], removed: [], events: [], children: [] })).wakeVersion;

test('a new stack is claimed upon the notification, without a sweep', async () => {
  const { claims } = await member('one', NO_SWEEP);
  await realTimers.sleep(100);
  const id = await newStack(database);
  await expect.poll(() => claims.map((claim) => claim.id), PATIENCE).toContain(id);
  expect(claims.find((claim) => claim.id === id)?.tookOver).toBe(false);
});

test('a released stack comes back when it is due, without sweep or notification', async () => {
  const { claims, rows } = await member('one', NO_SWEEP);
  const id = await newStack(database);
  await expect.poll(() => claims.some((one) => one.id === id)).toBe(true);
  const claim = claims.find((one) => one.id === id) as DueClaim;
  const dueAt = Date.now() + 300;
  expect(await store.release(stackClaim(claim), await wakeVersionOf(claim), dueAt)).toBe(true);
  rows.forget(claim);
  members[0]?.runner.nudge();
  await expect.poll(() => claims.filter((one) => one.id === id).length, PATIENCE).toBe(2);
  expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
  expect(claims.at(-1)).toMatchObject({ tookOver: false, epoch: claim.epoch + 1 });
});

test('no more is claimed than there is room for; the rest follows', async () => {
  let room = 0;
  const took: string[] = [];
  const { runner } = await member('one', { capacity: () => room - took.length, onClaim: ({ id }) => took.push(id) });
  const ids = await Promise.all([newStack(database), newStack(database), newStack(database)]);
  await realTimers.sleep(200);
  expect(took).toEqual([]);
  room = 2;
  runner.nudge();
  await expect.poll(() => took.length).toBe(2);
  room = 10;
  runner.nudge();
  await expect.poll(() => ids.every((id) => took.includes(id))).toBe(true);
});

test('a process that dies is succeeded once its term has passed', async () => {
  const dying = await member('dying');
  const id = await newStack(database);
  await expect.poll(() => dying.rows.isKnown(id)).toBe(true);
  const heir = await member('heir');
  await realTimers.sleep(TTL_MS * 2);
  expect(heir.claims).toEqual([]);
  dying.wire.hang();
  await expect.poll(() => heir.claims.find((claim) => claim.id === id), PATIENCE).toMatchObject({ tookOver: true });
  const [old] = dying.claims.filter((claim) => claim.id === id);
  await expect(wakeVersionOf(old as DueClaim)).rejects.toMatchObject({ code: 'lease-lost' });
});

test('a row dropped without release comes back under a new epoch; one being worked on does not', async () => {
  const { claims, rows } = await member('one', { sweepMs: 100 });
  const [dropped, kept] = [await newStack(database), await newStack(database)];
  await expect.poll(() => [dropped, kept].every((id) => rows.isKnown(id))).toBe(true);
  const claim = claims.find((one) => one.id === dropped) as DueClaim;
  rows.forget({ ...claim, epoch: claim.epoch - 1 });
  await realTimers.sleep(300);
  expect(claims.filter((one) => one.id === dropped)).toHaveLength(1);
  rows.forget(claim);
  await expect.poll(() => claims.filter((one) => one.id === dropped).length).toBe(2);
  expect(claims.filter((one) => one.id === dropped)[1]).toMatchObject({ tookOver: true, epoch: claim.epoch + 1 });
  expect(claims.filter((one) => one.id === kept)).toHaveLength(1);
});

test('through an outage: one warning, the lease is lost, and afterwards the rows come back', async () => {
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (event) => said.push(`warn ${event}`), info: (event) => said.push(`info ${event}`) };
  const { claims, rows, wire, holder } = await member('one', { log, sweepMs: 100 });
  const id = await newStack(database);
  await expect.poll(() => rows.isKnown(id)).toBe(true);
  wire.cut();
  await expect.poll(() => holder.isValid(), { timeout: 3000 }).toBe(false);
  expect(rows.knownCount()).toBe(0);
  wire.mend();
  await expect.poll(() => claims.filter((claim) => claim.id === id).length, PATIENCE).toBe(2);
  expect(claims.at(-1)).toMatchObject({ tookOver: true });
  expect(said.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  expect(said.filter((line) => line.startsWith('info'))).toHaveLength(1);
});

test('wake-ups of held rows are heard, and found even when the notification is lost', async () => {
  const { rows, hints } = await member('one');
  const grown: [string, number][] = [];
  const stop = watchHeld({ rows, timers: realTimers, log: silentLog, onGrown: (id, version) => grown.push([id, version]), everyMs: 100 });
  const id = await newStack(database);
  await expect.poll(() => grown).toContainEqual([id, 1]);
  await database.transaction((tx) => rows.wake(tx, id));
  await expect.poll(() => hints).toContain(id);
  await expect.poll(() => grown).toContainEqual([id, 2]);
  await database.transaction((tx) =>
    rows.wake(
      { query: async (statement) => tx.query({ ...statement, name: 'deaf', values: [statement.values[0], 'nobody-listens'] }) },
      id,
    ),
  );
  await expect.poll(() => grown).toContainEqual([id, 3]);
  await realTimers.sleep(300);
  expect(grown.filter(([one]) => one === id)).toHaveLength(3);
  await stop();
});
