/** The control API over HTTP: who may use it, what behaviours do to requests and objects, time, quotas, changes behind the back, what is left. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase, type TestDatabase, virtualTimers } from '@hearth/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';

const START_MS = 1_700_000_000_000;
const CONTROL = '/control/v1';

let timers: ReturnType<typeof virtualTimers>;
let database: TestDatabase;
let cloud: TestCloud;

const start = (seed = 'control'): Promise<TestCloud> => startTestCloud({ database: database.database, timers, random: seededRandom(seed) });

beforeEach(async () => {
  timers = virtualTimers(START_MS);
  database = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await start();
});
afterEach(async () => {
  await cloud.close();
  await database.drop();
});

const control = (method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  cloud.call('admin', method, `${CONTROL}${path}`, body);

async function behave(behaviour: JsonObject): Promise<string> {
  const answer = await control('POST', '/behaviours', behaviour);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 });
  return at(answer.body, 'behaviour', 'id') as string;
}

/** What lies at a path of keys. */
function at(value: unknown, ...keys: readonly (string | number)[]): Json | undefined {
  let found = value as Json | undefined;
  for (const key of keys)
    found = Array.isArray(found)
      ? (found[key as number] as Json | undefined)
      : isJsonObject(found ?? null)
        ? (found as JsonObject)[key]
        : undefined;
  return found;
}

const nova = (method: string, path: string, body?: unknown, as = 'demo'): Promise<TestAnswer> =>
  cloud.call(as, method, `/compute/v2.1${path}`, body, { 'x-openstack-nova-api-version': '2.90' });
const neutron = (method: string, path: string, body?: unknown): Promise<TestAnswer> =>
  cloud.call('demo', method, `/network/v2.0${path}`, body);

async function boot(name: string): Promise<string> {
  const images = await cloud.call('demo', 'GET', '/image/v2/images');
  const flavors = await nova('GET', '/flavors');
  const server = { name, imageRef: at(images.body, 'images', 0, 'id'), flavorRef: at(flavors.body, 'flavors', 0, 'id'), networks: 'none' };
  const answer = await nova('POST', '/servers', { server });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
  return at(answer.body, 'server', 'id') as string;
}
const statusOf = async (id: string): Promise<Json | undefined> => at((await nova('GET', `/servers/${id}`)).body, 'server', 'status');

it('is for administrators', async () => {
  expect(await cloud.call(null, 'GET', `${CONTROL}/behaviours`)).toMatchObject({ status: 401 });
  expect(await cloud.call('demo', 'GET', `${CONTROL}/behaviours`)).toMatchObject({ status: 403 });
  expect(await cloud.call('demo', 'POST', `${CONTROL}/time`, { factor: 2 })).toMatchObject({ status: 403 });
  expect(await control('GET', '/behaviours')).toMatchObject({ status: 200, body: { behaviours: [] } });
  expect(await control('GET', '/nothing')).toMatchObject({ status: 404 });
});

it('refuses in the words of the service, as often as it was told to', async () => {
  const id = await behave({
    service: 'compute',
    method: 'GET',
    path: '*/servers',
    refuse: { status: 503, message: 'Too much to do.', retryAfter: 7 },
    times: 2,
  });
  const refused = await nova('GET', '/servers');
  expect(refused).toMatchObject({ status: 503, body: { serviceUnavailable: { code: 503, message: 'Too much to do.' } } });
  expect(refused.headers.get('retry-after')).toBe('7');
  expect((await nova('GET', '/flavors')).status).toBe(200);
  expect((await nova('GET', '/servers')).status).toBe(503);
  expect((await nova('GET', '/servers')).status).toBe(200);
  expect(await control('GET', `/behaviours/${id}`)).toMatchObject({ body: { behaviour: { times: 2, used: 2, service: 'compute' } } });
  expect(await control('DELETE', `/behaviours/${id}`)).toMatchObject({ status: 204 });
  expect(await control('DELETE', `/behaviours/${id}`)).toMatchObject({ status: 404 });
});

it('loses the reply after it has acted', async () => {
  await behave({ service: 'network', method: 'POST', name: 'lost*', loseReply: true, times: 1 });
  await expect(neutron('POST', '/networks', { network: { name: 'lost-one' } })).rejects.toThrow();
  expect(at((await neutron('GET', '/networks?name=lost-one')).body, 'networks')).toHaveLength(1);
  expect((await neutron('POST', '/networks', { network: { name: 'lost-two' } })).status).toBe(201);
});

it('builds as long and as badly as it was told to', async () => {
  await behave({ service: 'compute', name: 'slow', buildSeconds: 100 });
  await behave({ name: 'bad', errorAfterBuild: 'The host has caught fire.', times: 1 });
  const [slow, bad, good] = [await boot('slow'), await boot('bad'), await boot('bad')];
  await timers.advance(10_000);
  expect([await statusOf(slow), await statusOf(bad), await statusOf(good)]).toEqual(['BUILD', 'ERROR', 'ACTIVE']);
  expect(at((await nova('GET', `/servers/${bad}`)).body, 'server', 'fault', 'message')).toBe('The host has caught fire.');
  await timers.advance(91_000);
  expect(await statusOf(slow)).toBe('ACTIVE');
});

it('steers volumes and load balancers, also those that a server brings along', async () => {
  await behave({ service: 'block-storage', buildSeconds: 50, method: 'POST', path: '*/volumes', times: 1 });
  await behave({ service: 'volume', errorAfterBuild: 'out of disks', name: 'bad' });
  await behave({ service: 'octavia', errorAfterBuild: 'no amphora' });
  const project = cloud.facts.projectIds.demo;
  const cinder = (method: string, path: string, body?: unknown) => cloud.call('demo', method, `/volume/v3/${project}${path}`, body);
  const made = async (name: string) => at((await cinder('POST', '/volumes', { volume: { size: 1, name } })).body, 'volume', 'id') as string;
  const ids = [await made('slow'), await made('bad'), await made('good')];
  const subnets = await neutron('GET', '/subnets?name=private-subnet');
  const wish = { loadbalancer: { name: 'lb', vip_subnet_id: at(subnets.body, 'subnets', 0, 'id') } };
  const balancer = await cloud.call('demo', 'POST', '/load-balancer/v2/lbaas/loadbalancers', wish);
  expect(balancer.status).toBe(201);
  await timers.advance(10_000);
  const statuses = await Promise.all(ids.map(async (id) => at((await cinder('GET', `/volumes/${id}`)).body, 'volume', 'status')));
  expect(statuses).toEqual(['creating', 'error', 'available']);
  const path = `/load-balancer/v2/lbaas/loadbalancers/${String(at(balancer.body, 'loadbalancer', 'id'))}`;
  expect(at((await cloud.call('demo', 'GET', path)).body, 'loadbalancer', 'provisioning_status')).toBe('ERROR');
});

it('a request that comes to nothing takes none of the times', async () => {
  const id = await behave({ service: 'compute', errorAfterBuild: 'no', name: 'one', times: 1 });
  await control('PUT', '/quotas/demo', { 'load-balancer': { loadbalancer: 0 } });
  const used = async () => at((await control('GET', `/behaviours/${id}`)).body, 'behaviour', 'used');
  const body = { server: { name: 'one', imageRef: 'nothing', flavorRef: 'nothing', networks: 'none' } };
  expect((await nova('POST', '/servers', body)).status).toBe(400);
  expect(await used()).toBe(0);
  const server = await boot('one');
  expect(await used()).toBe(1);
  await timers.advance(10_000);
  expect(await statusOf(server)).toBe('ERROR');
});

it('delays what it was told to delay, and lets go when the cloud stops', async () => {
  await behave({ service: 'compute', path: '*/flavors', delaySeconds: 30, times: 1 });
  let isAnswered = false;
  const late = nova('GET', '/flavors').then((answer) => {
    isAnswered = true;
    return answer.status;
  });
  while (timers.pending === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await timers.advance(29_000);
  expect(isAnswered).toBe(false);
  await timers.advance(1_500);
  expect(await late).toBe(200);
  await behave({ service: 'compute', path: '*/flavors', delaySeconds: 500 });
  const stopped = nova('GET', '/flavors').then(({ status }) => status);
  while (timers.pending === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await cloud.close();
  expect(await stopped).toBe(503);
  cloud = await start();
});

it('throttles', async () => {
  await behave({ service: 'network', project: 'demo', throttle: { perSecond: 2 } });
  const answers = [await neutron('GET', '/networks'), await neutron('GET', '/networks'), await neutron('GET', '/networks')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers[2]?.headers.get('retry-after')).toBe('1');
  expect(at(answers[2]?.body, 'NeutronError', 'message')).toBe('Too many requests.');
  expect((await cloud.call('alt_demo', 'GET', '/network/v2.0/networks')).status).toBe(200);
  await timers.advance(1_000);
  expect((await neutron('GET', '/networks')).status).toBe(200);
});

it('keeps behaviours and its time over a restart, and tells other processes', async () => {
  const other = await start('another process');
  const id = await behave({ service: 'compute', path: '*/flavors', refuse: { status: 418 }, times: 2 });
  await control('POST', '/time', { advanceSeconds: 1000 });
  const flavors = async (at: TestCloud) => (await at.call('demo', 'GET', '/compute/v2.1/flavors')).status;
  while ((await flavors(other)) !== 418) await new Promise((resolve) => setTimeout(resolve, 5));
  await other.close();
  await cloud.close();
  cloud = await start();
  expect(at((await control('GET', '/time')).body, 'time', 'aheadSeconds')).toBe(1000);
  expect(await flavors(cloud)).toBe(418);
  expect(await flavors(cloud)).toBe(200);
  expect(at((await control('GET', `/behaviours/${id}`)).body, 'behaviour', 'used')).toBe(2);
});

it('time runs ahead: what is under way ends earlier, tokens do not', async () => {
  const expires = async () =>
    at(
      (await cloud.call('demo', 'GET', '/v3/auth/tokens', undefined, { 'x-subject-token': await cloud.token('demo') })).body,
      'token',
      'expires_at',
    );
  const [before, server] = [await expires(), await boot('web')];
  expect(await statusOf(server)).toBe('BUILD');
  expect(await control('POST', '/time', { advanceSeconds: 86_400 * 30 })).toMatchObject({
    status: 200,
    body: { time: { aheadSeconds: 2_592_000 } },
  });
  expect(await statusOf(server)).toBe('ACTIVE');
  expect(await expires()).toBe(before);
  await control('POST', '/time', { factor: 100 });
  const second = await boot('second');
  await timers.advance(25);
  expect(await statusOf(second)).toBe('ACTIVE');
  for (const wrong of [{}, { factor: 0.5 }, { advanceSeconds: -1 }, { factor: 2, advanceSeconds: 1 }, { seconds: 5 }, null])
    expect((await control('POST', '/time', wrong)).status).toBe(400);
});

it.each<[string, object, string]>([
  ['ERROR', { status: 'ERROR', message: 'The host is gone.' }, 'ERROR'],
  ['SHUTOFF', { status: 'SHUTOFF' }, 'SHUTOFF'],
  ['ACTIVE, in the middle of the build', { status: 'ACTIVE' }, 'ACTIVE'],
])('puts a server to %s behind our back', async (_name, change, status) => {
  const server = await boot('web');
  expect(await control('POST', `/servers/${server}`, change)).toMatchObject({ status: 200, body: { server: { id: server, status } } });
  const shown = at((await nova('GET', `/servers/${server}`)).body, 'server');
  expect(shown).toMatchObject({ status, ...(status === 'ERROR' ? { fault: { message: 'The host is gone.' } } : {}) });
});

it('deletes a server behind our back, with its ports', async () => {
  const server = await boot('web');
  expect((await control('POST', `/servers/${server}`, { delete: true })).status).toBe(204);
  expect((await nova('GET', `/servers/${server}`)).status).toBe(404);
  expect((await control('POST', `/servers/${server}`, { delete: true })).status).toBe(404);
  for (const wrong of [{}, { status: 'BUILD' }, { status: 'ACTIVE', message: 'x' }, { delete: false }, { delete: true, status: 'ERROR' }])
    expect((await control('POST', `/servers/${server}`, wrong)).status).toBe(400);
  expect(at((await control('GET', '/objects')).body, 'count')).toBe(0);
});

it('changes and deletes any stored object', async () => {
  const id = at((await neutron('POST', '/networks', { network: { name: 'net' } })).body, 'network', 'id') as string;
  const path = `/objects/network/networks/${id}`;
  expect(at((await control('GET', path)).body, 'object', 'fields', 'admin_state_up')).toBe(true);
  expect(await control('POST', path, { name: 'drifted', fields: { admin_state_up: false } })).toMatchObject({ status: 200 });
  expect(at((await neutron('GET', `/networks/${id}`)).body, 'network')).toMatchObject({ name: 'drifted', admin_state_up: false });
  expect((await control('POST', path, { filds: {} })).status).toBe(400);
  expect((await control('DELETE', path)).status).toBe(204);
  expect((await neutron('GET', `/networks/${id}`)).status).toBe(404);
  for (const method of ['GET', 'POST', 'DELETE'])
    expect((await control(method, path, method === 'POST' ? {} : undefined)).status, method).toBe(404);
  expect((await control('GET', `/objects/dns/zones/${id}`)).status).toBe(400);
  const user = at((await cloud.call('admin', 'POST', '/v3/users', { user: { name: 'somebody' } })).body, 'user', 'id') as string;
  expect((await control('DELETE', `/objects/keystone/users/${user}`)).status).toBe(204);
  expect((await cloud.call('admin', 'GET', `/v3/users/${user}`)).status).toBe(404);
});

it('a port that is taken away behind our back leaves its address to others', async () => {
  const subnet = at((await neutron('GET', '/subnets?name=private-subnet')).body, 'subnets', 0) as JsonObject;
  const port = {
    network_id: subnet.network_id ?? null,
    fixed_ips: [{ subnet_id: subnet.id ?? null, ip_address: String(subnet.cidr).replace(/\.\d+\/\d+$/, '.77') }],
  };
  const first = await neutron('POST', '/ports', { port });
  expect(first, JSON.stringify(first.body)).toMatchObject({ status: 201 });
  expect((await neutron('POST', '/ports', { port })).status).toBe(409);
  expect((await control('DELETE', `/objects/neutron/ports/${String(at(first.body, 'port', 'id'))}`)).status).toBe(204);
  expect((await neutron('POST', '/ports', { port })).status).toBe(201);
});

it('reads and changes the quotas of all services at once', async () => {
  const wish = {
    compute: { instances: 1 },
    network: { network: 0 },
    'block-storage': { volumes: 0 },
    'load-balancer': { loadbalancer: 0 },
  };
  expect(await control('PUT', '/quotas/demo', wish)).toMatchObject({ status: 200, body: { project: { name: 'demo' }, quotas: wish } });
  expect(await control('GET', `/quotas/${cloud.facts.projectIds.demo}`)).toMatchObject({
    status: 200,
    body: { quotas: { compute: { instances: 1, cores: -1 } } },
  });
  await boot('one');
  expect((await nova('GET', `/os-quota-sets/${cloud.facts.projectIds.demo}`)).body).toMatchObject({ quota_set: { instances: 1 } });
  expect((await neutron('POST', '/networks', { network: { name: 'net' } })).status).toBe(409);
  expect((await cloud.call('demo', 'POST', `/volume/v3/${cloud.facts.projectIds.demo}/volumes`, { volume: { size: 1 } })).status).toBe(413);
  expect((await control('PUT', '/quotas/nobody', {})).status).toBe(400);
  const refused = [
    { dns: {} },
    { compute: { servers: 1 } },
    { network: { network: -2 } },
    { compute: { instances: '1' } },
    { network: { port: 5 }, compute: { cores: 1.5 } },
  ];
  for (const wrong of refused) expect((await control('PUT', '/quotas/demo', wrong)).status, JSON.stringify(wrong)).toBe(400);
  expect(at((await control('GET', '/quotas/demo')).body, 'quotas', 'network', 'port')).toBe(-1);
});

it('counts and lists what there is besides what was there from the start', async () => {
  const objects = async (query = '') => (await control('GET', `/objects${query}`)).body;
  expect(await objects()).toEqual({ count: 0, counts: {}, objects: [] });
  const server = await boot('web');
  const network = at((await neutron('POST', '/networks', { network: { name: 'net', description: 'stack-net-1' } })).body, 'network', 'id');
  await neutron('GET', '/security-groups');
  const group = at((await neutron('POST', '/security-groups', { security_group: { name: 'own' } })).body, 'security_group', 'id');
  await cloud.call('alt_demo', 'PUT', `/v1/AUTH_${cloud.facts.projectIds.alt_demo}/box`);
  const all = await objects();
  expect(at(all, 'counts')).toEqual({
    compute: { servers: 1 },
    network: { networks: 1, security_groups: 1, security_group_rules: 2 },
    'object-store': { containers: 1 },
  });
  const listed: readonly unknown[] = at(all, 'objects') as readonly JsonObject[];
  expect(listed).toContainEqual(expect.objectContaining({ service: 'compute', collection: 'servers', id: server, mark: null }));
  expect(listed).toContainEqual(
    expect.objectContaining({ collection: 'networks', id: network as string, mark: 'stack-net-1', project: cloud.facts.projectIds.demo }),
  );
  expect(at(await objects('?project=alt_demo'), 'counts')).toEqual({ 'object-store': { containers: 1 } });
  expect(at(await objects('?service=nova'), 'count')).toBe(1);
  expect((await control('GET', '/objects?color=red')).status).toBe(400);
  await nova('DELETE', `/servers/${server}`);
  await timers.advance(5_000);
  await neutron('DELETE', `/networks/${String(network)}`);
  await neutron('DELETE', `/security-groups/${String(group)}`);
  expect(await objects('?project=demo')).toEqual({ count: 0, counts: {}, objects: [] });
  await cloud.close();
  cloud = await start();
  expect(at(await objects(), 'count')).toBe(1);
});
