/** Who gets in: ACLs as tables and over HTTP, public reading, and signed URLs with everything that makes one invalid. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Identity } from '@hearth/http-kit';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';
import { cleanAcl, readAcl, referrerAllowed, userNamed } from './acl.ts';
import { swift } from './service.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
let base: string;
let demoId: string;
let altId: string;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(1), services: [swift()] });
  demoId = cloud.facts.projectIds['demo'] ?? '';
  altId = cloud.facts.projectIds['alt_demo'] ?? '';
  base = `/v1/AUTH_${demoId}/box`;
  await call('demo', 'PUT', base);
  await call('demo', 'PUT', `${base}/dir/o`, 'hello', { 'x-object-meta-secret': 's', 'x-object-meta-public-a': 'p' });
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

async function call(as: string | null, method: string, path: string, body?: string, headers = {}): Promise<Response & { said: string }> {
  const token: Record<string, string> = as === null ? {} : { 'x-auth-token': await cloud.token(as) };
  const answer = await fetch(`${cloud.url}${path}`, { method, headers: { ...token, ...headers }, ...(body === undefined ? {} : { body }) });
  return Object.assign(answer, { said: await answer.text() });
}
const acl = (headers: Record<string, string>): Promise<unknown> =>
  call('demo', 'POST', base, undefined, { 'x-remove-container-read': 'x', ...headers });
const status = async (as: string | null, method: string, path: string, headers = {}): Promise<number> =>
  (await call(as, method, path, method === 'PUT' ? 'new' : undefined, headers)).status;

describe('ACLs', () => {
  test.each([
    ['.r:*', '.r:*'],
    [' .ref: *.example.org , .rlistings,', '.r:.example.org,.rlistings'],
    ['.referrer:-evil.test', '.r:-evil.test'],
    ['a:b, *:c', 'a:b,*:c'],
    ['', ''],
  ])('%j is kept as %j', (text, expected) => expect(cleanAcl('read', text)).toBe(expected));

  test('what is kept is its own normal form', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^(\.r:-?)?\*?[a-z.]{1,6}(:[a-z*]{1,4})?$/), { maxLength: 5 }), (parts) => {
        let kept: string;
        try {
          kept = cleanAcl('read', parts.join(','));
        } catch {
          return true;
        }
        return cleanAcl('read', kept) === kept;
      }),
    );
  });

  test.each([
    ['.r:*', null, true],
    ['.r:*,.r:-evil.test', 'http://evil.test/x', false],
    ['.r:*,.r:-evil.test', 'http://good.test/x', true],
    ['.r:.example.org', 'http://www.example.org/', true],
    ['.r:.example.org', 'http://example.org.evil.test/', false],
    ['.r:good.test', null, false],
    ['a:b', 'http://x.test', false],
  ])('%s for a visitor from %s: %s', (text, referrer, expected) => expect(referrerAllowed(referrer, readAcl(text))).toBe(expected));

  const identity = {
    projectId: 'p',
    projectName: 'pn',
    projectDomainId: 'default',
    userId: 'u',
    userName: 'un',
    userDomainId: 'default',
  } as Identity;
  test.each([
    ['p:u', true],
    ['pn:un', true],
    ['*:u', true],
    ['p:*', true],
    ['*:*', true],
    ['p:x', false],
    ['u', false],
  ])('%s names the user: %s', (text, expected) => expect(userNamed(identity, readAcl(text))).toBe(expected));
  test('names count in the default domain only', () => {
    expect(userNamed({ ...identity, userDomainId: 'd', projectDomainId: 'd' }, readAcl('pn:un'))).toBe(false);
  });

  test.each([
    [{}, [401, 401, 403, 403]],
    [{ 'x-container-read': '.r:*' }, [200, 401, 200, 403]],
    [{ 'x-container-read': '.r:*,.rlistings' }, [200, 200, 200, 200]],
    [{ 'x-container-read': 'alt_demo:alt_demo' }, [401, 401, 200, 200]],
    [{ 'x-container-read': 'someone:else' }, [401, 401, 403, 403]],
  ])('with %j: object and listing for nobody, then for another project: %j', async (headers, expected) => {
    await acl(headers);
    const seen = [
      await status(null, 'GET', `${base}/dir/o`),
      await status(null, 'GET', base),
      await status('alt_demo', 'GET', `${base}/dir/o`),
      await status('alt_demo', 'GET', base),
    ];
    expect(seen).toEqual(expected);
    expect(await status('alt_demo', 'PUT', `${base}/w`)).toBe(403);
  });

  test('writing by ACL is for objects, not for the container, and does not show the ACL', async () => {
    await acl({ 'x-container-write': `${altId}:*`, 'x-container-read': `${altId}:*` });
    expect(await status('alt_demo', 'PUT', `${base}/w`)).toBe(201);
    expect(await status('alt_demo', 'POST', base)).toBe(403);
    expect((await call('alt_demo', 'HEAD', base)).headers.get('x-container-read')).toBeNull();
    expect((await call('demo', 'HEAD', base)).headers.get('x-container-read')).toBe(`${altId}:*`);
    expect(await status('alt_demo', 'DELETE', `${base}/w`)).toBe(204);
    await acl({ 'x-remove-container-write': 'x' });
    expect(await status('alt_demo', 'PUT', `${base}/w`)).toBe(403);
  });
});

describe('signed URLs', () => {
  const KEY = 'account key';
  const now = (): number => Math.floor(timers.now() / 1000);
  const signed = (
    method: string,
    path: string,
    { key = KEY, expires = now() + 60, algorithm = 'sha256', signedPath = path } = {},
  ): string =>
    `${path}?temp_url_sig=${createHmac(algorithm, key).update(`${method}\n${expires}\n${signedPath}`).digest('hex')}&temp_url_expires=${expires}`;
  beforeAll(async () => {
    await acl({});
    await call('demo', 'POST', `/v1/AUTH_${demoId}`, undefined, {
      'x-account-meta-temp-url-key': KEY,
      'x-account-meta-temp-url-key-2': 'second',
    });
    await call('demo', 'POST', base, undefined, { 'x-container-meta-temp-url-key': 'of the container' });
  });

  test.each([
    ['sha1', KEY],
    ['sha256', KEY],
    ['sha512', KEY],
    ['sha256', 'second'],
    ['sha256', 'of the container'],
  ])('with %s and the key "%s"', async (algorithm, key) => {
    const answer = await call(null, 'GET', signed('GET', `${base}/dir/o`, { algorithm, key }));
    expect([answer.status, answer.said]).toEqual([200, 'hello']);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="o"; filename*=UTF-8''o`);
    expect([answer.headers.get('x-object-meta-secret'), answer.headers.get('x-object-meta-public-a')]).toEqual([null, 'p']);
  });

  test('what may be read may be looked at; nothing else', async () => {
    const url = signed('GET', `${base}/dir/o`);
    expect(await status(null, 'HEAD', url)).toBe(200);
    expect(await status(null, 'PUT', url)).toBe(401);
    expect(await status(null, 'DELETE', url)).toBe(401);
    expect((await call(null, 'GET', `${url}&filename=a.txt`)).headers.get('content-disposition')).toContain('filename="a.txt"');
    expect((await call(null, 'GET', `${url}&inline`)).headers.get('content-disposition')).toBe('inline');
  });

  test('a put, and what it may not put', async () => {
    expect(await status(null, 'PUT', signed('PUT', `${base}/dir/n`))).toBe(201);
    expect((await call('demo', 'GET', `${base}/dir/n`)).said).toBe('new');
    expect(await status(null, 'PUT', signed('PUT', `${base}/dir/n`), { 'x-object-manifest': 'box/x' })).toBe(400);
    expect(await status(null, 'PUT', signed('PUT', `${base}/dir/n`), { 'x-copy-from': '/box/dir/o' })).toBe(400);
  });

  test('for everything below a prefix', async () => {
    const url = (path: string): string => `${signed('GET', path, { signedPath: `prefix:${base}/dir/` })}&temp_url_prefix=dir/`;
    expect(await status(null, 'GET', url(`${base}/dir/o`))).toBe(200);
    expect(await status(null, 'GET', url(`${base}/other`))).toBe(401);
  });

  test('until an instant in words, signed in Base64', async () => {
    const at = now() + 30;
    const digest = createHmac('sha256', KEY).update(`GET\n${at}\n${base}/dir/o`).digest('base64url');
    const expires = new Date(at * 1000).toISOString().replace('.000', '');
    expect(await status(null, 'GET', `${base}/dir/o?temp_url_sig=sha256:${digest}&temp_url_expires=${expires}`)).toBe(200);
  });

  test.each<[string, () => string]>([
    ['it is over', () => signed('GET', `${base}/dir/o`, { expires: now() - 1 })],
    ['another key', () => signed('GET', `${base}/dir/o`, { key: 'x' })],
    ['another object', () => signed('GET', `${base}/dir/o`).replace('/dir/o', '/dir/n')],
    ['a container', () => signed('GET', base)],
    ['no expiry', () => `${base}/dir/o?temp_url_sig=00`],
    ['no signature', () => `${base}/dir/o?temp_url_expires=9999999999`],
    ['an algorithm too weak', () => signed('GET', `${base}/dir/o`, { algorithm: 'md5' })],
    ['an unknown account', () => signed('GET', '/v1/AUTH_nobody/c/o')],
  ])('invalid: %s', async (_name, url) => {
    const answer = await call(null, 'GET', url());
    expect([answer.status, answer.said]).toEqual([401, '401 Unauthorized: Temp URL invalid\n']);
  });
});
