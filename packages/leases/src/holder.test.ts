/** The lease of a process: kept by heartbeat, given up in time when the heartbeat fails, and taken up again. */
import { silentLog } from '@hearth/kernel';
import { claimDueRows, endLease, openDatabase, STACK_DUE } from '@hearth/store';
import { hangingProxy, seededRandom, testDatabase } from '@hearth/testkit';
import { afterAll, expect, test } from 'vitest';
import { startHolder, type Holder } from './holder.ts';
import { link, newStack, realTimers } from './testing/world.ts';

const place = await testDatabase();
afterAll(() => place.drop());

const wire = link(place.database);
const start = (name: string, given: { ttlMs?: number; heartbeatMs?: number } = {}): Promise<Holder> =>
  startHolder({
    database: wire.database,
    timers: realTimers,
    random: seededRandom(name),
    name,
    log: silentLog,
    ttlMs: 400,
    heartbeatMs: 80,
    ...given,
  });

/** Whether the database takes the holder for alive: only then it may claim. */
async function isAlive(holder: Holder): Promise<boolean> {
  await newStack(place.database);
  return mayClaim(holder);
}

async function mayClaim(holder: Holder): Promise<boolean> {
  return (
    (await claimDueRows(place.database, { table: STACK_DUE, holderId: holder.id, limit: 1, sweep: false, known: [] })).claims.length > 0
  );
}

test('the heartbeat keeps the lease beyond its first term; stopping ends it at once', async () => {
  const holder = await start('steady');
  for (let i = 0; i < 8; i++) {
    await realTimers.sleep(100);
    expect(holder.isValid()).toBe(true);
    expect(holder.remainingMs()).toBeGreaterThan(0);
    expect(holder.remainingMs()).toBeLessThanOrEqual(360);
  }
  expect(await isAlive(holder)).toBe(true);
  await holder.stop();
  expect([holder.isValid(), holder.remainingMs(), await isAlive(holder)]).toEqual([false, 0, false]);
});

test.each(['cut', 'hang'] as const)(
  'when the connection is %s, the lease is given up before the database lets it pass; afterwards it is renewed',
  async (how) => {
    // The margin is a tenth of the term: long enough for one question to a database under load.
    const holder = await start(`lost-${how}`, { ttlMs: 3_000, heartbeatMs: 300 });
    await newStack(place.database);
    let lost = 0;
    let aliveWhenLost: Promise<boolean> = Promise.resolve(false);
    holder.onLost(() => {
      lost++;
      expect([holder.isValid(), holder.remainingMs()]).toEqual([false, 0]);
      aliveWhenLost = mayClaim(holder);
    });
    wire[how]();
    try {
      await expect.poll(() => lost, { timeout: 6000 }).toBe(1);
      expect(await aliveWhenLost).toBe(true);
      await expect.poll(() => isAlive(holder), { timeout: 4000 }).toBe(false);
    } finally {
      wire.mend();
    }
    await expect.poll(() => holder.isValid(), { timeout: 6000 }).toBe(true);
    expect(await isAlive(holder)).toBe(true);
    expect(lost).toBe(1);
    await holder.stop();
  },
);

test('when the connections hang and new ones work, the lease is kept', async () => {
  const proxy = await hangingProxy(place.connection);
  const database = await openDatabase({ connection: proxy.connection, log: silentLog, poolSize: 3, statementLimitMs: 3_000 });
  const options = { timers: realTimers, random: seededRandom('proxied'), name: 'proxied', log: silentLog, ttlMs: 3_000, heartbeatMs: 800 };
  const holder = await startHolder({ ...options, database: database.within(1_200) });
  try {
    let lost = 0;
    holder.onLost(() => lost++);
    const nap = { text: 'select pg_sleep(0.1)', values: [] };
    await Promise.all([database.query(nap), database.query(nap), database.query(nap)]);
    expect(proxy.made()).toBe(3);
    proxy.hang();
    await realTimers.sleep(4_500);
    expect([lost, holder.isValid()]).toEqual([0, true]);
    expect(proxy.made()).toBeGreaterThan(3);
    await expect.poll(() => isAlive(holder)).toBe(true);
  } finally {
    await holder.stop();
    await database.close();
    await proxy.close();
  }
});

test('a holder whose expired row others have removed registers again', async () => {
  const holder = await start('removed');
  await endLease(place.database, holder.id);
  await expect.poll(() => isAlive(holder), { timeout: 2000 }).toBe(true);
  await holder.stop();
});

test('without a database there is no holder', async () => {
  wire.cut();
  await expect(start('never')).rejects.toMatchObject({ code: 'unavailable' });
  wire.mend();
});
