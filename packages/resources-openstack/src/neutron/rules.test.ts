/** Which combinations of properties the types of Neutron take, and what they say of those that they do not. */
import { otherDefinitions, type ResourceType } from '@hearth/resource-kit';
import { type GivenProperties, propertyMessages } from '@hearth/resource-kit/testing';
import { describe, expect, test } from 'vitest';
import { openstackTypes } from '../index.ts';

const types = new Map(openstackTypes.map((type) => [type.name, type]));
function named(short: string): ResourceType<never> {
  const type = types.get(`OS::Neutron::${short}`);
  if (type === undefined) throw new Error(`no type ${short}`);
  return type as ResourceType<never>;
}

/** Type, properties, message; null: they are taken. `undefined` values are not known yet. */
type Row = readonly [string, GivenProperties, string | null];
const BOTH = 'Cannot define the following properties at the same time:';
const NONE = 'At least one of the following properties must be specified:';
const NET = { network: 'n' };
const RULE = { security_group: 'g' };
const ON = { router: 'r' };

const places: readonly Row[] = [
  ['Subnet', { ...NET, cidr: '10.0.0.0/24' }, null],
  ['Subnet', NET, `${NONE} subnetpool, cidr.`],
  ['Subnet', { ...NET, cidr: null }, `${NONE} subnetpool, cidr.`],
  ['Subnet', { ...NET, cidr: undefined }, null],
  ['Subnet', { ...NET, subnetpool: 's', cidr: '10.0.0.0/24' }, `${BOTH} subnetpool, cidr.`],
  ['Subnet', { ...NET, subnetpool: null, cidr: '10.0.0.0/24' }, `${BOTH} subnetpool, cidr.`],
  ['Subnet', { ...NET, prefixlen: 24, cidr: '10.0.0.0/24' }, `${BOTH} prefixlen, cidr.`],
  ['Subnet', { ...NET, prefixlen: 0, cidr: '10.0.0.0/24' }, null],
  ['Subnet', { ...NET, cidr: 'c', gateway_ip: 'auto' }, 'Gateway IP address "auto" is in invalid format.'],
  ['Subnet', { ...NET, cidr: 'c', gateway_ip: '~' }, null],
  ['Subnet', { ...NET, cidr: 'c', gateway_ip: null }, null],
  ['Subnet', { ...NET, cidr: 'c', ipv6_ra_mode: 'slaac' }, 'ipv6_ra_mode and ipv6_address_mode are not supported for ipv4.'],
  ['SubnetPool', { prefixes: ['p'], min_prefixlen: 8, default_prefixlen: 24, max_prefixlen: 24 }, null],
  ['SubnetPool', { prefixes: ['p'], min_prefixlen: 8, max_prefixlen: 0 }, null],
  ['SubnetPool', { prefixes: ['p'], min_prefixlen: 8, max_prefixlen: 4 }, 'Illegal prefix bounds: max_prefixlen=4, min_prefixlen=8.'],
  [
    'SubnetPool',
    { prefixes: ['p'], default_prefixlen: 8, max_prefixlen: 4 },
    'Illegal prefix bounds: max_prefixlen=4, default_prefixlen=8.',
  ],
  [
    'SubnetPool',
    { prefixes: ['p'], min_prefixlen: 8, default_prefixlen: 4 },
    'Illegal prefix bounds: min_prefixlen=8, default_prefixlen=4.',
  ],
  ['SubnetPool', { prefixes: ['p'], min_prefixlen: 8, default_prefixlen: undefined }, null],
  ['Net', { value_specs: { extra: 1 } }, null],
  ['Net', { value_specs: { tenant_id: 't', extra: 1, name: 'x' } }, 'name, tenant_id not allowed in value_specs'],
  ['Net', { value_specs: undefined }, null],
  ['Port', { ...NET, value_specs: { name: 'x' } }, null],
  ['Port', { ...NET, fixed_ips: [{ subnet: 's' }], no_fixed_ips: true }, `${BOTH} fixed_ips, no_fixed_ips.`],
  ['Port', { ...NET, fixed_ips: [], no_fixed_ips: true }, null],
  ['Port', { ...NET, replacement_policy: 'AUTO' }, null],
  ['Port', { ...NET, replacement_policy: 'NEVER' }, '"NEVER" is not an allowed value ["REPLACE_ALWAYS", "AUTO"]'],
  ['ProviderNet', { network_type: 'vlan', segmentation_id: '7' }, null],
  ['ProviderNet', { network_type: 'vxlan', segmentation_id: '7' }, 'segmentation_id not allowed for flat network type.'],
  ['Segment', { ...NET, network_type: 'vlan', physical_network: 'p', segmentation_id: 4094 }, null],
  ['Segment', { ...NET, network_type: 'flat' }, 'physical_network is required for flat provider network.'],
  ['Segment', { ...NET, network_type: 'flat', physical_network: undefined }, null],
  ['Segment', { ...NET, network_type: 'vlan', physical_network: 'p' }, 'segmentation_id is required for vlan provider network.'],
  ['Segment', { ...NET, network_type: 'local', segmentation_id: 7 }, 'segmentation_id is prohibited for local provider network.'],
  ['Segment', { ...NET, network_type: 'gre', physical_network: 'p' }, 'physical_network is prohibited for gre provider network.'],
  [
    'Segment',
    { ...NET, network_type: 'vlan', physical_network: 'p', segmentation_id: 4095 },
    'Up to 4094 VLAN network segments can exist on each physical_network.',
  ],
];

const connections: readonly Row[] = [
  ['Router', { l3_agent_id: 'a' }, null],
  ['Router', { l3_agent_id: 'a', l3_agent_ids: ['b'] }, `${BOTH} l3_agent_id, l3_agent_ids.`],
  ['Router', { l3_agent_id: 'a', distributed: true }, `${BOTH} distributed, l3_agent_id/l3_agent_ids.`],
  ['Router', { l3_agent_ids: ['a'], distributed: true }, `${BOTH} distributed, l3_agent_id/l3_agent_ids.`],
  ['Router', { ha: true, distributed: true }, `${BOTH} distributed, ha.`],
  ['Router', { l3_agent_ids: ['a', 'b'] }, 'Non HA routers can only have one L3 agent.'],
  ['Router', { l3_agent_ids: ['a', 'b'], ha: true }, null],
  ['Router', { l3_agent_ids: ['a', 'b'], ha: undefined }, null],
  ['RouterInterface', { ...ON, subnet: 's' }, null],
  ['RouterInterface', ON, `${NONE} subnet, port.`],
  ['RouterInterface', { ...ON, subnet: 's', port: 'p' }, `${BOTH} subnet, port.`],
  ['RouterInterface', { ...ON, subnet: null, port: 'p' }, `${BOTH} subnet, port.`],
  ['RouterInterface', { ...ON, subnet: 's', port: undefined }, null],
  ['RouterGateway', { router_id: 'r', network_id: 'n' }, null],
  ['FloatingIP', { floating_network: 'n', fixed_ip_address: '10.0.0.1' }, 'fixed_ip_address cannot be specified without port_id.'],
  ['FloatingIP', { floating_network: 'n', fixed_ip_address: '10.0.0.1', port_id: undefined }, null],
  ['FloatingIP', { floating_network: 'n', fixed_ip_address: '10.0.0.1', port_id: 'p' }, null],
  ['VPNService', { subnet_id: 's', router_id: 'r' }, null],
  ['VPNService', { subnet_id: 's' }, 'Property router not assigned'],
  ['NetworkGateway', { devices: [{ id: 'd', interface_name: 'i' }] }, null],
  ['NetworkGateway', gateway({ network_id: 'n' }), null],
  ['NetworkGateway', gateway({ ...NET, segmentation_id: 0 }), null],
  ['NetworkGateway', gateway({ ...NET, segmentation_id: 7 }), 'segmentation_id cannot be specified except 0 for using flat'],
  ['NetworkGateway', gateway({ ...NET, segmentation_type: 'vlan' }), 'segmentation_id must be specified for using vlan'],
  ['NetworkGateway', gateway({ ...NET, segmentation_type: 'vlan', segmentation_id: undefined }), null],
];
function gateway(connection: GivenProperties): GivenProperties {
  return { devices: [{ id: 'd', interface_name: 'i' }], connections: [connection] };
}

const traffic: readonly Row[] = [
  ['SecurityGroup', { name: 'default' }, 'Security groups cannot be assigned the name "default".'],
  ['SecurityGroupRule', { ...RULE, remote_group: 'h' }, null],
  ['SecurityGroupRule', { ...RULE, remote_group: 'h', remote_ip_prefix: null }, `${BOTH} remote_group, remote_ip_prefix.`],
  [
    'SecurityGroupRule',
    { ...RULE, port_range_min: 9, port_range_max: 8 },
    'The minimum port number must be less than or equal to the maximum port number.',
  ],
  ['SecurityGroupRule', { ...RULE, port_range_min: 9, port_range_max: 8, protocol: 'icmp' }, null],
  ['Firewall', { firewall_policy_id: 'p', shared: true }, null],
  ['Firewall', { firewall_policy_id: 'p', value_specs: { shared: true } }, 'shared not allowed in value_specs'],
  ['FlowClassifier', { l7_parameters: { url: '/' } }, null],
  ['RBACPolicy', { action: 'access_as_external', object_id: 'o', object_type: 'network', target_tenant: 't' }, null],
  [
    'RBACPolicy',
    { action: 'access_as_external', object_id: 'o', object_type: 'qos_policy', target_tenant: 't' },
    'Invalid action "access_as_external" for object type qos_policy. Valid actions: access_as_shared',
  ],
  ['RBACPolicy', { action: undefined, object_id: 'o', object_type: 'qos_policy', target_tenant: 't' }, null],
  ['Quota', { project: 'p', port: -1 }, null],
  ['Quota', { project: 'p', port: undefined }, null],
  [
    'Quota',
    { project: 'p' },
    `${NONE} floatingip, network, port, rbac_policy, router, security_group, security_group_rule, subnet, subnetpool.`,
  ],
  ['Pool', pool({ type: 'APP_COOKIE', cookie_name: 'c' }), null],
  ['Pool', pool({ type: 'APP_COOKIE' }), 'Property cookie_name is required, when session_persistence type is set to APP_COOKIE.'],
];
function pool(persistence: GivenProperties): GivenProperties {
  return { protocol: 'HTTP', subnet_id: 's', lb_method: 'ROUND_ROBIN', vip: { protocol_port: 80, session_persistence: persistence } };
}

describe.each([
  ['networks', places],
  ['connections', connections],
  ['traffic', traffic],
])('%s', (_name, rows) => {
  test.each(rows)('%s %j', (type, given, message) => {
    expect(propertyMessages(named(type), given)).toEqual(message === null ? [] : [message]);
  });
});

test('a default that is a word, or of another kind, does no harm', () => {
  expect(propertyMessages(named('MeteringRule'), { metering_label_id: 'l', remote_ip_prefix: '10.0.0.0/8' })).toEqual([]);
});

test('a port that is always replaced', () => {
  const { replaces } = named('Port');
  expect([replaces?.({}, { replacement_policy: 'REPLACE_ALWAYS' }), replaces?.({}, { replacement_policy: 'AUTO' })]).toEqual([
    ['replacement_policy'],
    [],
  ]);
});

describe('hidden order', () => {
  const router = { get_resource: 'router' };
  const other = (name: string, type: string, properties: Readonly<Record<string, string | { readonly get_resource: string }>>) => ({
    name,
    type: `OS::Neutron::${type}`,
    properties,
  });
  const others = otherDefinitions([
    other('router', 'Router', {}),
    other('face', 'RouterInterface', { router, subnet: 's' }),
    other('older', 'RouterInterface', { router_id: router, subnet: 't' }),
    other('far', 'RouterInterface', { router: 'elsewhere', subnet: 's' }),
    other('gateway', 'RouterGateway', { router_id: router, network: 'public' }),
    other('subnet', 'Subnet', { network_id: 'public', cidr: '192.0.2.0/24' }),
  ]);
  test.each([
    ['ExtraRoute', { router_id: router }, ['face', 'older', 'gateway']],
    ['ExtraRoute', { router_id: 'elsewhere' }, ['far']],
    ['ExtraRouteSet', { router }, ['face', 'older']],
    ['RouterGateway', { router_id: router, network: 'public' }, ['face', 'older', 'subnet']],
    ['RouterGateway', { router_id: router, network_id: 'public' }, ['face', 'older', 'subnet']],
    ['RouterGateway', { router_id: 'nothing' }, []],
  ])('%s %j', (type, properties, expected) => {
    expect(named(type).alsoRequires?.({ name: 'self', type, properties }, others)).toEqual(expected);
  });
});
