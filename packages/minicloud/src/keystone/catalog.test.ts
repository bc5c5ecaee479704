/** Regions, services, endpoints and the catalogue that follows them; limits; policy documents; what is refused in Keystone's words. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(31), services: [] });
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

const admin = (method: string, path: string, body?: unknown): Promise<TestAnswer> => cloud.call('admin', method, path, body);
const status = async (method: string, path: string, body?: unknown): Promise<number> => (await admin(method, path, body)).status;
async function make(kind: string, fields: object): Promise<{ readonly id: string }> {
  const answer = await admin('POST', `/v3/${kind}s`, { [kind]: fields });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return (answer.body as Record<string, { id: string }>)[kind] as { id: string };
}
interface Entry {
  readonly type: string;
  readonly endpoints: readonly { readonly url: string; readonly region: string }[];
}
const catalogOf = async (as: string): Promise<readonly Entry[]> =>
  ((await cloud.call(as, 'GET', '/v3/auth/catalog')).body as { catalog: Entry[] }).catalog;

test('the catalogue follows services and endpoints', async () => {
  const service = await make('service', { type: 'dns', name: 'names', description: 'finds' });
  expect((await catalogOf('demo')).find((one) => one.type === 'dns')).toMatchObject({ endpoints: [] });
  const fields = { service_id: service.id, interface: 'public', url: 'http://d/%(project_id)s', region: 'RegionTwo' };
  const endpoint = await make('endpoint', fields);
  expect(endpoint).toMatchObject({ region: 'RegionTwo', region_id: 'RegionTwo', url: 'http://d/%(project_id)s', enabled: true });
  expect(await status('GET', '/v3/regions/RegionTwo')).toBe(200);
  expect((await catalogOf('demo')).find((one) => one.type === 'dns')?.endpoints).toMatchObject([
    { url: `http://d/${cloud.facts.projectIds['demo']}`, region: 'RegionTwo' },
  ]);
  expect(
    (await admin('PATCH', `/v3/endpoints/${endpoint.id}`, { endpoint: { url: 'http://e', region_id: 'RegionOne' } })).body,
  ).toMatchObject({
    endpoint: { url: 'http://e', region: 'RegionOne' },
  });
  expect((await catalogOf('demo')).find((one) => one.type === 'dns')?.endpoints).toMatchObject([{ url: 'http://e' }]);
  await admin('PATCH', `/v3/endpoints/${endpoint.id}`, { endpoint: { enabled: false } });
  expect((await catalogOf('demo')).find((one) => one.type === 'dns')?.endpoints).toEqual([]);
  await admin('PATCH', `/v3/services/${service.id}`, { service: { enabled: false } });
  expect((await catalogOf('demo')).map((one) => one.type)).not.toContain('dns');
  expect(await status('DELETE', `/v3/services/${service.id}`)).toBe(204);
  expect(await status('GET', `/v3/endpoints/${endpoint.id}`)).toBe(404);
});

test.each([
  [
    'an unknown service',
    { interface: 'public', service_id: 'x', url: 'http://x' },
    'Expecting to find endpoint service_id in service table.',
  ],
  ['an interface of no kind', { interface: 'x', service_id: 'x', url: 'http://x' }, "'x' is not one of ['admin', 'internal', 'public']"],
  ['an address that is none', { interface: 'public', service_id: 'x', url: 'x' }, "'x' does not match"],
  ['an unknown mark', { interface: 'public', service_id: 'x', url: 'http://$(colour)s' }, 'Cannot create an endpoint with an invalid URL'],
  ['nothing', undefined, "None is not of type 'object'"],
])('an endpoint is refused: %s', async (_name, endpoint, message) => {
  const answer = await admin('POST', '/v3/endpoints', { endpoint });
  expect([answer.status, (answer.body as { error: { message: string } }).error.message]).toEqual([400, expect.stringContaining(message)]);
});

test('regions: a tree without circles, kept while in use', async () => {
  const top = await make('region', { id: 'top' });
  await make('region', { id: 'low', parent_region_id: top.id, description: 'below' });
  expect(await status('PATCH', '/v3/regions/top', { region: { parent_region_id: 'low' } })).toBe(400);
  expect(await status('POST', '/v3/regions', { region: { id: 'top' } })).toBe(409);
  expect(await status('POST', '/v3/regions', { region: { parent_region_id: 'nowhere' } })).toBe(404);
  expect(await status('PUT', '/v3/regions/side', { region: { description: 'd' } })).toBe(201);
  expect(await status('PUT', '/v3/regions/side', { region: { id: 'other' } })).toBe(400);
  expect((await cloud.call('demo', 'GET', '/v3/regions?parent_region_id=top')).body).toMatchObject({ regions: [{ id: 'low' }] });
  expect(await status('DELETE', '/v3/regions/RegionOne')).toBe(403);
  expect(await status('DELETE', '/v3/regions/top')).toBe(204);
  expect(await status('GET', '/v3/regions/low')).toBe(404);
});

describe('limits', () => {
  test('registered first, then for a project or a domain; seen by those they are for', async () => {
    const { id: service_id } = await make('service', { type: 'limited' });
    const project_id = cloud.facts.projectIds['demo'];
    const registered = { service_id, resource_name: 'things', default_limit: 5 };
    const post = (kind: string, body: object) => admin('POST', `/v3/${kind}`, { [kind]: [body] });
    expect((await post('limits', { service_id, resource_name: 'things', resource_limit: 7, project_id })).status).toBe(403);
    const first = await post('registered_limits', registered);
    const registeredId = (first.body as { registered_limits: { id: string }[] }).registered_limits[0]?.id;
    expect((await post('registered_limits', registered)).status).toBe(409);
    const limit = await post('limits', { service_id, resource_name: 'things', resource_limit: 7, project_id });
    const id = (limit.body as { limits: { id: string }[] }).limits[0]?.id;
    expect((await post('limits', { service_id, resource_name: 'things', resource_limit: 7, project_id })).status).toBe(409);
    expect((await cloud.call('demo', 'GET', '/v3/limits')).body).toMatchObject({ limits: [{ id, resource_limit: 7, domain_id: null }] });
    expect((await cloud.call('alt_demo', 'GET', '/v3/limits')).body).toMatchObject({ limits: [] });
    expect((await cloud.call('alt_demo', 'GET', `/v3/limits/${id}`)).status).toBe(403);
    expect((await cloud.call('alt_demo', 'GET', `/v3/registered_limits/${registeredId}`)).status).toBe(200);
    expect(await status('DELETE', `/v3/registered_limits/${registeredId}`)).toBe(403);
    expect((await admin('PATCH', `/v3/limits/${id}`, { limit: { resource_limit: 8 } })).body).toMatchObject({
      limit: { resource_limit: 8 },
    });
    expect(await status('DELETE', `/v3/limits/${id}`)).toBe(204);
    expect((await admin('PATCH', `/v3/registered_limits/${registeredId}`, { registered_limit: { default_limit: 9 } })).status).toBe(200);
    expect(await status('DELETE', `/v3/registered_limits/${registeredId}`)).toBe(204);
    expect((await cloud.call('demo', 'GET', '/v3/limits/model')).body).toMatchObject({ model: { name: 'flat' } });
  });

  test.each([
    ['none', { limits: [] }],
    ['no list', { limits: {} }],
    ['for nobody', { limits: [{ service_id: 'x', resource_name: 'r', resource_limit: 1 }] }],
    ['for both', { limits: [{ service_id: 'x', resource_name: 'r', resource_limit: 1, project_id: 'p', domain_id: 'd' }] }],
    ['below -1', { limits: [{ service_id: 'x', resource_name: 'r', resource_limit: -2, project_id: 'p' }] }],
    ['of no service', { limits: [{ service_id: 'x', resource_name: 'r', resource_limit: 1, domain_id: 'default' }] }],
  ])('refused: %s', async (_name, body) => {
    expect(await status('POST', '/v3/limits', body)).toBe(400);
  });
});

test('policy documents are kept as they are', async () => {
  const answer = await admin('POST', '/v3/policies', { policy: { type: 'text', blob: '{}', mine: true } });
  const { id } = (answer.body as { policy: { id: string } }).policy;
  expect((await admin('GET', `/v3/policies/${id}`)).body).toMatchObject({ policy: { type: 'text', blob: '{}', mine: true } });
  expect((await cloud.call('demo', 'GET', '/v3/policies')).status).toBe(403);
  expect(await status('DELETE', `/v3/policies/${id}`)).toBe(204);
});

test.each([
  ['GET', '/v3/users/x', undefined, 404, 'Could not find user: x.'],
  ['POST', '/v3/users', { user: { name: 'demo' } }, 409, 'Duplicate entry found with name demo at domain ID default.'],
  ['POST', '/v3/domains', { domain: { name: 'Default' } }, 409, 'two projects acting as domains with the same name: Default.'],
  ['POST', '/v3/projects', { project: { name: 'demo' } }, 409, 'name is demo, project id '],
  ['POST', '/v3/roles', { role: { name: 'admin' } }, 409, 'Duplicate entry found with name admin.'],
  ['POST', '/v3/users', 'text', 400, 'Expecting to find valid JSON in request body.'],
  ['GET', '/v3/auth/tokens', undefined, 404, 'No token in the request'],
])('%s %s %o answers %i: %s', async (method, path, body, code, message) => {
  const answer = await admin(method, path, body);
  expect(answer.body).toEqual({ error: { code, title: expect.any(String), message: expect.stringContaining(message) } });
  expect([answer.status, answer.headers.get('vary')]).toEqual([code, 'X-Auth-Token']);
});

test('what there is no page for, and methods there are not', async () => {
  const nowhere = await admin('GET', '/v3/nowhere');
  expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  expect((await admin('PUT', '/v3/users', {})).body).toEqual({ message: 'The method is not allowed for the requested URL.' });
});
