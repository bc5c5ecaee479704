/**
 * Giving addresses to ports. A claim in the database is what makes an address belong to one port; this decides which to try. Called inside the
 * transaction that writes the port, with the network's row shared-locked, so that its subnets stay as they were read.
 */
import { Refusal, type JsonObject, type Random } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import {
  candidates,
  contains,
  formatIp,
  lowestFree,
  parseCidr,
  parseIp,
  randomMac,
  slaacAddress,
  usableRange,
  type Cidr,
  type Range,
} from './addresses.ts';
import type { FixedIp, SubnetBody } from './objects.ts';

export type Subnet = Document<SubnetBody>;

export interface AddressWish {
  /** A router announces what hosts make their addresses of; it has only those that it was given. */
  readonly isOfRouter?: boolean;
  readonly networkId: string;
  readonly portId: string;
  readonly macAddress: string;
  readonly subnets: readonly Subnet[];
  /** Undefined: one address of each IP version there is. Entries name a subnet, an address or both. */
  readonly fixedIps: readonly JsonObject[] | undefined;
  /** What the port has already, on an update: kept where it is wished for again. */
  readonly held: readonly FixedIp[];
}

export const ipSpace = (networkId: string): string => `neutron.ip:${networkId}`;
export const macSpace = (networkId: string): string => `neutron.mac:${networkId}`;
export const portOwner = (portId: string): string => `neutron.port:${portId}`;

const invalid = (type: string, message: string): Refusal => new Refusal('invalid', type, message);

/** Addresses that a host makes up itself from the router's announcements. */
export const isAutoAddressed = (subnet: Subnet): boolean =>
  subnet.body.ipv6_address_mode === 'slaac' || subnet.body.ipv6_address_mode === 'dhcpv6-stateless';

export function cidrOf(subnet: Subnet): Cidr {
  const cidr = parseCidr(subnet.body.cidr);
  if (cidr === null) throw invalid('InvalidCIDR', `Invalid CIDR ${subnet.body.cidr} given as IP prefix.`);
  return cidr;
}

export const poolsOf = (subnet: Subnet): readonly Range[] =>
  subnet.body.allocation_pools.map((pool) => ({ first: parseIp(pool.start)?.value ?? 0n, last: parseIp(pool.end)?.value ?? -1n }));

/** Takes every address that is wished for, or throws having taken whatever the transaction will undo. */
export async function takeAddresses(tx: CloudStore, wish: AddressWish, random: Random): Promise<readonly FixedIp[]> {
  const fixed: FixedIp[] = [];
  const automatic = wish.isOfRouter === true ? [] : wish.subnets.filter(isAutoAddressed);
  const add = async (taken: Promise<FixedIp>): Promise<void> => void fixed.push(await taken);
  if (wish.fixedIps === undefined) {
    for (const version of [4, 6] as const) {
      const choices = wish.subnets.filter((subnet) => subnet.body.ip_version === version && !isAutoAddressed(subnet));
      if (choices.length > 0) await add(takeAny(tx, wish, choices, random));
    }
  } else {
    for (const entry of wish.fixedIps) await add(takeWished(tx, wish, entry, random));
  }
  for (const subnet of automatic) {
    if (!fixed.some((one) => one.subnet_id === subnet.id)) await add(takeAutomatic(tx, wish, subnet));
  }
  return fixed;
}

async function takeWished(tx: CloudStore, wish: AddressWish, entry: JsonObject, random: Random): Promise<FixedIp> {
  const subnetId = entry.subnet_id as string | undefined;
  const address = entry.ip_address === undefined ? null : parseIp(entry.ip_address as string);
  const subnet = subnetId === undefined ? undefined : wish.subnets.find((one) => one.id === subnetId);
  if (subnetId !== undefined && subnet === undefined) throw await strangeSubnet(tx, wish.networkId, subnetId);
  if (address === null) {
    if (subnet === undefined) throw invalid('InvalidInput', 'Invalid input for operation: IP allocation requires subnet_id or ip_address.');
    return isAutoAddressed(subnet) ? takeAutomatic(tx, wish, subnet) : takeAny(tx, wish, [subnet], random);
  }
  const text = formatIp(address.version, address.value);
  const isIn = (one: Subnet): boolean => one.body.ip_version === address.version && contains(cidrOf(one), address.value);
  const home = subnet ?? wish.subnets.find(isIn);
  if (home === undefined)
    throw invalid('InvalidIpForNetwork', `IP address ${text} is not a valid IP for any of the subnets on the specified network.`);
  if (!isIn(home) || !contains(usableRange(cidrOf(home)), address.value)) {
    throw invalid('InvalidIpForSubnet', `IP address ${text} is not a valid IP for the specified subnet.`);
  }
  if (isAutoAddressed(home) && address.value !== slaacAddress(cidrOf(home), wish.macAddress)) {
    const reason = `IPv6 address ${text} cannot be directly assigned to a port on subnet ${home.id} as the subnet is configured for automatic addresses`;
    throw invalid('AllocationOnAutoAddressSubnet', reason);
  }
  const isTaken = await tryTake(tx, wish, text);
  if (!isTaken) throw new Refusal('conflict', 'IpAddressAlreadyAllocated', `IP address ${text} already allocated in subnet ${home.id}`);
  return { subnet_id: home.id, ip_address: text };
}

async function strangeSubnet(tx: CloudStore, networkId: string, subnetId: string): Promise<Refusal> {
  const elsewhere = await tx.documents.get<SubnetBody>('neutron.subnets', subnetId);
  if (elsewhere === null) return new Refusal('not-found', 'SubnetNotFound', `Subnet ${subnetId} could not be found.`);
  return invalid(
    'InvalidInput',
    `Invalid input for operation: Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnetId}.`,
  );
}

async function takeAutomatic(tx: CloudStore, wish: AddressWish, subnet: Subnet): Promise<FixedIp> {
  const text = formatIp(6, slaacAddress(cidrOf(subnet), wish.macAddress));
  if (!(await tryTake(tx, wish, text)))
    throw new Refusal('conflict', 'IpAddressAlreadyAllocated', `IP address ${text} already allocated in subnet ${subnet.id}`);
  return { subnet_id: subnet.id, ip_address: text };
}

/** One free address of the first subnet that has one: a few guesses, then a look at all that is taken. */
async function takeAny(tx: CloudStore, wish: AddressWish, subnets: readonly Subnet[], random: Random): Promise<FixedIp> {
  for (const subnet of subnets) {
    const { ip_version: version } = subnet.body;
    const kept = wish.held.find((one) => one.subnet_id === subnet.id);
    if (kept !== undefined && (await tryTake(tx, wish, kept.ip_address))) return kept;
    const pools = poolsOf(subnet);
    const guesses = candidates(pools, () => random.next()).map((value) => formatIp(version, value));
    const guessed = guesses.length === 0 ? null : await tx.claims.takeFirst(ipSpace(wish.networkId), guesses, portOwner(wish.portId));
    if (guessed !== null) return { subnet_id: subnet.id, ip_address: guessed };
    const found = await takeLowest(tx, wish, version, pools);
    if (found !== null) return { subnet_id: subnet.id, ip_address: found };
  }
  throw new Refusal('conflict', 'IpAddressGenerationFailure', `No more IP addresses available on network ${wish.networkId}.`);
}

async function takeLowest(tx: CloudStore, wish: AddressWish, version: 4 | 6, pools: readonly Range[]): Promise<string | null> {
  // Each round that does not return has lost an address to somebody else's commit, so the rounds end.
  for (;;) {
    const claims = await tx.claims.taken(ipSpace(wish.networkId));
    const values = claims.map((claim) => parseIp(claim.value)).filter((one) => one?.version === version);
    const taken = values.map((one) => one?.value ?? 0n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const free = lowestFree(pools, taken);
    if (free === null) return null;
    const text = formatIp(version, free);
    if (await tryTake(tx, wish, text)) return text;
  }
}

const tryTake = (tx: CloudStore, wish: AddressWish, text: string): Promise<boolean> =>
  tx.claims.take(ipSpace(wish.networkId), text, portOwner(wish.portId));

/** The wished MAC address, or a free one of our own making. */
export async function takeMac(tx: CloudStore, networkId: string, portId: string, wished: string | null, random: Random): Promise<string> {
  if (wished !== null) {
    if (await tx.claims.take(macSpace(networkId), wished, portOwner(portId))) return wished;
    const reason = `Unable to complete operation for network ${networkId}. The mac address ${wished} is in use.`;
    throw new Refusal('conflict', 'MacAddressInUse', reason);
  }
  for (let tries = 0; tries < 16; tries += 1) {
    const made = randomMac(random.bytes(3));
    if (await tx.claims.take(macSpace(networkId), made, portOwner(portId))) return made;
  }
  throw new Refusal('unavailable', 'NetworkMacAddressGenerationFailure', `Unable to generate unique mac on network ${networkId}.`);
}
