/** What a security group rule may say, by name; each answer as a real Neutron gave it. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '@hearth/kernel';
import { checkedRule, etherType, portNumber, protocolName, ruleKey } from './rule-checks.ts';

const rule = (more: JsonObject): JsonObject => ({
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  ...more,
});
const refusal = (act: () => unknown): string => {
  try {
    return `accepted ${JSON.stringify(act())}`;
  } catch (error) {
    const { type, message } = error as { type: string; message: string };
    return `${type}: ${message}`;
  }
};

describe('refused', () => {
  test.each<[string, JsonObject, string]>([
    [
      'a lone lower port',
      { protocol: 'tcp', port_range_min: 80 },
      'SecurityGroupInvalidPortRange: For TCP/UDP protocols, port_range_min must be <= port_range_max',
    ],
    [
      'ports the wrong way round',
      { protocol: 'udp', port_range_min: 9, port_range_max: 8 },
      'SecurityGroupInvalidPortRange: For TCP/UDP protocols, port_range_min must be <= port_range_max',
    ],
    ['port 0', { protocol: 'tcp', port_range_min: 0, port_range_max: 8 }, 'SecurityGroupInvalidPortValue: Invalid value for port 0'],
    [
      'ports of no protocol',
      { port_range_min: 8, port_range_max: 8 },
      'SecurityGroupProtocolRequiredWithPorts: Must also specify protocol if port range is given.',
    ],
    [
      'ports of GRE',
      { protocol: 'gre', port_range_min: 1, port_range_max: 2 },
      'SecurityGroupInvalidProtocolForPort: Ports cannot be specified for protocol 47. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE.',
    ],
    [
      'an ICMP type above 255',
      { protocol: 'icmp', port_range_min: 300 },
      'SecurityGroupInvalidIcmpValue: Invalid value for ICMP type (port_range_min) 300. It must be 0 to 255.',
    ],
    [
      'an ICMP code without its type',
      { protocol: 'icmp', port_range_max: 8 },
      'SecurityGroupMissingIcmpType: ICMP code (port-range-max) 8 is provided but ICMP type (port-range-min) is missing.',
    ],
    ['ICMPv6 over IPv4', { protocol: 'icmpv6' }, 'SecurityGroupEthertypeConflictWithProtocol: Invalid ethertype IPv4 for protocol icmpv6.'],
    [
      'a prefix of the other version',
      { remote_ip_prefix: 'fd00::/64' },
      'SecurityGroupRuleParameterConflict: Conflicting value ethertype IPv4 for CIDR fd00::/64',
    ],
    ['no prefix at all', { remote_ip_prefix: 'zz' }, 'InvalidCIDR: Invalid CIDR zz given as IP prefix.'],
    [
      'a prefix and a group',
      { remote_ip_prefix: '10.0.0.0/8', remote_group_id: 'g' },
      'SecurityGroupMultipleRemoteEntites: Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.',
    ],
  ])('%s', (_name, more, expected) => expect(refusal(() => checkedRule(rule(more)))).toBe(expected));
  test.each([['bogus'], [256], ['']])('protocol %j', (value) =>
    expect(refusal(() => protocolName(value))).toMatch('SecurityGroupRuleInvalidProtocol'),
  );
  test.each([['x'], [-1], [70000]])('port %j', (value) =>
    expect(refusal(() => portNumber(value))).toBe(`SecurityGroupInvalidPortValue: Invalid value for port ${value}`),
  );
  test('an ethertype that is none', () => expect(refusal(() => etherType('IPv5'))).toMatch("ethertype 'IPv5' not supported"));
});

describe('kept as', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['ICMP over IPv6 is ICMPv6', { ethertype: 'IPv6', protocol: 'icmp' }, { protocol: 'ipv6-icmp' }],
    [
      'every port is no port',
      { protocol: 'tcp', port_range_min: 1, port_range_max: 65535 },
      { port_range_min: null, port_range_max: null },
    ],
    ['one address has a mask', { remote_ip_prefix: '10.0.0.1' }, { remote_ip_prefix: '10.0.0.1/32', normalized_cidr: '10.0.0.1/32' }],
    [
      'host bits stay, and are cut off beside',
      { remote_ip_prefix: '10.0.0.1/8' },
      { remote_ip_prefix: '10.0.0.1/8', normalized_cidr: '10.0.0.0/8' },
    ],
  ])('%s', (_name, more, expected) => expect(checkedRule(rule(more))).toMatchObject(expected));
});

test.each<[string, JsonObject, JsonObject, boolean]>([
  ['name and number of a protocol', { protocol: 'tcp' }, { protocol: '6' }, true],
  ['everywhere and nowhere in particular', { remote_ip_prefix: '0.0.0.0/0' }, {}, true],
  ['other ports', { protocol: 'tcp', port_range_min: 1, port_range_max: 2 }, { protocol: 'tcp' }, false],
  ['another direction', { direction: 'egress' }, {}, false],
])('same rule: %s', (_name, one, other, expected) => expect(ruleKey(rule(one)) === ruleKey(rule(other))).toBe(expected));
