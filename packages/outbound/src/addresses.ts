/** Which kind of network an IP address belongs to. Everything that is not plainly public internet counts as ours to protect. */
import ipaddr from 'ipaddr.js';

/** `metadata`: a cloud's instance metadata or host service. `special`: documentation, translation, tunnels, reserved and the like. */
export type AddressClass =
  | 'public'
  | 'metadata'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'multicast'
  | 'unspecified'
  | 'special'
  | 'malformed';

/** Services that hand credentials to whoever asks from the machine: EC2 and its many followers, Alibaba, Oracle, Azure's host. */
const METADATA = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.169.253',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
]);

const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'shared',
  multicast: 'multicast',
  unspecified: 'unspecified',
};

/** The address as compared everywhere: an IPv4 address inside IPv6 (`::ffff:10.0.0.1`) is that IPv4 address. Null: no address. */
export function plainAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return null;
  return ipaddr.process(bare);
}

/** Never throws; `0.0.0.0/8` is "unspecified", since systems connect it to themselves. */
export function addressClass(text: string): AddressClass {
  const address = plainAddress(text);
  if (address === null) return 'malformed';
  if (METADATA.has(address.toString())) return 'metadata';
  // Site-local (fec0::/10) and IPv4-compatible (::a.b.c.d) addresses are withdrawn, yet some systems still route them.
  if (address.kind() === 'ipv6' && !isGlobalV6(address as ipaddr.IPv6) && address.range() === 'unicast') return 'special';
  return CLASSES[address.range()] ?? 'special';
}

/** 2000::/3 is all that has ever been given out for use on the internet. */
const isGlobalV6 = (address: ipaddr.IPv6): boolean => ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
