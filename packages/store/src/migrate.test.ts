/** Migrations: forwards, once, together, and refused where the history does not fit. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './migrate.ts';

let empty: TestDatabase;
let folder: string;
beforeEach(async () => {
  empty = await testDatabase({ migrations: [] });
  folder = mkdtempSync(join(tmpdir(), 'hearth-migrations-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await empty.drop();
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const source = () => ({ folder, schema: 'things' });
const tables = async () =>
  (
    await empty.database.query<{ name: string }>({
      text: "select table_name as name from information_schema.tables where table_schema = 'things' order by 1",
      values: [],
    })
  ).map((row) => row.name);

test('an older database is brought up to date, once, in order', async () => {
  write('0001-first.sql', 'create table first (a integer default 1);\ninsert into first values (1); -- a semicolon; in a comment\n');
  expect(await migrate(empty.database, source())).toEqual(['0001-first']);
  write('0002-second.sql', 'alter table first rename to second;');
  expect(await migrate(empty.database, source())).toEqual(['0002-second']);
  expect(await migrate(empty.database, source())).toEqual([]);
  expect(await tables()).toEqual(['migration', 'second']);
});

test('a newer database is refused and not touched', async () => {
  write('0001-first.sql', 'create table first ();');
  write('0002-second.sql', 'create table second ();');
  await migrate(empty.database, source());
  rmSync(join(folder, '0002-second.sql'));
  await expect(migrate(empty.database, source())).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(/newer Hearth.*0002-second/),
  });
  expect(await tables()).toEqual(['first', 'migration', 'second']);
});

test('an applied file that changed is refused; line ends are not a change', async () => {
  write('0001-first.sql', 'create table first ();\n-- end\n');
  await migrate(empty.database, source());
  write('0001-first.sql', 'create table first ();\r\n-- end\r\n');
  expect(await migrate(empty.database, source())).toEqual([]);
  write('0001-first.sql', 'create table first (a integer);\n-- end\n');
  write('0002-second.sql', 'create table second ();');
  await expect(migrate(empty.database, source())).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('0001-first'),
  });
  expect(await tables()).toEqual(['first', 'migration']);
});

test('a file that fails leaves nothing of itself, and what came before stays', async () => {
  write('0001-first.sql', 'create table first ();');
  write('0002-second.sql', 'create table second (); create table nonsense (a nonsense);');
  await expect(migrate(empty.database, source())).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('0002-second'),
  });
  expect(await tables()).toEqual(['first', 'migration']);
  write('0002-second.sql', 'create table second ();');
  expect(await migrate(empty.database, source())).toEqual(['0002-second']);
});

test('started many times at once, every file is applied by one', async () => {
  write('0001-first.sql', 'select pg_sleep(0.05); create table first ();');
  write('0002-second.sql', 'create table second ();');
  write('0003-third.sql', 'create table third ();');
  const processes = await Promise.all([1, 2, 3, 4].map(() => empty.another({ schema: 'things', poolSize: 1 })));
  const applied = await Promise.all(processes.map((database) => migrate(database, source())));
  expect(applied.flat().sort()).toEqual(['0001-first', '0002-second', '0003-third']);
  expect(await tables()).toEqual(['first', 'migration', 'second', 'third']);
});

test.each([['0002-late.sql'], ['first.sql'], ['0001_Wrong.sql']])('a folder with %s alone is refused', async (name) => {
  write(name, 'select 1;');
  await expect(migrate(empty.database, source())).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('0001-'),
  });
  expect(await tables()).toEqual([]);
});

test('numbers may be left out; what is put between those applied already is refused', async () => {
  write('0001-first.sql', 'create table first ();');
  write('0007-seventh.sql', 'create table seventh ();');
  expect(await migrate(empty.database, source())).toEqual(['0001-first', '0007-seventh']);
  expect(await migrate(empty.database, source())).toEqual([]);
  write('0003-third.sql', 'create table third ();');
  await expect(migrate(empty.database, source())).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('0007'),
  });
  expect(await tables()).toEqual(['first', 'migration', 'seventh']);
});

test('a folder without migrations is refused', async () => {
  await expect(migrate(empty.database, source())).rejects.toMatchObject({ code: 'configuration' });
});
