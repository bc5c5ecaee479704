/** Statements that take too long, and connections that hang without being closed: each ends in time, and the next one works. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '@hearth/kernel';
import { hangingProxy, testDatabase, type HangingProxy } from '@hearth/testkit';
import type pg from 'pg';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { driverOptions } from './connection.ts';
import type { Database, Queryable } from './database.ts';
import { createEngineStore } from './engine-store-postgres.ts';
import { openDatabase } from './open-database.ts';
import { Listener } from './postgres/listener.ts';
import { insertStack } from './queries/insert-stack.ts';
import { createSecretBox } from './secret-box.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleStack } from './testing/sample-records.ts';

/** Long enough for a connection to be made on a machine that is busy with other tests. */
const LIMIT_MS = 2_000;
const TOO_LONG = 'select pg_sleep(20)';
const home = await testDatabase();
afterAll(() => home.drop());

let proxy: HangingProxy;
let database: Database;
beforeEach(async () => {
  proxy = await hangingProxy(home.connection);
  database = await openDatabase({ connection: proxy.connection, log: silentLog, poolSize: 2, statementLimitMs: LIMIT_MS });
});
afterEach(async () => {
  await database.close();
  await proxy.close();
});

const run = (db: Queryable, text: string, values: readonly unknown[] = []) => db.query<Record<string, unknown>>({ text, values });
const backend = async (db: Queryable): Promise<unknown> => (await run(db, 'select pg_backend_pid() as pid'))[0]?.['pid'];

/** What the work fails with. */
async function failureOf(work: () => Promise<unknown>): Promise<{ readonly code: unknown; readonly message: string }> {
  const error = await work().then(
    () => ({ code: 'nothing failed', message: '' }),
    (thrown: { code: unknown; message: string }) => thrown,
  );
  return { code: error.code, message: error.message };
}

test('a statement that is too slow is cancelled by the server; in a transaction the connection goes on', async () => {
  const pid = await backend(database);
  expect(await failureOf(() => database.transaction((tx) => run(tx, TOO_LONG)))).toMatchObject({ code: 'unavailable' });
  expect([await backend(database), proxy.made()]).toEqual([pid, 1]);
  const message = expect.stringContaining('took too long, and the statement was cancelled');
  expect(await failureOf(() => run(database, TOO_LONG))).toMatchObject({ code: 'unavailable', message });
});

test('what may take longer does, alone and in a transaction, and only that', async () => {
  const patient = database.within(30_000);
  const nap = 'select pg_sleep(2.6)';
  await run(patient, nap);
  await patient.transaction(async (tx) => {
    await run(tx, nap);
    await sleep(LIMIT_MS + 200);
    await run(tx, nap);
  });
  expect(await failureOf(() => run(database, nap))).toMatchObject({ code: 'unavailable' });
  expect(proxy.made()).toBe(1);
});

test('what should take less is given up sooner', async () => {
  expect(await failureOf(() => run(database.within(100), 'select pg_sleep(1)'))).toMatchObject({ code: 'unavailable' });
});

test('a statement on a connection that hangs ends in time, and the next one goes over another; the pool never runs dry', async () => {
  for (let i = 0; i < 3; i++) {
    const pid = await backend(database);
    proxy.hang();
    const message = expect.stringContaining('cannot be reached');
    expect(await failureOf(() => run(database, 'select 1'))).toMatchObject({ code: 'unavailable', message });
    expect(await backend(database)).not.toBe(pid);
  }
});

test('when one connection hangs, those that lay idle are not tried one after the other', async () => {
  await Promise.all([run(database, 'select pg_sleep(0.1)'), run(database, 'select pg_sleep(0.1)')]);
  expect(proxy.made()).toBe(2);
  proxy.hang();
  expect(await failureOf(() => run(database, 'select 1'))).toMatchObject({ code: 'unavailable' });
  await sleep(10);
  expect(await run(database, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a transaction whose connection hangs ends in time, and its locks with it soon after', async () => {
  await run(database, "insert into setting (name, value) values ('locked', '1') on conflict (name) do update set value = '1'");
  const failed = await failureOf(() =>
    database.transaction(async (tx) => {
      await run(tx, "update setting set value = '2' where name = 'locked'");
      proxy.hang();
      await run(tx, 'select 1');
    }),
  );
  expect(failed.code).toBe('unavailable');
  await expect
    .poll(() => failureOf(() => run(database, "update setting set value = value || '+' where name = 'locked'")), { timeout: 20_000 })
    .toMatchObject({ code: 'nothing failed' });
  expect(await run(database, "select value from setting where name = 'locked'")).toMatchObject([
    { value: expect.stringMatching(/^1\++$/) },
  ]);
});

async function leavesAlone(left: Database): Promise<void> {
  await run(home.database, "insert into setting (name, value) values ('left', '1') on conflict (name) do update set value = '1'");
  const failed = await failureOf(() =>
    left.transaction(async (tx) => {
      await run(tx, "update setting set value = '2' where name = 'left'");
      await sleep(2 * LIMIT_MS);
      expect(await run(home.database, "update setting set value = '3' where name = 'left' returning value")).toEqual([{ value: '3' }]);
      await run(tx, 'select 1');
    }),
  );
  expect(failed.code).toBe('unavailable');
  expect(await run(left, "select value from setting where name = 'left'")).toEqual([{ value: '3' }]);
}

test('a transaction that its process leaves alone is ended by the server, and others get at its rows', () => leavesAlone(database));

test('one that may be left alone for a moment only is ended sooner, however long its statements may take', async () => {
  const patient = await openDatabase({ connection: proxy.connection, log: silentLog, poolSize: 1 });
  try {
    await leavesAlone(patient.within(20_000, LIMIT_MS));
  } finally {
    await patient.close();
  }
});

test('an owner whose commit was not answered sends it again over another connection: it is done once', async () => {
  const box = createSecretBox(randomBytes(32));
  const stack = sampleStack();
  const insert = { stack, definition: sampleDefinition(stack), credential: null, event: sampleEvent(stack.id) };
  await home.database.transaction((tx) => insertStack(tx, box, insert));
  const fence = { stackId: stack.id, holderId: newHolderId(), epoch: 0 };
  await run(home.database, 'update stack set holder_id = $2 where id = $1', [stack.id, fence.holderId]);
  const store = createEngineStore(database, box);
  const batch = { stack: null, resources: [], removed: [], events: [sampleEvent(stack.id, { reason: 'once' })], children: [] };
  await backend(database);
  proxy.hang();
  expect(await failureOf(() => store.commit(fence, batch))).toMatchObject({ code: 'unavailable' });
  await store.commit(fence, batch);
  expect(await run(database, "select count(*) as told from event where stack_id = $1 and reason = 'once'", [stack.id])).toEqual([
    { told: 1 },
  ]);
});

test('a listening connection that hangs is given up, and what is told afterwards is heard', async () => {
  const config: pg.ClientConfig = { ...driverOptions(proxy.connection), query_timeout: 1_000 };
  const listener = new Listener(config, silentLog, null, 200);
  const heard: string[] = [];
  await listener.listen('told', (payload) => heard.push(payload));
  proxy.hang();
  await expect
    .poll(
      async () => {
        await run(home.database, "select pg_notify('told', 'again')");
        return heard.length;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
  await listener.close();
});
