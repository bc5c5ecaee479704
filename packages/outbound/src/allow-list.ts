/** The operator's list of hosts and networks that users may reach although they are not public. */
import type ipaddr from 'ipaddr.js';
import { Failure } from '@hearth/kernel';
import { addressClass, plainAddress } from './addresses.ts';

export interface AllowList {
  /** True when the host was named, by itself or by its domain. Lower-case, without a dot at the end. */
  hasHost(host: string): boolean;
  /** True when the address lies in a listed network. A metadata service must be listed by its own address. */
  hasAddress(address: string): boolean;
}

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * Entries: `images.example.org`, `*.example.org` (every host below), `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`.
 * `setting` is named when an entry cannot be read (`Failure('configuration')`).
 */
export function parseAllowList(entries: readonly string[], setting: string): AllowList {
  const hosts = new Set<string>();
  const domains: string[] = [];
  const networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  const single = new Set<string>();
  for (const raw of entries) {
    const entry = raw.trim().toLowerCase().replace(/\.$/, '');
    if (entry === '') continue;
    const address = plainAddress(entry);
    if (address !== null) single.add(address.toString());
    else if (entry.includes('/')) networks.push(networkOf(entry, setting));
    else if (entry.startsWith('*.') && isHostName(entry.slice(2))) domains.push(entry.slice(1));
    else if (isHostName(entry)) hosts.add(entry);
    else throw unreadable(raw, setting);
  }
  return {
    hasHost: (host) => hosts.has(host) || domains.some((domain) => host.endsWith(domain)),
    hasAddress(text) {
      const address = plainAddress(text);
      if (address === null) return false;
      if (single.has(address.toString())) return true;
      if (addressClass(text) === 'metadata') return false;
      return networks.some(([network, bits]) => network.kind() === address.kind() && matches(address, network, bits));
    },
  };
}

function matches(address: ipaddr.IPv4 | ipaddr.IPv6, network: ipaddr.IPv4 | ipaddr.IPv6, bits: number): boolean {
  return address.kind() === 'ipv4'
    ? (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits)
    : (address as ipaddr.IPv6).match(network as ipaddr.IPv6, bits);
}

function networkOf(entry: string, setting: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const slash = entry.indexOf('/');
  const bits = entry.slice(slash + 1);
  const network = entry.slice(0, slash);
  const address = plainAddress(network);
  if (address === null || !/^\d{1,3}$/.test(bits)) throw unreadable(entry, setting);
  // `::ffff:10.0.0.0/104` means 10.0.0.0/8: its first 96 bits say only that it is IPv4.
  const isMapped = address.kind() === 'ipv4' && network.includes(':');
  const length = Number(bits) - (isMapped ? 96 : 0);
  if (length < 0 || length > (address.kind() === 'ipv4' ? 32 : 128)) throw unreadable(entry, setting);
  return [address, length];
}

/** A name whose last label is a number would be read as an IPv4 address by every URL parser. */
function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '');
}

const unreadable = (entry: string, setting: string): Failure =>
  new Failure(
    'configuration',
    `${setting}: "${entry.trim()}" is no host name, IP address or network; write for example images.example.org, *.example.org, 10.1.2.3 or 10.0.0.0/8`,
  );
