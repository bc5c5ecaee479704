/** Routers and floating IPs over HTTP on a real database; bodies and refusals as a real Neutron gave them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';
import { networkService } from './service.ts';

let place: TestDatabase;
let cloud: TestCloud;
let external: string;
beforeAll(async () => {
  place = await testDatabase({ migrations: [minicloudMigrations()], poolSize: 10 });
  cloud = await startTestCloud({
    database: place.database,
    timers: virtualTimers(1_800_000_000_000),
    random: seededRandom('routers'),
    services: [networkService()],
  });
  external = (((await call('GET', '/networks?name=public')).body as { networks: readonly { id: string }[] }).networks[0] as { id: string })
    .id;
});
afterAll(async () => {
  await cloud.close();
  await place.drop();
});

type Body = Record<string, unknown>;
type Made = Body & { readonly id: string };
const call = (method: string, path: string, body?: unknown, as = 'demo') => cloud.call(as, method, `/network/v2.0${path}`, body);
async function made(kind: string, values: Body, as = 'demo'): Promise<Made> {
  const answer = await call('POST', `/${kind}s`, { [kind]: values }, as);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 });
  return (answer.body as Record<string, Made>)[kind] as Made;
}
async function refused(method: string, path: string, body?: unknown, as = 'demo'): Promise<string> {
  const answer = await call(method, path, body, as);
  const { type, message } = (answer.body as { NeutronError?: { type: string; message: string } }).NeutronError ?? {
    type: 'none',
    message: '',
  };
  return `${answer.status} ${type}: ${message}`;
}
const attach = (router: string, body: Body) => call('PUT', `/routers/${router}/add_router_interface`, body);
const detach = (router: string, body: Body) => call('PUT', `/routers/${router}/remove_router_interface`, body);
async function network(cidr: string, more: Body = {}): Promise<{ readonly id: string; readonly subnetId: string }> {
  const { id } = await made('network', { name: 'n' });
  return { id, subnetId: (await made('subnet', { network_id: id, ip_version: 4, cidr, ...more })).id };
}
const gateway = (router: string, info: Body | null, as = 'demo') =>
  call('PUT', `/routers/${router}`, { router: { external_gateway_info: info } }, as);

test('a router stands between the seeded networks', async () => {
  const [router] = ((await call('GET', '/routers')).body as { routers: readonly Body[] }).routers;
  expect(router).toMatchObject({
    name: 'router',
    status: 'ACTIVE',
    external_gateway_info: { network_id: external, enable_snat: true },
    routes: [],
  });
  expect(router).not.toHaveProperty('ha');
  const [port] = ((await call('GET', '/ports?device_owner=network:router_interface')).body as { ports: readonly Body[] }).ports;
  expect(port).toMatchObject({
    status: 'ACTIVE',
    device_id: router?.id,
    fixed_ips: [{ ip_address: '10.10.0.1' }],
    security_groups: [],
    port_security_enabled: false,
  });
  expect(((await call('GET', '/ports?device_owner=network:router_gateway')).body as { ports: unknown }).ports).toEqual([]);
  expect(
    ((await call('GET', '/ports?device_owner=network:router_gateway', undefined, 'admin')).body as { ports: unknown }).ports,
  ).toMatchObject([{ project_id: '', device_id: router?.id }]);
});

describe('interfaces', () => {
  test('come by subnet and by port, and go', async () => {
    const { id } = await made('router', { name: 'r' });
    const one = await network('10.61.0.0/24');
    const other = await network('10.62.0.0/24');
    const added = await attach(id, { subnet_id: one.subnetId });
    expect(added).toMatchObject({ status: 200, body: { id, network_id: one.id, subnet_id: one.subnetId, subnet_ids: [one.subnetId] } });
    const port = await made('port', { network_id: other.id });
    expect(await attach(id, { port_id: port.id })).toMatchObject({ status: 200, body: { port_id: port.id, subnet_id: other.subnetId } });
    expect(await refused('DELETE', `/ports/${port.id}`)).toBe(
      `409 ServicePortInUse: Port ${port.id} cannot be deleted directly via the port API: has device owner network:router_interface.`,
    );
    expect(await refused('DELETE', `/routers/${id}`)).toMatch(`409 RouterInUse: Router ${id} has ports still attached: `);
    expect(await refused('PUT', `/ports/${port.id}`, { port: { fixed_ips: [{ ip_address: '10.62.0.77' }] } })).toBe(
      `400 BadRequest: Bad ports request: IP updates for port ${port.id} are not allowed.`,
    );
    expect((await detach(id, { subnet_id: one.subnetId })).status).toBe(200);
    expect((await detach(id, { port_id: port.id })).status).toBe(200);
    expect(await refused('GET', `/ports/${port.id}`)).toMatch('404 PortNotFound');
    expect((await call('DELETE', `/routers/${id}`)).status).toBe(204);
    expect(await refused('GET', `/routers/${id}`)).toBe(`404 RouterNotFound: Router ${id} could not be found`);
  });
  test('are refused as Neutron refuses them', async () => {
    const { id } = await made('router', { name: 'r' });
    const one = await network('10.63.0.0/24');
    const inside = await network('10.63.0.0/25');
    const closed = await network('10.64.0.0/24', { gateway_ip: null });
    const bare = await made('port', { network_id: one.id, fixed_ips: [] });
    const path = `/routers/${id}/add_router_interface`;
    await attach(id, { subnet_id: one.subnetId });
    const table: readonly (readonly [Body, string])[] = [
      [{}, 'Either subnet_id or port_id must be specified.'],
      [{ subnet_id: 'x' }, "'x' is not a valid UUID."],
      [{ subnet_id: one.subnetId, port_id: bare.id }, 'Cannot specify both subnet-id and port-id.'],
      [{ subnet_id: one.subnetId }, `Router already has a port on subnet ${one.subnetId}.`],
      [
        { subnet_id: inside.subnetId },
        `Cidr 10.63.0.0/25 of subnet ${inside.subnetId} overlaps with cidr 10.63.0.0/24 of subnet ${one.subnetId}.`,
      ],
      [{ subnet_id: closed.subnetId }, 'Subnet for router interface must have a gateway IP.'],
      [{ port_id: bare.id }, 'Router port must have at least one fixed IP.'],
    ];
    for (const [body, message] of table) expect(await refused('PUT', path, body)).toBe(`400 BadRequest: Bad router request: ${message}`);
    expect(await refused('PUT', `/routers/${id}/remove_router_interface`, { subnet_id: inside.subnetId })).toBe(
      `404 RouterInterfaceNotFoundForSubnet: Router ${id} has no interface on subnet ${inside.subnetId}`,
    );
    expect(await refused('PUT', path, { subnet_id: one.subnetId }, 'alt_demo')).toMatch('404 RouterNotFound');
  });
  test('of one subnet asked for at the same moment: one is made', async () => {
    const { id } = await made('router', { name: 'r' });
    const { subnetId } = await network('10.65.0.0/24');
    const answers = await Promise.all(Array.from({ length: 5 }, () => attach(id, { subnet_id: subnetId })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400, 400, 400, 400]);
  });
});

describe('extra routes', () => {
  test('lead to neighbours, and keep their interface', async () => {
    const { id } = await made('router', { name: 'r' });
    const { subnetId } = await network('10.66.0.0/24');
    await attach(id, { subnet_id: subnetId });
    const set = (nexthop: string) => refused('PUT', `/routers/${id}`, { router: { routes: [{ destination: '10.99.0.0/24', nexthop }] } });
    const format = "400 InvalidRoutes: Invalid format for routes: [{'destination': '10.99.0.0/24', 'nexthop': ";
    expect(await set('10.77.0.1')).toBe(`${format}'10.77.0.1'}], the nexthop is not connected with router`);
    expect(await set('10.66.0.1')).toBe(`${format}'10.66.0.1'}], the nexthop is used by router`);
    expect(await set('10.66.0.9')).toMatch('200');
    expect(await refused('PUT', `/routers/${id}/remove_router_interface`, { subnet_id: subnetId })).toMatch(
      '409 RouterInterfaceInUseByRoute',
    );
    const more = { router: { routes: [{ destination: '10.98.0.0/24', nexthop: '10.66.0.9' }] } };
    const count = (answer: { body: unknown }) => (answer.body as { router: { routes: readonly unknown[] } }).router.routes.length;
    expect(count(await call('PUT', `/routers/${id}/add_extraroutes`, more))).toBe(2);
    expect(count(await call('PUT', `/routers/${id}/add_extraroutes`, more))).toBe(2);
    expect(count(await call('PUT', `/routers/${id}/remove_extraroutes`, more))).toBe(1);
  });
});

describe('gateways', () => {
  test('take an address outside, and give it back', async () => {
    const { id } = await made('router', { name: 'r', external_gateway_info: { network_id: external } });
    const used = async () =>
      (
        (await call('GET', `/network-ip-availabilities/${external}`, undefined, 'admin')).body as {
          network_ip_availability: { used_ips: number };
        }
      ).network_ip_availability.used_ips;
    const before = await used();
    const moved = await gateway(
      id,
      { network_id: external, enable_snat: false, external_fixed_ips: [{ ip_address: '198.18.0.50' }] },
      'admin',
    );
    expect(moved.body).toMatchObject({
      router: { external_gateway_info: { enable_snat: false, external_fixed_ips: [{ ip_address: '198.18.0.50' }] } },
    });
    expect(await used()).toBe(before);
    expect((await gateway(id, {})).body).toMatchObject({ router: { external_gateway_info: null } });
    expect(await used()).toBe(before - 1);
  });
  test('are refused as Neutron refuses them', async () => {
    const inner = await network('10.67.0.0/24');
    const attempt = (info: Body) => refused('POST', '/routers', { router: { external_gateway_info: info } });
    expect(await attempt({ network_id: inner.id })).toBe(
      `400 BadRequest: Bad router request: Network ${inner.id} is not an external network.`,
    );
    expect(await attempt({ network_id: '00000000-0000-0000-0000-000000000000' })).toMatch('404 NetworkNotFound');
    expect(await attempt({ bogus: 'x' })).toBe(
      "400 HTTPBadRequest: Invalid input for external_gateway_info. Reason: Validation of dictionary's keys failed. Expected keys: {'network_id'} Provided keys: {'bogus'}.",
    );
    expect(await attempt({ network_id: external, enable_snat: false })).toBe(
      '403 PolicyNotAuthorized: (rule:create_router and (rule:create_router:external_gateway_info and (rule:create_router:external_gateway_info:network_id and rule:create_router:external_gateway_info:enable_snat))) is disallowed by policy',
    );
    expect(await refused('PUT', `/networks/${external}`, { network: { 'router:external': false } }, 'admin')).toMatch(
      '409 ExternalNetworkInUse',
    );
  });
});

describe('floating IPs', () => {
  test('point to a port behind a router, and hold what they need', async () => {
    const { id: router } = await made('router', { name: 'r', external_gateway_info: { network_id: external } });
    const inner = await network('10.68.0.0/24');
    await attach(router, { subnet_id: inner.subnetId });
    const port = await made('port', { network_id: inner.id });
    const floating = await made('floatingip', { floating_network_id: external, port_id: port.id });
    const [fixed] = port.fixed_ips as readonly { ip_address: string }[];
    expect(floating).toMatchObject({
      status: 'ACTIVE',
      router_id: router,
      fixed_ip_address: fixed?.ip_address,
      port_details: { network_id: inner.id },
    });
    const second = await made('floatingip', { floating_network_id: external });
    expect(second).toMatchObject({ status: 'DOWN', router_id: null, port_id: null, port_details: null });
    expect(await refused('PUT', `/floatingips/${second.id}`, { floatingip: { port_id: port.id } })).toMatch(
      '409 FloatingIPPortAlreadyAssociated',
    );
    expect(await refused('PUT', `/routers/${router}/remove_router_interface`, { subnet_id: inner.subnetId })).toMatch(
      '409 RouterInterfaceInUseByFloatingIP',
    );
    expect(await refused('PUT', `/routers/${router}`, { router: { external_gateway_info: {} } })).toMatch(
      '409 RouterExternalGatewayInUseByFloatingIp',
    );
    expect((await call('PUT', `/floatingips/${floating.id}`, { floatingip: { description: 'x' } })).body).toMatchObject({
      floatingip: { port_id: port.id, description: 'x' },
    });
    expect((await call('DELETE', `/ports/${port.id}`)).status).toBe(204);
    expect((await call('GET', `/floatingips/${floating.id}`)).body).toMatchObject({
      floatingip: { status: 'DOWN', port_id: null, router_id: null },
    });
    expect((await call('DELETE', `/floatingips/${floating.id}`)).status).toBe(204);
    expect((await detach(router, { subnet_id: inner.subnetId })).status).toBe(200);
  });
  test('are refused as Neutron refuses them', async () => {
    const inner = await network('10.69.0.0/24');
    const port = await made('port', { network_id: inner.id });
    const attempt = (more: Body, as = 'demo') =>
      refused('POST', '/floatingips', { floatingip: { floating_network_id: external, ...more } }, as);
    expect(await attempt({ port_id: port.id })).toBe(
      `404 ExternalGatewayForFloatingIPNotFound: External network ${external} is not reachable from subnet ${inner.subnetId}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
    );
    expect(await attempt({ fixed_ip_address: '10.69.0.9' })).toBe(
      '400 BadRequest: Bad floatingip request: fixed_ip_address cannot be specified without a port_id.',
    );
    expect(await attempt({ port_id: port.id, fixed_ip_address: '10.69.0.250' })).toBe(
      `400 BadRequest: Bad floatingip request: Port ${port.id} does not have fixed ip 10.69.0.250.`,
    );
    expect(await attempt({ floating_ip_address: '198.18.0.77' })).toMatch('403 PolicyNotAuthorized');
    expect(
      (await call('POST', '/floatingips', { floatingip: { floating_network_id: external, floating_ip_address: '198.18.0.77' } }, 'admin'))
        .status,
    ).toBe(201);
    expect(await attempt({ floating_ip_address: '198.18.0.77' }, 'admin')).toMatch('409 IpAddressAlreadyAllocated: IP address 198.18.0.77');
    expect(await attempt({ floating_network_id: inner.id })).toBe(
      `400 BadRequest: Bad floatingip request: Network ${inner.id} is not a valid external network.`,
    );
    const left = ((await call('GET', '/floatingips?fields=status')).body as { floatingips: readonly Body[] }).floatingips;
    expect(left.every((one) => Object.keys(one).join() === 'status')).toBe(true);
  });
  test('that point nowhere go with their network', async () => {
    const { id } = await made('network', { name: 'outer', 'router:external': true }, 'admin');
    await made('subnet', { network_id: id, ip_version: 4, cidr: '198.51.100.0/24' }, 'admin');
    const floating = await made('floatingip', { floating_network_id: id });
    expect((await call('DELETE', `/networks/${id}`, undefined, 'admin')).status).toBe(204);
    expect(await refused('GET', `/floatingips/${floating.id}`)).toBe(
      `404 FloatingIPNotFound: Floating IP ${floating.id} could not be found`,
    );
  });
  test('of one address asked for at the same moment: one points to it', async () => {
    const [seeded] = ((await call('GET', '/networks?name=private')).body as { networks: readonly { id: string }[] }).networks;
    const port = await made('port', { network_id: seeded?.id });
    const body = { floatingip: { floating_network_id: external, port_id: port.id } };
    const answers = await Promise.all(Array.from({ length: 4 }, () => call('POST', '/floatingips', body)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
  });
});
