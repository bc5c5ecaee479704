/** Application credentials, EC2 credentials and what services make of signed requests, other credentials, trusts handed on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { glance } from '../glance/service.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, TEST_PASSWORD, type TestAnswer, type TestCloud } from '../testing/index.ts';
import { signatureOf } from './ec2-signature.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
let demo: string;
let project: string;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(21), services: [glance()] });
  demo = cloud.facts.userIds['demo'] ?? '';
  project = cloud.facts.projectIds['demo'] ?? '';
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

type As = Parameters<TestCloud['call']>[0];
const tokenIn = (answer: TestAnswer): { token: string } => ({ token: answer.headers.get('x-subject-token') ?? '' });
const inside = <T>(answer: TestAnswer, key: string): T => (answer.body as Record<string, T>)[key] as T;
const login = (identity: object, scope?: object): Promise<TestAnswer> =>
  cloud.call(null, 'POST', '/v3/auth/tokens', { auth: { identity, ...(scope === undefined ? {} : { scope }) } });

interface AppCredential {
  readonly id: string;
  readonly secret: string;
  readonly access_rules?: readonly { readonly id: string }[];
}
const path = (): string => `/v3/users/${demo}/application_credentials`;
const createOne = (fields: object, as: As = 'demo'): Promise<TestAnswer> =>
  cloud.call(as, 'POST', path(), { application_credential: fields });
const made = async (fields: object): Promise<AppCredential> => {
  const answer = await createOne(fields);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return inside<AppCredential>(answer, 'application_credential');
};
const use = (credential: object): Promise<TestAnswer> => login({ methods: ['application_credential'], application_credential: credential });

describe('application credentials', () => {
  test('a login with some roles, by id or by name; its secret is shown once', async () => {
    const one = await made({ name: 'ci', roles: [{ name: 'member' }] });
    expect(one).toMatchObject({ project_id: project, user_id: demo, unrestricted: null, expires_at: null, roles: [{ name: 'member' }] });
    expect(JSON.stringify((await cloud.call('demo', 'GET', path())).body)).not.toMatch(/secret|scrypt/i);
    expect(JSON.stringify((await cloud.call('demo', 'GET', `${path()}/${one.id}`)).body)).not.toMatch(/secret|scrypt/i);
    const answer = await use({ id: one.id, secret: one.secret });
    expect(answer.body).toMatchObject({
      token: {
        methods: ['application_credential'],
        user: { name: 'demo' },
        project: { name: 'demo' },
        roles: [{ name: 'member' }],
        application_credential: { id: one.id, name: 'ci', restricted: true },
      },
    });
    expect((await use({ name: 'ci', secret: one.secret, user: { name: 'demo', domain: { id: 'default' } } })).status).toBe(201);
    expect((await use({ id: one.id, secret: 'guess' })).status).toBe(401);
    expect((await use({ id: one.id })).status).toBe(401);
    expect((await use({ id: 'x', secret: 'y' })).status).toBe(404);
    expect((await use({ name: 'x', secret: 'y', user: { id: demo } })).status).toBe(401);
    expect((await createOne({ name: 'ci' })).status).toBe(409);
    expect((await cloud.call('alt_demo', 'GET', `${path()}/${one.id}`)).status).toBe(403);
    expect((await cloud.call('admin', 'GET', `${path()}/${one.id}`)).status).toBe(200);
    expect((await cloud.call('demo', 'DELETE', `${path()}/${one.id}`)).status).toBe(204);
    expect((await cloud.call(tokenIn(answer), 'GET', '/v3/auth/projects')).status).toBe(401);
  });

  test('a restricted one makes no others, an unrestricted one does; no token of one is exchanged', async () => {
    const plain = tokenIn(await use(await made({ name: 'plain' })));
    expect((await createOne({ name: 'more' }, plain)).status).toBe(403);
    expect((await cloud.call(plain, 'POST', `/v3/users/${demo}/credentials/OS-EC2`, { tenant_id: project })).status).toBe(403);
    expect((await cloud.call(plain, 'POST', '/v3/OS-TRUST/trusts', trust())).status).toBe(403);
    const free = tokenIn(await use(await made({ name: 'free', unrestricted: true })));
    expect((await createOne({ name: 'from free' }, free)).status).toBe(201);
    expect((await login({ methods: ['token'], token: { id: free.token } })).status).toBe(404);
    expect(
      (await login({ methods: ['application_credential'], application_credential: { id: 'x' } }, { project: { id: project } })).body,
    ).toMatchObject({
      error: { code: 401, identity: {} },
    });
  });

  test('it ends with its time, and with the grants it rests on', async () => {
    const one = await made({ name: 'short', expires_at: new Date(timers.now() + 60_000).toISOString() });
    const answer = await use(one);
    expect(inside<{ expires_at: string }>(answer, 'token').expires_at).toBe(
      `${new Date(timers.now() + 60_000).toISOString().slice(0, 19)}.000000Z`,
    );
    timers.jumpTo(timers.now() + 60_000);
    expect((await cloud.call(tokenIn(answer), 'GET', '/v3/auth/projects')).status).toBe(401);
    expect((await use(one)).status).toBe(401);
    const other = await made({ name: 'grants' });
    const grant = `/v3/projects/${project}/users/${demo}/roles/${cloud.facts.roleIds['creator']}`;
    expect((await cloud.call('admin', 'DELETE', grant)).status).toBe(204);
    expect((await use(other)).status).toBe(404);
    expect((await cloud.call('admin', 'PUT', grant)).status).toBe(204);
  });

  test('access rules: minded by services, shown to those that ask for them, shared, not removed while in use', async () => {
    const rule = { service: 'image', method: 'GET', path: '/v2/images' };
    const one = await made({ name: 'looks', access_rules: [rule] });
    const again = await made({ name: 'looks too', access_rules: [rule] });
    expect(again.access_rules).toEqual(one.access_rules);
    const token = tokenIn(await use(one));
    expect((await cloud.call(token, 'GET', '/image/v2/images')).status).toBe(200);
    expect((await cloud.call(token, 'GET', '/image/v2/images/x')).status).toBe(401);
    expect((await cloud.call(token, 'POST', '/image/v2/images', {})).status).toBe(401);
    const check = (headers: Record<string, string>) =>
      cloud.call('heat', 'GET', '/v3/auth/tokens', undefined, { 'x-subject-token': token.token, ...headers });
    expect((await check({})).status).toBe(404);
    expect((await check({ 'openstack-identity-access-rules': '1.0' })).body).toMatchObject({
      token: { application_credential: { access_rules: [rule] } },
    });
    const rules = `/v3/users/${demo}/access_rules`;
    expect((await cloud.call('demo', 'GET', `${rules}?service=image`)).body).toMatchObject({ access_rules: [rule] });
    const ruleId = one.access_rules?.[0]?.id;
    expect((await cloud.call('demo', 'GET', `${rules}/${ruleId}`)).status).toBe(200);
    expect((await cloud.call('demo', 'DELETE', `${rules}/${ruleId}`)).status).toBe(403);
    for (const { id } of [one, again]) await cloud.call('demo', 'DELETE', `${path()}/${id}`);
    expect((await cloud.call('demo', 'DELETE', `${rules}/${ruleId}`)).status).toBe(204);
    expect((await cloud.call('demo', 'GET', rules)).body).toMatchObject({ access_rules: [] });
  });

  test.each([
    ['no name', {}, 400],
    ['a role one does not have', { name: 'x', roles: [{ name: 'admin' }] }, 400],
    ['a time that is past', { name: 'x', expires_at: '2001-01-01T00:00:00' }, 400],
    ['a rule for no method', { name: 'x', access_rules: [{ service: 'image', method: 'BREW', path: '/' }] }, 400],
  ])('refused: %s', async (_name, fields, status) => {
    expect((await createOne(fields)).status).toBe(status);
  });
});

interface Ec2 {
  readonly access: string;
  readonly secret: string;
}
const ec2Path = (): string => `/v3/users/${demo}/credentials/OS-EC2`;
const ec2 = async (as: As = 'demo'): Promise<Ec2> =>
  inside<Ec2>(await cloud.call(as, 'POST', ec2Path(), { tenant_id: project }), 'credential');
function signed({ access, secret }: Ec2, change: object = {}): object {
  const request = { host: 'h:8000', verb: 'POST', path: '/v1/', params: { SignatureVersion: '2', Action: 'ListStacks' }, headers: {} };
  const signature = signatureOf(secret, { ...request, signature: '', bodyHash: '' });
  return { ec2Credentials: { access, signature, ...request, ...change } };
}

describe('EC2 credentials', () => {
  test('who signed gets its token, asked for by a service only', async () => {
    const keys = await ec2();
    const answer = await cloud.call('heat', 'POST', '/v3/ec2tokens', signed(keys));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token: { methods: ['ec2credential'], user: { name: 'demo' }, project: { name: 'demo' } } });
    expect((await cloud.call(tokenIn(answer), 'GET', '/v3/auth/projects')).status).toBe(200);
    for (const [as, status] of [
      [null, 401],
      ['demo', 403],
      ['admin', 200],
    ] as const)
      expect((await cloud.call(as, 'POST', '/v3/ec2tokens', signed(keys))).status).toBe(status);
  });

  test.each([
    ['another secret', (keys: Ec2) => signed({ ...keys, secret: 'x' }), 401],
    ['another verb', (keys: Ec2) => signed(keys, { verb: 'GET' }), 401],
    ['no signature', (keys: Ec2) => signed(keys, { signature: null }), 401],
    ['an unknown key', (keys: Ec2) => signed({ ...keys, access: 'x' }), 404],
    ['no key', () => ({ credentials: {} }), 401],
    ['nothing', () => ({}), 400],
  ])('refused: %s', async (_name, body, status) => {
    expect((await cloud.call('heat', 'POST', '/v3/ec2tokens', body(await ec2()))).status).toBe(status);
  });

  test('S3: the body of the token, without the token', async () => {
    const { access, secret } = await ec2();
    const text = 'GET\n\n\n\n/bucket';
    const { createHmac } = await import('node:crypto');
    const signature = createHmac('sha1', secret).update(text).digest('base64');
    const ask = (sent: string) =>
      cloud.call('heat', 'POST', '/v3/s3tokens', { credentials: { access, signature: sent, token: Buffer.from(text).toString('base64') } });
    const answer = await ask(signature);
    expect([answer.status, answer.headers.get('x-subject-token')]).toEqual([200, null]);
    expect(answer.body).toMatchObject({ token: { user: { name: 'demo' } } });
    expect((await ask('x')).status).toBe(401);
  });

  test('listed, shown and removed by their owner; the same as credentials of type ec2', async () => {
    const { access, secret } = await ec2();
    expect((await cloud.call('alt_demo', 'GET', ec2Path())).status).toBe(403);
    expect((await cloud.call('alt_demo', 'GET', `${ec2Path()}/${access}`)).status).toBe(403);
    expect((await cloud.call('demo', 'GET', `${ec2Path()}/${access}`)).body).toMatchObject({
      credential: { access, secret, tenant_id: project },
    });
    const all = inside<{ id: string; blob: string }[]>(await cloud.call('demo', 'GET', '/v3/credentials?type=ec2'), 'credentials');
    const one = all.find((credential) => credential.blob.includes(access));
    expect(JSON.parse(one?.blob ?? '')).toEqual({ access, secret, trust_id: null });
    expect((await cloud.call('demo', 'DELETE', `${ec2Path()}/${access}`)).status).toBe(204);
    expect((await cloud.call('demo', 'GET', `${ec2Path()}/${access}`)).status).toBe(404);
    expect((await cloud.call('demo', 'GET', `/v3/credentials/${one?.id}`)).status).toBe(403);
    expect((await cloud.call('demo', 'POST', ec2Path(), { tenant_id: 'x' })).status).toBe(404);
  });

  test('made with a trust, it is bound to the trust', async () => {
    const id = inside<{ id: string }>(await cloud.call('demo', 'POST', '/v3/OS-TRUST/trusts', trust()), 'trust').id;
    const delegated = tokenIn(await login(heat(), { 'OS-TRUST:trust': { id } }));
    const keys = await ec2(delegated);
    expect(keys).toMatchObject({ trust_id: id });
    const answer = await cloud.call('heat', 'POST', '/v3/ec2tokens', signed(keys));
    expect(answer.body).toMatchObject({
      token: { user: { name: 'demo' }, 'OS-TRUST:trust': { id }, roles: [{ name: 'member' }, { name: 'reader' }] },
    });
    expect((await createOne({ name: 'outlives' }, delegated)).status).toBe(403);
    await cloud.call('demo', 'DELETE', `/v3/OS-TRUST/trusts/${id}`);
    expect((await cloud.call('heat', 'POST', '/v3/ec2tokens', signed(keys))).status).toBe(401);
  });
});

describe('credentials of any kind', () => {
  test('made, changed, listed and removed by their owner', async () => {
    const answer = await cloud.call('demo', 'POST', '/v3/credentials', {
      credential: { type: 'cert', blob: 'abc', user_id: demo, mine: 1 },
    });
    expect(answer.body).toMatchObject({ credential: { type: 'cert', blob: 'abc', project_id: null, mine: 1 } });
    const { id } = inside<{ id: string }>(answer, 'credential');
    expect((await cloud.call('alt_demo', 'GET', `/v3/credentials/${id}`)).status).toBe(403);
    expect(inside<unknown[]>(await cloud.call('alt_demo', 'GET', '/v3/credentials'), 'credentials')).toEqual([]);
    expect((await cloud.call('demo', 'PATCH', `/v3/credentials/${id}`, { credential: { blob: 'def' } })).body).toMatchObject({
      credential: { blob: 'def', mine: 1 },
    });
    const other = cloud.facts.userIds['alt_demo'];
    expect((await cloud.call('demo', 'PATCH', `/v3/credentials/${id}`, { credential: { user_id: other } })).status).toBe(403);
    expect((await cloud.call('demo', 'DELETE', `/v3/credentials/${id}`)).status).toBe(204);
    expect((await cloud.call('admin', 'GET', `/v3/credentials/${id}`)).status).toBe(404);
  });

  test.each([
    ['EC2 without a project', { type: 'ec2', blob: '{"access":"a","secret":"s"}' }, 400],
    ['EC2 that is no JSON', { type: 'ec2', blob: 'x', project_id: 'p' }, 400],
    ['EC2 without a key', { type: 'ec2', blob: '{"secret":"s"}', project_id: 'p' }, 400],
    ['without a blob', { type: 'cert' }, 400],
    ['for somebody else', { type: 'cert', blob: 'x', user_id: 'other' }, 403],
  ])('refused: %s', async (_name, fields, status) => {
    expect((await cloud.call('demo', 'POST', '/v3/credentials', { credential: { user_id: demo, ...fields } })).status).toBe(status);
  });
});

const heat = (): object => ({
  methods: ['password'],
  password: { user: { name: 'heat', domain: { id: 'default' }, password: TEST_PASSWORD } },
});
const trust = (more: object = {}): object => ({
  trust: {
    trustor_user_id: demo,
    trustee_user_id: cloud.facts.userIds['heat'],
    project_id: project,
    impersonation: true,
    roles: [{ name: 'member' }],
    ...more,
  },
});

describe('trusts handed on', () => {
  const createTrust = (as: As, more: object = {}): Promise<TestAnswer> => cloud.call(as, 'POST', '/v3/OS-TRUST/trusts', trust(more));
  const idOf = (answer: TestAnswer): string => inside<{ id: string }>(answer, 'trust').id;
  const delegated = async (id: string): Promise<As> => tokenIn(await login(heat(), { 'OS-TRUST:trust': { id } }));

  test('as often as was said, each within the one before, all gone with the first', async () => {
    const first = await createTrust('demo', { allow_redelegation: true, redelegation_count: 2 });
    expect(first.body).toMatchObject({ trust: { redelegation_count: 2, redelegated_trust_id: null } });
    const second = await createTrust(await delegated(idOf(first)), { allow_redelegation: true });
    expect(second.body).toMatchObject({ trust: { redelegation_count: 1, redelegated_trust_id: idOf(first) } });
    const token = await delegated(idOf(second));
    const third = await createTrust(token, { allow_redelegation: true });
    expect(third.body).toMatchObject({ trust: { redelegation_count: 0 } });
    expect((await createTrust(await delegated(idOf(third)))).status).toBe(403);
    expect((await createTrust(token, { roles: [{ name: 'creator' }] })).status).toBe(403);
    expect((await createTrust(token, { redelegation_count: 3, allow_redelegation: true })).status).toBe(403);
    expect((await createTrust(token, { remaining_uses: 1 })).status).toBe(403);
    expect((await cloud.call('demo', 'DELETE', `/v3/OS-TRUST/trusts/${idOf(first)}`)).status).toBe(204);
    for (const one of [second, third]) expect((await cloud.call('admin', 'GET', `/v3/OS-TRUST/trusts/${idOf(one)}`)).status).toBe(404);
  });

  test.each([
    ['too often', { allow_redelegation: true, redelegation_count: 4 }, 403],
    ['with counted uses', { allow_redelegation: true, remaining_uses: 1 }, 400],
    ['an unknown role', { roles: [{ name: 'nobody' }] }, 404],
  ])('refused: %s', async (_name, more, status) => {
    expect((await createTrust('demo', more)).status).toBe(status);
  });

  test('listed for trustor, trustee and administrators', async () => {
    const list = (as: As, query: string) => cloud.call(as, 'GET', `/v3/OS-TRUST/trusts${query}`);
    expect((await list('demo', '')).status).toBe(403);
    expect((await list('demo', `?trustee_user_id=${cloud.facts.userIds['heat']}`)).status).toBe(403);
    expect((await list('demo', `?trustor_user_id=${demo}`)).status).toBe(200);
    expect((await list('admin', '')).status).toBe(200);
  });
});
