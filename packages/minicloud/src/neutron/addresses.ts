/**
 * Addresses as numbers: parsing, printing, ranges and CIDRs of both IP versions, allocation pools as Neutron computes them, and the
 * choice of free addresses. Pure. Rules follow Neutron's ipam (pools leave out network, broadcast and gateway).
 */
import ipaddr from 'ipaddr.js';

export type IpVersion = 4 | 6;

export interface Ip {
  readonly version: IpVersion;
  readonly value: bigint;
}

export interface Cidr {
  readonly version: IpVersion;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

/** An inclusive range. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf = (version: IpVersion): number => (version === 4 ? 32 : 128);

/** Dotted quad or colon form only (no shortened, octal or zoned forms); null for anything else. */
export function parseIp(text: string): Ip | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return { version: 4, value: numberOf(ipaddr.IPv4.parse(text).toByteArray()) };
  if (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
    return { version: 6, value: numberOf(ipaddr.IPv6.parse(text).toByteArray()) };
  return null;
}

function numberOf(bytes: readonly number[]): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The usual short form (RFC 5952 for IPv6). */
export function formatIp(version: IpVersion, value: bigint): string {
  const bytes: number[] = [];
  for (let shift = bitsOf(version) - 8; shift >= 0; shift -= 8) bytes.push(Number((value >> BigInt(shift)) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/** `address/prefix`; host bits are cut off, as Neutron does. Null when it is no CIDR. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const ip = parseIp(text.slice(0, slash));
  const prefixText = text.slice(slash + 1);
  if (ip === null || !/^\d{1,3}$/.test(prefixText)) return null;
  const bits = bitsOf(ip.version);
  const prefix = Number(prefixText);
  if (prefix > bits) return null;
  const size = 1n << BigInt(bits - prefix);
  const first = (ip.value / size) * size;
  return { version: ip.version, first, last: first + size - 1n, prefix };
}

export const formatCidr = (cidr: Cidr): string => `${formatIp(cidr.version, cidr.first)}/${cidr.prefix}`;
export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;
export const contains = (range: Range, value: bigint): boolean => range.first <= value && value <= range.last;

/** The addresses of a subnet that a port may have: without network and broadcast address for IPv4 up to /30, without the first for IPv6. */
export function usableRange(cidr: Cidr): Range {
  if (cidr.first === cidr.last) return cidr;
  if (cidr.version === 4) return cidr.prefix <= 30 ? { first: cidr.first + 1n, last: cidr.last - 1n } : cidr;
  return { first: cidr.first + 1n, last: cidr.last };
}

/** The gateway of a subnet whose user named none: the first address after the network's own; with SLAAC the network's own. */
export function defaultGateway(cidr: Cidr, isAutoAddressed: boolean): bigint {
  if (isAutoAddressed || cidr.first === cidr.last) return cidr.first;
  return cidr.first + 1n;
}

/** Pools of a subnet whose user named none: all usable addresses but the gateway. */
export function defaultPools(cidr: Cidr, gateway: bigint | null): readonly Range[] {
  const usable = usableRange(cidr);
  if (cidr.first === cidr.last || gateway === null || !contains(usable, gateway)) return [usable];
  const pools: Range[] = [];
  if (gateway > usable.first) pools.push({ first: usable.first, last: gateway - 1n });
  if (gateway < usable.last) pools.push({ first: gateway + 1n, last: usable.last });
  return pools;
}

export const poolSize = (pools: readonly Range[]): bigint => pools.reduce((sum, pool) => sum + (pool.last - pool.first + 1n), 0n);

/** The `index`th address of the pools, in order. */
function addressAt(pools: readonly Range[], index: bigint): bigint | null {
  let rest = index;
  for (const pool of pools) {
    const size = pool.last - pool.first + 1n;
    if (rest < size) return pool.first + rest;
    rest -= size;
  }
  return null;
}

/**
 * Addresses to try before looking at what is taken: a few from the start of the pools, so that small networks look tidy, then from wider and
 * wider windows. `random` is uniform in [0, 1). Never outside the pools; no address twice; empty only for empty pools.
 */
export function candidates(pools: readonly Range[], random: () => number, perWindow = 6): readonly bigint[] {
  const size = poolSize(pools);
  if (size === 0n) return [];
  const chosen = new Set<bigint>();
  for (let window = 64n; ; window *= 32n) {
    const width = window < size ? window : size;
    for (let i = 0; i < perWindow; i += 1) {
      const address = addressAt(pools, BigInt(Math.floor(random() * Number(width < MAX_EXACT ? width : MAX_EXACT))));
      if (address !== null) chosen.add(address);
    }
    if (window >= size || window > MAX_EXACT) break;
  }
  return [...chosen];
}
const MAX_EXACT = 2n ** 48n;

/** The lowest address of the pools that is not in `taken` (ascending); null when every one is. */
export function lowestFree(pools: readonly Range[], taken: readonly bigint[]): bigint | null {
  const ordered = [...pools].sort((a, b) => (a.first < b.first ? -1 : 1));
  let i = 0;
  for (const pool of ordered) {
    let free = pool.first;
    while (i < taken.length && (taken[i] as bigint) < free) i += 1;
    while (free <= pool.last && i < taken.length && taken[i] === free) {
      free += 1n;
      i += 1;
    }
    if (free <= pool.last) return free;
  }
  return null;
}

/** The interface identifier of SLAAC (modified EUI-64) within the prefix. */
export function slaacAddress(cidr: Cidr, macAddress: string): bigint {
  const bytes = macAddress.split(':').map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  return cidr.first + numberOf([a ^ 2, b, c, 0xff, 0xfe, d, e, f]);
}

const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;
/** Lower case with colons; null when it is no MAC address. */
export const parseMac = (text: string): string | null => (MAC.test(text) ? text.toLowerCase().replaceAll('-', ':') : null);

/** A locally made MAC address under OpenStack's usual prefix. */
export function randomMac(bytes: Uint8Array): string {
  const tail = [bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0].map((byte) => byte.toString(16).padStart(2, '0'));
  return `fa:16:3e:${tail.join(':')}`;
}
