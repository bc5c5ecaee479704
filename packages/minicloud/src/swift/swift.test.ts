/** The object service over HTTP: accounts, containers, listings, objects with ranges and conditions, copies, large objects, expiry. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { CHUNK_BYTES } from '../store/byte-chunks.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';
import { swift } from './service.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
let base: string;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  const services = [swift({ maxObjectBytes: 4 * CHUNK_BYTES })];
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(1), services });
  base = `/v1/AUTH_${cloud.facts.projectIds['demo']}`;
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
/** `as`: a seeded user, or null without a token. */
async function call(as: string | null, method: string, path: string, body?: string | Uint8Array, headers = {}): Promise<Reply> {
  const token: Record<string, string> = as === null ? {} : { 'x-auth-token': await cloud.token(as) };
  const init = { method, headers: { ...token, ...headers }, ...(body === undefined ? {} : { body: Buffer.from(body) }) };
  const answer = await fetch(`${cloud.url}${path}`, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
const demo = (method: string, path: string, body?: string | Uint8Array, headers = {}): Promise<Reply> =>
  call('demo', method, `${base}${path}`, body, headers);
const md5 = (text: string | Uint8Array): string => createHash('md5').update(text).digest('hex');
let count = 0;
let box = '';
beforeEach(async () => {
  box = `/box${count++}`;
  expect((await demo('PUT', box)).status).toBe(201);
});

describe('accounts', () => {
  test('metadata comes and goes; containers are listed with their totals', async () => {
    expect((await demo('POST', '', undefined, { 'x-account-meta-color': 'blue' })).status).toBe(204);
    expect((await demo('PUT', `${box}/o`, 'hello')).status).toBe(201);
    const head = await demo('HEAD', '');
    expect(head.status).toBe(204);
    expect(head.headers.get('x-account-meta-color')).toBe('blue');
    expect(head.headers.get('x-account-bytes-used')).toBe('5');
    const list = await demo('GET', `?format=json&prefix=${box.slice(1)}`);
    expect(JSON.parse(list.text)).toEqual([
      { name: box.slice(1), count: 1, bytes: 5, last_modified: expect.stringMatching(/^2030.*000$/) },
    ]);
    expect((await demo('GET', `?prefix=${box.slice(1)}`)).text).toBe(`${box.slice(1)}\n`);
    expect((await demo('GET', `?format=xml&prefix=${box.slice(1)}`)).text).toContain(
      `<container><name>${box.slice(1)}</name><count>1</count>`,
    );
    await demo('POST', '', undefined, { 'x-remove-account-meta-color': 'x' });
    expect((await demo('HEAD', '')).headers.get('x-account-meta-color')).toBeNull();
  });

  test.each([
    ['demo', 'DELETE', '', 405],
    ['demo', 'PUT', '', 405],
    ['alt_demo', 'GET', '', 403],
    ['admin', 'GET', '', 403],
    [null, 'GET', '', 401],
    ['demo', 'GET', '//x', 412],
    ['demo', 'GET', '/%00', 412],
    ['demo', 'GET', '?limit=10001', 412],
  ])('%s: %s %s answers %i', async (as, method, path, status) => {
    expect((await call(as, method, `${base}${path}`)).status).toBe(status);
  });

  test('a token that is not valid is refused, with the realm', async () => {
    const answer = await call(null, 'GET', base, undefined, { 'x-auth-token': 'bad' });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Swift realm="AUTH_')]);
    expect(answer.text).toMatch(/^<html><h1>Unauthorized<\/h1>/);
  });

  test('what the service can do is said without a token', async () => {
    expect(JSON.parse((await call(null, 'GET', '/info')).text)).toMatchObject({
      swift: { max_file_size: 4 * CHUNK_BYTES },
      tempurl: {},
      slo: {},
    });
  });
});

describe('containers', () => {
  test('made once, changed after, deleted when empty', async () => {
    expect((await demo('PUT', box, undefined, { 'x-container-meta-a': '1' })).status).toBe(202);
    expect((await demo('POST', box, undefined, { 'x-container-meta-b': 'ü' })).status).toBe(204);
    const { headers } = await demo('HEAD', box);
    expect([headers.get('x-container-meta-a'), headers.get('x-container-object-count')]).toEqual(['1', '0']);
    await demo('PUT', `${box}/o`, 'x');
    expect((await demo('DELETE', box)).status).toBe(409);
    expect((await demo('DELETE', `${box}/o`)).status).toBe(204);
    expect((await demo('DELETE', box)).status).toBe(204);
    expect((await demo('GET', box)).status).toBe(404);
    expect((await demo('PUT', `${box}/o`, 'x')).status).toBe(404);
  });

  test.each([
    [{ 'x-container-read': '.zz:a' }, "Unknown designator '.zz' in ACL: '.zz:a'"],
    [{ 'x-container-write': '.r:*' }, "Referrers not allowed in write ACL: '.r:*'"],
    [{ 'x-container-meta-a': 'x'.repeat(257) }, 'Metadata value longer than 256: x-container-meta-A'],
    [{ [`x-container-meta-${'a'.repeat(129)}`]: 'x' }, /^Metadata name too long/],
  ])('refused: %j', async (headers, words) => {
    const answer = await demo('POST', box, undefined, headers);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(words);
  });

  test('names that are too long', async () => {
    expect((await demo('PUT', `/${'x'.repeat(257)}`)).text).toBe('Container name length of 257 longer than 256');
    expect((await demo('PUT', `${box}/${'x'.repeat(1025)}`, '')).status).toBe(400);
    expect((await demo('PUT', `${box}/${'ü'.repeat(512)}`, '')).status).toBe(201);
  });
});

describe('listings', () => {
  const NAMES = ['a', 'B', 'dir/', 'dir/x', 'dir/y/z', 'e%20f', 'photos/1', 'photos/2', 'ü'];
  const list = async (query: string): Promise<string> => (await demo('GET', `${listed}?${query}`)).text.trim().split('\n').join(' ');
  const listed = '/listed';
  beforeAll(async () => {
    await demo('PUT', listed);
    for (const name of NAMES) expect((await demo('PUT', `${listed}/${name}`, name)).status).toBe(201);
  });

  test.each([
    ['', 'B a dir/ dir/x dir/y/z e f photos/1 photos/2 ü'],
    ['reverse=true', 'ü photos/2 photos/1 e f dir/y/z dir/x dir/ a B'],
    ['limit=2', 'B a'],
    ['marker=dir/x', 'dir/y/z e f photos/1 photos/2 ü'],
    ['end_marker=dir/x', 'B a dir/'],
    ['marker=a&end_marker=e', 'dir/ dir/x dir/y/z'],
    ['reverse=on&marker=e&end_marker=a', 'dir/y/z dir/x dir/'],
    ['prefix=dir/', 'dir/ dir/x dir/y/z'],
    ['delimiter=/', 'B a dir/ e f photos/ ü'],
    ['delimiter=/&reverse=1', 'ü photos/ e f dir/ a B'],
    ['delimiter=/&limit=3', 'B a dir/'],
    ['delimiter=/&marker=dir/', 'e f photos/ ü'],
    ['delimiter=/&prefix=dir/', 'dir/ dir/x dir/y/'],
    ['delimiter=/&prefix=photos/', 'photos/1 photos/2'],
    ['delimiter=ot', 'B a dir/ dir/x dir/y/z e f phot ü'],
    ['path=dir', 'dir/x'],
    ['path=photos', 'photos/1 photos/2'],
    ['prefix=none', ''],
    ['limit=0', ''],
  ])('?%s', async (query, expected) => expect(await list(query)).toBe(expected));

  test('as JSON and XML', async () => {
    const json = await demo('GET', `${listed}?delimiter=/&prefix=photos&format=json`);
    expect(JSON.parse(json.text)).toEqual([{ subdir: 'photos/' }]);
    const one = await demo('GET', `${listed}?prefix=a`, undefined, { accept: 'application/json' });
    expect(JSON.parse(one.text)).toMatchObject([{ name: 'a', bytes: 1, hash: md5('a'), content_type: expect.any(String) }]);
    const xml = await demo('GET', `${listed}?prefix=dir&delimiter=/&format=xml`);
    expect(xml.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<container name="listed"><subdir name="dir/"><name>dir/</name></subdir></container>`,
    );
  });
});

describe('objects', () => {
  const data = Buffer.alloc(2 * CHUNK_BYTES + 100, 'swift ');

  test('bytes and headers come back', async () => {
    const put = await demo('PUT', `${box}/dir/o n`, data, {
      'content-type': 'text/x',
      'x-object-meta-a': 'b',
      'content-disposition': 'inline',
      etag: md5(data),
    });
    expect([put.status, put.headers.get('etag')]).toEqual([201, md5(data)]);
    const answer = await fetch(`${cloud.url}${base}${box}/dir/o%20n`, { headers: { 'x-auth-token': await cloud.token('demo') } });
    expect(Buffer.from(await answer.arrayBuffer()).equals(data)).toBe(true);
    const head = await demo('HEAD', `${box}/dir/o n`);
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'content-type': 'text/x',
      'content-length': String(data.length),
      'content-disposition': 'inline',
      'x-object-meta-a': 'b',
      etag: md5(data),
      'accept-ranges': 'bytes',
    });
    expect((await demo('POST', `${box}/dir/o n`, undefined, { 'x-object-meta-c': 'd' })).status).toBe(202);
    const after = await demo('HEAD', `${box}/dir/o n`);
    expect([after.headers.get('x-object-meta-a'), after.headers.get('x-object-meta-c'), after.headers.get('content-type')]).toEqual([
      null,
      'd',
      'text/x',
    ]);
    expect((await demo('DELETE', `${box}/dir/o n`)).status).toBe(204);
    expect((await demo('DELETE', `${box}/dir/o n`)).status).toBe(404);
    expect((await demo('HEAD', box)).headers.get('x-container-bytes-used')).toBe('0');
  });

  test('what is replaced or refused leaves no bytes behind', async () => {
    const stored = async (): Promise<number> =>
      (await db.database.query({ text: "select id from minicloud.blob where starts_with(id, 'swift-data:')", values: [] })).length;
    const before = await stored();
    expect((await demo('PUT', `${box}/o`, data)).status).toBe(201);
    expect((await demo('PUT', `${box}/o`, 'short')).status).toBe(201);
    expect((await demo('PUT', `${box}/o`, data, { etag: '0'.repeat(32) })).status).toBe(422);
    expect((await demo('PUT', `${box}/o`, Buffer.alloc(4 * CHUNK_BYTES + 1))).status).toBe(413);
    expect(await stored()).toBe(before + 1);
    expect((await demo('GET', `${box}/o`)).text).toBe('short');
    expect((await demo('HEAD', box)).headers.get('x-container-object-count')).toBe('1');
  });

  test.each([
    ['bytes=1-2', 206, 'el', 'bytes 1-2/5'],
    ['bytes=-2', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=3-', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=3-99', 206, 'lo', 'bytes 3-4/5'],
    ['bytes=9-', 416, expect.stringContaining('Range'), 'bytes */5'],
    ['bytes=2-1', 200, 'hello', null],
    ['lines=1-2', 200, 'hello', null],
  ])('Range: %s', async (range, status, text, contentRange) => {
    await demo('PUT', `${box}/o`, 'hello');
    const answer = await demo('GET', `${box}/o`, undefined, { range });
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, text, contentRange]);
  });

  test('several ranges at once', async () => {
    await demo('PUT', `${box}/o`, 'hello', { 'content-type': 'text/x' });
    const answer = await demo('GET', `${box}/o`, undefined, { range: 'bytes=0-0,2-3' });
    const boundary = /boundary=(\w+)$/.exec(answer.headers.get('content-type') ?? '')?.[1] ?? '';
    const part = (range: string, text: string): string =>
      `--${boundary}\r\nContent-Type: text/x\r\nContent-Range: bytes ${range}/5\r\n\r\n${text}\r\n`;
    expect(answer.status).toBe(206);
    expect(answer.text).toBe(`${part('0-0', 'h')}${part('2-3', 'll')}--${boundary}--`);
    expect(answer.headers.get('content-length')).toBe(String(answer.text.length));
  });

  test.each([
    [{ 'if-none-match': md5('hello') }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-match': `"${md5('hello')}"` }, 200],
    [{ 'if-match': 'zz' }, 412],
    [{ 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 304],
    [{ 'if-modified-since': 'Fri, 01 Jan 2010 00:00:00 GMT' }, 200],
    [{ 'if-unmodified-since': 'Fri, 01 Jan 2010 00:00:00 GMT' }, 412],
  ])('%j answers %i', async (headers, status) => {
    await demo('PUT', `${box}/o`, 'hello');
    expect((await demo('GET', `${box}/o`, undefined, headers)).status).toBe(status);
  });

  test.each([
    [{ 'if-none-match': '*' }, 412],
    [{ 'if-none-match': 'abc' }, 400],
    [{ 'x-delete-at': '1' }, 400],
    [{ 'x-delete-after': 'soon' }, 400],
    [{ 'x-object-manifest': 'nonsense' }, 400],
  ])('a PUT with %j answers %i', async (headers, status) => {
    await demo('PUT', `${box}/o`, 'hello');
    expect((await demo('PUT', `${box}/o`, 'other', headers)).status).toBe(status);
    expect((await demo('GET', `${box}/o`)).text).toBe('hello');
  });

  test('an object that is to be deleted is gone in time', async () => {
    await demo('PUT', `${box}/o`, 'x', { 'x-delete-after': '10' });
    await demo('PUT', `${box}/stays`, 'yy');
    expect((await demo('HEAD', `${box}/o`)).headers.get('x-delete-at')).toBe(String(Math.ceil(timers.now() / 1000) + 10));
    timers.jumpTo(timers.now() + 11_000);
    expect((await demo('GET', `${box}/o`)).status).toBe(404);
    expect((await demo('DELETE', `${box}/o`)).status).toBe(404);
    const list = await demo('GET', box);
    expect([list.text, list.headers.get('x-container-object-count'), list.headers.get('x-container-bytes-used')]).toEqual([
      'stays\n',
      '1',
      '2',
    ]);
  });
});

describe('copies', () => {
  test('by COPY and by PUT, with metadata of the source or fresh', async () => {
    await demo('PUT', `${box}/o`, 'hello', { 'content-type': 'text/x', 'x-object-meta-a': 'b' });
    const copy = await demo('COPY', `${box}/o`, undefined, { destination: `${box.slice(1)}/dir%2Fc`, 'x-object-meta-c': 'd' });
    expect([copy.status, copy.headers.get('x-copied-from'), copy.headers.get('etag')]).toEqual([201, `${box.slice(1)}/o`, md5('hello')]);
    const head = await demo('HEAD', `${box}/dir/c`);
    expect([head.headers.get('x-object-meta-a'), head.headers.get('x-object-meta-c'), head.headers.get('content-type')]).toEqual([
      'b',
      'd',
      'text/x',
    ]);
    expect((await demo('PUT', `${box}/f`, '', { 'x-copy-from': `${box}/o`, 'x-fresh-metadata': 'true' })).status).toBe(201);
    expect((await demo('HEAD', `${box}/f`)).headers.get('x-object-meta-a')).toBeNull();
    expect((await demo('GET', `${box}/f`)).text).toBe('hello');
  });

  test.each([
    ['COPY', {}, 412],
    ['COPY', { destination: 'nowhere/x' }, 404],
    ['COPY', { destination: 'justone' }, 412],
    ['PUT', { 'x-copy-from': '/nowhere/x' }, 404],
    ['PUT', { 'x-copy-from': 'x' }, 412],
  ])('%s %j answers %i', async (method, headers, status) => {
    await demo('PUT', `${box}/o`, 'hello');
    expect((await demo(method, `${box}/o`, method === 'PUT' ? '' : undefined, headers)).status).toBe(status);
  });

  test("from another's account only where its container may be read", async () => {
    await demo('PUT', `${box}/o`, 'hello');
    const alt = `/v1/AUTH_${cloud.facts.projectIds['alt_demo']}`;
    await call('alt_demo', 'PUT', `${alt}/c`);
    const from = { 'x-copy-from': `${box}/o`, 'x-copy-from-account': base.slice(4) };
    expect((await call('alt_demo', 'PUT', `${alt}/c/o`, '', from)).status).toBe(403);
    await demo('POST', box, undefined, { 'x-container-read': `${cloud.facts.projectIds['alt_demo']}:*` });
    expect((await call('alt_demo', 'PUT', `${alt}/c/o`, '', from)).status).toBe(201);
  });
});

describe('large objects', () => {
  beforeEach(async () => {
    await demo('PUT', `${box}/parts/1`, 'hello ');
    await demo('PUT', `${box}/parts/2`, 'wide ');
    await demo('PUT', `${box}/parts/3`, 'world');
  });
  const parts = (...sizes: (number | null)[]): string =>
    JSON.stringify(sizes.map((size_bytes, index) => ({ path: `${box}/parts/${index + 1}`, size_bytes })));

  test('dynamic: everything below a prefix', async () => {
    await demo('PUT', `${box}/whole`, '', { 'x-object-manifest': `${box.slice(1)}/parts/` });
    const answer = await demo('GET', `${box}/whole`);
    expect([answer.text, answer.headers.get('etag')]).toEqual([
      'hello wide world',
      `"${md5(md5('hello ') + md5('wide ') + md5('world'))}"`,
    ]);
    await demo('DELETE', `${box}/parts/2`);
    expect((await demo('GET', `${box}/whole`, undefined, { range: 'bytes=4-7' })).text).toBe('o wo');
  });

  test('static: checked parts, shown as one', async () => {
    const put = await demo('PUT', `${box}/whole?multipart-manifest=put`, parts(6, 5, null));
    expect(put.status).toBe(201);
    expect((await demo('GET', `${box}/whole`)).text).toBe('hello wide world');
    expect((await demo('HEAD', `${box}/whole`)).headers.get('content-length')).toBe('16');
    const shown = JSON.parse((await demo('GET', `${box}/whole?multipart-manifest=get`)).text) as { name: string }[];
    expect(shown.map(({ name }) => name)).toEqual([`${box}/parts/1`, `${box}/parts/2`, `${box}/parts/3`]);
    await demo('PUT', `${box}/parts/2`, 'small ');
    expect((await demo('GET', `${box}/whole`)).status).toBe(409);
    const gone = await demo('DELETE', `${box}/whole?multipart-manifest=delete`);
    expect([gone.status, gone.text]).toEqual([200, expect.stringContaining('Number Deleted: 4')]);
    expect((await demo('DELETE', box)).status).toBe(204);
  });

  test('static: a range of a part', async () => {
    const manifest = JSON.stringify([
      { path: `${box}/parts/1`, range: '0-3' },
      { path: `${box}/parts/3`, range: '-2' },
    ]);
    expect((await demo('PUT', `${box}/whole?multipart-manifest=put`, manifest)).status).toBe(201);
    expect((await demo('GET', `${box}/whole`)).text).toBe('hellld');
  });

  test.each([
    ['x', 'Manifest must be valid JSON.\n'],
    ['{}', 'Manifest must be a list.\n'],
    ['[]', 'Manifest must contain at least one segment.\n'],
    ['[{"path": "/nowhere/x"}]', 'Errors:\n/nowhere/x, 404 Not Found\n'],
    ['[{"size_bytes": 1}]', /Index 0: missing key "path"/],
    ['[{"path": "/a/b", "sub": 1}]', /extraneous/],
  ])('a static manifest that is refused: %s', async (manifest, words) => {
    const answer = await demo('PUT', `${box}/whole?multipart-manifest=put`, manifest);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(words);
  });
});
