/** A made-up service of one declared collection, over HTTP: fields, permissions, sharing, filters, pages, tags, many at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal, type JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { neutronFault } from '../faults/neutron-fault.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import type { Service } from '../service.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';
import { collectionRoutes } from './routes.ts';
import type { CollectionRules } from './rules.ts';

const kettles: CollectionRules = {
  singular: 'kettle',
  plural: 'kettles',
  storage: 'test.kettles',
  path: '/v2.0/kettles',
  label: 'Kettle',
  notFound: 'KettleNotFound',
  sharedBy: ['shared'],
  parent: 'stove_id',
  computed: ['status'],
  fields: {
    name: { type: 'string', put: true, default: '', maxLength: 20 },
    stove_id: { type: 'string', required: true },
    litres: { type: 'integer', put: true, default: 1, min: 1, max: 9 },
    lid: { type: 'string', put: true, nullable: true, oneOf: ['open', 'shut'] },
    shared: { type: 'boolean', put: true, default: false, adminOnly: true },
    serial: { type: 'string', post: false, adminSees: true },
    warmMs: { type: 'integer', post: false },
    status: { type: 'string', post: false },
  },
  beforeCreate: (change, body, id) => ({ ...body, serial: `s-${id}`, warmMs: change.nowMs + 1000 }),
  present: ({ body }, nowMs) => ({ ...body, status: nowMs >= Number(body['warmMs']) ? 'ACTIVE' : 'BUILD' }),
  beforeDelete: async (_change, document) => {
    if (document.body['lid'] === 'open') throw new Refusal('conflict', 'KettleInUse', 'The lid is open.');
  },
};
const service: Service = {
  type: 'kitchen',
  name: 'test',
  prefixes: ['/kitchen'],
  catalogPath: '/kitchen',
  fault: neutronFault,
  routes: (context) => collectionRoutes(kettles, context),
};
const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(1), services: [service] });
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

const PATH = '/kitchen/v2.0/kettles';
const post = (as: string, kettle: JsonObject): Promise<TestAnswer> =>
  cloud.call(as, 'POST', PATH, { kettle: { stove_id: 's1', ...kettle } });
const kettle = (answer: TestAnswer): JsonObject => (answer.body as { kettle: JsonObject }).kettle;
const names = (answer: TestAnswer): string => (answer.body as { kettles: JsonObject[] }).kettles.map((one) => one['name']).join('');
const wrongs = (answer: TestAnswer): unknown => (answer.body as { NeutronError?: { type: string } }).NeutronError?.type;

test('created with defaults, shown with what time has made of it, changed, deleted', async () => {
  const made = await post('demo', { name: 'k', litres: '3' });
  expect(made.status).toBe(201);
  const { id } = kettle(made);
  const project = cloud.facts.projectIds['demo'];
  expect(kettle(made)).toEqual({
    id,
    name: 'k',
    stove_id: 's1',
    litres: 3,
    lid: null,
    shared: false,
    warmMs: timers.now() + 1000,
    status: 'BUILD',
    tags: [],
    project_id: project,
    tenant_id: project,
    created_at: '2030-01-01T00:00:00Z',
    updated_at: '2030-01-01T00:00:00Z',
    revision_number: 1,
  });
  timers.jumpTo(timers.now() + 1000);
  const changed = await cloud.call('demo', 'PUT', `${PATH}/${String(id)}`, { kettle: { lid: 'open' } });
  expect(kettle(changed)).toMatchObject({
    lid: 'open',
    litres: 3,
    status: 'ACTIVE',
    revision_number: 2,
    updated_at: '2030-01-01T00:00:01Z',
  });
  expect(kettle(await cloud.call('admin', 'GET', `${PATH}/${String(id)}`))).toHaveProperty('serial', `s-${String(id)}`);
  expect((await cloud.call('demo', 'GET', `${PATH}/${String(id)}?fields=id&fields=lid`)).body).toEqual({ kettle: { id, lid: 'open' } });
  const refused = await cloud.call('demo', 'DELETE', `${PATH}/${String(id)}`);
  expect([refused.status, wrongs(refused)]).toEqual([409, 'KettleInUse']);
  await cloud.call('demo', 'PUT', `${PATH}/${String(id)}`, { kettle: { lid: null } });
  expect((await cloud.call('demo', 'DELETE', `${PATH}/${String(id)}`)).status).toBe(204);
  const gone = await cloud.call('demo', 'DELETE', `${PATH}/${String(id)}`);
  expect([gone.status, gone.body]).toEqual([
    404,
    { NeutronError: { type: 'KettleNotFound', message: `Kettle ${String(id)} could not be found.`, detail: '' } },
  ]);
});

test.each([
  ['a missing field', { kettle: {} }, 400],
  ['an unknown field', { kettle: { stove_id: 's', spout: 1 } }, 400],
  ['a field of the service', { kettle: { stove_id: 's', serial: 'x' } }, 400],
  ['an administrator’s field', { kettle: { stove_id: 's', shared: true } }, 403],
  ['another project', { kettle: { stove_id: 's', project_id: 'x' } }, 403],
  ['a wrong type', { kettle: { stove_id: 7 } }, 400],
  ['too long', { kettle: { stove_id: 's', name: 'x'.repeat(21) } }, 400],
  ['too many litres', { kettle: { stove_id: 's', litres: 10 } }, 400],
  ['half a litre', { kettle: { stove_id: 's', litres: 1.5 } }, 400],
  ['no such lid', { kettle: { stove_id: 's', lid: 'ajar' } }, 400],
  ['null', { kettle: { stove_id: null } }, 400],
  ['an inherited name', { kettle: { stove_id: 's', constructor: 1 } }, 400],
  ['no wrapper', { stove_id: 's' }, 400],
  ['nothing', undefined, 400],
  ['an empty list', { kettles: [] }, 400],
  ['bad tags', { kettle: { stove_id: 's', tags: [1] } }, 400],
])('creation refused: %s', async (_name, body, status) => {
  expect((await cloud.call('demo', 'POST', PATH, body)).status).toBe(status);
});

test('what is shared is read by all and changed by its owner', async () => {
  const id = String(kettle(await post('admin', { name: 'shared', shared: true }))['id']);
  const hidden = String(kettle(await post('admin', { name: 'own' }))['id']);
  expect((await cloud.call('demo', 'GET', `${PATH}/${id}`)).status).toBe(200);
  expect((await cloud.call('demo', 'PUT', `${PATH}/${id}`, { kettle: { name: 'x' } })).status).toBe(403);
  expect((await cloud.call('demo', 'GET', `${PATH}/${hidden}`)).status).toBe(404);
  expect((await cloud.call('demo', 'DELETE', `${PATH}/${hidden}`)).status).toBe(404);
  expect(names(await cloud.call('demo', 'GET', `${PATH}?shared=True`))).toBe('shared');
  for (const one of [id, hidden]) await cloud.call('admin', 'DELETE', `${PATH}/${one}`);
});

test('many at once are all or none', async () => {
  const several = (kettles: unknown[]) => cloud.call('alt_demo', 'POST', PATH, { kettles });
  expect(
    (
      await several([
        { stove_id: 's', name: 'x' },
        { stove_id: 's', litres: 99 },
      ])
    ).status,
  ).toBe(400);
  expect(names(await cloud.call('alt_demo', 'GET', PATH))).toBe('');
  const made = await several(
    ['b', 'd', 'a', 'c'].map((name, i) => ({ stove_id: 's', name, litres: i + 1, tags: i < 2 ? ['low', name] : [] })),
  );
  expect([made.status, names(made)]).toEqual([201, 'bdac']);
});

test.each([
  ['', 'bdac'],
  ['?sort_key=name&sort_dir=asc', 'abcd'],
  ['?sort_key=litres&sort_dir=desc', 'cadb'],
  ['?name=a&name=b', 'ba'],
  ['?litres=2', 'd'],
  ['?stove_id=none', ''],
  ['?tags=low', 'bd'],
  ['?tags=low,b', 'b'],
  ['?tags-any=b,d', 'bd'],
  ['?not-tags=low', 'ac'],
  ['?not-tags-any=b,d', 'ac'],
])('list%s gives %s', async (query, wanted) => {
  expect(names(await cloud.call('alt_demo', 'GET', `${PATH}${query}`))).toBe(wanted);
});

test.each([
  '?spout=1',
  '?sort_key=spout',
  '?sort_key=name&sort_dir=up',
  '?sort_dir=asc&sort_dir=asc',
  '?limit=-1',
  '?marker=nope',
  "?x';--=1",
])('list%s is refused', async (query) => {
  expect((await cloud.call('alt_demo', 'GET', `${PATH}${query}`)).status).toBe(400);
});

test('pages link forwards and back', async () => {
  const follow = async (path: string, rel: string): Promise<readonly string[]> => {
    const pages: string[] = [];
    for (let next: string | undefined = path; next !== undefined && pages.length < 9; ) {
      const answer: TestAnswer = await cloud.call('alt_demo', 'GET', next);
      pages.push(names(answer));
      const links: readonly { rel: string; href: string }[] =
        (answer.body as { kettles_links?: { rel: string; href: string }[] }).kettles_links ?? [];
      next = links.find((link) => link.rel === rel)?.href.slice(cloud.url.length);
    }
    return pages;
  };
  expect(await follow(`${PATH}?limit=3&sort_key=name`, 'next')).toEqual(['abc', 'd']);
  expect(await follow(`${PATH}?limit=3&sort_key=name&page_reverse=True`, 'previous')).toEqual(['bcd', 'a']);
});

test('tags', async () => {
  const path = `${PATH}/${String(kettle(await post('demo', { tags: ['x'] }))['id'])}/tags`;
  const tags = async (): Promise<unknown> => (await cloud.call('demo', 'GET', path)).body;
  expect(await tags()).toEqual({ tags: ['x'] });
  expect((await cloud.call('demo', 'PUT', `${path}/y`)).status).toBe(201);
  expect(await tags()).toEqual({ tags: ['x', 'y'] });
  expect((await cloud.call('demo', 'GET', `${path}/z`)).status).toBe(404);
  expect((await cloud.call('demo', 'DELETE', `${path}/x`)).status).toBe(204);
  expect((await cloud.call('demo', 'PUT', path, { tags: ['p', 'q'] })).status).toBe(200);
  expect((await cloud.call('demo', 'DELETE', path)).status).toBe(204);
  expect(await tags()).toEqual({ tags: [] });
  expect((await cloud.call('alt_demo', 'PUT', `${path}/y`)).status).toBe(404);
});
