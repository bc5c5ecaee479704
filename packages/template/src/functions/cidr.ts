/** `Fn::Cidr`: the first so many subnets of an IPv4 or IPv6 network. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { convertedIndex } from '../semantics/integers.ts';
import { eager, wrongCall, wrongType, wrongValue } from './contract.ts';

const MOST_SUBNETS = 256;

interface Network {
  readonly address: bigint;
  readonly bits: 32 | 128;
  readonly prefix: number;
}

export const fnCidr = {
  ...eager('Fn::Cidr', 'Subnets of a network: [network, how many, bits that vary within each].', (args) => {
    if (!isJsonArray(args) || args.length !== 3) throw wrongCall('Fn::Cidr needs a list [network, count, bits of each subnet]');
    const [text, count, hostBits] = args;
    const network = typeof text === 'string' ? parsedNetwork(text) : null;
    if (network === null) throw wrongType('Fn::Cidr: the first item must be a network such as 10.0.0.0/16 or fd00::/56');
    return subnets(network, integer(count, 'count'), integer(hostBits, 'number of bits'));
  }),
  addition: true,
} as const;

function integer(value: Json | undefined, what: string): number {
  const found = typeof value === 'boolean' ? null : convertedIndex(value ?? null);
  if (found === null) throw wrongType(`Fn::Cidr: the ${what} must be an integer`);
  return found;
}

function subnets({ address, bits, prefix }: Network, count: number, hostBits: number): readonly string[] {
  if (count < 1 || count > MOST_SUBNETS) throw wrongValue(`Fn::Cidr: the count must be from 1 to ${MOST_SUBNETS}`);
  if (hostBits < 1 || hostBits > bits) throw wrongValue(`Fn::Cidr: the number of bits must be from 1 to ${bits}`);
  const room = bits - prefix - hostBits;
  if (room < 0 || (room < 9 && count > 2 ** room)) throw wrongValue('Fn::Cidr: the network has no room for that many subnets');
  const step = 1n << BigInt(hostBits);
  const first = (address >> BigInt(bits - prefix)) << BigInt(bits - prefix);
  return Array.from({ length: count }, (_, i) => `${addressText(first + BigInt(i) * step, bits)}/${bits - hostBits}`);
}

/** Null when the text is no network. */
function parsedNetwork(text: string): Network | null {
  const match = /^([0-9A-Fa-f:.]{2,45})\/(\d{1,3})$/.exec(text.trim());
  if (match === null) return null;
  const [, host, size] = match as unknown as [string, string, string];
  const bits = host.includes(':') ? 128 : 32;
  const address = bits === 32 ? ipv4(host) : ipv6(host);
  const prefix = Number(size);
  return address === null || prefix > bits ? null : { address, bits, prefix };
}

function ipv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((total, part) => total * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head, tail = []] = groups as [string[], string[]?];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return null;
  return all.reduce((total, group) => total * 65536n + BigInt(`0x${group}`), 0n);
}

function addressText(address: bigint, bits: 32 | 128): string {
  const count = bits === 32 ? 4 : 8;
  const width = BigInt(bits / count);
  const parts = Array.from({ length: count }, (_, i) => (address >> (width * BigInt(count - 1 - i))) & ((1n << width) - 1n));
  if (bits === 32) return parts.join('.');
  return shortened(parts.map((part) => part.toString(16)));
}

/** The longest run of zero groups, of two at least, becomes `::`. */
function shortened(groups: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}
