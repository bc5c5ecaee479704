/** All state out of one database and into another, on a real PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { Secret } from '@hearth/kernel';
import { seededRandom, testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database.ts';
import { createEngineStore } from '../engine-store-postgres.ts';
import { findOrphans } from '../queries/find-orphans.ts';
import { writeSetting } from '../setting.ts';
import { createSecretBox } from '../secret-box.ts';
import { randomLife } from '../testing/random-life.ts';
import { exportState } from './export-state.ts';
import { importState } from './import-state.ts';
import { stateTables } from './state-tables.ts';

const PASSPHRASE = new Secret('a long enough passphrase');
const NOW = Date.parse('2026-02-03T04:05:06.789Z');
const [here, there] = [createSecretBox(randomBytes(32)), createSecretBox(randomBytes(32))];
let home: TestDatabase;
let lines: readonly string[] = [];
const opened: TestDatabase[] = [];

const exported = async (database: Database): Promise<readonly string[]> => {
  const written: string[] = [];
  await exportState(database, { box: here, passphrase: PASSPHRASE, now: NOW, write: async (line) => void written.push(line) });
  return written.map((line) => line.trimEnd());
};
async function* each(some: readonly string[]): AsyncGenerator<string> {
  yield* some;
}
const imported = (database: Database, some: readonly string[], passphrase = PASSPHRASE) =>
  importState(database, { box: there, passphrase, now: NOW, lines: each(some) });
const fresh = async (): Promise<Database> => {
  const target = await testDatabase();
  opened.push(target);
  return target.database;
};
const rowsOf = (database: Database, table: string) =>
  database.query<{ row: string }>({ text: `select row_to_json(t)::text as row from ${table} t order by 1`, values: [] });
const ids = async (database: Database): Promise<readonly string[]> =>
  (await database.query<{ id: string }>({ text: 'select id from stack order by id', values: [] })).map(({ id }) => id);

beforeAll(async () => {
  home = await testDatabase();
  opened.push(home);
  const life = randomLife(home.database, here, seededRandom('state'));
  for (let step = 0; step < 120; step++) await life.step();
  await writeSetting(home.database, 'remark', 'kept');
  // Some are owned at the moment, one of them with nothing due.
  await home.database.query({
    text: 'update stack set holder_id = gen_random_uuid(), due_at = null where deleted_at is null and id = any (array (select id from stack where deleted_at is null limit 3))',
    values: [],
  });
  lines = await exported(home.database);
});
afterAll(() => Promise.all(opened.map((one) => one.drop())));

test('everything is there again, sealed anew, with its ids and numbers, and nobody owns it', async () => {
  const target = await fresh();
  const { rows } = await imported(target, lines);
  expect(rows).toBe(lines.filter((line) => line.startsWith('{"row"')).length);
  expect(rows).toBeGreaterThan(300);
  expect(await findOrphans(target)).toEqual([]);
  for (const table of ['content_part', 'stack_export', 'stack_import'])
    expect(await rowsOf(target, table)).toEqual(await rowsOf(home.database, table));
  expect(await ids(target)).toEqual(await ids(home.database));
  const [before, after] = [createEngineStore(home.database, here), createEngineStore(target, there)];
  for (const id of await ids(target)) expect(await after.load(id as never)).toEqual(await before.load(id as never));
  const held = await target.query({ text: 'select 1 from stack where holder_id is not null', values: [] });
  const due = await target.query({ text: 'select 1 from stack where due_at = $1', values: [new Date(NOW)] });
  expect([held.length, due.length]).toEqual([0, 3]);
  const numbers = 'select coalesce(max(sequence), 0) as last from event';
  const [[mine], [theirs]] = [await home.database.query({ text: numbers, values: [] }), await target.query({ text: numbers, values: [] })];
  expect(theirs).toEqual(mine);
  // What is written next gets a number of its own.
  const life = randomLife(target, there, seededRandom('after'));
  for (let step = 0; step < 10; step++) await life.step();
  expect(await findOrphans(target)).toEqual([]);
  const settings = await target.query<{ name: string }>({ text: 'select name from setting order by name', values: [] });
  expect(settings.map(({ name }) => name)).toContain('remark');
  expect(
    await target.query({
      text: "select 1 from pg_constraint where contype = 'f' and condeferred and conname <> 'definition_stack_id_fkey'",
      values: [],
    }),
  ).toEqual([]);
});

test('secrets are in no line, and under neither key of the databases', () => {
  const text = lines.join('\n');
  expect(text).not.toContain('hidden');
  for (const box of [here, there]) expect(text).not.toContain(`\\\\x01${box.fingerprint.slice(0, 8)}`);
});

test('two exports of the same state hold the same rows', async () => {
  const plain = (some: readonly string[]) =>
    some.filter((line) => line.startsWith('{"row"')).map((line) => line.replace(/\\\\x01[0-9a-f]+/g, ''));
  expect(plain(await exported(home.database))).toEqual(plain(lines));
});

test('an export is of one moment, whatever goes on meanwhile', async () => {
  const written: string[] = [];
  const life = randomLife(home.database, here, seededRandom('meanwhile'));
  await exportState(home.database, {
    box: here,
    passphrase: PASSPHRASE,
    now: NOW,
    write: async (line) => {
      if (line.startsWith('{"table"')) await life.step();
      written.push(line.trimEnd());
    },
  });
  const target = await fresh();
  await imported(target, written);
  expect(await findOrphans(target)).toEqual([]);
  expect((await ids(target)).length).toBeLessThan((await ids(home.database)).length);
});

const changed = (at: (all: readonly string[]) => number, change: (line: string) => string | null): readonly string[] => {
  const place = at(lines);
  return lines.flatMap((line, index) => (index === place ? (change(line) ?? []) : line));
};
const middle = (all: readonly string[]) => Math.floor(all.length / 2);
const lastOf = (all: readonly string[]) => all.length - 1;

test.each<[string, () => readonly string[], RegExp]>([
  ['cut off', () => lines.slice(0, -1), /ends too early/],
  ['cut off in the middle of a line', () => [...lines.slice(0, 40), (lines[40] as string).slice(0, 20)], /no object in JSON/],
  ['without one of its rows', () => changed(middle, () => null), /does not fit/],
  [
    'with another text in a row',
    () =>
      changed(
        (all) => all.findIndex((line) => line.includes('Stack CREATE')),
        (line) => line.replace('Stack CREATE', 'Stack create'),
      ),
    /does not fit/,
  ],
  [
    'with a damaged secret',
    () =>
      changed(
        (all) => all.findIndex((line) => /"environment":"\\\\x01/.test(line)),
        (line) => line.replace(/("environment":"\\\\x01[0-9a-f]{60})../, '$1ff').replace(/("environment":"\\\\x01[0-9a-f]{70})../, '$100'),
      ),
    /damaged|does not fit/,
  ],
  ['with something behind its end', () => [...lines, '{}'], /behind the end/],
  [
    'with a table that is not known',
    () =>
      changed(
        (all) => all.findIndex((line) => line.startsWith('{"table"')),
        () => '{"table":"other"}',
      ),
    /not known/,
  ],
  [
    'of another format',
    () =>
      changed(
        () => 0,
        () => '{"format":"other"}',
      ),
    /no export/,
  ],
  [
    'of another version',
    () =>
      changed(
        () => 0,
        (line) => line.replace('"version":1', '"version":2'),
      ),
    /version 2/,
  ],
  [
    'of another schema',
    () =>
      changed(
        () => 0,
        (line) => line.replace(/0016-content/, '0016-other'),
      ),
    /is at/,
  ],
  [
    'that does not say what it is sealed with',
    () =>
      changed(
        () => 0,
        (line) => line.replace(/"sealing":.*/, '"sealing":{"method":1}}'),
      ),
    /how the file was made/,
  ],
  ['that is empty', () => [], /too early/],
  ['whose end says another sum', () => changed(lastOf, (line) => line.replace(/"rows":\d+/, '"rows":1')), /does not fit/],
])(
  'a file %s is refused, and nothing of it stays',
  async (_what, file, says) => {
    const target = await fresh();
    const chores = await rowsOf(target, 'chore');
    await expect(imported(target, file())).rejects.toMatchObject({ message: expect.stringMatching(says) });
    for (const { name } of await stateTables(target)) expect(await rowsOf(target, name)).toEqual(name === 'chore' ? chores : []);
    // The same database takes a good one.
    await imported(target, lines);
  },
  30_000,
);

test('a wrong passphrase and a short one are refused', async () => {
  await expect(imported(await fresh(), lines, new Secret('another long passphrase'))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('passphrase'),
  });
  const short = exportState(home.database, { box: here, passphrase: new Secret('short'), now: NOW, write: async () => {} });
  await expect(short).rejects.toMatchObject({ message: expect.stringContaining('too short') });
});

test('a database with anything in it is refused', async () => {
  const target = await fresh();
  await imported(target, lines);
  await expect(imported(target, lines)).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining('not empty') });
});

test('every column of bytes is known: sealed JSON, or a hash', async () => {
  const tables = await stateTables(home.database);
  const bytes = tables.flatMap(({ name, columns }) =>
    columns.filter(({ type }) => type === 'bytea').map((column) => `${name}.${column.name} ${column.isSealed}`),
  );
  expect(bytes).toContain('content.sealed true');
  for (const { name, columns } of tables) {
    for (const column of columns.filter(({ isSealed }) => isSealed)) {
      const rows = await home.database.query<{ value: Buffer }>({
        text: `select ${column.name} as value from ${name} where ${column.name} is not null limit 50`,
        values: [],
      });
      for (const { value } of rows) expect(() => here.open(value)).not.toThrow();
    }
  }
});
