/** The listener over real HTTP: routing by prefix, tokens, bodies, faults, 405, request ids, the access log and closing. */
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { Failure, Refusal, revealSecret, type JsonObject, type Log } from '@hearth/kernel';
import { realTimers as timers } from '@hearth/testkit';
import {
  ByteStream,
  createListener,
  json,
  keystoneUnauthorized,
  nextLinks,
  readPage,
  type Facade,
  type Identity,
  type Listener,
  type Problem,
  type Route,
} from './index.ts';

const random = { next: () => Math.random(), uuid: () => randomUUID(), bytes: (n: number) => randomBytes(n) };
const lines: { event: string; data: JsonObject }[] = [];
const note = (event: string, data?: JsonObject): void => void lines.push({ event, data: data ?? {} });
const log: Log = { debug: note, info: note, warn: note, error: note };

const demo = { userId: 'u1', projectId: 'p1', roles: ['member'] } as unknown as Identity;
const fault = (problem: Problem) => {
  if (problem.kind === 'unauthorized') return keystoneUnauthorized('http://auth/v3');
  const status = { refusal: 400, failure: 503, bug: 500, 'no-route': 404, 'method-not-allowed': 405 }[problem.kind];
  return json(status, { fault: problem.kind === 'refusal' ? problem.refusal.code : problem.kind });
};
const routes: Route[] = [
  { method: 'GET', path: '', access: 'public', handle: (r) => json(300, { origin: r.origin, prefix: r.prefix }) },
  { method: 'GET', path: '/things/:id', handle: (r) => json(200, { id: r.params['id'], q: r.query.getAll('q'), user: r.identity.userId }) },
  { method: 'POST', path: '/things', handle: (r) => json(201, { body: r.body, contentType: r.contentType }) },
  { method: 'PUT', path: '/raw', body: 'raw', maxBodyBytes: 4096, handle: (r) => json(200, { bytes: r.rawBody.length, body: r.body }) },
  {
    method: 'GET',
    path: '/throws/:what',
    handle: (r) => {
      throw thrown(r.params['what']);
    },
  },
];
function thrown(what: string | undefined): Error {
  if (what === 'refusal') return new Refusal('conflict', 'Conflict', 'taken');
  return what === 'failure' ? new Failure('unavailable', 'down') : new TypeError('the password is hunter2');
}
const facade = (extra: Partial<Facade> = {}): Facade => ({
  name: 'test',
  prefixes: ['', '/api'],
  routes,
  fault,
  verifier: { verify: async (token) => (revealSecret(token) === 'good' ? demo : null) },
  maxBodyBytes: 1000,
  ...extra,
});

const open: Listener[] = [];
async function serve(...facades: Facade[]): Promise<string> {
  const listener = createListener({ host: '127.0.0.1', port: 0, log, random, timers, drainMs: 300 });
  for (const one of facades) listener.register(one);
  open.push(listener);
  return (await listener.listen()).url;
}
afterEach(async () => {
  lines.length = 0;
  await Promise.all(open.splice(0).map((one) => one.close()));
});
const good = { 'x-auth-token': 'good' };

test.each([
  ['GET', '', {}, 300],
  ['GET', '/', {}, 300],
  ['GET', '/api', {}, 300],
  ['GET', '/api/', {}, 300],
  ['GET', '/api/things/a', good, 200],
  ['GET', '/api/things/a/', good, 200],
  ['HEAD', '/things/a', good, 200],
  ['GET', '/things/a', {}, 401],
  ['GET', '/things/a', { 'x-auth-token': 'stale' }, 401],
  ['GET', '/nowhere', {}, 401],
  ['GET', '/nowhere', good, 404],
  ['GET', '/api/nowhere', good, 404],
  ['DELETE', '/things/a', good, 405],
  ['PUT', '/api/things', good, 405],
  ['OPTIONS', '/things/a', good, 204],
  ['GET', '/throws/refusal', good, 400],
  ['GET', '/throws/failure', good, 503],
  ['GET', '/throws/bug', good, 500],
  ['GET', '/%zz', good, 400],
])('%s %s with %o answers %i', async (method, path, headers, status) => {
  const url = await serve(facade());
  const answer = await fetch(`${url}${path}`, { method, headers: headers as Record<string, string> });
  expect(answer.status).toBe(status);
  if (path !== '/%zz') expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
  if (status === 405 || status === 204) expect(answer.headers.get('allow')).toBe(path.startsWith('/api') ? 'POST' : 'GET, HEAD');
  if (status === 401) {
    expect(answer.headers.get('www-authenticate')).toBe('Keystone uri="http://auth/v3"');
    expect(await answer.json()).toEqual({ error: { code: 401, title: 'Unauthorized', message: expect.any(String) } });
  }
  if (status === 500) expect(await answer.text()).not.toContain('hunter2');
});

test('parameters are decoded, long, and queries keep their repetitions', async () => {
  const url = await serve(facade());
  const id = `a/b ${'x'.repeat(1500)}`;
  const answer = await fetch(`${url}/api/things/${encodeURIComponent(id)}?q=1&q=2`, { headers: good });
  expect(await answer.json()).toEqual({ id, q: ['1', '2'], user: 'u1' });
});

test.each([
  ['JSON whatever the type says', '{"a":1}', 'text/plain', 201, { a: 1 }],
  ['a type that is no media type', '{"a":1}', 'JSON', 201, { a: 1 }],
  ['no body', '', undefined, 201, null],
  ['broken JSON', '{"a":', 'application/json', 400, undefined],
  ['101 levels', '['.repeat(102) + ']'.repeat(102), 'application/json', 400, undefined],
  ['more than the limit', JSON.stringify('x'.repeat(2000)), 'application/json', 400, undefined],
])('bodies: %s', async (_name, body, contentType, status, seen) => {
  const url = await serve(facade());
  const headers: Record<string, string> = { ...good, ...(contentType === undefined ? {} : { 'content-type': contentType }) };
  const answer = await fetch(`${url}/things`, { method: 'POST', headers, body: Buffer.from(body) });
  expect(answer.status).toBe(status);
  if (status === 201) expect(await answer.json()).toMatchObject({ body: seen });
});

test('a route may take raw bytes and its own limit; a refused large body still gets its answer on the same connection', async () => {
  const url = await serve(facade());
  const put = async (size: number) => (await fetch(`${url}/raw`, { method: 'PUT', headers: good, body: Buffer.alloc(size) })).status;
  expect(await put(4096)).toBe(200);
  expect(await put(3_000_000)).toBe(400);
  expect(await put(10)).toBe(200);
});

test('the log tells who asked what, without queries and tokens', async () => {
  const url = await serve(facade());
  const globalId = `req-${randomUUID()}`;
  await fetch(`${url}/things/a?Signature=sesame`, { headers: { ...good, 'x-openstack-request-id': globalId } });
  await fetch(`${url}/throws/bug`, { headers: good });
  const text = JSON.stringify(lines);
  expect(lines[0]).toMatchObject({
    event: 'http.request',
    data: { path: '/things/a', status: 200, userId: 'u1', globalRequestId: globalId },
  });
  expect(lines.map((line) => line.event)).toContain('http.bug');
  expect(text).not.toContain('sesame');
  expect(text).not.toContain('good');
});

test('an own body rule and visible routes', async () => {
  const url = await serve(
    facade({ hidesRoutes: false, readBody: (bytes) => (bytes[0] === 0x7b ? JSON.parse(Buffer.from(bytes).toString()) : null) }),
  );
  const answer = await fetch(`${url}/things`, { method: 'POST', headers: good, body: 'not an object' });
  expect(await answer.json()).toMatchObject({ body: null });
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
});

test('the origin is the one the client called; a malformed Host is not echoed', async () => {
  const url = await serve(facade());
  const port = Number(new URL(url).port);
  const ask = (host: string): Promise<string> =>
    new Promise((resolve, reject) => {
      httpRequest({ port, host: '127.0.0.1', path: '/', headers: { host } }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve((JSON.parse(text) as { origin: string }).origin));
      })
        .on('error', reject)
        .end();
    });
  expect(await ask('cloud.example:8080')).toBe('http://cloud.example:8080');
  expect(await ask('a"b')).toBe(url);
});

test('a taken port is a clear failure', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  const listener = createListener({ host: '127.0.0.1', port, log, random, timers });
  await expect(listener.listen()).rejects.toThrow(/port is in use/);
  await listener.close();
  await new Promise((resolve) => blocker.close(resolve));
});

test('close finishes the request under way and cuts one that never ends', async () => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const slow: Route[] = [
    {
      method: 'GET',
      path: '/slow',
      access: 'public',
      handle: async () => {
        await gate;
        return json(200, 'done');
      },
    },
    { method: 'GET', path: '/never', access: 'public', handle: () => new Promise(() => {}) },
  ];
  const url = await serve(facade({ routes: slow }));
  const pending = fetch(`${url}/slow`);
  const never = fetch(`${url}/never`).catch(() => 'cut');
  await timers.sleep(50);
  const closed = open[0]?.close();
  release();
  expect((await pending).status).toBe(200);
  expect(await never).toBe('cut');
  await closed;
});

test('paging: limits are checked, and a full page links to the next', () => {
  const query = (text: string) => readPage(new URLSearchParams(text), 50);
  expect(query('')).toEqual({ limit: 50, marker: null });
  expect(query('limit=0&marker=m')).toEqual({ limit: 50, marker: 'm' });
  expect(query('limit=99')).toEqual({ limit: 50, marker: null });
  expect(() => query('limit=-1')).toThrow(/limit/);
  expect(() => query('limit=x')).toThrow(/limit/);
  const request = { origin: 'http://h', path: '/p', query: new URLSearchParams('limit=2&name=a b') } as Parameters<typeof nextLinks>[0];
  expect(nextLinks(request, { limit: 2, marker: null }, ['1', '2'])).toEqual([
    { rel: 'next', href: 'http://h/p?limit=2&name=a+b&marker=2' },
  ]);
  expect(nextLinks(request, { limit: 2, marker: null }, ['1'])).toEqual([]);
});

const streaming = facade({
  prefixes: ['/stream'],
  routes: [
    {
      method: 'GET',
      path: '/thing',
      access: 'public',
      handle: () => ({ status: 200, headers: { 'Content-Length': '6' }, body: new ByteStream(pieces()) }),
    },
    {
      method: 'HEAD',
      path: '/thing',
      access: 'public',
      handle: () => ({ status: 204, headers: { 'X-Own': 'yes', 'Content-Length': '6' } }),
    },
    { method: 'COPY', path: '/thing', access: 'public', handle: (r) => json(201, { to: r.header('destination') }) },
    { method: 'GET', path: '/broken', access: 'public', handle: () => ({ status: 200, body: new ByteStream(brokenPieces()) }) },
    {
      method: 'PUT',
      path: '/thing',
      access: 'public',
      body: 'stream',
      handle: async (r) => {
        let bytes = 0;
        for await (const piece of r.bodyStream) {
          bytes += piece.length;
          if (bytes > 100_000) throw new Refusal('too-large', 'TooLarge', 'enough');
        }
        return json(200, {
          bytes,
          names: r
            .headers()
            .map(([name]) => name)
            .filter((name) => name.startsWith('x-a')),
        });
      },
    },
  ],
});
async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('abc');
  yield Buffer.from('def');
}
async function* brokenPieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('abc');
  throw new Failure('not-found', 'gone meanwhile');
}

test('bodies may be streamed out, and a stream that fails is never a short answer', async () => {
  const url = await serve(streaming);
  const answer = await fetch(`${url}/stream/thing`);
  expect([await answer.text(), answer.headers.get('content-length')]).toEqual(['abcdef', '6']);
  await expect(fetch(`${url}/stream/broken`).then((broken) => broken.text())).rejects.toThrow();
});

test('HEAD and COPY may be routes of their own', async () => {
  const url = await serve(streaming);
  const head = await fetch(`${url}/stream/thing`, { method: 'HEAD' });
  expect([head.status, head.headers.get('x-own')]).toEqual([204, 'yes']);
  const copy = await fetch(`${url}/stream/thing`, { method: 'COPY', headers: { destination: 'there' } });
  expect([copy.status, await copy.json()]).toEqual([201, { to: 'there' }]);
  expect((await fetch(`${url}/stream/broken`, { method: 'COPY', headers: good })).status).toBe(405);
});

test.each([
  [0, 200],
  [90_000, 200],
  [30_000_000, 400],
])('a body of %i bytes read as it comes answers %i', async (size, status) => {
  const url = await serve(streaming);
  const answer = await fetch(`${url}/stream/thing`, {
    method: 'PUT',
    body: Buffer.alloc(size),
    headers: { 'x-a-one': '1', 'x-a-two': '2' },
  });
  const body = await answer.json();
  expect(answer.status).toBe(status);
  if (status === 200) expect(body).toEqual({ bytes: size, names: ['x-a-one', 'x-a-two'] });
});
