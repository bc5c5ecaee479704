/** Subnets: creation, change and deletion under the network's row lock, by Neutron's rules. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import {
  contains,
  defaultGateway,
  defaultPools,
  formatCidr,
  formatIp,
  overlaps,
  parseCidr,
  parseIp,
  usableRange,
  type Cidr,
  type Range,
} from './addresses.ts';
import { ipSpace, isAutoAddressed, portOwner, type Subnet } from './allocation.ts';
import { badRequestFor, invalidInput, notByPolicy, type Wanted } from './attributes.ts';
import { isOwner, maySee, type By } from './collection.ts';
import { replaced, subnetMissing, subnetSharing, subnetsOf, visibleNetwork, type Network } from './networks.ts';
import { collections, type NetworkBody, type PoolText, type PortBody, type SubnetBody } from './objects.ts';
import { allocatedFrom, poolFor, refuseOtherPools, scopesOf } from './pool-allocation.ts';

const forbidden = (message: string): Refusal => new Refusal('forbidden', 'HTTPForbidden', message);

export async function createSubnet(tx: CloudStore, wanted: Wanted, by: By & { readonly id: string }): Promise<Subnet> {
  const { values } = wanted;
  const { identity } = by;
  const networkId = values.network_id as string;
  const network = await visibleNetwork(tx, networkId, identity, true);
  if (!isOwner(network, identity)) throw forbidden(`Tenant ${wanted.projectId} not allowed to create subnet on this network`);
  const siblings = await subnetsOf(tx, networkId);
  const pool = await poolFor(tx, values, identity);
  const cidr = pool === null ? wantedCidr(values) : await allocatedFrom(tx, pool, values, wanted.projectId);
  for (const sibling of siblings) {
    const other = parseCidr(sibling.body.cidr);
    if (other !== null && other.version === cidr.version && overlaps(other, cidr)) {
      throw invalidInput(`Requested subnet with cidr: ${formatCidr(cidr)} for network: ${networkId} overlaps with another subnet`);
    }
  }
  refuseOtherPools(network, siblings, pool, cidr.version);
  const modes = wantedModes(values, cidr);
  const gateway = wantedGateway(values, cidr, modes.isAutomatic);
  const pools = wantedPools(values, cidr, gateway);
  const { name, network_id: _network, prefixlen: _length, use_default_subnetpool: _default, ...rest } = values;
  const body = {
    ...rest,
    network_id: networkId,
    cidr: formatCidr(cidr),
    gateway_ip: gateway === null ? null : formatIp(cidr.version, gateway),
    allocation_pools: poolTexts(cidr.version, pools),
    subnetpool_id: pool?.id ?? null,
    network_shared: network.body.shared,
    shared_with: network.body.shared_with,
    tags: [],
  } as unknown as SubnetBody;
  const draft = { id: by.id, projectId: wanted.projectId, name: name as string, parentId: networkId, body };
  const made = replaced(
    await tx.documents.insert<SubnetBody>(collections.subnets, draft, by.nowMs),
    invalidInput(`subnet ${by.id} exists already`),
  );
  await putSubnets(tx, network, [...network.body.subnets, by.id], by.nowMs);
  return made;
}

async function putSubnets(tx: CloudStore, network: Network, subnets: readonly string[], nowMs: number): Promise<void> {
  const scopes = await scopesOf(tx, await subnetsOf(tx, network.id));
  const body = { ...network.body, subnets, ...scopes } as NetworkBody;
  await tx.documents.replace<NetworkBody>(collections.networks, { id: network.id, body }, nowMs);
}

function wantedCidr(values: JsonObject): Cidr {
  if (typeof values.cidr !== 'string') throw badRequestFor('subnets', 'a subnetpool must be specified in the absence of a cidr');
  const cidr = parseCidr(values.cidr);
  if (cidr === null) throw invalidInput(`${values.cidr} is not in a CIDR format`);
  if (cidr.version !== values.ip_version)
    throw invalidInput(`cidr '${values.cidr}' does not match the ip_version '${String(values.ip_version)}'`);
  return cidr;
}

function wantedModes(values: JsonObject, cidr: Cidr): { isAutomatic: boolean } {
  const ra = values.ipv6_ra_mode ?? null;
  const mode = values.ipv6_address_mode ?? null;
  if (ra === null && mode === null) return { isAutomatic: false };
  if (cidr.version === 4) throw invalidInput('ipv6_ra_mode and ipv6_address_mode are only for IPv6 subnets');
  if (values.enable_dhcp === false) throw invalidInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
  if (ra !== null && mode !== null && ra !== mode) {
    throw invalidInput(
      `ipv6_ra_mode set to '${String(ra)}' with ipv6_address_mode set to '${String(mode)}' is not valid. If both attributes are set, they must be the same value`,
    );
  }
  const isAutomatic = mode === 'slaac' || mode === 'dhcpv6-stateless';
  if (isAutomatic && cidr.prefix !== 64)
    throw invalidInput(
      `Invalid CIDR ${formatCidr(cidr)} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    );
  return { isAutomatic };
}

function wantedGateway(values: JsonObject, cidr: Cidr, isAutomatic: boolean): bigint | null {
  const wished = values.gateway_ip;
  if (wished === null) return null;
  if (wished === undefined) return defaultGateway(cidr, isAutomatic);
  const gateway = parseIp(wished as string);
  if (gateway === null || gateway.version !== cidr.version)
    throw invalidInput(`gateway_ip '${String(wished)}' does not match the ip_version '${cidr.version}'`);
  return gateway.value;
}

function wantedPools(values: JsonObject, cidr: Cidr, gateway: bigint | null): readonly Range[] {
  if (values.allocation_pools === undefined) return defaultPools(cidr, gateway);
  const wished = (values.allocation_pools as readonly PoolText[]).map((pool) => readPool(pool, cidr));
  const usable = usableRange(cidr);
  for (const pool of wished) {
    if (pool.first < usable.first || pool.last > usable.last) {
      throw new Refusal(
        'invalid',
        'OutOfBoundsAllocationPool',
        `The allocation pool ${poolName(cidr, pool)} spans beyond the subnet cidr ${formatCidr(cidr)}.`,
      );
    }
  }
  const ordered = [...wished].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  for (const [i, pool] of ordered.entries()) {
    const next = ordered[i + 1];
    if (next !== undefined && overlaps(pool, next)) {
      const reason = `Found overlapping allocation pools: ${poolName(cidr, pool)} ${poolName(cidr, next)} for subnet ${formatCidr(cidr)}.`;
      throw new Refusal('conflict', 'OverlappingAllocationPools', reason);
    }
  }
  refuseGatewayInPool(cidr, gateway, wished);
  return wished;
}

const poolName = (cidr: Cidr, pool: Range): string => `${formatIp(cidr.version, pool.first)}-${formatIp(cidr.version, pool.last)}`;
const poolTexts = (version: 4 | 6, pools: readonly Range[]): readonly PoolText[] =>
  pools.map((pool) => ({ start: formatIp(version, pool.first), end: formatIp(version, pool.last) }));

function readPool(pool: PoolText, cidr: Cidr): Range {
  const first = parseIp(pool.start);
  const last = parseIp(pool.end);
  if (first === null || last === null || first.version !== cidr.version || last.version !== cidr.version || first.value > last.value) {
    throw new Refusal(
      'invalid',
      'InvalidAllocationPool',
      `The allocation pool {'start': '${pool.start}', 'end': '${pool.end}'} is not valid.`,
    );
  }
  return { first: first.value, last: last.value };
}

function refuseGatewayInPool(cidr: Cidr, gateway: bigint | null, pools: readonly Range[]): void {
  const hit = gateway === null ? undefined : pools.find((pool) => contains(pool, gateway));
  if (hit === undefined || gateway === null) return;
  const reason = `Gateway ip ${formatIp(cidr.version, gateway)} conflicts with allocation pool ${poolName(cidr, hit)}.`;
  throw new Refusal('conflict', 'GatewayConflictWithAllocationPools', reason);
}

export async function ownedSubnet(tx: CloudStore, id: string, identity: Identity, rule: string, lock = false): Promise<Subnet> {
  const subnet = await tx.documents.get<SubnetBody>(collections.subnets, id, { lock });
  if (subnet === null) throw subnetMissing(id);
  if (isOwner(subnet, identity)) return subnet;
  throw maySee(subnetSharing, subnet, identity) ? notByPolicy(`rule:${rule}`) : subnetMissing(id);
}

export async function updateSubnet(tx: CloudStore, id: string, values: JsonObject, identity: Identity, nowMs: number): Promise<Subnet> {
  const before = await ownedSubnet(tx, id, identity, 'update_subnet');
  await tx.documents.get(collections.networks, before.body.network_id, { lock: true });
  const subnet = await ownedSubnet(tx, id, identity, 'update_subnet', true);
  const cidr = parseCidr(subnet.body.cidr) as Cidr;
  const gatewayText = values.gateway_ip === undefined ? subnet.body.gateway_ip : values.gateway_ip;
  const gateway = gatewayText === null ? null : wantedGateway({ gateway_ip: gatewayText }, cidr, false);
  const { name, ...rest } = values;
  const changed: Record<string, Json> = { ...rest };
  if (values.allocation_pools !== undefined) changed.allocation_pools = poolTexts(cidr.version, wantedPools(values, cidr, gateway));
  else if (values.gateway_ip !== undefined)
    refuseGatewayInPool(
      cidr,
      gateway,
      subnet.body.allocation_pools.map((pool) => readPool(pool, cidr)),
    );
  const body = { ...subnet.body, ...changed } as SubnetBody;
  return replaced(
    await tx.documents.replace<SubnetBody>(
      collections.subnets,
      { id, body, ...(name === undefined ? {} : { name: name as string }) },
      nowMs,
    ),
    subnetMissing(id),
  );
}

export async function deleteSubnet(tx: CloudStore, id: string, identity: Identity, nowMs: number): Promise<void> {
  const before = await ownedSubnet(tx, id, identity, 'delete_subnet');
  const network = await tx.documents.get<NetworkBody>(collections.networks, before.body.network_id, { lock: true });
  const subnet = await ownedSubnet(tx, id, identity, 'delete_subnet', true);
  const where = [
    { field: 'parent_id', in: [subnet.body.network_id] },
    { field: 'fixed_ips', contains: [{ subnet_id: id }] },
  ];
  const ports = await tx.documents.list<PortBody>(collections.ports, { where });
  const isStuck = (port: Document<PortBody>): boolean => !isAutoAddressed(subnet) || port.body.device_owner.startsWith('network:router');
  if (ports.some(isStuck)) {
    throw new Refusal(
      'conflict',
      'SubnetInUse',
      `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
    );
  }
  for (const port of ports) await dropAddresses(tx, port, id, nowMs);
  await tx.documents.remove(collections.subnets, id);
  if (network !== null)
    await putSubnets(
      tx,
      network,
      network.body.subnets.filter((one) => one !== id),
      nowMs,
    );
}

/** Addresses that hosts made up themselves go with their subnet. */
async function dropAddresses(tx: CloudStore, port: Document<PortBody>, subnetId: string, nowMs: number): Promise<void> {
  const kept = port.body.fixed_ips.filter((one) => one.subnet_id !== subnetId);
  for (const one of port.body.fixed_ips) {
    const isOurs =
      one.subnet_id === subnetId && (await tx.claims.holder(ipSpace(port.body.network_id), one.ip_address)) === portOwner(port.id);
    if (isOurs) await tx.claims.release(ipSpace(port.body.network_id), one.ip_address);
  }
  await tx.documents.replace<PortBody>(collections.ports, { id: port.id, body: { ...port.body, fixed_ips: kept } as PortBody }, nowMs);
}
