/** Rules for IP addresses, networks and MAC addresses: what is taken, and the words for what is not. */
import { isIPv4, isIPv6 } from 'node:net';

interface Network {
  readonly version: 4 | 6;
  /** With the address as given, in its usual form: `10.0.0.1/24`. */
  readonly text: string;
  /** With the network's own address: `10.0.0.0/24`. */
  readonly network: string;
}

// Node takes a zone (`fe80::1%eth0`) for a part of the address; a property of a resource has no zone.
const isAddress = (value: string): boolean => isIPv4(value) || (isIPv6(value) && !value.includes('%'));

export const ipProblem = (value: string): string | null => (isAddress(value) ? null : 'Invalid IP address');

export function cidrProblem(value: string): string | null {
  if (networkOf(value) === null) return `Invalid net cidr invalid IPNetwork ${value} `;
  return subnetProblem(value);
}

export function ipOrCidrProblem(value: string): string | null {
  if (value.includes('/')) return subnetProblem(value);
  if (isAddress(value)) return null;
  const meant = looseIpv4(value);
  return meant === null || meant.parts !== 4
    ? `'${value}' is not a valid IP address`
    : `'${value}' is not an accepted IP address, '${meant.text}' is recommended`;
}

/** A network must be written in full: IPv4 in its usual form, and always with a prefix. */
function subnetProblem(value: string): string | null {
  const network = /\s/.test(value) ? null : networkOf(value);
  if (network === null) return `'${value}' is not a valid IP subnet`;
  const isRight = value.includes('/') && (network.version === 6 || network.text === value);
  return isRight ? null : `'${value}' isn't a recognized IP subnet cidr, '${network.network}' is recommended`;
}

/** Everything that can be meant as a network: abbreviated, with a mask, without a prefix. */
function networkOf(value: string): Network | null {
  const [address = '', prefixText, ...rest] = value.split('/').map((part) => part.trim());
  if (rest.length > 0) return null;
  if (isIPv6(address) && isAddress(address)) {
    const prefix = prefixText === undefined ? 128 : prefixOf(prefixText, 6);
    return prefix === null ? null : { version: 6, text: `${address}/${prefix}`, network: `${address}/${prefix}` };
  }
  const ipv4 = looseIpv4(address);
  const prefix = prefixText === undefined ? 32 : prefixOf(prefixText, 4);
  if (ipv4 === null || prefix === null) return null;
  return { version: 4, text: `${ipv4.text}/${prefix}`, network: `${ipv4Text(maskedTo(ipv4.number, prefix))}/${prefix}` };
}

/** An IPv4 address of one to four decimal parts, zeros in front allowed; missing parts are 0. */
function looseIpv4(text: string): { readonly text: string; readonly number: bigint; readonly parts: number } | null {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return null;
  const bytes = [...parts.map(Number), 0, 0, 0].slice(0, 4);
  const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { text: bytes.join('.'), number, parts: parts.length };
}

const ipv4Text = (number: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.');
const maskedTo = (number: bigint, prefix: number): bigint => (number >> BigInt(32 - prefix)) << BigInt(32 - prefix);

/** The length that a prefix, a netmask or a hostmask stands for. */
function prefixOf(text: string, version: 4 | 6): number | null {
  const width = version === 4 ? 32 : 128;
  if (/^\+?\d+$/.test(text)) return Number(text) <= width ? Number(text) : null;
  const mask = version === 4 ? (looseIpv4(text)?.number ?? null) : ipv6Number(text);
  if (mask === null) return null;
  const bits = mask.toString(2).padStart(width, '0');
  if (/^1*0*$/.test(bits)) return bits.replaceAll('0', '').length;
  return /^0*1*$/.test(bits) ? bits.replaceAll('1', '').length : null;
}

function ipv6Number(text: string): bigint | null {
  if (!isIPv6(text) || text.includes('%') || text.includes('.')) return null;
  const [head = '', tail] = text.split('::').map((half) => (half === '' ? [] : half.split(':'))) as string[][] as [string[], string[]?];
  const left = head as readonly string[];
  const right = tail ?? [];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(Number.parseInt(group, 16)), 0n);
}

/** Six, three or two groups, or none; a group may leave zeros out. */
const MAC_FORMS: readonly RegExp[] = [
  /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}\n?$/i,
  /^[0-9a-f]{1,2}(?:-[0-9a-f]{1,2}){5}\n?$/i,
  /^[0-9a-f]{1,4}([:.-])[0-9a-f]{1,4}\1[0-9a-f]{1,4}\n?$/i,
  /^[0-9a-f]{5,6}[:-][0-9a-f]{5,6}\n?$/i,
  /^[0-9a-f]{11,12}\n?$/i,
];
export const macProblem = (value: string): string | null => (MAC_FORMS.some((form) => form.test(value)) ? null : 'Invalid MAC address.');
