/** Subnets out of subnet pools: which pool, which free range of it, and what a project may take. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { parseCidr, type Cidr } from './addresses.ts';
import { cidrOf, type Subnet } from './allocation.ts';
import { badRequestFor, invalidInput } from './attributes.ts';
import { maySee } from './collection.ts';
import type { Network } from './networks.ts';
import { collections, type SubnetBody } from './objects.ts';
import type { PoolBody } from './pool-objects.ts';
import { cidrsOf, covers, without } from './prefixes.ts';

export type Pool = Document<PoolBody>;

export const poolSharing = { sharedBy: ['shared'], sharedWith: ['shared_with'] } as const;
export const poolMissing = (id: string): Refusal => new Refusal('not-found', 'SubnetPoolNotFound', `Subnet pool ${id} could not be found.`);
const invalid = (type: string, message: string): Refusal => new Refusal('invalid', type, message);
/** Neutron answers 500 here; see its fault table. */
const noRoom = (reason: string): Refusal => new Refusal('conflict', 'SubnetAllocationError', `Failed to allocate subnet: ${reason}.`);

/** The pool a new subnet is to come from, locked; null: its range is given. */
export async function poolFor(tx: CloudStore, values: JsonObject, identity: Identity): Promise<Pool | null> {
  const version = values.ip_version as 4 | 6;
  const named = values.subnetpool_id ?? null;
  if (values.use_default_subnetpool === true) {
    if (named !== null) throw badRequestFor('subnets', 'subnetpool_id and use_default_subnetpool cannot both be specified');
    const found = (await defaultPools(tx, version)).find((one) => maySee(poolSharing, one, identity));
    if (found === undefined) throw badRequestFor('subnets', `No default subnetpool found for IPv${version}`);
    return tx.documents.get<PoolBody>(collections.pools, found.id, { lock: true });
  }
  if (typeof named !== 'string') return null;
  const pool = await tx.documents.get<PoolBody>(collections.pools, named, { lock: true });
  if (pool === null || !maySee(poolSharing, pool, identity)) throw poolMissing(named);
  return pool;
}

export const defaultPools = (tx: CloudStore, version: 4 | 6): Promise<readonly Pool[]> =>
  tx.documents.list<PoolBody>(collections.pools, {
    where: [
      { field: 'is_default', in: ['true'] },
      { field: 'ip_version', in: [String(version)] },
    ],
  });

/** Subnets of one network come from one pool, or from pools of one address scope. */
export function refuseOtherPools(network: Network, siblings: readonly Subnet[], pool: Pool | null, version: 4 | 6): void {
  const scope = version === 4 ? network.body.ipv4_address_scope : network.body.ipv6_address_scope;
  if (scope !== null) {
    if (pool === null || pool.body.address_scope_id === scope) return;
    const reason = 'Subnets of the same address family hosted on the same network must all be in the same address scope.';
    throw invalid('NetworkAddressScopeAffinityError', reason);
  }
  const isStrange = (one: Subnet): boolean => one.body.ip_version === version && one.body.subnetpool_id !== (pool?.id ?? null);
  if (siblings.some(isStrange))
    throw invalid('NetworkSubnetPoolAffinityError', 'Subnets hosted on the same network must be allocated from the same subnet pool.');
}

const subnetsFrom = (tx: CloudStore, poolId: string): Promise<readonly Subnet[]> =>
  tx.documents.list<SubnetBody>(collections.subnets, { where: [{ field: 'subnetpool_id', in: [poolId] }] });

export const hasSubnets = async (tx: CloudStore, poolId: string): Promise<boolean> => (await subnetsFrom(tx, poolId)).length > 0;

/** The wished range, or the first free one of the wished length. */
export async function allocatedFrom(tx: CloudStore, pool: Pool, values: JsonObject, projectId: string): Promise<Cidr> {
  const { ip_version: version, prefixes } = pool.body;
  if (values.ip_version !== version)
    throw badRequestFor('subnets', `Cannot allocate IPv${String(values.ip_version)} subnet from IPv${version} subnet pool`);
  const wished = typeof values.cidr === 'string' ? parseCidr(values.cidr) : undefined;
  if (wished === null) throw invalidInput(`${String(values.cidr)} is not in a CIDR format`);
  if (wished !== undefined && values.prefixlen !== undefined)
    throw badRequestFor('subnets', 'cidr and prefixlen must not be supplied together');
  const length = wished?.prefix ?? (values.prefixlen as number | undefined) ?? pool.body.default_prefixlen;
  refuseLength(pool, length);
  const present = await subnetsFrom(tx, pool.id);
  refuseQuota(
    pool,
    length,
    present.filter((subnet) => subnet.projectId === projectId),
  );
  const all = prefixes.map((text) => parseCidr(text)).filter((cidr) => cidr !== null);
  const free = without(all, present.map(cidrOf));
  if (wished !== undefined) {
    if (covers(free, wished)) return wished;
    throw noRoom('Cannot allocate requested subnet from the available set of prefixes');
  }
  // The smallest block that is large enough, so that large ones stay whole.
  const blocks = [...cidrsOf(version, free)].sort((a, b) => b.prefix - a.prefix);
  const block = blocks.find((one) => one.prefix <= length);
  if (block === undefined) throw noRoom(`Insufficient prefix space to allocate subnet size /${length}`);
  const bits = version === 4 ? 32 : 128;
  return { version, first: block.first, last: block.first + (1n << BigInt(bits - length)) - 1n, prefix: length };
}

function refuseLength(pool: Pool, length: number): void {
  const { min_prefixlen: least, max_prefixlen: most } = pool.body;
  const reason = `Unable to allocate subnet with prefix length ${length}, `;
  if (length < least) throw invalid('MinPrefixSubnetAllocationError', `${reason}minimum allowed prefix is ${least}.`);
  if (length > most) throw invalid('MaxPrefixSubnetAllocationError', `${reason}maximum allowed prefix is ${most}.`);
}

/** Counted in addresses for IPv4 and in networks of 64 bits for IPv6. */
function refuseQuota(pool: Pool, length: number, own: readonly Subnet[]): void {
  const { default_quota: quota, ip_version: version } = pool.body;
  if (quota === null) return;
  const unit = version === 4 ? 32 : 64;
  const sizeOf = (prefix: number): bigint => (prefix >= unit ? 1n : 1n << BigInt(unit - prefix));
  const used = own.reduce((sum, subnet) => sum + sizeOf(cidrOf(subnet).prefix), 0n);
  if (used + sizeOf(length) > BigInt(quota))
    throw new Refusal('conflict', 'SubnetPoolQuotaExceeded', 'Per-tenant subnet pool prefix quota exceeded.');
}

/** The address scopes a network is in through its subnets' pools. */
export async function scopesOf(tx: CloudStore, subnets: readonly Subnet[]): Promise<JsonObject> {
  const scopes = { ipv4_address_scope: null as string | null, ipv6_address_scope: null as string | null };
  const poolIds = [...new Set(subnets.flatMap((subnet) => (subnet.body.subnetpool_id === null ? [] : [subnet.body.subnetpool_id])))];
  if (poolIds.length === 0) return scopes;
  for (const pool of await tx.documents.list<PoolBody>(collections.pools, { where: [{ field: 'id', in: poolIds }] }))
    scopes[`ipv${pool.body.ip_version}_address_scope`] = pool.body.address_scope_id;
  return scopes;
}
