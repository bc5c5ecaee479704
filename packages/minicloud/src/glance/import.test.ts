/** Sharing images and importing their data: members, staging, downloads through the guard, tasks, and what an interruption leaves. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog, type JsonObject } from '@hearth/kernel';
import { createOutbound } from '@hearth/outbound';
import { realTimers as timers, seededRandom, testDatabase, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { CHUNK_BYTES } from '../store/byte-chunks.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';
import { glance } from './service.ts';

const data = Buffer.alloc(2 * CHUNK_BYTES + 17, 'hearth');
let db: TestDatabase;
let cloud: TestCloud;
let server: Server;
let url: string;
const start = (seed: number): Promise<TestCloud> => {
  const outbound = createOutbound({ log: silentLog, timers, allow: ['127.0.0.1'] });
  return startTestCloud({
    database: db.database,
    timers,
    random: seededRandom(seed),
    services: [glance({ outbound, maxImageBytes: 8 * CHUNK_BYTES })],
  });
};
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await start(1);
  server = createServer((request, response) => {
    if (request.url === '/image') response.end(data);
    else if (request.url === '/slow') response.write('x');
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await cloud.close();
  await db.drop();
});

const call = (as: string, method: string, path: string, body?: unknown, headers = {}): Promise<TestAnswer> =>
  cloud.call(as, method, `/image/v2${path}`, body, headers);
const make = async (body: JsonObject = {}): Promise<string> => {
  const answer = await call('demo', 'POST', '/images', { disk_format: 'raw', container_format: 'bare', ...body });
  return (answer.body as { id: string }).id;
};
const show = async (id: string): Promise<JsonObject> => (await call('demo', 'GET', `/images/${id}`)).body as JsonObject;
const until = async (id: string, wanted: (image: JsonObject) => boolean): Promise<JsonObject> => {
  for (let looks = 0; looks < 200; looks++) {
    const image = await show(id);
    if (wanted(image)) return image;
    await timers.sleep(20);
  }
  throw new Error(`the image never became so: ${JSON.stringify(await show(id))}`);
};
const project = (name: string): string => cloud.facts.projectIds[name] ?? '';

test('members: added by the owner, decided by themselves, seen in lists once accepted', async () => {
  const id = await make({ name: 'shared one' });
  const alt = project('alt_demo');
  const listed = async (query = ''): Promise<boolean> =>
    JSON.stringify((await call('alt_demo', 'GET', `/images${query}`)).body).includes(id);
  expect((await call('alt_demo', 'GET', `/images/${id}`)).status).toBe(404);
  expect((await call('demo', 'POST', `/images/${id}/members`, { member: alt })).body).toMatchObject({ member_id: alt, status: 'pending' });
  expect((await call('demo', 'POST', `/images/${id}/members`, { member: alt })).status).toBe(409);
  expect((await call('demo', 'POST', `/images/${id}/members`, {})).status).toBe(400);
  expect((await call('alt_demo', 'GET', `/images/${id}`)).status).toBe(200);
  expect(await listed()).toBe(false);
  expect(await listed('?visibility=shared&member_status=pending')).toBe(true);
  expect((await call('alt_demo', 'GET', '/images?member_status=maybe')).status).toBe(400);
  expect((await call('demo', 'PUT', `/images/${id}/members/${alt}`, { status: 'accepted' })).status).toBe(403);
  expect((await call('alt_demo', 'PUT', `/images/${id}/members/${alt}`, { status: 'perhaps' })).status).toBe(400);
  expect((await call('alt_demo', 'PUT', `/images/${id}/members/${alt}`, { status: 'accepted' })).status).toBe(200);
  expect(await listed()).toBe(true);
  expect((await call('alt_demo', 'POST', `/images/${id}/members`, { member: 'x' })).status).toBe(403);
  expect((await call('alt_demo', 'DELETE', `/images/${id}`)).status).toBe(403);
  expect((await call('demo', 'DELETE', `/images/${id}/members/${alt}`)).status).toBe(204);
  expect((await call('demo', 'DELETE', `/images/${id}/members/${alt}`)).status).toBe(404);
  expect((await call('alt_demo', 'GET', `/images/${id}`)).status).toBe(404);
  const closed = await make({ visibility: 'private' });
  expect((await call('demo', 'GET', `/images/${closed}/members`)).status).toBe(403);
  expect((await call('demo', 'POST', `/images/${closed}/members`, { member: alt })).status).toBe(403);
});

test('staged data is imported', async () => {
  const id = await make();
  const direct = { method: { name: 'glance-direct' } };
  expect((await call('demo', 'POST', `/images/${id}/import`, direct)).status).toBe(409);
  expect((await call('demo', 'PUT', `/images/${id}/stage`, data)).status).toBe(204);
  expect(await show(id)).toMatchObject({ status: 'uploading', size: data.length, checksum: null });
  expect((await call('demo', 'PUT', `/images/${id}/stage`, data)).status).toBe(409);
  expect((await call('demo', 'PUT', `/images/${id}/file`, data)).status).toBe(409);
  expect((await call('demo', 'POST', `/images/${id}/import`, direct)).status).toBe(202);
  expect(await show(id)).toMatchObject({ status: 'active', size: data.length, virtual_size: data.length, os_glance_failed_import: '' });
  const answer = await fetch(`${cloud.url}/image/v2/images/${id}/file`, { headers: { 'x-auth-token': await cloud.token('demo') } });
  expect(Buffer.from(await answer.arrayBuffer()).equals(data)).toBe(true);
  expect((await call('demo', 'GET', `/images/${id}/tasks`)).body).toMatchObject({
    tasks: [{ status: 'success', image_id: id, type: 'api_image_import' }],
  });
  expect((await call('demo', 'GET', '/tasks')).status).toBe(403);
  expect(JSON.stringify((await call('admin', 'GET', '/tasks')).body)).toContain('api_image_import');
  expect((await call('demo', 'DELETE', `/images/${id}`)).status).toBe(204);
  expect(await db.database.query({ text: "select id from minicloud.blob where starts_with(id, 'glance-data:')", values: [] })).toEqual([]);
});

test.each([
  ['bytes=0-9', 206, 0, 10],
  [`bytes=${CHUNK_BYTES - 2}-${CHUNK_BYTES + 1}`, 206, CHUNK_BYTES - 2, CHUNK_BYTES + 2],
  ['bytes=-5', 206, data.length - 5, data.length],
  [`bytes=${data.length}-`, 416, 0, 0],
  ['bytes=5-2', 416, 0, 0],
])('a part of the data: %s', async (range, status, from, to) => {
  const id = await make();
  expect((await call('demo', 'PUT', `/images/${id}/file`, data)).status).toBe(204);
  const headers = { 'x-auth-token': await cloud.token('demo'), range };
  const answer = await fetch(`${cloud.url}/image/v2/images/${id}/file`, { headers });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.status).toBe(status);
  if (status === 206) {
    expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${data.length}`);
    expect(bytes.equals(data.subarray(from, to))).toBe(true);
  }
});

test('data is fetched from a URL', async () => {
  const id = await make();
  const answer = await call('demo', 'POST', `/images/${id}/import`, { method: { name: 'web-download', uri: `${url}/image` } });
  expect(answer.status).toBe(202);
  expect(await until(id, (image) => image['status'] === 'active')).toMatchObject({ size: data.length });
});

test('a URL that gives nothing leaves a queued image and a task that says why', async () => {
  const id = await make();
  expect(
    (await call('demo', 'POST', `/images/${id}/import`, { method: { name: 'web-download', uri: `${url}/none?sig=s3cret` } })).status,
  ).toBe(202);
  expect(await until(id, (image) => image['os_glance_failed_import'] === 'local')).toMatchObject({ status: 'queued', size: null });
  await timers.sleep(50);
  const { tasks } = (await call('demo', 'GET', `/images/${id}/tasks`)).body as { tasks: JsonObject[] };
  expect(tasks).toMatchObject([{ status: 'failure', message: expect.stringContaining('HTTP 404') }]);
  expect(JSON.stringify(tasks)).not.toContain('s3cret');
});

test.each<[string, unknown, number]>([
  ['an address of the inside', { method: { name: 'web-download', uri: 'http://169.254.169.254/latest' } }, 400],
  ['a file', { method: { name: 'web-download', uri: 'file:///etc/passwd' } }, 400],
  ['no URL', { method: { name: 'web-download' } }, 400],
  ['a method there is not', { method: { name: 'glance-download' } }, 400],
  ['a copy of what is not there', { method: { name: 'copy-image' } }, 409],
  ['no method', {}, 400],
  ['a store there is not', { method: { name: 'web-download', uri: 'http://127.0.0.1/' }, stores: ['ceph'] }, 409],
])('an import is refused: %s', async (_name, body, status) => {
  const id = await make();
  expect((await call('demo', 'POST', `/images/${id}/import`, body)).status).toBe(status);
  expect(await show(id)).toMatchObject({ status: 'queued' });
});

test('a download that the end of the service cut off has failed, and nothing of it is left', async () => {
  const id = await make();
  expect((await call('demo', 'POST', `/images/${id}/import`, { method: { name: 'web-download', uri: `${url}/slow` } })).status).toBe(202);
  await cloud.close();
  cloud = await start(2);
  expect(await show(id)).toMatchObject({ status: 'queued' });
  expect((await call('demo', 'GET', `/images/${id}/tasks`)).body).toMatchObject({ tasks: [{ status: 'failure' }] });
  expect(await db.database.query({ text: "select value from minicloud.claim where space = 'bytes.unfinished'", values: [] })).toEqual([]);
});

test('a body that breaks off is not taken for data', async () => {
  const id = await make();
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(1000));
      setTimeout(() => controller.error(new Error('gone')), 50);
    },
  });
  const headers = { 'x-auth-token': await cloud.token('demo'), 'content-type': 'application/octet-stream' };
  const init = { method: 'PUT', headers, body, duplex: 'half' } as RequestInit;
  await expect(fetch(`${cloud.url}/image/v2/images/${id}/file`, init)).rejects.toThrow();
  await until(id, (image) => image['status'] === 'queued');
});

test.each([
  ['application/json', 'application/json', /^\{/],
  ['*/*', 'text/html; charset=UTF-8', /^<html>/],
  ['application/xml', 'text/plain; charset=UTF-8', /^404 Not Found\n\n/],
])('a fault for whoever accepts %s', async (accept, type, shape) => {
  const answer = await fetch(`${cloud.url}/image/v2/images/x`, { headers: { 'x-auth-token': await cloud.token('demo'), accept } });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, type]);
  expect(await answer.text()).toMatch(shape);
});
