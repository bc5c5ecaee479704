/** A primary and its standby, for real: the primary ends, the standby is promoted, and a process goes on over the same URL. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { revealSecret, silentLog } from '@hearth/kernel';
import { hangingProxy, type HangingProxy } from '@hearth/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionFromUrl, type Connection } from './connection.ts';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './postgres/embedded.ts';

const SETTINGS = { fsync: 'off', shared_buffers: '16MB', wal_level: 'replica', max_wal_senders: '4' };
const folder = mkdtempSync(join(tmpdir(), 'hearth-fail-over-'));
const undo: (() => Promise<void>)[] = [];
let primary: EmbeddedPostgres;
let standby: EmbeddedPostgres;
let toPrimary: HangingProxy;
let toStandby: HangingProxy;

const start = async (dataDir: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, settings: { ...SETTINGS, ...settings } });
  undo.push(() => server.stop());
  return server;
};
const proxied = async (server: EmbeddedPostgres): Promise<HangingProxy> => {
  const proxy = await hangingProxy(server.connection);
  undo.push(() => proxy.close());
  return proxy;
};
const open = async (connection: Connection): Promise<Database> => {
  const database = await openDatabase({ connection, log: silentLog, schema: 'public', poolSize: 3, statementLimitMs: 2_000 });
  undo.push(() => database.close());
  return database;
};
const run = (database: Database, text: string) => database.query<Record<string, unknown>>({ text, values: [] });
const userOf = ({ connection }: EmbeddedPostgres): { user: string; password: string } => {
  if (connection.kind !== 'socket') throw new Error('the server is reached by its socket');
  return { user: connection.user, password: revealSecret(connection.password) };
};
const over = (proxies: readonly HangingProxy[], more = ''): Connection => {
  const { user, password } = userOf(primary);
  return connectionFromUrl(
    `postgres://${user}:${encodeURIComponent(password)}@${proxies.map(({ port }) => `127.0.0.1:${port}`).join(',')}/hearth${more}`,
  );
};
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** A standby is a copy of the primary's files that follows it; the copy is made while it stands still. */
beforeAll(async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  await (await start(one)).stop();
  spawnSync('cp', ['-a', one, two]);
  primary = await start(one);
  toPrimary = await proxied(primary);
  const signal = join(two, 'database/cluster/standby.signal');
  writeFileSync(signal, '');
  const { uid, gid } = statSync(join(two, 'database/cluster'));
  chownSync(signal, uid, gid);
  const { user, password } = userOf(primary);
  standby = await start(two, { primary_conninfo: `host=127.0.0.1 port=${toPrimary.port} user=${user} password=${password}` });
  toStandby = await proxied(standby);
  const database = await open(toPrimary.connection);
  await run(database, 'create table written (n integer)');
  // An acknowledged commit is on both.
  await run(database, "alter system set synchronous_standby_names = '*'");
  await run(database, 'select pg_reload_conf()');
  await run(database, 'insert into written values (0)');
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
  rmSync(folder, { recursive: true, force: true });
});

test('of several servers the one that takes writes is found, wherever it stands', async () => {
  for (const places of [
    [toPrimary, toStandby],
    [toStandby, toPrimary],
  ]) {
    const database = await open(over(places));
    await run(database, 'insert into written values (1)');
    await database.transaction((tx) => tx.query({ text: 'insert into written values (2)', values: [] }));
  }
  const reader = await open(over([toStandby], '?target_session_attrs=any'));
  expect(await run(reader, 'select 1 as one from written limit 1')).toEqual([{ one: 1 }]);
  expect(await failure(run(reader, 'insert into written values (3)'))).toMatchObject({ code: 'unavailable' });
  expect(await failure(open(over([toStandby], '?target_session_attrs=read-write')))).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('no server that takes writes'),
  });
});

test('an address that leads to a standby for a while: writes are refused, and the connections to it are not kept', async () => {
  const moving = await proxied(primary);
  const database = await open(moving.connection);
  await run(database, 'insert into written values (4)');
  moving.lead(standby.connection);
  await Promise.all([1, 2, 3].map(() => run(database, 'select pg_sleep(0.05)')));
  moving.cut();
  moving.mend();
  const refusals = await Promise.all([
    failure(run(database, 'insert into written values (5)')),
    failure(database.transaction((tx) => tx.query({ text: 'insert into written values (5)', values: [] }))),
  ]);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'unavailable' });
  moving.lead(primary.connection);
  await expect.poll(() => failure(run(database, 'insert into written values (6)'))).toEqual([]);
  expect(await run(database, 'select count(*)::int as n from written where n = 5')).toEqual([{ n: 0 }]);
});

test('the primary ends and the standby is promoted: the same URL goes on, listeners too, and nothing acknowledged is lost', async () => {
  const database = await open(over([toPrimary, toStandby]));
  const heard: string[] = [];
  await database.listen('news', (payload) => heard.push(payload));
  let acknowledged = 0;
  let ended = false;
  const failures: unknown[] = [];
  const writing = (async () => {
    while (!ended)
      await run(database, 'insert into written values (100)').then(
        () => acknowledged++,
        async (error: unknown) => {
          failures.push(error);
          await new Promise((resolve) => setTimeout(resolve, 20));
        },
      );
  })();
  await expect.poll(() => acknowledged).toBeGreaterThan(5);
  await primary.stop();
  await expect.poll(() => failures.length).toBeGreaterThan(0);
  const before = acknowledged;
  const atStandby = await open(toStandby.connection);
  await run(atStandby, 'select pg_promote()');
  await expect.poll(() => acknowledged, { timeout: 15_000 }).toBeGreaterThan(before + 5);
  await expect
    .poll(
      async () => {
        await run(database, "select pg_notify('news', 'after')");
        return heard;
      },
      { timeout: 10_000 },
    )
    .toContain('after');
  ended = true;
  await writing;
  for (const error of failures) expect(error).toMatchObject({ code: 'unavailable' });
  const [row] = await run(atStandby, 'select count(*)::int as n from written where n = 100');
  expect(row?.['n']).toBeGreaterThanOrEqual(acknowledged);
});
