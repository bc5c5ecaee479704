/** Documents, claims and locks on a real PostgreSQL; paging as a property: the pages of a list, one after another, are the list. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { testDatabase, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { cloudDatabase, type CloudDatabase } from './cloud-store.ts';
import type { Condition } from './conditions.ts';
import type { Document, Sort } from './documents.ts';

let db: TestDatabase;
let store: CloudDatabase;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  store = cloudDatabase(db.database);
});
afterAll(() => db.drop());

test('insert, read, replace, remove', async () => {
  const { documents } = store;
  expect(await documents.insert('t.a', { id: '1', projectId: 'p', name: 'n', parentId: 'q', body: { x: [1, null] } }, 5)).toMatchObject({
    revision: 0,
    createdMs: 5,
    updatedMs: 5,
  });
  expect(await documents.insert('t.a', { id: '1', body: {} }, 6)).toBeNull();
  expect(await documents.insert('t.b', { id: '1', body: {} }, 6)).not.toBeNull();
  expect(await documents.replace('t.a', { id: '1', body: { y: 1 }, parentId: null }, 7)).toMatchObject({
    projectId: 'p',
    name: 'n',
    parentId: null,
    revision: 1,
    createdMs: 5,
    updatedMs: 7,
    body: { y: 1 },
  });
  expect(await documents.replace('t.a', { id: '2', body: {} }, 7)).toBeNull();
  expect(await documents.remove('t.a', '1')).toBe(true);
  expect(await documents.remove('t.a', '1')).toBe(false);
  expect(await documents.get('t.b', '1')).not.toBeNull();
});

test('what a transaction did is gone when it fails', async () => {
  const failing = store.transaction(async (tx) => {
    await tx.documents.insert('t.c', { id: '1', body: {} }, 1);
    expect(await tx.claims.take('s', 'v', 'o')).toBe(true);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await store.documents.get('t.c', '1')).toBeNull();
  expect(await store.claims.holder('s', 'v')).toBeNull();
});

test('of many who claim a value at once, one gets it', async () => {
  const got = await Promise.all(Array.from({ length: 8 }, (_, i) => store.transaction((tx) => tx.claims.take('race', 'v', `o${i}`))));
  expect(got.filter(Boolean)).toHaveLength(1);
  await store.claims.releaseSpace('race');
  expect(await store.claims.taken('race')).toEqual([]);
});

test('a lock by name keeps others waiting', async () => {
  const order: string[] = [];
  const first = store.transaction(async (tx) => {
    await tx.lock('l');
    order.push('first in');
    await new Promise((resolve) => setTimeout(resolve, 60));
    order.push('first out');
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([
    first,
    store.transaction(async (tx) => {
      await tx.lock('l');
      order.push('second in');
    }),
  ]);
  expect(order).toEqual(['first in', 'first out', 'second in']);
});

const conditions: readonly [string, Condition, string][] = [
  ['a column', { field: 'name', in: ['b', 'c'] }, 'bc'],
  ['a text', { field: 'kind', in: ['x'] }, 'ab'],
  ['a boolean', { field: 'open', in: ['true'] }, 'a'],
  ['a number', { field: 'size', in: ['10'] }, 'b'],
  ['at least', { field: 'size', atLeast: 9 }, 'bc'],
  ['at most', { field: 'size', atMost: 9 }, 'ac'],
  ['null', { field: 'kind', isNull: true }, 'c'],
  ['contains', { field: 'tags', contains: ['t', 'u'] }, 'b'],
  ['not', { not: { field: 'kind', in: ['x'] } }, 'c'],
  [
    'any',
    {
      anyOf: [
        { field: 'id', in: ['a'] },
        { field: 'size', in: ['9'] },
      ],
    },
    'ac',
  ],
  ['any of nothing', { anyOf: [] }, ''],
  ['prefix', { field: 'kind', startsWith: '' }, 'ab'],
  ['a pattern', { field: 'name', matches: '^[ac]$' }, 'ac'],
  ['a value that looks like SQL', { field: 'kind', in: ["x' or true --"] }, ''],
];
test.each(conditions)('conditions: %s', async (_name, condition, ids) => {
  const bodies = {
    a: { kind: 'x', open: true, size: 1, tags: ['t'] },
    b: { kind: 'x', open: false, size: 10, tags: ['t', 'u'] },
    c: { kind: null, size: 9, tags: [] },
  };
  for (const [id, body] of Object.entries(bodies)) await store.documents.insert('t.conditions', { id, name: id, body }, 1);
  expect((await store.documents.list('t.conditions', { where: [condition] })).map((one) => one.id).join('')).toBe(ids);
});

test('a field name that is none never reaches the database', async () => {
  await expect(store.documents.list('t.a', { where: [{ field: "x' = '", in: ['1'] }] })).rejects.toThrow(/no field name/);
  await expect(store.documents.list('t.a', { sort: [{ field: 'x; drop', direction: 'asc' }] })).rejects.toThrow(/no field name/);
});

test('pages put together are the whole list, in order, whatever the sort keys', async () => {
  const row = fc.record({ name: fc.constantFrom('a', 'b', null), size: fc.constantFrom(1, 2, 10, null) });
  const sort = fc.array(
    fc.record({ field: fc.constantFrom('name', 'size', 'created_at'), direction: fc.constantFrom('asc' as const, 'desc' as const) }),
    { maxLength: 3 },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), sort, fc.integer({ min: 1, max: 4 }), async (rows, keys: Sort[], limit) => {
      const collection = `t.pages${run++}`;
      for (const [i, { name, size }] of rows.entries())
        await store.documents.insert(collection, { id: `${i}`, name, body: { size } }, i % 3);
      const whole = (await store.documents.list(collection, { sort: keys })).map((one) => one.id);
      expect(whole).toHaveLength(rows.length);
      const walked: string[] = [];
      for (let marker: string | null = null; walked.length <= rows.length; ) {
        const page: readonly Document[] = await store.documents.list(collection, { sort: keys, limit, marker });
        walked.push(...page.map((one) => one.id));
        marker = page.at(-1)?.id ?? null;
        if (page.length < limit) break;
      }
      expect(walked).toEqual(whole);
    }),
    { numRuns: 25, seed: 7 },
  );
});

test('lists of a project and of a parent use an index', async () => {
  await db.database.query({
    text: `insert into minicloud.object (collection, id, project_id, name, parent_id, created_ms, updated_ms, body)
           select 'big.' || (i % 5), i::text, 'p' || (i % 200), 'n' || i, 'q' || (i % 500), 1, 1, '{}' from generate_series(1, 20000) i`,
    values: [],
  });
  await db.database.query({ text: 'analyze minicloud.object', values: [] });
  for (const condition of ["o.project_id = any('{p7}')", "o.parent_id = any('{q7}')", "o.name = any('{n7}')", "o.id = any('{7}')"]) {
    const plan = await db.database.query({
      text: `explain select * from minicloud.object o where o.collection = 'big.1' and ${condition} order by o.seq asc`,
      values: [],
    });
    expect(JSON.stringify(plan), condition).not.toContain('Seq Scan');
  }
});
