/** Trees of projects, tags, groups, roles that are inherited, implied, of the system or of a domain, and who may read what. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, TEST_PASSWORD, type TestAnswer, type TestCloud } from '../testing/index.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(11), services: [] });
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

type Fields = Readonly<Record<string, never>> & { readonly id: string };
const admin = (method: string, path: string, body?: unknown): Promise<TestAnswer> => cloud.call('admin', method, path, body);
const status = async (method: string, path: string, body?: unknown): Promise<number> => (await admin(method, path, body)).status;
async function make(kind: string, fields: object): Promise<Fields> {
  const answer = await admin('POST', `/v3/${kind}s`, { [kind]: fields });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return (answer.body as Record<string, Fields>)[kind] as Fields;
}
const names = (answer: TestAnswer, key: string): string[] =>
  (answer.body as Record<string, { name: string }[]>)[key]?.map((one) => one.name).sort() ?? [];
const messageOf = (answer: TestAnswer): string => (answer.body as { error: { message: string } }).error.message;
const role = (name: string): string => cloud.facts.roleIds[name] ?? '';
async function loginOf(id: string, scope: unknown): Promise<TestAnswer> {
  const identity = { methods: ['password'], password: { user: { id, password: TEST_PASSWORD } } };
  return cloud.call(null, 'POST', '/v3/auth/tokens', { auth: { identity, scope } });
}
const rolesIn = (answer: TestAnswer): string[] =>
  ((answer.body as { token?: { roles?: { name: string }[] } }).token?.roles ?? []).map((one) => one.name).sort();
const tokenIn = (answer: TestAnswer): { token: string } => ({ token: answer.headers.get('x-subject-token') ?? '' });

describe('projects', () => {
  test('a tree: parents, subtree, what may be switched off or removed, how deep it may go', async () => {
    const a = await make('project', { name: 'a' });
    const b = await make('project', { name: 'b', parent_id: a.id });
    const c = await make('project', { name: 'c', parent_id: b.id });
    expect((await admin('GET', `/v3/projects/${c.id}?parents_as_ids`)).body).toMatchObject({
      project: { parents: { [b.id]: { [a.id]: { default: null } } } },
    });
    expect((await admin('GET', `/v3/projects/${a.id}?subtree_as_ids`)).body).toMatchObject({
      project: { subtree: { [b.id]: { [c.id]: null } } },
    });
    expect((await admin('GET', `/v3/projects/${a.id}?subtree_as_list`)).body).toMatchObject({ project: { subtree: [] } });
    await admin('PUT', `/v3/projects/${b.id}/users/${cloud.facts.userIds['admin']}/roles/${role('reader')}`);
    expect((await admin('GET', `/v3/projects/${a.id}?subtree_as_list`)).body).toMatchObject({
      project: { subtree: [{ project: { name: 'b' } }] },
    });
    expect(await status('GET', `/v3/projects/${a.id}?parents_as_list&parents_as_ids`)).toBe(400);
    expect(names(await admin('GET', `/v3/projects?parent_id=${a.id}`), 'projects')).toEqual(['b']);
    expect(messageOf(await admin('DELETE', `/v3/projects/${a.id}`))).toContain('not a leaf');
    expect(messageOf(await admin('PATCH', `/v3/projects/${a.id}`, { project: { enabled: false } }))).toContain('subtree contains enabled');
    expect(messageOf(await admin('PATCH', `/v3/projects/${b.id}`, { project: { parent_id: 'default' } }))).toContain('`parent_id`');
    await admin('PATCH', `/v3/projects/${c.id}`, { project: { enabled: false } });
    await admin('PATCH', `/v3/projects/${b.id}`, { project: { enabled: false } });
    expect(messageOf(await admin('PATCH', `/v3/projects/${c.id}`, { project: { enabled: true } }))).toContain('disabled parents');
    expect(await status('POST', '/v3/projects', { project: { name: 'd', parent_id: c.id } })).toBe(400);
    for (const id of [c.id, b.id, a.id]) expect(await status('DELETE', `/v3/projects/${id}`)).toBe(204);
    let parent = 'default';
    for (let depth = 0; depth < 5; depth++) parent = (await make('project', { name: `deep${depth}`, parent_id: parent })).id;
    expect(await status('POST', '/v3/projects', { project: { name: 'deeper', parent_id: parent } })).toBe(403);
  });

  test('a domain is a project that acts as one', async () => {
    const made = await make('project', { name: 'acting', is_domain: true });
    expect(made).toMatchObject({ is_domain: true, domain_id: null, parent_id: null });
    expect((await admin('GET', `/v3/domains/${made.id}`)).body).toMatchObject({ domain: { name: 'acting', enabled: true } });
    expect(names(await admin('GET', '/v3/projects?is_domain=true'), 'projects')).toContain('acting');
    expect(names(await admin('GET', '/v3/projects'), 'projects')).not.toContain('acting');
    expect(await status('DELETE', `/v3/projects/${made.id}`)).toBe(403);
    expect(await status('PATCH', `/v3/projects/${made.id}`, { project: { enabled: false } })).toBe(200);
    expect(await status('DELETE', `/v3/projects/${made.id}`)).toBe(204);
    expect(await status('GET', `/v3/domains/${made.id}`)).toBe(404);
  });

  test('tags: one by one, all at once, in filters', async () => {
    const { id } = await make('project', { name: 'tagged', tags: ['x'] });
    const path = `/v3/projects/${id}/tags`;
    expect(await status('PUT', `${path}/y`)).toBe(201);
    expect((await admin('GET', path)).body).toMatchObject({ tags: ['x', 'y'] });
    expect([await status('GET', `${path}/y`), await status('GET', `${path}/z`), await status('PUT', `${path}/y`)]).toEqual([204, 404, 400]);
    const found = async (query: string) => names(await admin('GET', `/v3/projects?${query}`), 'projects').includes('tagged');
    expect(
      await Promise.all(['tags=x,y', 'tags=x,z', 'tags-any=z,x', 'not-tags=x,z', 'not-tags=x,y', 'not-tags-any=x,z'].map(found)),
    ).toEqual([true, false, true, true, false, false]);
    expect(await status('DELETE', `${path}/x`)).toBe(204);
    expect((await admin('PUT', path, { tags: ['a', 'b'] })).body).toMatchObject({ tags: ['a', 'b'] });
    expect(await status('PUT', path, { tags: ['a,b'] })).toBe(400);
    expect(await status('DELETE', path)).toBe(204);
    expect((await admin('GET', path)).body).toMatchObject({ tags: [] });
  });

  test('what clients add stays, options merge, the immutable one protects', async () => {
    const { id } = await make('project', { name: 'kept', colour: 'red', options: { immutable: true } });
    expect((await admin('PATCH', `/v3/projects/${id}`, { project: { colour: 'blue' } })).status).toBe(403);
    expect(await status('DELETE', `/v3/projects/${id}`)).toBe(403);
    const changed = await admin('PATCH', `/v3/projects/${id}`, { project: { colour: 'blue', options: { immutable: false } } });
    expect(changed.body).toMatchObject({ project: { colour: 'blue', options: { immutable: false } } });
    expect((await admin('PATCH', `/v3/projects/${id}`, { project: { options: { immutable: null } } })).body).toMatchObject({
      project: { colour: 'blue', options: {} },
    });
    expect(await status('PATCH', `/v3/roles/${role('reader')}`, { role: { name: 'r' } })).toBe(403);
  });
});

describe('groups and roles', () => {
  test('a member has what its group has, until it leaves or the group goes', async () => {
    const user = await make('user', { name: 'gina', password: TEST_PASSWORD });
    const group = await make('group', { name: 'makers' });
    const scope = { project: { id: cloud.facts.projectIds['demo'] } };
    expect(await status('PUT', `/v3/projects/${scope.project.id}/groups/${group.id}/roles/${role('member')}`)).toBe(204);
    expect((await loginOf(user.id, scope)).status).toBe(401);
    expect(await status('GET', `/v3/groups/${group.id}/users/${user.id}`)).toBe(404);
    expect(await status('PUT', `/v3/groups/${group.id}/users/${user.id}`)).toBe(204);
    const login = await loginOf(user.id, scope);
    expect(rolesIn(login)).toEqual(['member', 'reader']);
    expect(names(await admin('GET', `/v3/groups/${group.id}/users?name__contains=gin`), 'users')).toEqual(['gina']);
    expect(names(await cloud.call(tokenIn(login), 'GET', `/v3/users/${user.id}/groups`), 'groups')).toEqual(['makers']);
    expect(names(await cloud.call(tokenIn(login), 'GET', '/v3/auth/projects'), 'projects')).toEqual(['demo']);
    expect((await cloud.call(tokenIn(login), 'GET', '/v3/groups')).status).toBe(403);
    expect(await status('DELETE', `/v3/groups/${group.id}/users/${user.id}`)).toBe(204);
    expect((await cloud.call(tokenIn(login), 'GET', '/v3/auth/projects')).status).toBe(401);
    expect(await status('PUT', `/v3/groups/${group.id}/users/${user.id}`)).toBe(204);
    expect((await loginOf(user.id, scope)).status).toBe(201);
    expect(await status('DELETE', `/v3/groups/${group.id}`)).toBe(204);
    expect((await loginOf(user.id, scope)).status).toBe(401);
  });

  test('inherited from a domain and from a project: below, not there; shown effective with where it comes from', async () => {
    const domain = await make('domain', { name: 'lab' });
    const top = await make('project', { name: 'top', domain_id: domain.id });
    const low = await make('project', { name: 'low', domain_id: domain.id, parent_id: top.id });
    const user = await make('user', { name: 'ines', domain_id: domain.id, password: TEST_PASSWORD });
    const grantOn = (place: string, name: string) => `/v3/OS-INHERIT/${place}/users/${user.id}/roles/${role(name)}/inherited_to_projects`;
    expect(await status('PUT', grantOn(`domains/${domain.id}`, 'reader'))).toBe(204);
    expect(await status('PUT', grantOn(`projects/${top.id}`, 'creator'))).toBe(204);
    expect(await status('HEAD', grantOn(`projects/${top.id}`, 'creator'))).toBe(204);
    expect(rolesIn(await loginOf(user.id, { project: { id: top.id } }))).toEqual(['reader']);
    expect(rolesIn(await loginOf(user.id, { project: { id: low.id } }))).toEqual(['creator', 'reader']);
    expect((await loginOf(user.id, { domain: { id: domain.id } })).status).toBe(401);
    const rows = async (query: string) =>
      (
        (await admin('GET', `/v3/role_assignments?user.id=${user.id}&${query}`)).body as {
          role_assignments: { scope: Record<string, unknown>; links: { assignment: string } }[];
        }
      ).role_assignments;
    expect(await rows('')).toHaveLength(2);
    expect((await rows('effective')).map((row) => row.links.assignment.replace(/.*\/v3/, '')).sort()).toEqual(
      [
        `/OS-INHERIT/domains/${domain.id}/users/${user.id}/roles/${role('reader')}/inherited_to_projects`,
        `/OS-INHERIT/domains/${domain.id}/users/${user.id}/roles/${role('reader')}/inherited_to_projects`,
        `/OS-INHERIT/projects/${top.id}/users/${user.id}/roles/${role('creator')}/inherited_to_projects`,
      ].sort(),
    );
    expect(await rows(`effective&scope.project.id=${low.id}&include_names`)).toMatchObject([
      { scope: { project: { name: 'low', domain: { name: 'lab' } }, 'OS-INHERIT:inherited_to': 'projects' } },
      { scope: { project: { name: 'low' } } },
    ]);
    expect(await rows(`effective&scope.project.id=${top.id}&include_subtree`)).toHaveLength(3);
  });

  test('a role of the system: tokens for it, which read everything and change nothing unless they are an administrator’s', async () => {
    const user = await make('user', { name: 'sven', password: TEST_PASSWORD });
    const scope = { system: { all: true } };
    expect((await loginOf(user.id, scope)).status).toBe(401);
    expect(await status('PUT', `/v3/system/users/${user.id}/roles/${role('reader')}`)).toBe(204);
    const login = await loginOf(user.id, scope);
    expect(login.body).toMatchObject({ token: { system: { all: true }, roles: [{ name: 'reader' }] } });
    const reader = tokenIn(login);
    for (const path of ['users', 'projects', 'domains', 'roles', 'services', 'endpoints', 'groups', 'role_assignments', 'role_inferences'])
      expect((await cloud.call(reader, 'GET', `/v3/${path}`)).status, path).toBe(200);
    expect((await cloud.call(reader, 'POST', '/v3/users', { user: { name: 'no' } })).status).toBe(403);
    expect((await cloud.call(reader, 'GET', '/v3/auth/system')).body).toMatchObject({ system: [{ all: true }] });
    const exchange = { methods: ['token'], token: { id: reader.token } };
    const rescoped = await cloud.call(null, 'POST', '/v3/auth/tokens', {
      auth: { identity: exchange, scope: { project: { id: cloud.facts.projectIds['demo'] } } },
    });
    expect(rescoped.status).toBe(403);
    expect(names(await admin('GET', `/v3/system/users/${user.id}/roles`), 'roles')).toEqual(['reader']);
    expect(await status('DELETE', `/v3/system/users/${user.id}/roles/${role('reader')}`)).toBe(204);
    expect((await cloud.call(reader, 'GET', '/v3/users')).status).toBe(401);
  });

  test('a token for a domain sees its own only, and makes new ones there', async () => {
    const login = await cloud.call(null, 'POST', '/v3/auth/tokens', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'heat_domain_admin', domain: { name: 'heat' }, password: TEST_PASSWORD } },
        },
        scope: { domain: { name: 'heat' } },
      },
    });
    const owner = tokenIn(login);
    const made = await cloud.call(owner, 'POST', '/v3/users', { user: { name: 'stack-user' } });
    expect(made.body).toMatchObject({ user: { domain_id: cloud.facts.stackDomainId } });
    expect(names(await cloud.call(owner, 'GET', '/v3/users'), 'users')).toEqual(['heat_domain_admin', 'stack-user']);
    expect((await cloud.call(owner, 'GET', '/v3/auth/catalog')).status).toBe(403);
    expect(names(await cloud.call(owner, 'GET', '/v3/auth/domains'), 'domains')).toEqual(['heat']);
  });

  test('roles of a domain: listed by it, never in tokens, what they imply is', async () => {
    const domain = await make('domain', { name: 'roles' });
    const project = await make('project', { name: 'p', domain_id: domain.id });
    const user = await make('user', { name: 'rita', domain_id: domain.id, password: TEST_PASSWORD });
    const own = await make('role', { name: 'operator', domain_id: domain.id });
    expect(names(await admin('GET', '/v3/roles'), 'roles')).not.toContain('operator');
    expect(names(await admin('GET', `/v3/roles?domain_id=${domain.id}`), 'roles')).toEqual(['operator']);
    expect(await status('PUT', `/v3/roles/${own.id}/implies/${role('member')}`)).toBe(201);
    expect(await status('PUT', `/v3/roles/${role('member')}/implies/${own.id}`)).toBe(403);
    expect(await status('PUT', `/v3/roles/${own.id}/implies/${role('admin')}`)).toBe(403);
    expect(await status('HEAD', `/v3/roles/${own.id}/implies/${role('member')}`)).toBe(204);
    expect((await admin('GET', `/v3/roles/${own.id}/implies`)).body).toMatchObject({
      role_inference: { prior_role: { name: 'operator' }, implies: [{ name: 'member' }] },
    });
    expect(await status('PUT', `/v3/projects/${project.id}/users/${user.id}/roles/${own.id}`)).toBe(204);
    expect(await status('PUT', `/v3/projects/${cloud.facts.projectIds['demo']}/users/${user.id}/roles/${own.id}`)).toBe(403);
    expect(rolesIn(await loginOf(user.id, { project: { id: project.id } }))).toEqual(['member', 'reader']);
    expect(await status('DELETE', `/v3/roles/${own.id}/implies/${role('member')}`)).toBe(204);
    expect((await loginOf(user.id, { project: { id: project.id } })).status).toBe(401);
    expect(await status('DELETE', `/v3/roles/${own.id}`)).toBe(204);
  });

  test.each([
    ['user.id=x&group.id=y', 'Specify a user or group, not both'],
    ['scope.project.id=x&scope.domain.id=y', 'Specify a domain or project, not both'],
    ['scope.system=all&scope.domain.id=y', 'Specify system or domain, not both'],
    ['effective&group.id=y', 'Combining effective and group filter'],
    ['include_subtree', 'scope.project.id must be specified'],
  ])('assignments refuse %s', async (query, message) => {
    const answer = await admin('GET', `/v3/role_assignments?${query}`);
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(message)]);
  });
});

test('users: options, a locked password, several methods at once, attributes of their own', async () => {
  const user = await make('user', { name: 'olga', password: 'old', options: { lock_password: true }, nick: 'o' });
  expect(user).toMatchObject({ nick: 'o', options: { lock_password: true } });
  const change = { user: { original_password: 'old', password: 'new' } };
  expect((await cloud.call(null, 'POST', `/v3/users/${user.id}/password`, change)).status).toBe(400);
  await admin('PATCH', `/v3/users/${user.id}`, {
    user: { options: { lock_password: null, multi_factor_auth_rules: [['password', 'totp']] } },
  });
  expect((await cloud.call(null, 'POST', `/v3/users/${user.id}/password`, change)).status).toBe(204);
  const login = { auth: { identity: { methods: ['password'], password: { user: { id: user.id, password: 'new' } } } } };
  expect((await cloud.call(null, 'POST', '/v3/auth/tokens', login)).status).toBe(401);
  await admin('PATCH', `/v3/users/${user.id}`, { user: { options: { multi_factor_auth_enabled: false } } });
  expect((await cloud.call(null, 'POST', '/v3/auth/tokens', login)).status).toBe(201);
  expect(await status('PATCH', `/v3/users/${user.id}`, { user: { options: { other: 1 } } })).toBe(400);
  expect(messageOf(await admin('PATCH', `/v3/users/${user.id}`, { user: { domain_id: 'x' } }))).toBe('Cannot change Domain ID');
  expect(messageOf(await admin('PATCH', `/v3/users/${user.id}`, { user: { id: 'x' } }))).toBe('Cannot change ID');
});

test('another process hears of a change at once', async () => {
  const database = await db.another({ schema: 'minicloud' });
  const other = await startTestCloud({ database, timers, random: seededRandom(12), services: [] });
  const user = await make('user', { name: 'rolf', password: TEST_PASSWORD });
  const token = tokenIn(await loginOf(user.id, 'unscoped'));
  expect((await other.call(token, 'GET', `/v3/users/${user.id}`)).status).toBe(200);
  timers.jumpTo(timers.now() + 10);
  await admin('PATCH', `/v3/users/${user.id}`, { user: { enabled: false } });
  await expect.poll(async () => (await other.call(token, 'GET', `/v3/users/${user.id}`)).status).toBe(401);
  await other.close();
});
