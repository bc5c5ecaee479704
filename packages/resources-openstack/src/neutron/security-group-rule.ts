/** `OS::Neutron::SecurityGroupRule`: one rule, added to a group that exists. */
import type { Json, JsonObject } from '@hearth/kernel';
import { c, done, p, conflict, isGiven, isSet, nameOr } from '@hearth/resource-kit';
import { openstackType } from '../openstack-type.ts';
import { given } from './family.ts';
import { findDescribed, isRecent } from './mark.ts';

interface RuleProps {
  readonly direction: string;
  readonly ethertype: string;
  readonly port_range_min: number | null;
  readonly port_range_max: number | null;
  readonly protocol: string | number;
  readonly remote_ip_prefix: string | null;
}
const PROTOCOLS = [
  ...Array.from({ length: 256 }, (_, number) => number),
  ...'ah dccp egp esp gre icmp icmpv6 igmp ipv6-encap ipv6-frag ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route ospf pgm rsvp sctp tcp udp udplite vrrp'.split(
    ' ',
  ),
];
const WITH_TYPES = ['icmp', 'icmpv6', 'ipv6-icmp'];

export const securityGroupRule = openstackType({
  name: 'OS::Neutron::SecurityGroupRule',
  doc: 'One rule of a security group.',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  service: 'neutron',
  extension: 'security-group',
  properties: {
    security_group: p.string('Name or id of the group.', { required: true, constraints: [c.custom('neutron.security_group')] }),
    description: p.string('Free text.'),
    direction: p.string('Seen from the port.', { default: 'ingress', constraints: [c.oneOf('ingress', 'egress')] }),
    ethertype: p.string('IPv4 or IPv6.', { default: 'IPv4', constraints: [c.oneOf('IPv4', 'IPv6')] }),
    port_range_min: p.integer('First port, or ICMP type.', { constraints: [c.range(0, 65535)] }),
    port_range_max: p.integer('Last port, or ICMP code.', { constraints: [c.range(0, 65535)] }),
    protocol: p.string('The protocol, by name or number.', { default: 'tcp', constraints: [c.oneOf(...PROTOCOLS)] }),
    remote_group: p.string('Name or id of the group whose members are the other side.', {
      constraints: [c.custom('neutron.security_group')],
    }),
    remote_ip_prefix: p.string("The other side's addresses.", { constraints: [c.custom('net_cidr')] }),
  },
  attributes: {},
  examples: [
    {
      name: 'a port for everybody',
      props: { security_group: 'default', port_range_min: 8080, port_range_max: 8081 },
      replacedBy: { direction: 'egress' },
    },
    {
      name: 'described, from a group',
      props: { security_group: 'default', remote_group: 'default', protocol: 'udp', description: 'of the contract' },
    },
  ],
  validate(props) {
    const { remote_group: group, remote_ip_prefix: prefix, port_range_min: min, port_range_max: max, protocol } = props;
    if (isGiven(group) && isGiven(prefix)) return [conflict('remote_group', 'remote_ip_prefix')];
    const isRange = typeof min === 'number' && typeof max === 'number' && protocol !== undefined && !WITH_TYPES.includes(protocol);
    return isRange && max < min ? ['The minimum port number must be less than or equal to the maximum port number.'] : [];
  },
  // A rule never changes, so that a description of the user's own leaves no place for a mark; but a group has no two rules that say the same.
  isFoundByPlace: true,
  async find(call) {
    const { cloud, props, startedAt } = call;
    if (!isSet(props.description)) return findDescribed(call, 'security_group_rule');
    const groupId = await cloud.neutron.idOf('security_group', props.security_group);
    const remoteId = isSet(props.remote_group) ? await cloud.neutron.idOf('security_group', props.remote_group) : null;
    const items = await cloud.neutron.list('security_group_rule', { security_group_id: groupId, description: props.description });
    const isOurs = (item: JsonObject): boolean =>
      item.description === props.description &&
      item.security_group_id === groupId &&
      (item.remote_group_id ?? null) === remoteId &&
      saysTheSame(item, props) &&
      isRecent(item, startedAt);
    return items.flatMap((item) => (isOurs(item) && typeof item.id === 'string' ? [item.id] : []));
  },
  async create({ cloud, physicalName, props }) {
    const { security_group: group, remote_group: remote, description, remote_ip_prefix: prefix, ...rest } = props;
    const item = await cloud.neutron.create('security_group_rule', {
      ...given(rest),
      ...(isSet(prefix) && { remote_ip_prefix: prefix }),
      ...(isSet(remote) && { remote_group_id: await cloud.neutron.idOf('security_group', remote) }),
      security_group_id: await cloud.neutron.idOf('security_group', group),
      // A rule has no name: the description is the mark.
      description: nameOr(description, physicalName),
    });
    return done({ physicalId: String(item.id) });
  },
  async delete({ cloud, physicalId }) {
    await cloud.neutron.delete('security_group_rule', physicalId);
    return done();
  },
  // A rule never changes: another one is another rule.
  liveProperties: () => ({}),
  async observe({ cloud, physicalId }) {
    const item = await cloud.neutron.get('security_group_rule', physicalId);
    return item === null ? null : { show: item };
  },
});

function saysTheSame(item: JsonObject, rule: RuleProps): boolean {
  return (
    item.direction === rule.direction &&
    item.ethertype === rule.ethertype &&
    (item.port_range_min ?? null) === rule.port_range_min &&
    (item.port_range_max ?? null) === rule.port_range_max &&
    protocolOf(item.protocol, rule.ethertype) === protocolOf(rule.protocol, rule.ethertype) &&
    rangeOf(item.remote_ip_prefix) === rangeOf(rule.remote_ip_prefix)
  );
}

/** Neutron has one name for ICMP over IPv6, and takes several. */
function protocolOf(protocol: Json | undefined, ethertype: string): string {
  const name = String(protocol ?? '');
  return ethertype === 'IPv6' && (name === 'icmp' || name === 'icmpv6') ? 'ipv6-icmp' : name;
}

/** A single address is a range of one. */
const rangeOf = (range: Json | undefined): string =>
  typeof range !== 'string' || range === '' || range.includes('/') ? String(range ?? '') : `${range}/${range.includes(':') ? 128 : 32}`;
