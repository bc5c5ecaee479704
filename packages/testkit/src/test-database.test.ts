/** The test database itself: migrated, its own per caller, gone after drop. */
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '@hearth/store';
import { silentLog } from '@hearth/kernel';
import { testDatabase, testServer } from './test-database.ts';

const first = await testDatabase();
afterAll(() => first.drop());

const names = async (): Promise<readonly string[]> => {
  const administrator = await openDatabase({ connection: await testServer(), log: silentLog, schema: 'public' });
  const rows = await administrator.query<{ datname: string }>({ text: 'select datname from pg_database', values: [] });
  await administrator.close();
  return rows.map((row) => row.datname);
};

test('is migrated, and what one holds the other does not see', async () => {
  const second = await testDatabase();
  await first.database.query({ text: "insert into setting (name, value) values ('a', '1')", values: [] });
  expect(await second.database.query({ text: 'select * from setting', values: [] })).toEqual([]);
  expect(await (await first.another()).query({ text: 'select * from setting', values: [] })).toEqual([{ name: 'a', value: '1' }]);
  const before = await names();
  await second.drop();
  const after = await names();
  expect(before.length - after.length).toBe(1);
});
