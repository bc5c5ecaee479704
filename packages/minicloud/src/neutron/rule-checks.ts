/** What a security group rule may say: protocols, ports, prefixes, and when two rules are the same. Pure; faults as Neutron gives them. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { formatCidr, formatIp, parseCidr, parseIp } from './addresses.ts';
import type { Check } from './attributes.ts';

const invalid = (type: string, message: string): Refusal => new Refusal('invalid', type, message);

/** Numbers of the protocols that have names, in the order Neutron lists them. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  ah: 51,
  dccp: 33,
  egp: 8,
  esp: 50,
  gre: 47,
  hopopt: 0,
  icmp: 1,
  igmp: 2,
  ip: 0,
  ipip: 4,
  'ipv6-encap': 41,
  'ipv6-frag': 44,
  'ipv6-icmp': 58,
  icmpv6: 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  'ipv6-route': 43,
  ospf: 89,
  pgm: 113,
  rsvp: 46,
  sctp: 132,
  tcp: 6,
  udp: 17,
  udplite: 136,
  vrrp: 112,
};
const WITH_PORTS = new Set([33, 132, 6, 17, 136]);
const ICMP = new Set([1, 58]);
const ONLY_IPV6 = new Set([41, 44, 58, 59, 60, 43]);

export const protocolName: Check = (value) => {
  if (value === null) return null;
  const name = String(value).toLowerCase();
  if (Object.hasOwn(PROTOCOLS, name) || (/^\d{1,3}$/.test(name) && Number(name) <= 255)) return name;
  const names = Object.keys(PROTOCOLS).map((one) => `'${one}'`);
  const reason = `Security group rule protocol ${name} not supported. Only protocol values [None, ${names.join(', ')}] and integer representations [0 to 255] are supported.`;
  throw invalid('SecurityGroupRuleInvalidProtocol', reason);
};

export const etherType: Check = (value) => {
  const known = ['IPv4', 'IPv6'].find((one) => typeof value === 'string' && one.toLowerCase() === value.toLowerCase());
  if (known !== undefined) return known;
  const reason = `Security group rule for ethertype '${String(value)}' not supported. Allowed values are ['IPv4', 'IPv6'].`;
  throw invalid('SecurityGroupRuleInvalidEtherType', reason);
};

export const portNumber: Check = (value) => {
  if (value === null) return null;
  const port = /^\d{1,5}$/.test(String(value)) ? Number(value) : -1;
  if (port < 0 || port > 65535) throw invalid('SecurityGroupInvalidPortValue', `Invalid value for port ${String(value)}`);
  return port;
};

/** The rule as it is stored: canonical protocol, ports and prefix. Throws what is wrong with it. */
export function checkedRule(values: JsonObject): JsonObject {
  const rule: Record<string, Json> = { ...values };
  if (rule.ethertype === 'IPv6' && (rule.protocol === 'icmp' || rule.protocol === 'icmpv6')) rule.protocol = 'ipv6-icmp';
  if (rule.ethertype === 'IPv6' && rule.protocol === '1') rule.protocol = '58';
  if (rule.port_range_min === 1 && rule.port_range_max === 65535) rule.port_range_min = rule.port_range_max = null;
  refuseOddPorts(rule);
  Object.assign(rule, checkedPrefix(rule));
  const protocol = numberOf(rule);
  if (rule.ethertype === 'IPv4' && protocol !== null && ONLY_IPV6.has(protocol)) {
    const reason = `Invalid ethertype IPv4 for protocol ${String(rule.protocol)}.`;
    throw invalid('SecurityGroupEthertypeConflictWithProtocol', reason);
  }
  const remotes = [rule.remote_ip_prefix, rule.remote_group_id, rule.remote_address_group_id].filter((one) => typeof one === 'string');
  if (remotes.length > 1) {
    const reason = 'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.';
    throw invalid('SecurityGroupMultipleRemoteEntites', reason);
  }
  return rule;
}

function numberOf(rule: JsonObject): number | null {
  const { protocol } = rule;
  if (typeof protocol !== 'string') return null;
  return PROTOCOLS[protocol] ?? Number(protocol);
}

function refuseOddPorts(rule: JsonObject): void {
  const min = rule.port_range_min as number | null;
  const max = rule.port_range_max as number | null;
  if (min === null && max === null) return;
  const protocol = numberOf(rule);
  if (protocol === null) throw invalid('SecurityGroupProtocolRequiredWithPorts', 'Must also specify protocol if port range is given.');
  if (WITH_PORTS.has(protocol)) {
    if (min === 0 || max === 0) throw invalid('SecurityGroupInvalidPortValue', 'Invalid value for port 0');
    if (min === null || max === null || min > max)
      throw invalid('SecurityGroupInvalidPortRange', 'For TCP/UDP protocols, port_range_min must be <= port_range_max');
    return;
  }
  if (!ICMP.has(protocol)) {
    const reason = `Ports cannot be specified for protocol ${protocol}. Ports are only supported for DCCP, SCTP, TCP, UDP, UDPLITE.`;
    throw invalid('SecurityGroupInvalidProtocolForPort', reason);
  }
  for (const [field, name, value] of [['type', 'port_range_min', min] as const, ['code', 'port_range_max', max] as const]) {
    if (value !== null && value > 255)
      throw invalid('SecurityGroupInvalidIcmpValue', `Invalid value for ICMP ${field} (${name}) ${value}. It must be 0 to 255.`);
  }
  if (min === null) {
    const reason = `ICMP code (port-range-max) ${String(max)} is provided but ICMP type (port-range-min) is missing.`;
    throw invalid('SecurityGroupMissingIcmpType', reason);
  }
}

function checkedPrefix(rule: JsonObject): JsonObject {
  const prefix = rule.remote_ip_prefix;
  if (typeof prefix !== 'string') return {};
  const alone = parseIp(prefix);
  const cidr = parseCidr(alone === null ? prefix : `${prefix}/${alone.version === 4 ? 32 : 128}`);
  if (cidr === null) throw invalid('InvalidCIDR', `Invalid CIDR ${prefix} given as IP prefix.`);
  if ((cidr.version === 4) !== (rule.ethertype === 'IPv4')) {
    const reason = `Conflicting value ethertype ${String(rule.ethertype)} for CIDR ${prefix}`;
    throw invalid('SecurityGroupRuleParameterConflict', reason);
  }
  const shown = alone === null ? prefix : `${formatIp(cidr.version, cidr.first)}/${cidr.prefix}`;
  return { remote_ip_prefix: shown, normalized_cidr: formatCidr(cidr) };
}

const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);
/** Equal for rules that mean the same: a prefix of everything is none, and a protocol's name and number are one. */
export function ruleKey(rule: JsonObject): string {
  const prefix = rule.remote_ip_prefix ?? null;
  const { direction, ethertype, port_range_min: min, port_range_max: max, remote_group_id: group } = rule;
  const parts = [
    direction,
    ethertype,
    min ?? null,
    max ?? null,
    numberOf(rule),
    group ?? null,
    EVERYWHERE.has(String(prefix)) ? null : prefix,
  ];
  return JSON.stringify(parts);
}
