/** The identity service over HTTP: logins and scopes, token checks, trusts, accounts and grants, who may do what, the catalogue. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { passwordLogin, startTestCloud, TEST_PASSWORD, type TestAnswer, type TestCloud } from '../testing/index.ts';

interface TokenBody {
  readonly token: {
    readonly user: { readonly id: string; readonly name: string };
    readonly project?: { readonly id: string; readonly name: string };
    readonly domain?: { readonly id: string };
    readonly roles?: readonly { readonly id: string; readonly name: string }[];
    readonly expires_at: string;
    readonly methods: readonly string[];
    readonly catalog?: readonly {
      readonly type: string;
      readonly endpoints: readonly { readonly url: string; readonly interface: string }[];
    }[];
    readonly 'OS-TRUST:trust'?: object;
  };
}

const timers = virtualTimers(Date.UTC(2030, 0, 1));
const advance = (ms: number): void => timers.jumpTo(timers.now() + ms);
let db: TestDatabase;
let cloud: TestCloud;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(1) });
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

const login = (body: unknown, query = ''): Promise<TestAnswer> => cloud.call(null, 'POST', `/v3/auth/tokens${query}`, body);
const tokenOf = (answer: TestAnswer): TokenBody['token'] => (answer.body as TokenBody).token;
const subjectToken = (answer: TestAnswer): string => answer.headers.get('x-subject-token') ?? '';
const check = (as: string, token: string): Promise<TestAnswer> =>
  cloud.call(as, 'GET', '/v3/auth/tokens', undefined, { 'x-subject-token': token });
const user = (reference: object, scope?: unknown): object => ({
  auth: {
    identity: { methods: ['password'], password: { user: { ...reference, password: TEST_PASSWORD } } },
    ...(scope === undefined ? {} : { scope }),
  },
});
const demo = { name: 'demo', domain: { id: 'default' } };

describe('logging in', () => {
  test('by name, scoped to a project by name: roles with the implied ones, catalogue, times', async () => {
    const answer = await login(passwordLogin('demo', TEST_PASSWORD, 'demo'));
    expect(answer.status).toBe(201);
    const token = tokenOf(answer);
    expect(token).toMatchObject({
      methods: ['password'],
      user: { name: 'demo', domain: { id: 'default', name: 'Default' }, password_expires_at: null },
      project: { name: 'demo', domain: { id: 'default', name: 'Default' } },
      is_domain: false,
      issued_at: '2030-01-01T00:00:00.000000Z',
      expires_at: '2030-01-02T00:00:00.000000Z',
    });
    expect(token.roles?.map((role) => role.name).sort()).toEqual([
      'creator',
      'heat_stack_owner',
      'load-balancer_member',
      'member',
      'reader',
    ]);
    const image = token.catalog?.find((service) => service.type === 'image');
    expect(image?.endpoints.map((endpoint) => endpoint.interface).sort()).toEqual(['admin', 'internal', 'public']);
    expect(image?.endpoints[0]?.url).toBe(`${cloud.url}/image`);
    expect((await login(passwordLogin('demo', TEST_PASSWORD, 'demo'), '?nocatalog')).body).not.toHaveProperty('token.catalog');
  });

  test.each([
    ['by ids', () => user({ id: cloud.facts.userIds['demo'] }, { project: { id: cloud.facts.projectIds['demo'] } }), 201],
    ['domain by name', () => user({ name: 'demo', domain: { name: 'Default' } }, { project: { id: cloud.facts.projectIds['demo'] } }), 201],
    ['unscoped', () => user(demo), 201],
    ['unscoped, said aloud', () => user(demo, 'unscoped'), 201],
    [
      'a domain, as its administrator',
      () => user({ name: 'heat_domain_admin', domain: { name: 'heat' } }, { domain: { name: 'heat' } }),
      201,
    ],
    ['a domain without a role there', () => user(demo, { domain: { id: 'default' } }), 401],
    ['system', () => user(demo, { system: { all: true } }), 401],
    ['wrong password', () => passwordLogin('demo', 'guess', 'demo'), 401],
    ['unknown user', () => passwordLogin('nobody', TEST_PASSWORD, 'demo'), 401],
    ['unknown project', () => passwordLogin('demo', TEST_PASSWORD, 'nowhere'), 401],
    ["somebody else's project", () => passwordLogin('demo', TEST_PASSWORD, 'alt_demo'), 401],
    ['unknown trust', () => user(demo, { 'OS-TRUST:trust': { id: 'f'.repeat(32) } }), 401],
    ['unsupported method', () => ({ auth: { identity: { methods: ['totp'], totp: {} } } }), 401],
    ['a method without its part', () => ({ auth: { identity: { methods: ['totp'] } } }), 400],
    ['no auth', () => ({}), 400],
    ['no methods', () => ({ auth: { identity: {} } }), 400],
    ['name without domain', () => user({ name: 'demo' }), 400],
    ['two scopes', () => user(demo, { project: { id: 'x' }, domain: { id: 'x' } }), 400],
    [
      'password of another type',
      () => ({ auth: { identity: { methods: ['password'], password: { user: { id: 'x', password: 7 } } } } }),
      400,
    ],
    ['no object', () => [1], 400],
  ])('%s', async (_name, body, status) => {
    const answer = await login(body());
    expect(answer.status).toBe(status);
    if (status === 201) return;
    expect(answer.body).toEqual({
      error: expect.objectContaining({ code: status, title: status === 401 ? 'Unauthorized' : 'Bad Request', message: expect.any(String) }),
    });
    expect(JSON.stringify(answer.body)).not.toContain(TEST_PASSWORD);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toContain('Keystone uri=');
  });

  test('with a token: another scope, the same expiry, both methods', async () => {
    const first = await login(user(demo));
    expect(tokenOf(first).roles).toBeUndefined();
    advance(1000);
    const scoped = await login({
      auth: {
        identity: { methods: ['token'], token: { id: subjectToken(first) } },
        scope: { project: { id: cloud.facts.projectIds['demo'] } },
      },
    });
    expect(tokenOf(scoped).expires_at).toBe(tokenOf(first).expires_at);
    expect([...tokenOf(scoped).methods].sort()).toEqual(['password', 'token']);
  });
});

describe('checking tokens', () => {
  test('holders see their own, services and administrators all, others none', async () => {
    const token = await cloud.token('demo');
    for (const as of ['demo', 'heat', 'admin']) expect((await check(as, token)).status).toBe(200);
    expect((await check('alt_demo', token)).status).toBe(403);
    const head = await cloud.call('heat', 'HEAD', '/v3/auth/tokens', undefined, { 'x-subject-token': token });
    expect(head.status).toBe(200);
    expect((await check('demo', 'nonsense')).status).toBe(404);
  });

  test('a changed byte, a foreign key, or nothing at all is no token', async () => {
    const token = await cloud.token('demo');
    const middle = token.length >> 1;
    const forged = `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`;
    for (const bad of [forged, `${token}x`, token.slice(0, -1), 'hct1.e30.AAAA', 'hct1..', '']) {
      expect((await cloud.call({ token: bad }, 'GET', '/v3/auth/projects')).status, bad).toBe(401);
    }
  });

  test('a revoked token is refused at once, the others of the user are not', async () => {
    const token = subjectToken(await login(passwordLogin('demo', TEST_PASSWORD, 'demo')));
    expect((await cloud.call({ token }, 'GET', '/v3/auth/projects')).status).toBe(200);
    expect((await cloud.call('alt_demo', 'DELETE', '/v3/auth/tokens', undefined, { 'x-subject-token': token })).status).toBe(403);
    expect((await cloud.call({ token }, 'DELETE', '/v3/auth/tokens', undefined, { 'x-subject-token': token })).status).toBe(204);
    expect((await cloud.call({ token }, 'GET', '/v3/auth/projects')).status).toBe(401);
    expect((await check('heat', token)).status).toBe(404);
    expect((await cloud.call('demo', 'GET', '/v3/auth/projects')).status).toBe(200);
  });

  test('a token ends with its time', async () => {
    const short = await startTestCloud({ database: db.database, timers, random: seededRandom(2) });
    const token = await short.token('demo');
    advance(24 * 3600 * 1000 - 1);
    expect((await short.call({ token }, 'GET', '/v3/auth/projects')).status).toBe(200);
    advance(1);
    expect((await short.call({ token }, 'GET', '/v3/auth/projects')).status).toBe(401);
    await short.close();
    await cloud.close();
    cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(3) });
  });

  test('known tokens cost no statement', async () => {
    const token = await cloud.token('demo');
    const look = () => cloud.call({ token }, 'HEAD', '/v3/auth/tokens?nocatalog', undefined, { 'x-subject-token': token });
    await look();
    const before = db.database.counters.statements;
    for (let i = 0; i < 5; i++) expect((await look()).status).toBe(200);
    expect(db.database.counters.statements).toBe(before);
  });
});

describe('trusts', () => {
  const create = async (extra: object = {}, as = 'demo'): Promise<TestAnswer> =>
    cloud.call(as, 'POST', '/v3/OS-TRUST/trusts', {
      trust: {
        trustor_user_id: cloud.facts.userIds['demo'],
        trustee_user_id: cloud.facts.userIds['heat'],
        project_id: cloud.facts.projectIds['demo'],
        impersonation: true,
        roles: [{ name: 'member' }],
        ...extra,
      },
    });
  const idOf = (answer: TestAnswer): string => (answer.body as { trust: { id: string } }).trust.id;
  const use = (id: string, name = 'heat'): Promise<TestAnswer> =>
    login(user({ name, domain: { id: 'default' } }, { 'OS-TRUST:trust': { id } }));

  test('the trustee acts as the trustor, with the trusted roles only, until the trust is deleted', async () => {
    const made = await create();
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      trust: { impersonation: true, expires_at: null, remaining_uses: null, deleted_at: null, roles: [{ name: 'member' }] },
    });
    const answer = await use(idOf(made));
    const token = tokenOf(answer);
    expect(token).toMatchObject({
      user: { name: 'demo' },
      project: { name: 'demo' },
      'OS-TRUST:trust': { id: idOf(made), impersonation: true },
    });
    expect(token.roles?.map((role) => role.name).sort()).toEqual(['member', 'reader']);
    const delegated = { token: subjectToken(answer) };
    expect((await cloud.call(delegated, 'GET', '/image/v2/images')).status).toBe(200);
    expect((await cloud.call(delegated, 'POST', '/v3/OS-TRUST/trusts', { trust: {} })).status).toBe(403);
    expect((await login({ auth: { identity: { methods: ['token'], token: { id: delegated.token } } } })).status).toBe(403);
    const listed = await cloud.call('demo', 'GET', `/v3/OS-TRUST/trusts?trustor_user_id=${cloud.facts.userIds['demo']}`);
    expect(listed.body).toMatchObject({ trusts: [{ id: idOf(made) }] });
    expect((await cloud.call('alt_demo', 'GET', `/v3/OS-TRUST/trusts/${idOf(made)}`)).status).toBe(403);
    expect((await cloud.call('alt_demo', 'DELETE', `/v3/OS-TRUST/trusts/${idOf(made)}`)).status).toBe(403);
    expect((await cloud.call('demo', 'GET', `/v3/OS-TRUST/trusts/${idOf(made)}/roles`)).body).toMatchObject({
      roles: [{ name: 'member' }],
    });
    expect((await cloud.call('demo', 'DELETE', `/v3/OS-TRUST/trusts/${idOf(made)}`)).status).toBe(204);
    expect((await cloud.call(delegated, 'GET', '/image/v2/images')).status).toBe(401);
    expect((await use(idOf(made))).status).toBe(401);
    expect((await cloud.call('demo', 'DELETE', `/v3/OS-TRUST/trusts/${idOf(made)}`)).status).toBe(404);
  });

  test('without impersonation the trustee stays itself', async () => {
    const made = await create({ impersonation: false });
    expect(tokenOf(await use(idOf(made)))).toMatchObject({ user: { name: 'heat' }, project: { name: 'demo' } });
  });

  test('it ends with its time, and its tokens with it', async () => {
    const made = await create({ expires_at: new Date(timers.now() + 60_000).toISOString() });
    const token = { token: subjectToken(await use(idOf(made))) };
    expect((await cloud.call(token, 'GET', '/image/v2/images')).status).toBe(200);
    advance(60_000);
    expect((await cloud.call(token, 'GET', '/image/v2/images')).status).toBe(401);
    expect((await use(idOf(made))).status).toBe(401);
    expect((await cloud.call('demo', 'GET', `/v3/OS-TRUST/trusts/${idOf(made)}`)).status).toBe(404);
  });

  test('uses are counted, also when they come at once', async () => {
    const made = await create({ remaining_uses: 2 });
    const answers = await Promise.all([1, 2, 3, 4].map(() => use(idOf(made))));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 401, 401]);
    const good = answers.find((answer) => answer.status === 201) as TestAnswer;
    expect((await cloud.call({ token: subjectToken(good) }, 'GET', '/image/v2/images')).status).toBe(200);
  });

  test('it loses its force when the trustor loses a role', async () => {
    const role = cloud.facts.roleIds['creator'];
    const path = `/v3/projects/${cloud.facts.projectIds['demo']}/users/${cloud.facts.userIds['demo']}/roles/${role}`;
    const made = await create({ roles: [{ id: role }] });
    const token = { token: subjectToken(await use(idOf(made))) };
    expect((await cloud.call(token, 'GET', '/image/v2/images')).status).toBe(200);
    expect((await cloud.call('admin', 'DELETE', path)).status).toBe(204);
    expect((await cloud.call(token, 'GET', '/image/v2/images')).status).toBe(401);
    expect((await use(idOf(made))).status).toBe(403);
    expect((await cloud.call('admin', 'PUT', path)).status).toBe(204);
    expect((await cloud.call(token, 'GET', '/image/v2/images')).status).toBe(200);
  });

  test.each([
    ['no roles', { roles: [] }, 403],
    ['a role the trustor does not hold', { roles: [{ name: 'admin' }] }, 404],
    ['another trustor', { trustor_user_id: 'x' }, 403],
    ['another project', { project_id: 'x' }, 404],
    ['an unknown trustee', { trustee_user_id: 'x' }, 404],
    ['a time that is past', { expires_at: '2001-01-01T00:00:00Z' }, 400],
    ['a time that is none', { expires_at: 'tomorrow' }, 400],
    ['no uses', { remaining_uses: 0 }, 400],
    ['impersonation left out', { impersonation: null }, 400],
  ])('refused: %s', async (_name, extra, status) => {
    expect((await create(extra)).status).toBe(status);
  });

  test('only the trustee can use it', async () => {
    expect((await use(idOf(await create()), 'alt_demo')).status).toBe(403);
  });
});

describe('accounts and grants', () => {
  test.each([
    ['GET', '/v3/users', 403],
    ['GET', '/v3/projects', 403],
    ['GET', '/v3/roles', 403],
    ['GET', '/v3/role_assignments', 403],
    ['GET', '/v3/services', 403],
    ['GET', '/v3/domains', 403],
    ['POST', '/v3/users', 403],
    ['DELETE', '/v3/projects/x', 403],
    ['GET', '/v3/regions', 200],
    ['GET', '/v3/auth/catalog', 200],
    ['GET', '/v3/nowhere', 404],
    ['PUT', '/v3/users', 405],
  ])('a member: %s %s answers %i', async (method, path, status) => {
    expect((await cloud.call('demo', method, path, method === 'POST' ? {} : undefined)).status).toBe(status);
  });

  test('a user is made, granted a role, changes its password, and goes with all it had', async () => {
    const made = await cloud.call('admin', 'POST', '/v3/users', { user: { name: 'ann', password: 'first', email: 'a@b' } });
    expect(made.status).toBe(201);
    expect(JSON.stringify(made.body)).not.toMatch(/first|scrypt|passwordHash/);
    const { id } = (made.body as { user: { id: string } }).user;
    expect((await cloud.call('admin', 'POST', '/v3/users', { user: { name: 'ann' } })).status).toBe(409);
    expect((await login(passwordLogin('ann', 'first', 'demo'))).status).toBe(401);
    const grant = `/v3/projects/${cloud.facts.projectIds['demo']}/users/${id}/roles/${cloud.facts.roleIds['member']}`;
    expect((await cloud.call('admin', 'HEAD', grant)).status).toBe(404);
    expect((await cloud.call('admin', 'PUT', grant)).status).toBe(204);
    expect((await cloud.call('admin', 'HEAD', grant)).status).toBe(204);
    const token = subjectToken(await login(passwordLogin('ann', 'first', 'demo')));
    expect((await cloud.call({ token }, 'GET', `/v3/users/${id}`)).status).toBe(200);
    advance(10);
    const change = (original: string) =>
      cloud.call({ token }, 'POST', `/v3/users/${id}/password`, { user: { original_password: original, password: 'second' } });
    expect((await change('wrong')).status).toBe(401);
    expect((await change('first')).status).toBe(204);
    expect((await cloud.call({ token }, 'GET', `/v3/users/${id}`)).status).toBe(401);
    expect((await login(passwordLogin('ann', 'first', 'demo'))).status).toBe(401);
    expect((await login(passwordLogin('ann', 'second', 'demo'))).status).toBe(201);
    expect((await cloud.call('admin', 'DELETE', `/v3/users/${id}`)).status).toBe(204);
    expect((await login(passwordLogin('ann', 'second', 'demo'))).status).toBe(401);
    expect((await cloud.call('admin', 'GET', `/v3/role_assignments?user.id=${id}`)).body).toMatchObject({ role_assignments: [] });
    expect((await cloud.call('admin', 'POST', '/v3/users', { user: { name: 'ann' } })).status).toBe(201);
  });

  test('a disabled user is out at once', async () => {
    const made = await cloud.call('admin', 'POST', '/v3/users', { user: { name: 'bob', password: 'pw' } });
    const { id } = (made.body as { user: { id: string } }).user;
    const token = subjectToken(await login(passwordLogin('bob', 'pw')));
    advance(10);
    await cloud.call('admin', 'PATCH', `/v3/users/${id}`, { user: { enabled: false } });
    expect((await cloud.call({ token }, 'GET', '/v3/auth/projects')).status).toBe(401);
    expect((await login(passwordLogin('bob', 'pw'))).status).toBe(401);
  });

  test('assignments, direct and effective, with names', async () => {
    const path = `/v3/role_assignments?user.id=${cloud.facts.userIds['alt_demo']}&scope.project.id=${cloud.facts.projectIds['alt_demo']}&include_names`;
    const roles = (answer: TestAnswer): string[] =>
      (answer.body as { role_assignments: { role: { name: string } }[] }).role_assignments.map((one) => one.role.name).sort();
    expect(roles(await cloud.call('admin', 'GET', path))).toEqual(['creator', 'heat_stack_owner', 'load-balancer_member', 'member']);
    expect(roles(await cloud.call('admin', 'GET', `${path}&effective`))).toEqual([
      'creator',
      'heat_stack_owner',
      'load-balancer_member',
      'member',
      'reader',
    ]);
  });

  test('a domain goes only when disabled, with its users and projects', async () => {
    const made = await cloud.call('admin', 'POST', '/v3/domains', { domain: { name: 'lab' } });
    const { id } = (made.body as { domain: { id: string } }).domain;
    const inside = await cloud.call('admin', 'POST', '/v3/projects', { project: { name: 'p', domain_id: id } });
    const project = (inside.body as { project: { id: string; parent_id: string } }).project;
    expect(project.parent_id).toBe(id);
    expect((await cloud.call('admin', 'DELETE', `/v3/domains/${id}`)).status).toBe(403);
    await cloud.call('admin', 'PATCH', `/v3/domains/${id}`, { domain: { enabled: false } });
    expect((await cloud.call('admin', 'DELETE', `/v3/domains/${id}`)).status).toBe(204);
    expect((await cloud.call('admin', 'GET', `/v3/projects/${project.id}`)).status).toBe(404);
  });

  test.each([
    ['no name', { project: {} }, 400],
    ['name of another type', { project: { name: 7 } }, 400],
    ['name too long', { project: { name: 'x'.repeat(65) } }, 400],
    ['unknown domain', { project: { name: 'x', domain_id: 'nowhere' } }, 400],
    ['taken name', { project: { name: 'demo' } }, 409],
    ['no wrapper', { name: 'x' }, 400],
  ])('a project is refused: %s', async (_name, body, status) => {
    expect((await cloud.call('admin', 'POST', '/v3/projects', body)).status).toBe(status);
  });

  test('renaming frees the old name', async () => {
    const made = await cloud.call('admin', 'POST', '/v3/projects', { project: { name: 'before' } });
    const { id } = (made.body as { project: { id: string } }).project;
    expect((await cloud.call('admin', 'PATCH', `/v3/projects/${id}`, { project: { name: 'demo' } })).status).toBe(409);
    expect((await cloud.call('admin', 'PATCH', `/v3/projects/${id}`, { project: { name: 'after' } })).status).toBe(200);
    expect((await cloud.call('admin', 'POST', '/v3/projects', { project: { name: 'before' } })).status).toBe(201);
    expect((await cloud.call('admin', 'GET', '/v3/projects?name=after')).body).toMatchObject({ projects: [{ id }] });
  });
});

describe('discovery and catalogue', () => {
  test.each([
    ['/', 300],
    ['/identity', 300],
    ['/v3', 200],
    ['/v3/', 200],
    ['/identity/v3', 200],
  ])('%s needs no token', async (path, status) => {
    const answer = await cloud.call(null, 'GET', path);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(`${cloud.url}${path.startsWith('/identity') ? '/identity' : ''}/v3/`);
  });

  test('after a start on another port the addresses are right, and nothing is there twice', async () => {
    const again = await startTestCloud({
      database: db.database,
      timers,
      random: seededRandom(9),
      catalog: [{ type: 'orchestration', name: 'heat', url: 'http://127.0.0.1:1/v1/$(project_id)s' }],
    });
    const catalogOf = async (one: TestCloud) =>
      ((await one.call('demo', 'GET', '/v3/auth/catalog')).body as { catalog: { type: string; endpoints: { url: string }[] }[] }).catalog;
    const types = (await catalogOf(again)).map((service) => service.type);
    expect(new Set(types).size).toBe(types.length);
    const urls = (await catalogOf(again)).flatMap((service) => service.endpoints.map((endpoint) => endpoint.url));
    expect(urls.filter((url) => url.startsWith('http://127.0.0.1:1/'))).toEqual(
      Array(3).fill(`http://127.0.0.1:1/v1/${again.facts.projectIds['demo']}`),
    );
    expect(urls.filter((url) => !url.startsWith('http://127.0.0.1:1/')).every((url) => url.startsWith(again.url))).toBe(true);
    await again.announce([{ type: 'orchestration', name: 'heat', url: 'http://127.0.0.1:2/v1/$(project_id)s' }]);
    expect(JSON.stringify(await catalogOf(again))).not.toContain('127.0.0.1:1/');
    expect(again.facts).toEqual(cloud.facts);
    expect((await again.call('admin', 'GET', '/image/v2/images')).body).toMatchObject({ images: [{ name: 'testimage' }] });
    // A token of before the restart is good after it.
    expect((await again.call({ token: await cloud.token('demo') }, 'GET', '/v3/auth/projects')).status).toBe(200);
    await again.close();
  });
});
