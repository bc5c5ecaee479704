/** The pool: values, transactions in each other's way, notifications, and a server that goes away and comes back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, Secret, silentLog } from '@hearth/kernel';
import { testDatabase } from '@hearth/testkit';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectionFromUrl, connectionText, withDatabase } from './connection.ts';
import type { Database, Queryable } from './database.ts';
import { openDatabase } from './open-database.ts';
import { sqlState } from './postgres/connection-failure.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './postgres/embedded.ts';

const shared = await testDatabase();
const { database } = shared;
afterAll(() => shared.drop());

const run = (db: Queryable, text: string, values: readonly unknown[] = []) => db.query<Record<string, unknown>>({ text, values });

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('values', () => {
  test.each([
    ['9007199254740991::bigint', 9007199254740991],
    ["'{1,null,3}'::bigint[]", [1, null, 3]],
    ["'2026-01-31 12:00:00.123456+00'::timestamptz", Date.UTC(2026, 0, 31, 12, 0, 0, 123)],
    ["'2026-01-31 12:00:00+05:30'::timestamptz", Date.UTC(2026, 0, 31, 6, 30)],
    ["'1969-12-31 23:59:59.5+00'::timestamptz", -500],
    ["'infinity'::timestamptz", Number.POSITIVE_INFINITY],
    ["array['2026-01-31 12:00:00+00'::timestamptz]", [Date.UTC(2026, 0, 31, 12)]],
    ['null::timestamptz', null],
    ['\'{"a": [1, {"b": null}]}\'::json', { a: [1, { b: null }] }],
    ["'{a,null}'::text[]", ['a', null]],
    ["'\\x00ff'::bytea", Buffer.from([0, 255])],
    ["'2026-01-31'::date", '2026-01-31'],
  ])('%s', async (expression, value) => {
    expect(await run(database, `select ${expression} as value`)).toEqual([{ value }]);
  });

  test('a bigint that no number can hold is refused, not rounded', async () => {
    expect(await thrownBy(run(database, 'select 9007199254740993::bigint'))).toMatchObject({
      message: expect.stringContaining('9007199254740993'),
    });
  });

  test('times go in as dates and come out as milliseconds', async () => {
    const at = Date.UTC(2026, 5, 1, 2, 3, 4, 567);
    expect(await run(database, 'select $1::timestamptz as value', [new Date(at)])).toEqual([{ value: at }]);
    expect(await run(database, 'select to_timestamp($1 / 1000.0) as value', [at])).toEqual([{ value: at }]);
  });
});

describe('statements', () => {
  test('a name makes it prepared on its connection', async () => {
    const prepared = await database.transaction(async (tx) => {
      await tx.query({ name: 'a-name', text: 'select $1::int', values: [1] });
      await tx.query({ name: 'a-name', text: 'select $1::int', values: [2] });
      return run(tx, "select name, generic_plans + custom_plans as runs from pg_prepared_statements where name = 'a-name'");
    });
    expect(prepared).toEqual([{ name: 'a-name', runs: 2 }]);
  });

  test('counts statements and commits, Kysely included', async () => {
    const before = { ...database.counters };
    await run(database, 'select 1');
    await run(database, "insert into setting (name, value) values ('counted', '1')");
    await database.transaction(async (tx) => {
      await run(tx, "delete from setting where name = 'counted'");
      await run(tx, 'select 1');
    });
    await sql`select 1`.execute(database.kysely);
    expect({ statements: database.counters.statements - before.statements, commits: database.counters.commits - before.commits }).toEqual({
      statements: 5,
      commits: 2,
    });
  });

  test('mistakes and violations come as they are, with their state', async () => {
    await run(database, "insert into setting (name, value) values ('once', '1')");
    expect(sqlState(await thrownBy(run(database, "insert into setting (name, value) values ('once', '2')")))).toBe('23505');
    expect(sqlState(await thrownBy(run(database, 'select nonsense')))).toBe('42703');
  });

  test('asked for at once inside a transaction, they run one after the other', async () => {
    const rows = await database.transaction((tx) => Promise.all([1, 2, 3].map((i) => run(tx, 'select $1::int as i', [i]))));
    expect(rows).toEqual([[{ i: 1 }], [{ i: 2 }], [{ i: 3 }]]);
  });
});

describe('transactions', () => {
  beforeAll(async () => {
    await run(database, 'create table account (id integer primary key, amount integer not null)');
    await run(database, 'insert into account values (1, 0), (2, 0)');
  });
  const amounts = async () => (await run(database, 'select amount from account order by id')).map((row) => row['amount']);

  test('rolled back when the work throws; the connection is used again', async () => {
    const backend = async (db: Queryable) => (await run(db, 'select pg_backend_pid() as pid'))[0]?.['pid'];
    const single = await shared.another({ poolSize: 1 });
    const before = await backend(single);
    const failure = new Failure('lease-lost', 'not ours any more');
    const thrown = await thrownBy(
      single.transaction(async (tx) => {
        await run(tx, 'update account set amount = 100');
        throw failure;
      }),
    );
    expect(thrown).toBe(failure);
    expect(await amounts()).toEqual([0, 0]);
    expect(await backend(single)).toBe(before);
  });

  test('tried again on a deadlock: both get through', async () => {
    await run(database, 'update account set amount = 0');
    let attempts = 0;
    let bothHold: () => void = () => {};
    const both = new Promise<void>((resolve) => {
      bothHold = resolve;
    });
    let holding = 0;
    const move = (first: number, second: number) =>
      database.transaction(async (tx) => {
        attempts++;
        await run(tx, 'update account set amount = amount + 1 where id = $1', [first]);
        if (++holding === 2) bothHold();
        await both;
        await run(tx, 'update account set amount = amount + 1 where id = $1', [second]);
      });
    await Promise.all([move(1, 2), move(2, 1)]);
    expect(attempts).toBe(3);
    expect(await amounts()).toEqual([2, 2]);
  });

  test('tried again on serialisation failures: no update is lost', async () => {
    await run(database, 'update account set amount = 0');
    let attempts = 0;
    const addOne = () =>
      database.transaction(async (tx) => {
        attempts++;
        await run(tx, 'set transaction isolation level serializable');
        const [row] = await run(tx, 'select amount from account where id = 1');
        await sleep(5);
        await run(tx, 'update account set amount = $1 where id = 1', [(row?.['amount'] as number) + 1]);
      });
    await Promise.all([addOne(), addOne(), addOne()]);
    expect(await amounts()).toEqual([3, 0]);
    expect(attempts).toBeGreaterThan(3);
  });

  test('not for ever', async () => {
    let attempts = 0;
    const thrown = await thrownBy(
      database.transaction(async (tx) => {
        attempts++;
        await run(tx, "do $$ begin raise exception 'never' using errcode = '40001'; end $$");
      }),
    );
    expect(sqlState(thrown)).toBe('40001');
    expect(attempts).toBe(10);
  }, 30_000);
});

describe('notifications', () => {
  async function until(condition: () => boolean): Promise<void> {
    for (let waitedMs = 0; !condition() && waitedMs < 5000; waitedMs += 10) await sleep(10);
    expect(condition()).toBe(true);
  }

  test('heard by channel until unlistened', async () => {
    const listening = await shared.another();
    const heard: string[] = [];
    const stop = await listening.listen('Odd "channel"', (payload) => heard.push(payload));
    await run(database, 'select pg_notify($1, $2)', ['Odd "channel"', 'one']);
    await run(database, 'select pg_notify($1, $2)', ['another', 'not for us']);
    await until(() => heard.length > 0);
    await stop();
    await run(database, 'select pg_notify($1, $2)', ['Odd "channel"', 'two']);
    await sleep(50);
    expect(heard).toEqual(['one']);
  });

  test('heard again after the connection was cut', async () => {
    const listening = await shared.another();
    const heard: string[] = [];
    await listening.listen('cut', (payload) => heard.push(payload));
    const cut = await run(
      database,
      'select count(pg_terminate_backend(pid)) as cut from pg_stat_activity where query = \'listen "cut"\' and datname = current_database()',
    );
    expect(cut).toEqual([{ cut: 1 }]);
    for (let sent = 0; heard.length === 0 && sent < 200; sent++) {
      await run(database, "select pg_notify('cut', 'again')");
      await sleep(20);
    }
    expect(heard[0]).toBe('again');
  });
});

describe('a server that goes away', () => {
  const folders: string[] = [];
  const opened: Database[] = [];
  const servers: EmbeddedPostgres[] = [];
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.close();
    for (const server of servers.splice(0)) await server.stop();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  test('calls fail as unavailable in between, in transactions too, and everything works again afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-pool-'));
    folders.push(folder);
    const options = { dataDir: folder, log: silentLog, settings: { fsync: 'off', shared_buffers: '16MB' } };
    const first = await startEmbeddedPostgres(options);
    servers.push(first);
    const db = await openDatabase({ connection: first.connection, log: silentLog, schema: 'public' });
    opened.push(db);
    const heard: string[] = [];
    await db.listen('hello', (payload) => heard.push(payload));
    await Promise.all([1, 2, 3].map(() => run(db, 'select pg_sleep(0.01)')));

    let meanwhile: unknown = null;
    const cutShort = db.transaction(async (tx) => {
      await run(tx, 'create table half_done ()');
      await first.stop();
      meanwhile = await thrownBy(run(db, 'select 1'));
      await run(tx, 'select 1');
    });
    expect(await thrownBy(cutShort)).toMatchObject({ name: 'Failure', code: 'unavailable' });
    expect(meanwhile).toMatchObject({ name: 'Failure', code: 'unavailable' });
    expect(await thrownBy(sql`select 1`.execute(db.kysely))).toMatchObject({ name: 'Failure', code: 'unavailable' });

    servers.push(await startEmbeddedPostgres(options));
    expect(await run(db, "select to_regclass('half_done')::text as found")).toEqual([{ found: null }]);
    expect(await db.transaction((tx) => run(tx, 'select 1 as one'))).toEqual([{ one: 1 }]);
    for (let sent = 0; heard.length === 0 && sent < 200; sent++) {
      await run(db, "select pg_notify('hello', 'back')");
      await sleep(20);
    }
    expect(heard[0]).toBe('back');
  });
});

describe('opening', () => {
  test('a server that is not there', async () => {
    const error = await thrownBy(openDatabase({ connection: connectionFromUrl('postgres://me:hidden@127.0.0.1:1/db'), log: silentLog }));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('127.0.0.1:1') });
    expect((error as Failure).message).not.toContain('hidden');
  });

  test('a password that is wrong, a database that is missing', async () => {
    if (shared.connection.kind !== 'socket') throw new Error('the test server is reached by its socket');
    const wrong = await thrownBy(openDatabase({ connection: { ...shared.connection, password: new Secret('wrong') }, log: silentLog }));
    expect(wrong).toMatchObject({ code: 'configuration' });
    const missing = await thrownBy(openDatabase({ connection: withDatabase(shared.connection, 'missing'), log: silentLog }));
    expect(missing).toMatchObject({ code: 'configuration', message: expect.stringContaining('missing') });
  });

  test.each(['', 'localhost', 'mysql://me:hidden@host/db'])('a URL that is none of ours: %s', (url) => {
    expect(() => connectionFromUrl(url)).toThrowError(/postgres:\/\//);
    expect(() => connectionFromUrl(url)).not.toThrowError(/hidden/);
  });

  test('shown without the password', () => {
    expect(connectionText(withDatabase(connectionFromUrl('postgres://me:hidden@host:77/db'), 'other'))).toBe('other at host:77');
  });
});
