/** The network service over HTTP on a real database: address rules, refusals, isolation, filters, concurrency. Answers as a real Neutron gave them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom, testDatabase, virtualTimers, type TestDatabase } from '@hearth/testkit';
import { minicloudMigrations } from '../migrations-folder.ts';
import { startTestCloud, type TestCloud } from '../testing/index.ts';
import { networkService } from './service.ts';

let place: TestDatabase;
let cloud: TestCloud;
beforeAll(async () => {
  place = await testDatabase({ migrations: [minicloudMigrations()], poolSize: 10 });
  cloud = await startTestCloud({
    database: place.database,
    timers: virtualTimers(1_800_000_000_000),
    random: seededRandom('network'),
    services: [networkService()],
  });
});
afterAll(async () => {
  await cloud.close();
  await place.drop();
});

type Body = Record<string, unknown>;
interface Fault {
  readonly NeutronError: { readonly type: string; readonly message: string };
}
const call = (method: string, path: string, body?: unknown, as = 'demo') => cloud.call(as, method, `/network/v2.0${path}`, body);
async function made(kind: string, values: Body, as = 'demo'): Promise<Body & { id: string }> {
  const answer = await call('POST', `/${kind}s`, { [kind]: values }, as);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 });
  return (answer.body as Record<string, Body & { id: string }>)[kind] as Body & { id: string };
}
async function refused(method: string, path: string, body: unknown, as = 'demo'): Promise<string> {
  const answer = await call(method, path, body, as);
  const { type, message } = (answer.body as Fault).NeutronError;
  return `${answer.status} ${type}: ${message}`;
}
const network = (name = 'n'): Promise<Body & { id: string }> => made('network', { name });
const subnet = (networkId: string, cidr: string, more: Body = {}) =>
  made('subnet', { network_id: networkId, ip_version: cidr.includes(':') ? 6 : 4, cidr, ...more });
const port = (networkId: string, more: Body = {}) => made('port', { network_id: networkId, ...more });
const addresses = (one: Body): readonly string[] => (one.fixed_ips as readonly { ip_address: string }[]).map((ip) => ip.ip_address);

describe('subnets', () => {
  test('compute gateway and pools, and cut host bits off', async () => {
    const { id } = await network();
    expect(await subnet(id, '10.77.0.1/29')).toMatchObject({
      cidr: '10.77.0.0/29',
      gateway_ip: '10.77.0.1',
      allocation_pools: [{ start: '10.77.0.2', end: '10.77.0.6' }],
    });
    expect(await subnet(id, '10.80.0.0/28', { gateway_ip: null })).toMatchObject({
      gateway_ip: null,
      allocation_pools: [{ start: '10.80.0.1', end: '10.80.0.14' }],
    });
    const slaac = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
    expect(await subnet(id, 'fd00:1::/64', slaac)).toMatchObject({
      gateway_ip: 'fd00:1::',
      allocation_pools: [{ start: 'fd00:1::1', end: 'fd00:1::ffff:ffff:ffff:ffff' }],
    });
  });
  test('are refused as Neutron refuses them, changing nothing', async () => {
    const { id } = await network();
    await subnet(id, '10.77.0.0/24');
    const attempt = (more: Body) => refused('POST', '/subnets', { subnet: { network_id: id, ip_version: 4, ...more } });
    expect(await attempt({ cidr: '10.77.0.0/28' })).toBe(
      `400 InvalidInput: Invalid input for operation: Requested subnet with cidr: 10.77.0.0/28 for network: ${id} overlaps with another subnet.`,
    );
    expect(await attempt({ cidr: '10.78.0.0/33' })).toBe(
      '400 InvalidInput: Invalid input for operation: 10.78.0.0/33 is not in a CIDR format.',
    );
    expect(await attempt({ cidr: '10.78.0.0/28', ip_version: 6 })).toBe(
      "400 InvalidInput: Invalid input for operation: cidr '10.78.0.0/28' does not match the ip_version '6'.",
    );
    expect(await attempt({})).toMatch('400 BadRequest: Bad subnets request: a subnetpool must be specified in the absence of a cidr.');
    const pools = (...ranges: readonly (readonly [string, string])[]) => ({
      cidr: '10.80.0.0/28',
      allocation_pools: ranges.map(([start, end]) => ({ start, end })),
    });
    expect(await attempt({ ...pools(['10.80.0.2', '10.80.0.9']), gateway_ip: '10.80.0.3' })).toBe(
      '409 GatewayConflictWithAllocationPools: Gateway ip 10.80.0.3 conflicts with allocation pool 10.80.0.2-10.80.0.9.',
    );
    expect(await attempt(pools(['10.80.0.2', '10.80.0.19']))).toMatch(
      '400 OutOfBoundsAllocationPool: The allocation pool 10.80.0.2-10.80.0.19 spans beyond',
    );
    expect(await attempt(pools(['10.80.0.2', '10.80.0.6'], ['10.80.0.5', '10.80.0.9']))).toMatch('409 OverlappingAllocationPools');
    expect(await attempt(pools(['10.80.0.9', '10.80.0.6']))).toMatch('400 InvalidAllocationPool');
    expect(await attempt({ cidr: '10.80.0.0/28', dns_nameservers: ['x'] })).toMatch(
      "400 HTTPBadRequest: Invalid input for dns_nameservers. Reason: 'x' is not a valid nameserver.",
    );
    expect((await call('GET', `/subnets?network_id=${id}`)).body).toMatchObject({ subnets: [{ cidr: '10.77.0.0/24' }] });
  });
  test('that overlap cannot both be made at the same moment', async () => {
    const { id } = await network();
    const body = { subnet: { network_id: id, ip_version: 4, cidr: '10.90.0.0/24' } };
    const statuses = (await Promise.all(Array.from({ length: 6 }, () => call('POST', '/subnets', body)))).map((answer) => answer.status);
    expect(statuses.sort()).toEqual([201, 400, 400, 400, 400, 400]);
  });
});

describe('ports', () => {
  test('get an address of each version, and SLAAC ones by their MAC', async () => {
    const { id } = await network();
    await subnet(id, '10.1.0.0/24');
    await subnet(id, 'fd00:2::/64', { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' });
    const one = await port(id, { mac_address: 'fa:16:3e:47:7d:65' });
    expect(addresses(one)[0]).toMatch(/^10\.1\.0\.\d+$/);
    expect(addresses(one)[1]).toBe('fd00:2::f816:3eff:fe47:7d65');
    expect(one).toMatchObject({ status: 'DOWN', device_id: '', port_security_enabled: true, 'binding:vnic_type': 'normal' });
    expect(one).not.toHaveProperty('binding:host_id');
    expect(one.security_groups).toHaveLength(1);
  });
  test('are refused as Neutron refuses them', async () => {
    const { id } = await network();
    const { id: subnetId } = await subnet(id, '10.77.0.0/29');
    await port(id, { fixed_ips: [{ ip_address: '10.77.0.4' }], mac_address: 'fa:16:3e:00:00:01' });
    const attempt = (more: Body) => refused('POST', '/ports', { port: { network_id: id, ...more } });
    expect(await attempt({ fixed_ips: [{ ip_address: '10.77.0.4' }] })).toBe(
      `409 IpAddressAlreadyAllocated: IP address 10.77.0.4 already allocated in subnet ${subnetId}`,
    );
    expect(await attempt({ mac_address: 'fa:16:3e:00:00:01' })).toMatch('409 MacAddressInUse');
    expect(await attempt({ fixed_ips: [{ ip_address: '10.99.0.4' }] })).toMatch('400 InvalidIpForNetwork');
    expect(await attempt({ fixed_ips: [{ subnet_id: subnetId, ip_address: '10.77.0.7' }] })).toMatch('400 InvalidIpForSubnet');
    expect(await attempt({ fixed_ips: [{ subnet_id: subnetId, ip_address: 'zz' }] })).toBe(
      "400 HTTPBadRequest: Invalid input for fixed_ips. Reason: 'zz' is not a valid IP address.",
    );
    expect(await attempt({ fixed_ips: [{ subnet_id: '00000000-0000-0000-0000-000000000000' }] })).toMatch('404 SubnetNotFound');
    expect(await attempt({ security_groups: ['00000000-0000-0000-0000-000000000000'] })).toMatch('404 SecurityGroupNotFound');
    expect(await attempt({ 'binding:host_id': 'h' })).toBe(
      '403 PolicyNotAuthorized: (rule:create_port and rule:create_port:binding:host_id) is disallowed by policy',
    );
    expect(await attempt({ bogus: 1 })).toBe("400 HTTPBadRequest: Unrecognized attribute(s) 'bogus'");
    expect(await refused('POST', '/ports', { port: {} })).toMatch("Required attribute 'network_id' not specified");
  });
  test('take every address of the pool, then 409, and what is freed is given again', async () => {
    const { id } = await network();
    await subnet(id, '10.3.0.0/29');
    const ports = [];
    for (let i = 0; i < 5; i += 1) ports.push(await port(id));
    expect(ports.flatMap(addresses).sort()).toEqual(['10.3.0.2', '10.3.0.3', '10.3.0.4', '10.3.0.5', '10.3.0.6']);
    expect(await refused('POST', '/ports', { port: { network_id: id } })).toBe(
      `409 IpAddressGenerationFailure: No more IP addresses available on network ${id}.`,
    );
    expect((await call('DELETE', `/ports/${ports[2]?.id}`)).status).toBe(204);
    expect(addresses(await port(id))).toEqual(addresses(ports[2] as Body));
  });
  test('made at the same moment never share an address, and exactly as many succeed as there are addresses', async () => {
    const { id } = await network();
    await subnet(id, '10.4.0.0/27');
    const answers = await Promise.all(Array.from({ length: 40 }, () => call('POST', '/ports', { port: { network_id: id } })));
    const good = answers.filter((answer) => answer.status === 201);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(40 - 29);
    expect(new Set(good.flatMap((answer) => addresses((answer.body as { port: Body }).port))).size).toBe(29);
  });
  test('change addresses, and free the old ones', async () => {
    const { id } = await network();
    const first = await subnet(id, '10.5.0.0/29');
    const second = await subnet(id, '10.6.0.0/29');
    const one = await port(id, { fixed_ips: [{ subnet_id: first.id, ip_address: '10.5.0.3' }] });
    const changed = await call('PUT', `/ports/${one.id}`, {
      port: { name: 'x', fixed_ips: [{ subnet_id: second.id }, { ip_address: '10.5.0.4' }] },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { port: { name: 'x', fixed_ips: [{ subnet_id: second.id }, { ip_address: '10.5.0.4' }] } },
    });
    await port(id, { fixed_ips: [{ ip_address: '10.5.0.3' }] });
    expect(await refused('PUT', `/ports/${one.id}`, { port: { fixed_ips: [{ ip_address: '10.5.0.3' }] } })).toMatch(
      '409 IpAddressAlreadyAllocated',
    );
    expect((await call('GET', `/ports/${one.id}`)).body).toMatchObject({
      port: { fixed_ips: [{ subnet_id: second.id }, { ip_address: '10.5.0.4' }] },
    });
  });
});

describe('deletion', () => {
  test('is refused while something is used, and frees everything when not', async () => {
    const { id } = await network();
    const { id: subnetId } = await subnet(id, '10.7.0.0/29');
    const { id: portId } = await port(id);
    expect(await refused('DELETE', `/networks/${id}`, undefined)).toBe(
      `409 NetworkInUse: Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${portId}.`,
    );
    expect(await refused('DELETE', `/subnets/${subnetId}`, undefined)).toBe(
      `409 SubnetInUse: Unable to complete operation on subnet ${subnetId}: One or more ports have an IP allocation from this subnet.`,
    );
    expect((await call('DELETE', `/ports/${portId}`)).status).toBe(204);
    expect((await call('DELETE', `/networks/${id}`)).status).toBe(204);
    expect(await refused('GET', `/subnets/${subnetId}`, undefined)).toBe(`404 SubnetNotFound: Subnet ${subnetId} could not be found.`);
    expect(await refused('DELETE', `/networks/${id}`, undefined)).toBe(`404 NetworkNotFound: Network ${id} could not be found.`);
  });
  test('of a network and creation of its ports at the same moment leave no port without a network', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await network();
      await subnet(id, '10.8.0.0/24');
      const answers = await Promise.all([
        ...Array.from({ length: 4 }, () => call('POST', '/ports', { port: { network_id: id } })),
        call('DELETE', `/networks/${id}`),
      ]);
      const isThere = (await call('GET', `/networks/${id}`)).status === 200;
      const ports = ((await call('GET', `/ports?network_id=${id}`)).body as { ports: readonly unknown[] }).ports;
      expect(ports).toHaveLength(isThere ? answers.filter((answer) => answer.status === 201).length : 0);
    }
  });
});

describe('projects', () => {
  test('do not see each other, but shared and external networks', async () => {
    const own = await network('own');
    const shared = await made('network', { name: 'for-all', shared: true }, 'admin');
    await made('subnet', { network_id: shared.id, ip_version: 4, cidr: '10.9.0.0/24' }, 'admin');
    expect(await refused('GET', `/networks/${own.id}`, undefined, 'alt_demo')).toMatch('404 NetworkNotFound');
    expect(await refused('POST', '/ports', { port: { network_id: own.id } }, 'alt_demo')).toMatch('404 NetworkNotFound');
    const seen = ((await call('GET', '/networks', undefined, 'alt_demo')).body as { networks: readonly { name: string }[] }).networks.map(
      (one) => one.name,
    );
    expect(seen.sort()).toEqual(['for-all', 'public']);
    expect(await made('port', { network_id: shared.id }, 'alt_demo')).toHaveProperty('id');
    expect(await refused('DELETE', `/networks/${shared.id}`, undefined)).toBe(
      '403 PolicyNotAuthorized: rule:delete_network is disallowed by policy',
    );
  });
  test('may not give what is for administrators', async () => {
    const attempt = (more: Body) => refused('POST', '/networks', { network: { name: 'x', ...more } });
    for (const name of ['shared', 'router:external'])
      expect(await attempt({ [name]: true })).toBe(
        `403 PolicyNotAuthorized: (rule:create_network and rule:create_network:${name}) is disallowed by policy`,
      );
    expect(await attempt({ 'provider:network_type': 'vxlan' })).toMatch('403 PolicyNotAuthorized');
    expect(await attempt({ tenant_id: 'someone-else' })).toMatch("400 HTTPBadRequest: Specifying 'project_id' or 'tenant_id' other than");
    const [external] = ((await call('GET', '/networks?name=public')).body as { networks: readonly { id: string }[] }).networks;
    expect(await refused('POST', '/ports', { port: { network_id: external?.id } })).toMatch('403 HTTPForbidden');
  });
});

describe('lists', () => {
  test('filter, sort, page and select fields', async () => {
    const { id } = await network('listed');
    const { id: subnetId } = await subnet(id, '10.11.0.0/24');
    for (const name of ['c', 'a', 'b']) await port(id, { name, ...(name === 'a' ? { fixed_ips: [{ ip_address: '10.11.0.77' }] } : {}) });
    const names = async (query: string) =>
      ((await call('GET', `/ports?network_id=${id}&${query}`)).body as { ports: readonly { name: string }[] }).ports.map((one) => one.name);
    expect(await names('sort_key=name&sort_dir=desc')).toEqual(['c', 'b', 'a']);
    expect(await names('name=a&name=b&sort_key=name&sort_dir=asc')).toEqual(['a', 'b']);
    expect(await names('fixed_ips=ip_address%3D10.11.0.77')).toEqual(['a']);
    expect(await names(`fixed_ips=subnet_id%3D${subnetId}&status=DOWN&sort_key=name&sort_dir=asc`)).toEqual(['a', 'b', 'c']);
    expect(await names('status=ACTIVE')).toEqual([]);
    const page = (await call('GET', `/ports?network_id=${id}&sort_key=name&sort_dir=asc&limit=2&fields=name`)).body as {
      ports: unknown;
      ports_links: readonly { rel: string; href: string }[];
    };
    expect(page.ports).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect((await call('GET', '/networks?bogus=1')).status).toBe(400);
  });
  test('find by tags', async () => {
    const { id } = await network('tagged');
    expect((await call('PUT', `/networks/${id}/tags`, { tags: ['red', 'blue'] })).body).toEqual({ tags: ['red', 'blue'] });
    expect((await call('PUT', `/networks/${id}/tags/green`)).status).toBe(201);
    expect((await call('DELETE', `/networks/${id}/tags/blue`)).status).toBe(204);
    expect(await refused('DELETE', `/networks/${id}/tags/blue`, undefined)).toBe('404 TagNotFound: Tag blue could not be found.');
    expect((await call('GET', '/networks?tags=red,green&fields=name')).body).toEqual({ networks: [{ name: 'tagged' }] });
  });
});

describe('security groups', () => {
  test('a project has one default group however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('GET', '/security-groups?name=default', undefined, 'alt_demo')));
    const ids = answers.flatMap(
      (answer) => (answer.body as { security_groups: readonly { id: string; security_group_rules: readonly unknown[] }[] }).security_groups,
    );
    expect(new Set(ids.map((group) => group.id)).size).toBe(1);
    expect(ids[0]?.security_group_rules).toHaveLength(4);
  });
  test('rules are checked, and a group in use stays', async () => {
    const group = (await call('POST', '/security-groups', { security_group: { name: 'web' } })).body as { security_group: { id: string } };
    const { id } = group.security_group;
    const rule = (more: Body) => ({
      security_group_rule: {
        security_group_id: id,
        direction: 'ingress',
        protocol: 'tcp',
        port_range_min: 80,
        port_range_max: 80,
        ...more,
      },
    });
    expect((await call('POST', '/security-group-rules', rule({}))).status).toBe(201);
    expect(await refused('POST', '/security-group-rules', rule({}))).toMatch('409 SecurityGroupRuleExists');
    expect(await refused('POST', '/security-group-rules', rule({ port_range_min: 90 }))).toMatch('400 SecurityGroupInvalidPortRange');
    expect(await refused('POST', '/security-group-rules', rule({ remote_ip_prefix: 'nowhere' }))).toMatch('400 InvalidCIDR');
    const { id: networkId } = await network();
    const user = await port(networkId, { security_groups: [id] });
    expect(await refused('DELETE', `/security-groups/${id}`, undefined)).toBe(`409 SecurityGroupInUse: Security Group ${id} in use.`);
    await call('DELETE', `/ports/${user.id}`);
    expect((await call('DELETE', `/security-groups/${id}`)).status).toBe(204);
  });
});

test('discovery needs no token, everything else does', async () => {
  expect(await cloud.call(null, 'GET', '/network/')).toMatchObject({
    status: 200,
    body: { versions: [{ id: 'v2.0', status: 'CURRENT' }] },
  });
  expect((await cloud.call(null, 'GET', '/network/v2.0/networks')).status).toBe(401);
});
