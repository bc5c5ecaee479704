/** `OS::Neutron::Net`: a network. */
import type { Cloud } from '@hearth/cloud-openstack';
import type { Json, JsonObject } from '@hearth/kernel';
import { a, c, done, ofGiven, p, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { extended, named, tagged } from './common-properties.ts';
import { created, findMarked, given, newItem, picked, settled } from './family.ts';
import { specsProblems } from './value-specs.ts';
import { idOfGiven, liveItem, shownItem } from './live.ts';

const properties = {
  name: named.name,
  ...extended,
  admin_state_up: p.boolean('Whether the network forwards packets.', { default: true, updatable: true }),
  tenant_id: p.string('The project that will own the network; for administrators.'),
  shared: p.boolean('Whether all projects may use it; for administrators.', { default: false, updatable: true }),
  dhcp_agent_ids: p.list('Ids of the DHCP agents that serve the network; for administrators.', { updatable: true }),
  port_security_enabled: p.boolean('Whether new ports filter packets unless they say otherwise.', { updatable: true }),
  qos_policy: p.string('Name or id of the QoS policy.', { updatable: true, constraints: [c.custom('neutron.qos_policy')] }),
  dns_domain: p.string('The DNS domain of its ports, with a dot at the end.', { updatable: true, constraints: [c.custom('dns_domain')] }),
  availability_zone_hints: p.list('Availability zones that the network should be in.'),
  ...tagged,
};

export const net = openstackType({
  name: 'OS::Neutron::Net',
  doc: 'A virtual network of its own; subnets give it addresses.',
  service: 'neutron',
  properties,
  attributes: {
    status: a.as('string')('What state the network is in.', { cache: 'live' }),
    name: a.as('string')('The name.'),
    subnets: a.as('list')('Ids of its subnets.', { cache: 'live' }),
    admin_state_up: a.as('string')('Whether it forwards packets.'),
    tenant_id: a.as('string')('The project that owns it.'),
    port_security_enabled: a.as('boolean')('Whether new ports filter packets.'),
    mtu: a.as('integer')('Largest packet, in bytes.'),
    qos_policy_id: a.as('string')('Id of its QoS policy.'),
    l2_adjacency: a.as('boolean')('Whether all its ports share one layer 2 segment.'),
    segments: a.as('list')('Its segments.'),
  },
  examples: [
    { name: 'defaults', props: {}, updates: [{ admin_state_up: false }, { name: 'renamed' }], replacedBy: { tenant_id: 'other' } },
    { name: 'named and described', props: { name: 'contract-net', value_specs: { description: 'of the contract' } } },
    { name: 'named and tagged', props: { name: 'contract-net', tags: ['blue', 'green'] }, updates: [{ tags: ['red'] }] },
  ],
  validate: ({ value_specs: specs }) => specsProblems(specs, properties),
  find: (call) => findMarked(call, 'network'),
  async create(call) {
    const { cloud, props } = call;
    const fields = {
      ...(await fieldsOf(cloud, props)),
      tenant_id: props.tenant_id,
      availability_zone_hints: props.availability_zone_hints,
    };
    const network = await cloud.neutron.create('network', newItem(call, fields));
    return created(call, 'network', network, (props.dhcp_agent_ids ?? []).length > 0);
  },
  async checkCreate(live) {
    const { cloud, physicalId, props } = live;
    const progress = await settled(live, 'network');
    if (progress.kind === 'done' && props.dhcp_agent_ids !== null) await serveBy(cloud, physicalId, props.dhcp_agent_ids);
    return progress;
  },
  async update({ cloud, physicalId, physicalName, changed }) {
    const { tags, dhcp_agent_ids, value_specs, name, ...rest } = changed;
    const body = {
      ...given(await fieldsOf(cloud, rest)),
      ...('qos_policy' in changed && (changed.qos_policy === null || changed.qos_policy === '') && { qos_policy_id: null }),
      ...(changed.dns_domain === null && { dns_domain: '' }),
      ...(name !== undefined && { name: nameOr(name, physicalName) }),
      ...value_specs,
    };
    if (Object.keys(body).length > 0) await cloud.neutron.update('network', physicalId, body);
    if (tags !== undefined) await cloud.neutron.setTags('network', physicalId, tags ?? []);
    if (dhcp_agent_ids !== undefined && dhcp_agent_ids !== null) await serveBy(cloud, physicalId, dhcp_agent_ids);
    return done();
  },
  async delete({ cloud, physicalId }) {
    await cloud.neutron.delete('network', physicalId);
    return done();
  },
  withIds: async ({ cloud, props }) => ({ qos_policy: await idOfGiven(cloud, 'qos_policy', props.qos_policy) }),
  liveProperties(seen) {
    const { props } = seen;
    const item = shownItem(seen.observed);
    return {
      ...liveItem(seen, ['admin_state_up', 'shared', 'port_security_enabled', 'dns_domain']),
      ...ofGiven(props, { qos_policy: props.qos_policy === '' ? (item.qos_policy_id ?? '') : item.qos_policy_id }),
    };
  },
  async observe({ cloud, physicalId }) {
    const network = await cloud.neutron.get('network', physicalId);
    return network === null ? null : { ...picked(network, ATTRIBUTES), show: network };
  },
});

const ATTRIBUTES = [
  'status',
  'name',
  'subnets',
  'admin_state_up',
  'tenant_id',
  'port_security_enabled',
  'mtu',
  'qos_policy_id',
  'l2_adjacency',
  'segments',
] as const;

interface Fields {
  readonly admin_state_up?: boolean | null;
  readonly shared?: boolean | null;
  readonly port_security_enabled?: boolean | null;
  readonly qos_policy?: string | null;
  readonly dns_domain?: string | null;
}

async function fieldsOf(cloud: Cloud, props: Fields): Promise<JsonObject> {
  const policy = props.qos_policy ?? '';
  return given({
    admin_state_up: props.admin_state_up,
    shared: props.shared,
    port_security_enabled: props.port_security_enabled,
    qos_policy_id: policy === '' ? null : await cloud.neutron.idOf('qos_policy', policy),
    dns_domain: props.dns_domain,
  });
}

async function serveBy(cloud: Cloud, networkId: string, wanted: readonly Json[]): Promise<void> {
  const present = await cloud.neutron.dhcpAgents(networkId);
  for (const agent of present) if (!wanted.includes(agent)) await cloud.neutron.setDhcpAgent(networkId, agent, false);
  for (const agent of wanted) if (!present.includes(String(agent))) await cloud.neutron.setDhcpAgent(networkId, String(agent), true);
}
