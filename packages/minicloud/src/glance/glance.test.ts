/** The image service: its pure steps, and the API over HTTP with data, visibility, filters and pages. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal, type JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';
import { newImage, patchedImage, withData } from './machine.ts';
import { glance } from './service.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(1), services: [glance({ maxImageBytes: 1000 })] });
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

const images = (answer: TestAnswer): readonly JsonObject[] => (answer.body as { images: readonly JsonObject[] }).images;
const names = (answer: TestAnswer): readonly unknown[] => images(answer).map((image) => image['name']);
const make = async (as: string, body: JsonObject): Promise<string> => {
  timers.jumpTo(timers.now() + 1000);
  const answer = await cloud.call(as, 'POST', '/image/v2/images', { disk_format: 'raw', container_format: 'bare', ...body });
  expect(answer.status).toBe(201);
  return (answer.body as { id: string }).id;
};
const patch = (as: string, id: string, operations: unknown): Promise<TestAnswer> =>
  cloud.call(as, 'PATCH', `/image/v2/images/${id}`, operations, { 'content-type': 'application/openstack-images-v2.1-json-patch' });

const base = newImage({ name: 'a', disk_format: 'raw', container_format: 'bare', tags: ['t'], foo: 'bar' });
test.each<[string, unknown, unknown]>([
  ['replace a field', [{ op: 'replace', path: '/name', value: 'b' }], { ...base, name: 'b' }],
  ['add a property', [{ op: 'add', path: '/zip', value: 'zap' }], { ...base, extra: { foo: 'bar', zip: 'zap' } }],
  ['escapes in names', [{ op: 'add', path: '/a~1b~0c', value: 'x' }], { ...base, extra: { foo: 'bar', 'a/b~c': 'x' } }],
  ['remove a property', [{ op: 'remove', path: '/foo' }], { ...base, extra: {} }],
  ['append a tag', [{ op: 'add', path: '/tags/-', value: 'u' }], { ...base, tags: ['t', 'u'] }],
  ['nothing', [], base],
  ['replace what is not there', [{ op: 'replace', path: '/nope', value: 'x' }], 'conflict'],
  ['remove what is not there', [{ op: 'remove', path: '/nope' }], 'conflict'],
  ['a name every object has', [{ op: 'remove', path: '/constructor' }], 'conflict'],
  ['remove a field', [{ op: 'remove', path: '/name' }], 'forbidden'],
  ['the status', [{ op: 'replace', path: '/status', value: 'active' }], 'forbidden'],
  ['a format there is not', [{ op: 'replace', path: '/disk_format', value: 'floppy' }], 'invalid'],
  ['negative memory', [{ op: 'replace', path: '/min_ram', value: -1 }], 'invalid'],
  ['a number for a property', [{ op: 'add', path: '/zip', value: 1 }], 'invalid'],
  ['an operation there is not', [{ op: 'move', path: '/name', from: '/foo' }], 'invalid'],
  ['no list', { op: 'add' }, 'invalid'],
  ['too many properties', Array.from({ length: 129 }, (_, i) => ({ op: 'add', path: `/p${i}`, value: '' })), 'too-large'],
])('patching: %s', (_name, operations, outcome) => {
  if (typeof outcome === 'string') {
    expect(() => patchedImage(base, operations)).toThrow(expect.objectContaining({ name: 'Refusal', code: outcome }));
  } else expect(patchedImage(base, operations)).toEqual(outcome);
});

test('data comes once, and only to an image that says what it is', () => {
  const arrival = { size: 1, checksum: 'c', os_hash_value: 'h' };
  expect(withData(base, arrival)).toMatchObject({ status: 'active', size: 1 });
  expect(() => withData(withData(base, arrival), arrival)).toThrow(Refusal);
  expect(() => withData(newImage({ name: 'a' }), arrival)).toThrow(/disk_format/);
});

test('an image from record to data and back', async () => {
  const id = await make('demo', { name: 'mine', foo: 'bar' });
  const data = Buffer.from('hello');
  expect((await cloud.call('demo', 'GET', `/image/v2/images/${id}/file`)).status).toBe(204);
  expect((await cloud.call('demo', 'PUT', `/image/v2/images/${id}/file`, Buffer.alloc(1001))).status).toBe(413);
  expect((await cloud.call('demo', 'PUT', `/image/v2/images/${id}/file`, data)).status).toBe(204);
  expect((await cloud.call('demo', 'PUT', `/image/v2/images/${id}/file`, data)).status).toBe(409);
  expect((await cloud.call('demo', 'GET', `/image/v2/images/${id}`)).body).toMatchObject({
    id,
    name: 'mine',
    foo: 'bar',
    status: 'active',
    size: 5,
    virtual_size: 5,
    checksum: '5d41402abc4b2a76b9719d911017c592',
    os_hash_algo: 'sha512',
    visibility: 'shared',
    owner: cloud.facts.projectIds['demo'],
    tags: [],
    self: `/v2/images/${id}`,
    schema: '/v2/schemas/image',
  });
  const file = await cloud.call('demo', 'GET', `/image/v2/images/${id}/file`);
  expect([file.body, file.headers.get('content-md5')]).toEqual(['hello', '5d41402abc4b2a76b9719d911017c592']);
  expect((await patch('demo', id, [{ op: 'replace', path: '/protected', value: true }])).status).toBe(200);
  expect((await cloud.call('demo', 'DELETE', `/image/v2/images/${id}`)).status).toBe(403);
  expect((await patch('demo', id, [{ op: 'replace', path: '/protected', value: false }])).status).toBe(200);
  expect((await cloud.call('demo', 'DELETE', `/image/v2/images/${id}`)).status).toBe(204);
  expect((await cloud.call('demo', 'GET', `/image/v2/images/${id}`)).status).toBe(404);
  expect(await db.database.query({ text: 'select id from minicloud.blob where id = $1', values: [`glance:${id}`] })).toEqual([]);
});

test('who sees and changes what', async () => {
  const own = await make('demo', { name: 'own' });
  const open = await make('admin', { name: 'open', visibility: 'public' });
  const community = await make('demo', { name: 'community', visibility: 'community' });
  expect((await cloud.call('demo', 'POST', '/image/v2/images', { visibility: 'public' })).status).toBe(403);
  expect((await patch('demo', own, [{ op: 'replace', path: '/visibility', value: 'public' }])).status).toBe(403);
  expect((await cloud.call('alt_demo', 'GET', `/image/v2/images/${own}`)).status).toBe(404);
  expect((await cloud.call('alt_demo', 'DELETE', `/image/v2/images/${own}`)).status).toBe(404);
  expect((await cloud.call('alt_demo', 'DELETE', `/image/v2/images/${open}`)).status).toBe(403);
  expect((await cloud.call('admin', 'GET', `/image/v2/images/${own}`)).status).toBe(200);
  expect((await cloud.call('alt_demo', 'GET', `/image/v2/images/${community}`)).status).toBe(200);
  const seen = async (as: string, query = ''): Promise<readonly unknown[]> =>
    [...names(await cloud.call(as, 'GET', `/image/v2/images${query}`))].sort();
  expect(await seen('alt_demo')).toEqual(['open', 'testimage']);
  expect(await seen('alt_demo', '?visibility=community')).toEqual(['community']);
  expect(await seen('demo')).toEqual(['community', 'open', 'own', 'testimage']);
  expect(await seen('demo', '?visibility=public')).toEqual(['open', 'testimage']);
  expect((await cloud.call(null, 'GET', '/image/v2/images')).status).toBe(401);
});

test('filters, order and pages', async () => {
  for (const [name, extra] of [
    ['b', {}],
    ['c', { os: 'x' }],
    ['a', { os: 'x', tags: ['one', 'two'] }],
    ['d', { tags: ['two'], os_hidden: true }],
  ] as const)
    await make('alt_demo', { name, ...extra });
  const list = async (query: string): Promise<string> =>
    names(await cloud.call('alt_demo', 'GET', `/image/v2/images?visibility=shared&${query}`)).join('');
  expect(await list('')).toBe('acb');
  expect(await list('sort=name:asc')).toBe('abc');
  expect(await list('sort_key=name&sort_dir=desc')).toBe('cba');
  expect(await list('name=c')).toBe('c');
  expect(await list('name=in:a,b')).toBe('ab');
  expect(await list('os=x')).toBe('ac');
  expect(await list('tag=one&tag=two')).toBe('a');
  expect(await list('os_hidden=true')).toBe('d');
  expect(await list('status=active')).toBe('');
  expect(await list('size_min=1')).toBe('');
  let path: string | undefined = '/v2/images?visibility=shared&limit=1&sort=name:asc';
  const walked: unknown[] = [];
  for (let pages = 0; path !== undefined && pages < 10; pages++) {
    const answer: TestAnswer = await cloud.call('alt_demo', 'GET', `/image${path}`);
    walked.push(...names(answer));
    path = (answer.body as { next?: string }).next;
  }
  expect(walked).toEqual(['a', 'b', 'c']);
});

test.each([
  ['?limit=x', 400],
  ['?marker=zz', 400],
  ['?visibility=zz', 400],
  ['?sort=flavour', 400],
  ['?sort=name:up', 400],
  ["?it's'); drop table=x", 200],
  ['?limit=0', 200],
])('a list asked with %s answers %i', async (query, status) => {
  const answer = await cloud.call('demo', 'GET', `/image/v2/images${query}`);
  expect(answer.status).toBe(status);
  if (status !== 200) expect(answer.body).toMatch(/^<html>[\s\S]*<title>400 Bad Request<\/title>/);
});

test.each([
  ['an id that is none', { id: 'zz' }, 400],
  ['no object', ['x'], 400],
  ["another's image", { owner: 'f'.repeat(32) }, 403],
  ['a format there is not', { disk_format: 'floppy' }, 400],
])('refused: %s', async (_name, body, status) => {
  expect((await cloud.call('demo', 'POST', '/image/v2/images', body)).status).toBe(status);
});

test('versions need no token and name the address that was called', async () => {
  const answer = await cloud.call(null, 'GET', '/image');
  expect(answer.status).toBe(300);
  expect(JSON.stringify(answer.body)).toContain(`${cloud.url}/image/v2/`);
});

test('a seeded image that was deleted stays deleted', async () => {
  const [seeded] = images(await cloud.call('admin', 'GET', '/image/v2/images?name=testimage'));
  expect((await cloud.call('admin', 'DELETE', `/image/v2/images/${String(seeded?.['id'])}`)).status).toBe(204);
  const again = await startTestCloud({ database: db.database, timers, random: seededRandom(2), services: [glance()] });
  expect(names(await again.call('admin', 'GET', '/image/v2/images?name=testimage'))).toEqual([]);
  await again.close();
});
