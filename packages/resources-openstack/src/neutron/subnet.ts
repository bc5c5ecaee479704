/** `OS::Neutron::Subnet`: a range of addresses on a network. */
import { isIP } from 'node:net';
import type { Json, JsonObject } from '@hearth/kernel';
import {
  a,
  c,
  done,
  p,
  conflict,
  isEmpty,
  isFilled,
  isGiven,
  oneNeeded,
  ofGiven,
  inAnyOrder,
  isSet,
  nameOr,
  orNull,
} from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { extended, named, tagged } from './common-properties.ts';
import { created, findMarked, given, newItem, picked, settled } from './family.ts';
import { liveItem, shownItem } from './live.ts';

const IPV6_MODES = ['dhcpv6-stateful', 'dhcpv6-stateless', 'slaac'] as const;

export const subnet = openstackType({
  name: 'OS::Neutron::Subnet',
  doc: 'A range of addresses on a network, with its gateway, name servers and routes.',
  service: 'neutron',
  properties: {
    network: p.string('Name or id of the network.', {
      required: true,
      constraints: [c.custom('neutron.network')],
      translatedFrom: ['network_id'],
    }),
    subnetpool: p.string('Name or id of the pool to take the range from.', { constraints: [c.custom('neutron.subnetpool')] }),
    prefixlen: p.integer('Length of the prefix to take from the pool.', { constraints: [c.range(0, null)] }),
    cidr: p.string('The range, such as 10.0.0.0/24.', { constraints: [c.custom('net_cidr')] }),
    ...extended,
    name: named.name,
    ip_version: p.integer('4 or 6.', { default: 4, constraints: [c.oneOf(4, 6)] }),
    dns_nameservers: p.list('Addresses of name servers for its hosts.', { default: [], updatable: true }),
    gateway_ip: p.string('Address of the gateway; null for none. Left out: the first one of the range.', { updatable: true }),
    enable_dhcp: p.boolean('Whether DHCP serves the subnet.', { default: true, updatable: true }),
    allocation_pools: p.listOf(
      p.mapOf({
        start: p.string('First address.', { required: true, constraints: [c.custom('ip_addr')] }),
        end: p.string('Last address.', { required: true, constraints: [c.custom('ip_addr')] }),
      })(''),
    )('The parts of the range that ports get addresses from.', { updatable: true }),
    tenant_id: p.string('The project that will own the subnet; for administrators.'),
    host_routes: p.listOf(
      p.mapOf({
        destination: p.string('Where to, such as 10.1.0.0/16.', { required: true, constraints: [c.custom('net_cidr')] }),
        nexthop: p.string('Through which address.', { required: true, constraints: [c.custom('ip_addr')] }),
      })(''),
    )('Routes for its hosts.', { updatable: true }),
    ipv6_ra_mode: p.string('How routers announce an IPv6 subnet.', { constraints: [c.oneOf(...IPV6_MODES)] }),
    ipv6_address_mode: p.string('How hosts of an IPv6 subnet get addresses.', { constraints: [c.oneOf(...IPV6_MODES)] }),
    segment: p.string('Name or id of the segment it belongs to.', { updatable: true, constraints: [c.custom('neutron.segment')] }),
    ...tagged,
  },
  attributes: {
    name: a.as('string')('The name.'),
    network_id: a.as('string')('Id of its network.'),
    tenant_id: a.as('string')('The project that owns it.'),
    allocation_pools: a.as('list')('Where ports get addresses from.'),
    gateway_ip: a.as('string')('Address of the gateway.'),
    host_routes: a.as('list')('Routes for its hosts.'),
    ip_version: a.as('string')('4 or 6.'),
    cidr: a.as('string')('The range.'),
    dns_nameservers: a.as('list')('Name servers for its hosts.'),
    enable_dhcp: a.as('string')('Whether DHCP serves it.'),
  },
  examples: [
    {
      name: 'on the private network',
      props: { network: 'private', cidr: '10.90.0.0/24', gateway_ip: null },
      updates: [{ dns_nameservers: ['192.0.2.1'] }, { enable_dhcp: false }, { name: 'renamed' }],
      replacedBy: { cidr: '10.91.0.0/24' },
    },
    {
      name: 'pools, routes and tags',
      props: {
        name: 'contract-subnet',
        network: 'private',
        cidr: '10.92.0.0/24',
        gateway_ip: null,
        allocation_pools: [{ start: '10.92.0.10', end: '10.92.0.20' }],
        host_routes: [{ destination: '10.93.0.0/16', nexthop: '10.92.0.2' }],
        tags: ['blue'],
      },
      updates: [{ host_routes: [] }, { tags: [] }],
    },
  ],
  validate(props) {
    const { subnetpool, cidr, prefixlen, ip_version, ipv6_ra_mode: ra, ipv6_address_mode: mode, gateway_ip: gateway } = props;
    if (isGiven(subnetpool) && isFilled(cidr)) return [conflict('subnetpool', 'cidr')];
    if (subnetpool === null && isEmpty(cidr)) return [oneNeeded('subnetpool', 'cidr')];
    if (isFilled(prefixlen) && isFilled(cidr)) return [conflict('prefixlen', 'cidr')];
    if (ip_version === 4 && (isSet(ra) || isSet(mode))) return ['ipv6_ra_mode and ipv6_address_mode are not supported for ipv4.'];
    if (isSet(ra) && isSet(mode) && ra !== mode) return ['When both ipv6_ra_mode and ipv6_address_mode are set, they must be equal.'];
    return isSet(gateway) && gateway !== '~' && isIP(gateway) === 0 ? [`Gateway IP address "${gateway}" is in invalid format.`] : [];
  },
  find: (call) => findMarked(call, 'subnet'),
  async create(call) {
    const { cloud, props } = call;
    const body = {
      network_id: await cloud.neutron.idOf('network', props.network),
      ip_version: props.ip_version,
      cidr: orNull(props.cidr),
      subnetpool_id: isSet(props.subnetpool) ? await cloud.neutron.idOf('subnetpool', props.subnetpool) : null,
      segment_id: isSet(props.segment) ? await cloud.neutron.idOf('segment', props.segment) : null,
      prefixlen: props.prefixlen,
      dns_nameservers: props.dns_nameservers,
      enable_dhcp: props.enable_dhcp,
      allocation_pools: props.allocation_pools as Json,
      host_routes: props.host_routes as Json,
      tenant_id: orNull(props.tenant_id),
      ipv6_ra_mode: orNull(props.ipv6_ra_mode),
      ipv6_address_mode: orNull(props.ipv6_address_mode),
    };
    const item = { ...newItem(call, body), ...gatewayOf(props.gateway_ip) };
    return created(call, 'subnet', await cloud.neutron.create('subnet', item));
  },
  checkCreate: (live) => settled(live, 'subnet'),
  async update({ cloud, physicalId, physicalName, changed }) {
    const { name, tags, value_specs, gateway_ip, segment, host_routes, ...rest } = changed;
    const body: JsonObject = {
      ...given(rest as JsonObject),
      ...(host_routes !== undefined && { host_routes: (host_routes ?? []) as Json }),
      ...(gateway_ip !== undefined && gatewayOf(gateway_ip)),
      ...(isSet(segment) && { segment_id: await cloud.neutron.idOf('segment', segment) }),
      ...(name !== undefined && { name: nameOr(name, physicalName) }),
      ...value_specs,
    };
    if (Object.keys(body).length > 0) await cloud.neutron.update('subnet', physicalId, body);
    if (tags !== undefined) await cloud.neutron.setTags('subnet', physicalId, tags ?? []);
    return done();
  },
  async delete({ cloud, physicalId }) {
    await cloud.neutron.delete('subnet', physicalId);
    return done();
  },
  liveProperties(seen) {
    const { props } = seen;
    const item = shownItem(seen.observed);
    const hasGateway = props.gateway_ip !== '' && props.gateway_ip !== '~';
    return {
      ...liveItem(seen, ['enable_dhcp']),
      ...ofGiven(props, {
        dns_nameservers: inAnyOrder(item.dns_nameservers, props.dns_nameservers),
        gateway_ip: hasGateway ? item.gateway_ip : (item.gateway_ip ?? props.gateway_ip),
        allocation_pools: inAnyOrder(item.allocation_pools, props.allocation_pools as readonly Json[] | null),
        host_routes: inAnyOrder(item.host_routes, props.host_routes as readonly Json[] | null),
      }),
    };
  },
  async observe({ cloud, physicalId }) {
    const item = await cloud.neutron.get('subnet', physicalId);
    return item === null ? null : { ...picked(item, ATTRIBUTES), show: item };
  },
});

const ATTRIBUTES = [
  'name',
  'network_id',
  'tenant_id',
  'allocation_pools',
  'gateway_ip',
  'host_routes',
  'ip_version',
  'cidr',
  'dns_nameservers',
  'enable_dhcp',
] as const;

/** An explicit null arrives as an empty text and means "no gateway", as `~` does; left out (null here), Neutron chooses one. */
function gatewayOf(gateway: string | null): JsonObject {
  if (gateway === null) return {};
  return { gateway_ip: gateway === '' || gateway === '~' ? null : gateway };
}
