/** The shelf that handlers keep configs on: the same under every retry, one project's only. Over a real database. */
import { afterAll, beforeEach, expect, test } from 'vitest';
import { asId, type ProjectId } from '@hearth/kernel';
import type { NewConfig } from '@hearth/resource-kit';
import { createSecretBox } from '@hearth/store';
import { seededRandom, testDatabase } from '@hearth/testkit';
import { configShelf } from './software-configs.ts';

const db = await testDatabase();
afterAll(() => db.drop());
beforeEach(async () => void (await db.database.query({ text: 'truncate software_config', values: [] })));

const random = seededRandom('shelf');
const secretBox = createSecretBox(random.bytes(32));
const shelfOf = (project: string, softwareConfigsPerProject = -1) =>
  configShelf(
    { database: db.database, secretBox, clock: { now: () => 1_700_000_000_000 }, random, softwareConfigsPerProject },
    asId<ProjectId>(project),
  );
const CONFIG: NewConfig = { name: 'n', group: 'g', config: { a: [1] }, inputs: [{ name: 'i' }], outputs: [], options: { o: 1 } };

test('a config is kept, found by its mark and deleted', async () => {
  const shelf = shelfOf('a');
  expect(await shelf.find('mark')).toBeNull();
  const id = await shelf.create('mark', CONFIG);
  expect(await shelf.find('mark')).toBe(id);
  expect(await shelf.get(id)).toEqual({ ...CONFIG, id, createdAt: 1_700_000_000_000 });
  await shelf.delete(id);
  await shelf.delete(id);
  expect([await shelf.find('mark'), await shelf.get(id)]).toEqual([null, null]);
});

test('the same mark is the same config, also for those who come at once', async () => {
  const shelf = shelfOf('a');
  const ids = await Promise.all(Array.from({ length: 8 }, () => shelf.create('mark', CONFIG)));
  expect(new Set(ids).size).toBe(1);
  expect(await shelf.create('mark', { ...CONFIG, name: 'other' })).toBe(ids[0]);
  expect((await shelf.get(ids[0] as string))?.name).toBe('n');
});

test('projects do not meet, whatever their marks', async () => {
  const id = await shelfOf('a').create('mark', CONFIG);
  const other = shelfOf('b');
  expect([await other.find('mark'), await other.get(id)]).toEqual([null, null]);
  await other.delete(id);
  expect(await other.create('mark', CONFIG)).not.toBe(id);
  expect(await shelfOf('a').get(id)).not.toBeNull();
});

test('what is there is found where there is no room for more', async () => {
  const id = await shelfOf('a').create('mark', CONFIG);
  expect(await shelfOf('a', 1).create('mark', CONFIG)).toBe(id);
  await expect(shelfOf('a', 1).create('another', CONFIG)).rejects.toMatchObject({ code: 'over-quota' });
});

test('what cannot be an id is none', async () => {
  expect(await shelfOf('a').get("x'; drop table software_config; --")).toBeNull();
  await shelfOf('a').delete('x');
});
