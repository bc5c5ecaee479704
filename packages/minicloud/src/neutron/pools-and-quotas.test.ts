/** Subnet pools, address scopes, RBAC policies and quotas over HTTP on a real database; answers as a real Neutron gave them. */
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
    random: seededRandom('pools'),
    services: [networkService()],
  });
});
afterAll(async () => {
  await cloud.close();
  await place.drop();
});

type Body = Record<string, unknown>;
type Made = Body & { readonly id: string };
const call = (method: string, path: string, body?: unknown, as = 'demo') => cloud.call(as, method, `/network/v2.0${path}`, body);
async function made(path: string, kind: string, values: Body, as = 'demo'): Promise<Made> {
  const answer = await call('POST', path, { [kind]: values }, as);
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
const network = async (as = 'demo'): Promise<string> => (await made('/networks', 'network', { name: 'n' }, as)).id;
const pool = (values: Body, as = 'demo') => made('/subnetpools', 'subnetpool', { name: 'p', ...values }, as);
const subnet = (values: Body) => call('POST', '/subnets', { subnet: { ip_version: 4, ...values } });

describe('subnet pools', () => {
  test('merge their prefixes and give ranges away one after the other', async () => {
    const { id, ...shown } = await pool({ prefixes: ['10.40.0.0/16', '10.41.0.0/16'], default_prefixlen: 26, min_prefixlen: 20 });
    expect(shown).toMatchObject({
      prefixes: ['10.40.0.0/15'],
      default_prefixlen: '26',
      min_prefixlen: '20',
      max_prefixlen: '32',
      ip_version: 4,
    });
    const cidrs = [];
    for (let i = 0; i < 3; i += 1) {
      const answer = await subnet({ network_id: await network(), subnetpool_id: id });
      cidrs.push((answer.body as { subnet: Body }).subnet.cidr);
    }
    expect(cidrs).toEqual(['10.40.0.0/26', '10.40.0.64/26', '10.40.0.128/26']);
    const networkId = await network();
    const attempt = (more: Body) =>
      refused('POST', '/subnets', { subnet: { ip_version: 4, network_id: networkId, subnetpool_id: id, ...more } });
    expect(await attempt({ prefixlen: 18 })).toBe(
      '400 MinPrefixSubnetAllocationError: Unable to allocate subnet with prefix length 18, minimum allowed prefix is 20.',
    );
    expect(await attempt({ cidr: '10.40.0.0/28' })).toBe(
      '500 SubnetAllocationError: Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.',
    );
    expect(await attempt({ ip_version: 6 })).toBe(
      '400 BadRequest: Bad subnets request: Cannot allocate IPv6 subnet from IPv4 subnet pool.',
    );
    expect(await attempt({ use_default_subnetpool: true })).toBe(
      '400 BadRequest: Bad subnets request: subnetpool_id and use_default_subnetpool cannot both be specified.',
    );
    expect(await refused('DELETE', `/subnetpools/${id}`)).toBe(
      '400 SubnetPoolDeleteError: Unable to delete subnet pool: Subnet pool has existing allocations.',
    );
    expect(await refused('PUT', `/subnetpools/${id}`, { subnetpool: { prefixes: ['10.40.0.0/16'] } })).toMatch(
      '400 IllegalSubnetPoolPrefixUpdate',
    );
    expect((await call('PUT', `/subnetpools/${id}/add_prefixes`, { prefixes: ['10.39.0.0/16'] })).body).toEqual({
      prefixes: ['10.39.0.0/16', '10.40.0.0/15'],
    });
  });
  test('give no range twice, however many ask at once', async () => {
    const { id } = await pool({ prefixes: ['10.45.0.0/24'], default_prefixlen: 26 });
    const networks = await Promise.all(Array.from({ length: 6 }, () => network()));
    const answers = await Promise.all(networks.map((network_id) => subnet({ network_id, subnetpool_id: id })));
    const cidrs = answers.flatMap((answer) => (answer.status === 201 ? [(answer.body as { subnet: Body }).subnet.cidr] : []));
    expect(cidrs.sort()).toEqual(['10.45.0.0/26', '10.45.0.128/26', '10.45.0.192/26', '10.45.0.64/26']);
    expect(answers.filter((answer) => answer.status === 500)).toHaveLength(2);
  });
  test.each<[string, Body, string]>([
    ['mixed versions', { prefixes: ['10.0.0.0/8', 'fd00::/48'] }, '400 PrefixVersionMismatch'],
    ['nothing', { prefixes: [] }, '400 EmptySubnetPoolPrefixList'],
    ['no prefix', { prefixes: ['zz'] }, "400 HTTPBadRequest: Invalid input for prefixes. Reason: 'zz' is not a valid IP subnet."],
    [
      'bounds the wrong way round',
      { prefixes: ['10.0.0.0/8'], min_prefixlen: 28, max_prefixlen: 26 },
      '400 IllegalSubnetPoolPrefixBounds: Illegal prefix bounds: min_prefixlen=28, max_prefixlen=26.',
    ],
    [
      'a default outside the bounds',
      { prefixes: ['10.0.0.0/8'], min_prefixlen: 28, default_prefixlen: 26 },
      '400 IllegalSubnetPoolPrefixBounds: Illegal prefix bounds: default_prefixlen=26, min_prefixlen=28.',
    ],
    ['a member sharing it', { prefixes: ['10.0.0.0/8'], shared: true }, '403 PolicyNotAuthorized'],
  ])('are refused: %s', async (_name, values, expected) => {
    expect(await refused('POST', '/subnetpools', { subnetpool: { name: 'p', ...values } })).toMatch(expected);
  });
  test('limit what a project takes, by default for all', async () => {
    const { id } = await pool({ prefixes: ['10.50.0.0/23'], default_quota: 300 });
    expect((await subnet({ network_id: await network(), subnetpool_id: id, prefixlen: 24 })).status).toBe(201);
    expect(
      await refused('POST', '/subnets', { subnet: { ip_version: 4, network_id: await network(), subnetpool_id: id, prefixlen: 24 } }),
    ).toBe('409 SubnetPoolQuotaExceeded: Per-tenant subnet pool prefix quota exceeded.');
  });
  test('one is the default of its IP version', async () => {
    await pool({ prefixes: ['10.70.0.0/16'], is_default: true, shared: true, default_prefixlen: 24 }, 'admin');
    expect(
      await refused('POST', '/subnetpools', { subnetpool: { name: 'q', prefixes: ['10.71.0.0/16'], is_default: true } }, 'admin'),
    ).toMatch('Only one default may exist per IP family.');
    const answer = await subnet({ network_id: await network(), use_default_subnetpool: true });
    expect(answer.body).toMatchObject({ subnet: { cidr: '10.70.0.0/24' } });
  });
});

test('address scopes keep prefixes apart and show on networks', async () => {
  const scope = await made('/address-scopes', 'address_scope', { name: 's', ip_version: 4 });
  const { id } = await pool({ prefixes: ['10.80.0.0/16'], default_prefixlen: 24, address_scope_id: scope.id });
  expect(
    await refused('POST', '/subnetpools', { subnetpool: { name: 'q', prefixes: ['10.80.1.0/24'], address_scope_id: scope.id } }),
  ).toMatch('409 AddressScopePrefixConflict');
  const networkId = await network();
  await subnet({ network_id: networkId, subnetpool_id: id });
  const scopeOf = async () => ((await call('GET', `/networks/${networkId}`)).body as { network: Body }).network.ipv4_address_scope;
  expect(await scopeOf()).toBe(scope.id);
  expect(await refused('DELETE', `/address-scopes/${scope.id}`)).toMatch('409 AddressScopeInUse');
  await call('PUT', `/subnetpools/${id}`, { subnetpool: { address_scope_id: null } });
  expect(await scopeOf()).toBeNull();
  expect((await call('DELETE', `/address-scopes/${scope.id}`)).status).toBe(204);
});

describe('RBAC policies', () => {
  test('open a network to one project, and stay while it is used', async () => {
    const networkId = await network();
    const target = cloud.facts.projectIds.alt_demo as string;
    expect(await refused('GET', `/networks/${networkId}`, undefined, 'alt_demo')).toMatch('404');
    const values = { object_type: 'network', object_id: networkId, action: 'access_as_shared', target_tenant: target };
    const { id } = await made('/rbac-policies', 'rbac_policy', values);
    expect(await refused('POST', '/rbac-policies', { rbac_policy: values })).toBe(
      '409 DuplicateRbacPolicy: An RBAC policy already exists with those values.',
    );
    expect((await call('GET', `/networks/${networkId}`, undefined, 'alt_demo')).body).toMatchObject({ network: { shared: true } });
    expect((await call('GET', `/networks/${networkId}`)).body).toMatchObject({ network: { shared: false } });
    const port = await made('/ports', 'port', { network_id: networkId }, 'alt_demo');
    expect(await refused('DELETE', `/rbac-policies/${id}`)).toMatch('409 RbacPolicyInUse');
    await call('DELETE', `/ports/${port.id}`, undefined, 'alt_demo');
    expect((await call('DELETE', `/rbac-policies/${id}`)).status).toBe(204);
    expect(await refused('GET', `/networks/${networkId}`, undefined, 'alt_demo')).toMatch('404');
  });
  test('what is open to all has one, and members make none for all', async () => {
    const { rbac_policies: all } = (await call('GET', '/rbac-policies', undefined, 'admin')).body as { rbac_policies: readonly Body[] };
    expect(all).toMatchObject([{ action: 'access_as_external', target_tenant: '*' }]);
    const values = { object_type: 'network', object_id: await network(), action: 'access_as_shared', target_tenant: '*' };
    expect(await refused('POST', '/rbac-policies', { rbac_policy: values })).toMatch(
      '403 PolicyNotAuthorized: ((((rule:create_rbac_policy and',
    );
    expect(await refused('POST', '/rbac-policies', { rbac_policy: { ...values, target_tenant: 'x', action: 'bogus' } })).toBe(
      "400 InvalidActionForType: Invalid action 'bogus' for object type 'network'. Valid actions: ('access_as_shared', 'access_as_external')",
    );
  });
});

describe('quotas', () => {
  test('hold, also when many ask at once, and are forgotten by deletion', async () => {
    const project = cloud.facts.projectIds.alt_demo as string;
    const set = (quota: Body, as = 'admin') => refused('PUT', `/quotas/${project}`, { quota }, as);
    expect(await set({ network: 1 }, 'alt_demo')).toBe('403 PolicyNotAuthorized: rule:update_quota is disallowed by policy');
    expect(await set({ network: -5 })).toBe(
      "400 HTTPBadRequest: Invalid input for network. Reason: '-5' is too small - must be at least '-1'.",
    );
    expect(await set({ network: 'x' })).toBe("400 InvalidInput: Invalid input for operation: 'x' is not an integer.");
    expect(await set({ bogus: 1 })).toBe("400 HTTPBadRequest: Unrecognized attribute(s) 'bogus'");
    expect(await set({ network: 2, security_group: 1 })).toMatch('200');
    const answers = await Promise.all(Array.from({ length: 5 }, () => call('POST', '/networks', { network: { name: 'q' } }, 'alt_demo')));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 409, 409, 409]);
    expect(await refused('POST', '/networks', { network: { name: 'q' } }, 'alt_demo')).toBe(
      "409 OverQuota: Quota exceeded for resources: ['network'].",
    );
    expect(await refused('POST', '/security-groups', { security_group: { name: 'q' } }, 'alt_demo')).toMatch(
      "resources: ['security_group'].",
    );
    expect((await call('GET', `/quotas/${project}/details.json`, undefined, 'alt_demo')).body).toMatchObject({
      quota: { network: { limit: 2, used: 2, reserved: 0 }, router: { limit: -1, used: 0, reserved: 0 } },
    });
    expect((await call('DELETE', `/quotas/${project}`, undefined, 'admin')).status).toBe(204);
    expect(await refused('DELETE', `/quotas/${project}`, undefined, 'admin')).toBe(
      `404 TenantQuotaNotFound: Quota for tenant ${project} could not be found.`,
    );
    expect((await call('POST', '/networks', { network: { name: 'q' } }, 'alt_demo')).status).toBe(201);
  });
});

test('what is not offered is not found, in Neutron words', async () => {
  for (const path of ['/bogus', '/trunks', '/qos/policies', '/networks/abc/xyz'])
    expect(await refused('GET', path)).toBe('404 HTTPNotFound: The resource could not be found.');
  expect(await refused('GET', '/routers?bogus=1')).toBe("400 HTTPBadRequest: ['bogus'] is invalid attribute for filtering");
  expect(await refused('GET', '/routers?status=ACTIVE')).toBe("400 HTTPBadRequest: ['status'] is invalid attribute for filtering");
});
