/** The load balancer service over HTTP: the life of a whole tree, what is refused while it changes, and who may do what. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { builtInServices } from '../built-in-services.ts';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestAnswer, type TestCloud } from '../testing/index.ts';
import { fixedSchedule } from './schedule.ts';

const timers = virtualTimers(Date.UTC(2030, 0, 1));
let db: TestDatabase;
let cloud: TestCloud;
let subnetId = '';
const usual = fixedSchedule();
const balancers = {
  schedule: ((deed, object, nowMs) => ({
    ...usual(deed, object, nowMs),
    isFailing: object.name === `fail ${deed}`,
  })) satisfies ReturnType<typeof fixedSchedule>,
};

beforeAll(async () => {
  db = await testDatabase({ migrations: [minicloudMigrations()] });
  cloud = await startTestCloud({ database: db.database, timers, random: seededRandom(1), services: builtInServices({ balancers }) });
  const subnets = await cloud.call('demo', 'GET', '/network/v2.0/subnets?name=private-subnet');
  subnetId = String((subnets.body as { subnets: { id: string }[] }).subnets[0]?.id);
});
afterAll(async () => {
  await cloud.close();
  await db.drop();
});

const BASE = '/load-balancer/v2.0/lbaas';
const call = (method: string, path: string, body?: unknown, as = 'demo'): Promise<TestAnswer> =>
  cloud.call(as, method, `${BASE}${path}`, body);
const later = (ms = 2_000): void => timers.jumpTo(timers.now() + ms);
const only = (answer: TestAnswer): JsonObject => Object.values(answer.body as Record<string, JsonObject>)[0] as JsonObject;
const all = (answer: TestAnswer): readonly JsonObject[] => only(answer) as unknown as readonly JsonObject[];
const fault = (answer: TestAnswer): unknown => [answer.status, (answer.body as { faultstring?: string }).faultstring];
const statusOf = async (path: string): Promise<unknown> => only(await call('GET', path)).provisioning_status;

/** Creates, and waits until it is there. */
async function made(path: string, body: JsonObject): Promise<string> {
  const answer = await call('POST', path, body);
  expect(answer).toMatchObject({ status: 201 });
  later();
  return String(only(answer).id);
}
const balancer = (fields: JsonObject = {}): Promise<string> =>
  made('/loadbalancers', { loadbalancer: { vip_subnet_id: subnetId, ...fields } });
const listener = (loadbalancer_id: string, fields: JsonObject = {}): Promise<string> =>
  made('/listeners', { listener: { loadbalancer_id, protocol: 'HTTP', protocol_port: 80, ...fields } });
const pool = (fields: JsonObject): Promise<string> =>
  made('/pools', { pool: { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', ...fields } });
const member = (poolId: string, address: string): Promise<string> =>
  made(`/pools/${poolId}/members`, { member: { address, protocol_port: 80 } });

const leftPorts = async (): Promise<number> => {
  const ports = await cloud.call('demo', 'GET', '/network/v2.0/ports?device_owner=Octavia');
  return (ports.body as { ports: unknown[] }).ports.length;
};
beforeEach(async () => {
  later();
  for (const { id } of all(await call('GET', '/loadbalancers'))) {
    expect((await call('DELETE', `/loadbalancers/${String(id)}?cascade=true`)).status).toBe(204);
  }
  later();
  expect([all(await call('GET', '/loadbalancers')), all(await call('GET', '/pools')), await leftPorts()]).toEqual([[], [], 0]);
});

describe('a load balancer', () => {
  test('is PENDING_CREATE, then ACTIVE, then PENDING_DELETE, then gone; with a port of its own all the while', async () => {
    const answer = await call('POST', '/loadbalancers', {
      loadbalancer: { name: 'lb', vip_subnet_id: subnetId, vip_address: '10.10.7.7' },
    });
    expect(answer.status).toBe(201);
    const { id } = only(answer);
    const projectId = cloud.facts.projectIds.demo;
    expect(only(answer)).toEqual({
      ...{ id, name: 'lb', description: '', admin_state_up: true, provisioning_status: 'PENDING_CREATE', operating_status: 'OFFLINE' },
      ...{
        project_id: projectId,
        tenant_id: projectId,
        created_at: expect.stringMatching(/^2030-01-01T\d\d:\d\d:\d\d$/),
        updated_at: null,
      },
      ...{ vip_address: '10.10.7.7', vip_subnet_id: subnetId, vip_port_id: expect.any(String), vip_network_id: expect.any(String) },
      ...{ vip_qos_policy_id: null, additional_vips: [], provider: 'amphora', flavor_id: null, availability_zone: null, tags: [] },
      ...{ listeners: [], pools: [] },
    });
    const port = await cloud.call('demo', 'GET', `/network/v2.0/ports/${String(only(answer).vip_port_id)}`);
    expect(only(port)).toMatchObject({ device_owner: 'Octavia', device_id: `lb-${String(id)}`, name: `octavia-lb-${String(id)}` });
    const path = `/loadbalancers/${String(id)}`;
    const pending = [409, `Invalid state PENDING_CREATE of loadbalancer resource ${String(id)}`];
    expect(fault(await call('PUT', path, { loadbalancer: { name: 'x' } }))).toEqual(pending);
    expect(fault(await call('DELETE', path))).toEqual(pending);
    later();
    expect(only(await call('GET', path))).toMatchObject({ provisioning_status: 'ACTIVE', operating_status: 'ONLINE' });
    expect((await call('DELETE', path)).status).toBe(204);
    expect([await statusOf(path), await leftPorts()]).toEqual(['PENDING_DELETE', 0]);
    later();
    expect(fault(await call('GET', path))).toEqual([404, `Load Balancer ${String(id)} not found.`]);
  });

  test('keeps a port of the user, and gives it back', async () => {
    const network = await cloud.call('demo', 'GET', '/network/v2.0/networks?name=private');
    const network_id = String(all(network)[0]?.id);
    const port = only(await cloud.call('demo', 'POST', '/network/v2.0/ports', { port: { network_id } }));
    const id = await balancer({ vip_port_id: port.id as string, vip_subnet_id: null });
    const fixed = port.fixed_ips as readonly JsonObject[];
    expect(only(await call('GET', `/loadbalancers/${id}`))).toMatchObject({ vip_port_id: port.id, vip_address: fixed[0]?.ip_address });
    const taken = await call('POST', '/loadbalancers', { loadbalancer: { vip_port_id: port.id } });
    expect(fault(taken)).toEqual([400, `Validation failure: Port ${String(port.id)} is already used by device lb-${id} `]);
    await call('DELETE', `/loadbalancers/${id}`);
    const after = only(await cloud.call('demo', 'GET', `/network/v2.0/ports/${String(port.id)}`));
    expect(after).toMatchObject({ device_id: '', device_owner: '' });
    await cloud.call('demo', 'DELETE', `/network/v2.0/ports/${String(port.id)}`);
  });

  test('that fails is in ERROR, can only be deleted or failed over', async () => {
    const id = await balancer({ name: 'fail create' });
    const path = `/loadbalancers/${id}`;
    expect(only(await call('GET', path))).toMatchObject({ provisioning_status: 'ERROR', operating_status: 'OFFLINE' });
    expect((await call('PUT', path, { loadbalancer: { name: 'x' } })).status).toBe(409);
    const refused = await call('POST', '/listeners', { listener: { loadbalancer_id: id, protocol: 'HTTP', protocol_port: 80 } });
    expect(fault(refused)).toEqual([409, `Load Balancer ${id} is immutable and cannot be updated.`]);
    expect((await call('PUT', `${path}/failover`)).status).toBe(403);
    expect((await call('PUT', `${path}/failover`, undefined, 'admin')).status).toBe(202);
    expect(await statusOf(path)).toBe('PENDING_UPDATE');
    later();
    expect(await statusOf(path)).toBe('ACTIVE');
  });
});

describe('a tree', () => {
  test('is immutable as a whole while one part changes', async () => {
    const lb = await balancer();
    const li = await listener(lb);
    const po = await pool({ listener_id: li });
    const other = await pool({ loadbalancer_id: lb });
    const m = only(await call('POST', `/pools/${po}/members`, { member: { address: '10.10.0.7', protocol_port: 80 } }));
    expect(m).toMatchObject({ provisioning_status: 'PENDING_CREATE', operating_status: 'NO_MONITOR', weight: 1, backup: false });
    const paths = [`/loadbalancers/${lb}`, `/listeners/${li}`, `/pools/${po}`, `/pools/${other}`];
    expect(await Promise.all(paths.map(statusOf))).toEqual(['PENDING_UPDATE', 'PENDING_UPDATE', 'PENDING_UPDATE', 'ACTIVE']);
    const again = { member: { address: '10.10.0.8', protocol_port: 80 } };
    expect(fault(await call('POST', `/pools/${po}/members`, again))).toEqual([409, `Pool ${po} is immutable and cannot be updated.`]);
    expect(fault(await call('DELETE', `/listeners/${li}`))).toEqual([409, `Load Balancer ${lb} is immutable and cannot be updated.`]);
    expect(fault(await call('DELETE', `/loadbalancers/${lb}`))).toEqual([
      400,
      `Validation failure: Cannot delete Load Balancer ${lb} - it has children`,
    ]);
    later();
    expect(await Promise.all(paths.map(statusOf))).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    await made('/healthmonitors', { healthmonitor: { pool_id: po, type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 } });
    expect(only(await call('GET', `/pools/${po}/members/${String(m.id)}`))).toMatchObject({ operating_status: 'ONLINE' });
    expect(only(await call('GET', `/listeners/${li}`))).toMatchObject({ default_pool_id: po, loadbalancers: [{ id: lb }] });
    expect((await call('DELETE', `/pools/${po}`)).status).toBe(204);
    later();
    expect(only(await call('GET', `/listeners/${li}`))).toMatchObject({ default_pool_id: null });
    expect(all(await call('GET', '/healthmonitors'))).toEqual([]);
    expect((await call('GET', `/pools/${po}/members`)).status).toBe(404);
  });

  test('is made at once, with everything by name', async () => {
    const monitor = { type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 };
    const members = [{ address: '10.10.0.7', protocol_port: 80 }];
    const described = { name: 'p1', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members, healthmonitor: monitor };
    const rules = [{ type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' }];
    const l7policies = [
      { action: 'REDIRECT_TO_URL', redirect_url: 'http://x.test/', rules },
      { action: 'REDIRECT_TO_POOL', redirect_pool: { name: 'p1' }, position: 1 },
    ];
    const whole = { listeners: [{ name: 'l1', protocol: 'HTTP', protocol_port: 80, default_pool: described, l7policies }] };
    const answer = await call('POST', '/loadbalancers', { loadbalancer: { vip_subnet_id: subnetId, ...whole } });
    expect(answer.status).toBe(201);
    const tree = only(answer) as { id: string; listeners: JsonObject[]; pools: JsonObject[] };
    expect(tree.listeners[0]).toMatchObject({
      ...{ name: 'l1', default_pool_id: tree.pools[0]?.id, provisioning_status: 'PENDING_CREATE' },
      l7policies: [
        { action: 'REDIRECT_TO_POOL', position: 1, rules: [] },
        { action: 'REDIRECT_TO_URL', position: 2, redirect_http_code: 302, rules: [{ value: '/a', invert: false }] },
      ],
    });
    expect(tree.pools[0]).toMatchObject({ members: [{ address: '10.10.0.7' }], healthmonitor: { http_method: 'GET', url_path: '/' } });
    later();
    const status = (await call('GET', `/loadbalancers/${tree.id}/status`)).body;
    expect(status).toMatchObject({
      statuses: {
        loadbalancer: { listeners: [{ name: 'l1', pools: [{ health_monitor: { type: 'HTTP' }, members: [{ protocol_port: 80 }] }] }] },
      },
    });
    expect((await call('GET', `/loadbalancers/${tree.id}/stats`)).body).toMatchObject({ stats: { bytes_in: 0 } });
    const refused = await call('DELETE', `/pools/${String(tree.pools[0]?.id)}`);
    expect(fault(refused)).toEqual([409, expect.stringMatching(/^Pool .* is in use by L7 policy /)]);
  });

  test('with a pool that nobody describes is refused, and nothing is left', async () => {
    const whole = { listeners: [{ protocol: 'HTTP', protocol_port: 80, default_pool: { name: 'lost' } }] };
    const answer = await call('POST', '/loadbalancers', { loadbalancer: { vip_subnet_id: subnetId, ...whole } });
    expect(fault(answer)).toEqual([400, "Validation failure: Pool 'lost' was referenced but no full definition was found."]);
    expect(await leftPorts()).toBe(0);
  });

  test('members are replaced all at once, or only added', async () => {
    const po = await pool({ loadbalancer_id: await balancer() });
    await member(po, '10.10.0.1');
    await member(po, '10.10.0.2');
    const addresses = async (): Promise<string> => {
      later();
      return all(await call('GET', `/pools/${po}/members`))
        .map((one) => String(one.address).slice(-1))
        .join('');
    };
    const put = (query: string, ...last: number[]): Promise<TestAnswer> =>
      call('PUT', `/pools/${po}/members${query}`, {
        members: last.map((n) => ({ address: `10.10.0.${n}`, protocol_port: 80, weight: n })),
      });
    expect((await put('', 2, 3)).status).toBe(202);
    expect(await addresses()).toBe('23');
    expect((await put('?additive_only=true', 4)).status).toBe(202);
    expect(await addresses()).toBe('234');
    expect((await put('')).status).toBe(202);
    expect(await addresses()).toBe('');
  });

  test('policies keep an order, which positions say', async () => {
    const li = await listener(await balancer());
    const policy = (name: string, position?: number): Promise<string> =>
      made('/l7policies', { l7policy: { listener_id: li, action: 'REJECT', name, ...(position === undefined ? {} : { position }) } });
    const order = async (): Promise<string> =>
      all(await call('GET', '/l7policies?sort=position'))
        .map((one) => `${String(one.name)}${String(one.position)}`)
        .join(' ');
    const [a] = [await policy('a'), await policy('b'), await policy('c', 1)];
    expect(await order()).toBe('c1 a2 b3');
    await call('PUT', `/l7policies/${a}`, { l7policy: { position: 1 } });
    later();
    expect(await order()).toBe('a1 c2 b3');
    await call('DELETE', `/l7policies/${a}`);
    later();
    expect(await order()).toBe('c1 b2');
  });
});

describe('a failing part', () => {
  test('is in ERROR while the whole is ACTIVE', async () => {
    const lb = await balancer();
    const li = await listener(lb, { name: 'fail create' });
    expect([await statusOf(`/listeners/${li}`), await statusOf(`/loadbalancers/${lb}`)]).toEqual(['ERROR', 'ACTIVE']);
    expect((await call('DELETE', `/listeners/${li}`)).status).toBe(204);
  });
});

describe('access', () => {
  test('is by the roles of load balancers, not by membership', async () => {
    const lb = await balancer();
    const forbidden = [403, 'Policy does not allow this request to be performed.'];
    const as = (user: string, method: string, path: string, body?: unknown): Promise<TestAnswer> => call(method, path, body, user);
    expect(fault(await as('alt_demo', 'GET', `/loadbalancers/${lb}`))).toEqual(forbidden);
    expect(fault(await as('alt_demo', 'DELETE', `/loadbalancers/${lb}`))).toEqual(forbidden);
    expect(fault(await as('demo', 'GET', '/loadbalancers?project_id=other'))).toEqual(forbidden);
    expect(fault(await as('demo', 'GET', '/flavorprofiles'))).toEqual(forbidden);
    expect(fault(await cloud.call('demo', 'GET', '/load-balancer/v2/octavia/amphorae'))).toEqual(forbidden);
    expect(all(await as('alt_demo', 'GET', '/loadbalancers'))).toEqual([]);
    expect(all(await as('heat', 'GET', '/loadbalancers'))).toHaveLength(1);
    expect((await cloud.call(null, 'GET', `${BASE}/loadbalancers`)).status).toBe(401);
    const other = { loadbalancer: { vip_subnet_id: subnetId, project_id: 'other' } };
    expect(fault(await as('demo', 'POST', '/loadbalancers', other))).toEqual(forbidden);
  });
});

describe('lists', () => {
  test('are filtered, ordered, paged and cut to fields', async () => {
    const ids = [
      await balancer({ name: 'b', tags: ['x'] }),
      await balancer({ name: 'a', tags: ['x', 'y'] }),
      await balancer({ name: 'c' }),
    ];
    const names = async (query: string): Promise<string> =>
      all(await call('GET', `/loadbalancers?${query}`))
        .map((one) => one.name)
        .join('');
    expect(await names('')).toBe('bac');
    expect(await names('sort=name')).toBe('abc');
    expect(await names('sort_key=name&sort_dir=desc')).toBe('cba');
    expect(await names('name=a')).toBe('a');
    expect(await names('tags=x,y')).toBe('a');
    expect(await names('not-tags-any=y')).toBe('bc');
    expect(await names('provisioning_status=ACTIVE')).toBe('bac');
    expect(await names('provisioning_status=PENDING_CREATE')).toBe('');
    expect(await names('admin_state_up=False')).toBe('');
    const first = await call('GET', '/loadbalancers?limit=2&fields=id&fields=name');
    expect(all(first)).toEqual([
      { id: ids[0], name: 'b' },
      { id: ids[1], name: 'a' },
    ]);
    const [next] = (first.body as { loadbalancers_links: { href: string }[] }).loadbalancers_links;
    const second = await cloud.call('demo', 'GET', String(next?.href).replace(cloud.url, ''));
    expect(all(second).map((one) => one.name)).toEqual(['c']);
  });

  test.each([
    ['?bogus=1', 400, 'One or more arguments are either duplicate or invalid'],
    ['?sort=zz', 400, "Supplied sort key 'zz' is not valid."],
    ['?marker=zz', 400, "Supplied pagination marker 'zz' is not valid."],
    ['/zz', 404, 'Load Balancer zz not found.'],
  ])('%s is refused', async (query, status, message) => {
    expect(fault(await call('GET', `/loadbalancers${query}`))).toEqual([status, message]);
  });

  test.each([
    ['/loadbalancers?limit=x', 400],
    ['/loadbalancers?sort=name:zz', 400],
    ['/pools/zz/members', 404],
    ['/zz', 404],
  ])('%s is refused by the router, with a page', async (path, status) => {
    const answer = await call('GET', path);
    expect([answer.status, String(answer.body)]).toEqual([status, expect.stringMatching(/^<html>/)]);
  });
});

test('quotas are kept, shown and reset', async () => {
  const projectId = String(cloud.facts.projectIds.demo);
  const path = `/quotas/${projectId}`;
  const unlimited = { load_balancer: -1, listener: -1, member: -1, pool: -1, health_monitor: -1, l7policy: -1, l7rule: -1 };
  expect((await call('GET', path)).body).toEqual({ quota: unlimited });
  expect((await call('PUT', path, { quota: { pool: 1 } })).status).toBe(403);
  const changed = await call('PUT', path, { quota: { loadbalancer: 1, pool: 1 } }, 'admin');
  expect([changed.status, changed.body]).toEqual([202, { quota: { ...unlimited, load_balancer: 1, pool: 1 } }]);
  const lb = await balancer();
  const more = await call('POST', '/loadbalancers', { loadbalancer: { vip_subnet_id: subnetId } });
  expect(fault(more)).toEqual([403, 'Quota has been met for resources: Load Balancer']);
  await pool({ loadbalancer_id: lb });
  const second = await call('POST', '/pools', { pool: { loadbalancer_id: lb, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } });
  expect(fault(second)).toEqual([403, 'Quota has been met for resources: Pool']);
  expect((await call('DELETE', path, undefined, 'admin')).status).toBe(202);
  expect((await call('GET', `${path}/default`)).body).toEqual({ quota: unlimited });
});

test('flavors and their profiles are the administrator’s', async () => {
  const asAdmin = (method: string, path: string, body?: unknown): Promise<TestAnswer> => call(method, path, body, 'admin');
  const profile = only(
    await asAdmin('POST', '/flavorprofiles', { flavorprofile: { name: 'p', provider_name: 'amphora', flavor_data: '{}' } }),
  );
  const body = { flavor: { name: 'f', flavor_profile_id: profile.id } };
  const flavor = only(await asAdmin('POST', '/flavors', body));
  expect(flavor).toEqual({ id: flavor.id, name: 'f', description: '', enabled: true, flavor_profile_id: profile.id });
  expect(fault(await asAdmin('POST', '/flavors', body))).toEqual([409, 'A flavor of f already exists.']);
  expect((await call('POST', '/flavors', body)).status).toBe(403);
  expect(all(await call('GET', '/flavors'))).toHaveLength(1);
  const lb = await balancer({ flavor_id: flavor.id as string });
  expect(only(await call('GET', `/loadbalancers/${lb}`)).flavor_id).toBe(flavor.id);
  await asAdmin('PUT', `/flavors/${String(flavor.id)}`, { flavor: { enabled: false } });
  const refused = await call('POST', '/loadbalancers', { loadbalancer: { vip_subnet_id: subnetId, flavor_id: flavor.id } });
  expect(fault(refused)).toEqual([400, `The selected flavor is not allowed in this deployment: ${String(flavor.id)}`]);
  const inUse = `Flavor profile ${String(profile.id)} is in use and cannot be modified.`;
  expect(fault(await asAdmin('DELETE', `/flavorprofiles/${String(profile.id)}`))).toEqual([409, inUse]);
});

test('the root names every version to anybody', async () => {
  const answer = await cloud.call(null, 'GET', '/load-balancer/');
  const { versions } = answer.body as { versions: JsonObject[] };
  expect([versions.length, versions.at(-1)]).toEqual([
    27,
    { id: 'v2.26', status: 'CURRENT', updated: '2022-08-29T00:00:00Z', links: [{ href: `${cloud.url}/load-balancer/v2`, rel: 'self' }] },
  ]);
});
