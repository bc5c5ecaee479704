/** `OS::Neutron::Port`: a place to plug something into a network, with its addresses. */
import type { Cloud } from '@hearth/cloud-openstack';
import { isJsonArray, type Json, type JsonObject } from '@hearth/kernel';
import { a, c, done, inAnyOrder, ofGiven, p, conflict, isSet, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { extended, named, tagged } from './common-properties.ts';
import { created, findMarked, given, newItem, picked, securityGroupIds, settled } from './family.ts';
import { giveAddresses, keepAddresses, takeAddresses } from './port-hand-over.ts';
import { subnetsOf } from './subnets-first.ts';
import { addressesWithIds, idOfGiven, idsOfGiven, liveAddresses, liveItem, livePairs, shownItem } from './live.ts';

export const VNIC_TYPES = ['normal', 'direct', 'macvtap', 'direct-physical', 'baremetal', 'virtio-forwarder', 'smart-nic'] as const;

export const port = openstackType({
  name: 'OS::Neutron::Port',
  doc: 'A port of a network: addresses, security groups and the device that uses it.',
  service: 'neutron',
  properties: {
    name: named.name,
    network: p.string('Name or id of the network.', {
      required: true,
      constraints: [c.custom('neutron.network')],
      translatedFrom: ['network_id'],
    }),
    device_id: p.string('Id of the device that uses the port.', { default: '', updatable: true }),
    device_owner: p.string('What kind of device uses the port, such as network:router_interface.', { default: '', updatable: true }),
    fixed_ips: p.listOf(
      p.mapOf({
        subnet_id: p.string('Older name of `subnet`.', { constraints: [c.custom('neutron.subnet')] }),
        subnet: p.string('Name or id of the subnet.', { constraints: [c.custom('neutron.subnet')], translatedFrom: ['subnet_id'] }),
        ip_address: p.string('The address.', { constraints: [c.custom('ip_addr')] }),
      })(''),
    )('The addresses wanted, or the subnets to take them from.', { updatable: true }),
    security_groups: p.list('Names or ids of security groups.', { updatable: true }),
    no_fixed_ips: p.boolean('The port gets no address at all.', { default: false, updatable: true }),
    ...extended,
    admin_state_up: p.boolean('Whether the port forwards packets.', { default: true, updatable: true }),
    mac_address: p.string('The MAC address; Neutron chooses one if there is none.', { constraints: [c.custom('mac_addr')] }),
    allowed_address_pairs: p.listOf(
      p.mapOf({
        mac_address: p.string("A MAC address; the port's own if there is none.", { constraints: [c.custom('mac_addr')] }),
        ip_address: p.string('An address or a range.', { required: true, constraints: [c.custom('ip_or_cidr')] }),
      })(''),
    )('Further addresses that the device may use as sender.', { updatable: true }),
    'binding:vnic_type': p.string('What kind of virtual card is plugged in.', {
      default: 'normal',
      updatable: true,
      constraints: [c.oneOf(...VNIC_TYPES)],
    }),
    port_security_enabled: p.boolean('Whether the port filters packets; as the network says, unless given.', { updatable: true }),
    qos_policy: p.string('Name or id of the QoS policy.', { updatable: true, constraints: [c.custom('neutron.qos_policy')] }),
    replacement_policy: p.string('REPLACE_ALWAYS makes a new port for every change of it.', {
      default: 'AUTO',
      updatable: true,
      constraints: [c.oneOf('REPLACE_ALWAYS', 'AUTO')],
      support: { status: 'HIDDEN' },
    }),
    dns_name: p.string('The host name for DNS.', { updatable: true, constraints: [c.custom('dns_name')] }),
    propagate_uplink_status: p.boolean('Whether the link state of the physical card shows in the port.', { updatable: true }),
    ...tagged,
  },
  attributes: {
    admin_state_up: a.as('string')('Whether it forwards packets.'),
    device_id: a.as('string')('Id of the device that uses it.', { cache: 'live' }),
    device_owner: a.as('string')('What kind of device uses it.', { cache: 'live' }),
    fixed_ips: a.as('list')('Its addresses, each with its subnet.'),
    mac_address: a.as('string')('The MAC address.'),
    name: a.as('string')('The name.'),
    network_id: a.as('string')('Id of its network.'),
    security_groups: a.as('list')('Ids of its security groups.'),
    status: a.as('string')('What state it is in.', { cache: 'live' }),
    tenant_id: a.as('string')('The project that owns it.'),
    allowed_address_pairs: a.as('list')('Further addresses that may be used as sender.'),
    subnets: a.as('list')('The subnets of its addresses, whole.'),
    network: a.as('map')('Its network, whole.'),
    port_security_enabled: a.as('boolean')('Whether it filters packets.'),
    qos_policy_id: a.as('string')('Id of its QoS policy.'),
    dns_assignment: a.as('map')('Its DNS names.'),
    propagate_uplink_status: a.as('boolean')('Whether the link state of the physical card shows.'),
  },
  examples: [
    {
      name: 'on the private network',
      props: { network: 'private' },
      updates: [{ admin_state_up: false }, { allowed_address_pairs: [{ ip_address: '10.10.9.0/24' }] }, { name: 'renamed' }],
      replacedBy: { mac_address: 'fa:16:3e:00:00:99' },
    },
    {
      name: 'named, with a subnet',
      props: { name: 'contract-port', network: 'private', fixed_ips: [{ subnet: 'private-subnet' }], tags: ['blue'] },
      updates: [{ tags: ['red'] }],
    },
    { name: 'without addresses', props: { network: 'private', no_fixed_ips: true } },
  ],
  validate: ({ fixed_ips, no_fixed_ips }) =>
    no_fixed_ips === true && fixed_ips !== undefined && (fixed_ips?.length ?? 0) > 0 ? [conflict('fixed_ips', 'no_fixed_ips')] : [],
  replaces: (_before, after) => (after.replacement_policy === 'REPLACE_ALWAYS' ? ['replacement_policy'] : []),
  alsoRequires: (self, others) => subnetsOf([self.properties.network ?? self.properties.network_id], others),
  find: (call) => findMarked(call, 'port'),
  async create(call) {
    const { cloud, props } = call;
    const body = {
      network_id: await cloud.neutron.idOf('network', props.network),
      mac_address: props.mac_address === '' ? null : props.mac_address,
      ...(await fieldsOf(cloud, props)),
      ...(props.no_fixed_ips && { fixed_ips: [] }),
    };
    return created(call, 'port', await cloud.neutron.create('port', newItem(call, body)));
  },
  checkCreate: (live) => settled(live, 'port'),
  async update({ cloud, physicalId, physicalName, changed, props }) {
    const { name, tags, value_specs } = changed;
    const body: JsonObject = {
      ...given(await fieldsOf(cloud, changed)),
      ...(await cleared(cloud, changed)),
      ...(changed.no_fixed_ips === true && { fixed_ips: [] }),
      // Addresses come back when they are wanted again.
      ...(changed.no_fixed_ips === false && props.fixed_ips !== null && { fixed_ips: await fixedIps(cloud, props.fixed_ips) }),
      ...(name !== undefined && { name: nameOr(name, physicalName) }),
      ...value_specs,
    };
    if (Object.keys(body).length > 0) await cloud.neutron.update('port', physicalId, body);
    if (tags !== undefined) await cloud.neutron.setTags('port', physicalId, tags ?? []);
    return done();
  },
  beforeReplace: keepAddresses,
  checkBeforeReplace: giveAddresses,
  afterRollback: takeAddresses,
  async delete({ cloud, physicalId }) {
    await cloud.neutron.delete('port', physicalId);
    return done();
  },
  async withIds({ cloud, props }) {
    return {
      security_groups: await idsOfGiven(cloud, 'security_group', props.security_groups),
      qos_policy: await idOfGiven(cloud, 'qos_policy', props.qos_policy),
      fixed_ips: (await addressesWithIds(cloud, props.fixed_ips)) as Json | undefined,
    };
  },
  liveProperties(seen) {
    const { props } = seen;
    const item = shownItem(seen.observed);
    const hasAddress = isJsonArray(item.fixed_ips) && item.fixed_ips.length > 0;
    return {
      ...liveItem(seen, ['admin_state_up', 'binding:vnic_type', 'port_security_enabled', 'dns_name', 'propagate_uplink_status']),
      ...ofGiven(props, {
        // Whoever plugs the port in says who it is.
        device_id: props.device_id === '' ? undefined : item.device_id,
        device_owner: props.device_owner === '' ? undefined : item.device_owner,
        fixed_ips: props.no_fixed_ips ? undefined : liveAddresses(item.fixed_ips, props.fixed_ips),
        no_fixed_ips: props.no_fixed_ips ? !hasAddress : false,
        security_groups: inAnyOrder(item.security_groups, props.security_groups),
        allowed_address_pairs: livePairs(item.allowed_address_pairs, props.allowed_address_pairs),
        qos_policy: props.qos_policy === '' ? (item.qos_policy_id ?? '') : item.qos_policy_id,
      }),
    };
  },
  async observe({ cloud, physicalId }) {
    const item = await cloud.neutron.get('port', physicalId);
    if (item === null) return null;
    const addresses = Array.isArray(item.fixed_ips) ? (item.fixed_ips as readonly JsonObject[]) : [];
    const subnetIds = [...new Set(addresses.flatMap((address) => (typeof address.subnet_id === 'string' ? [address.subnet_id] : [])))];
    const [network, ...subnets] = await Promise.all([
      cloud.neutron.recall('network', String(item.network_id)),
      ...subnetIds.map((id) => cloud.neutron.recall('subnet', id)),
    ]);
    return { ...picked(item, ATTRIBUTES), network: network ?? null, subnets: subnets.filter((found) => found !== null), show: item };
  },
});

const ATTRIBUTES = [
  ...([
    'admin_state_up',
    'device_id',
    'device_owner',
    'fixed_ips',
    'mac_address',
    'name',
    'network_id',
    'security_groups',
    'status',
    'tenant_id',
  ] as const),
  ...(['allowed_address_pairs', 'port_security_enabled', 'qos_policy_id', 'dns_assignment', 'propagate_uplink_status'] as const),
] as const;

export interface FixedIp {
  readonly subnet: string | null;
  readonly ip_address: string | null;
}
interface AddressPair {
  readonly ip_address: string;
  readonly mac_address: string | null;
}
export interface PortFields {
  readonly admin_state_up?: boolean | null;
  readonly device_id?: string | null;
  readonly device_owner?: string | null;
  readonly fixed_ips?: readonly FixedIp[] | null;
  readonly security_groups?: readonly Json[] | null;
  readonly allowed_address_pairs?: readonly AddressPair[] | null;
  readonly 'binding:vnic_type'?: string | null;
  readonly port_security_enabled?: boolean | null;
  readonly qos_policy?: string | null;
  readonly dns_name?: string | null;
  readonly propagate_uplink_status?: boolean | null;
}

/** The part of a request that creation and update share; names already turned into ids. */
export async function fieldsOf(cloud: Cloud, props: PortFields): Promise<JsonObject> {
  const policy = props.qos_policy ?? '';
  return given({
    admin_state_up: props.admin_state_up,
    device_id: props.device_id,
    device_owner: props.device_owner,
    fixed_ips: props.fixed_ips == null ? null : await fixedIps(cloud, props.fixed_ips),
    security_groups: props.security_groups == null ? null : await securityGroupIds(cloud, props.security_groups),
    allowed_address_pairs: props.allowed_address_pairs?.map(({ ip_address, mac_address }) =>
      given({ ip_address, mac_address: mac_address === '' ? null : mac_address }),
    ),
    'binding:vnic_type': props['binding:vnic_type'],
    port_security_enabled: props.port_security_enabled,
    qos_policy_id: policy === '' ? null : await cloud.neutron.idOf('qos_policy', policy),
    dns_name: props.dns_name,
    propagate_uplink_status: props.propagate_uplink_status,
  });
}

export const fixedIps = (cloud: Cloud, wanted: readonly FixedIp[]): Promise<readonly JsonObject[]> =>
  Promise.all(
    wanted.map(async ({ subnet, ip_address }) =>
      given({
        subnet_id: isSet(subnet) ? await cloud.neutron.idOf('subnet', subnet) : null,
        ip_address: ip_address === '' ? null : ip_address,
      }),
    ),
  );

/** What taking a property away means: the project's default group, no pairs, no policy. */
async function cleared(cloud: Cloud, changed: PortFields): Promise<JsonObject> {
  return {
    ...(changed.security_groups === null && { security_groups: await securityGroupIds(cloud, ['default']) }),
    ...(changed.allowed_address_pairs === null && { allowed_address_pairs: [] }),
    ...((changed.qos_policy === null || changed.qos_policy === '') && { qos_policy_id: null }),
    ...(changed.dns_name === null && { dns_name: '' }),
  };
}
