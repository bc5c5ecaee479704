/** Subnet pools and address scopes: their prefixes and bounds, and when they may change or go. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { formatCidr, overlaps, parseCidr, type Cidr } from './addresses.ts';
import { badRequest, invalidInput, type Wanted } from './attributes.ts';
import { isOwner, maySee, type By } from './collection.ts';
import type { Network } from './networks.ts';
import { subnetsOf } from './networks.ts';
import { collections, type NetworkBody, type SubnetBody } from './objects.ts';
import { defaultPools, hasSubnets, poolMissing, poolSharing, scopesOf, type Pool } from './pool-allocation.ts';
import type { PoolBody } from './pool-objects.ts';
import { cidrsOf, covers, without } from './prefixes.ts';

const invalid = (type: string, message: string): Refusal => new Refusal('invalid', type, message);
export const scopeMissing = (id: string): Refusal =>
  new Refusal('not-found', 'AddressScopeNotFound', `Address scope ${id} could not be found.`);

/** Prefixes merged as far as possible, of one IP version. */
function readPrefixes(texts: readonly string[]): readonly Cidr[] {
  const cidrs = texts.map((text) => parseCidr(text)).filter((cidr) => cidr !== null);
  const [first] = cidrs;
  if (first === undefined) throw invalid('EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (cidrs.some((cidr) => cidr.version !== first.version))
    throw invalid('PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
  return cidrsOf(first.version, cidrs);
}

function readBounds(values: JsonObject, version: 4 | 6): Pick<PoolBody, 'min_prefixlen' | 'max_prefixlen' | 'default_prefixlen'> {
  const longest = version === 4 ? 32 : 128;
  const least = (values.min_prefixlen as number | undefined) ?? (version === 4 ? 8 : 64);
  const most = (values.max_prefixlen as number | undefined) ?? longest;
  const usual = (values.default_prefixlen as number | undefined) ?? least;
  const illegal = (bounds: string): Refusal => invalid('IllegalSubnetPoolPrefixBounds', `Illegal prefix bounds: ${bounds}.`);
  if (most > longest) throw illegal(`max_prefixlen=${most}, max_prefixlen=${longest}`);
  if (least > most) throw illegal(`min_prefixlen=${least}, max_prefixlen=${most}`);
  if (usual < least) throw illegal(`default_prefixlen=${usual}, min_prefixlen=${least}`);
  if (usual > most) throw illegal(`default_prefixlen=${usual}, max_prefixlen=${most}`);
  return { min_prefixlen: least, max_prefixlen: most, default_prefixlen: usual };
}

export async function completePool(tx: CloudStore, wanted: Wanted, by: By & { readonly id: string }): Promise<JsonObject> {
  const { values } = wanted;
  const cidrs = readPrefixes(values.prefixes as readonly string[]);
  const version = (cidrs[0] as Cidr).version;
  const body = {
    ...values,
    prefixes: cidrs.map(formatCidr),
    ip_version: version,
    default_quota: values.default_quota ?? null,
    ...readBounds(values, version),
  };
  if (values.is_default === true) await refuseSecondDefault(tx, version, by.id);
  await refuseScope(tx, { id: by.id, scopeId: values.address_scope_id ?? null, cidrs }, by);
  return body;
}

async function refuseSecondDefault(tx: CloudStore, version: 4 | 6, id: string): Promise<void> {
  await tx.lock('neutron.default_subnetpool');
  if ((await defaultPools(tx, version)).every((pool) => pool.id === id)) return;
  throw invalidInput('A default subnetpool for this IP family has already been set. Only one default may exist per IP family');
}

interface Scoped {
  readonly id: string;
  readonly scopeId: Json;
  readonly cidrs: readonly Cidr[];
}

async function refuseScope(tx: CloudStore, { id, scopeId, cidrs }: Scoped, by: By): Promise<void> {
  if (typeof scopeId !== 'string') return;
  // Pools that join one scope at the same moment must see each other.
  const scope = await tx.documents.get(collections.scopes, scopeId, { lock: true });
  if (scope === null || !maySee(poolSharing, scope, by.identity)) throw scopeMissing(scopeId);
  const illegal = (type: string, reason: string): Refusal =>
    invalid(type, `Illegal subnetpool association: subnetpool ${id} cannot associate with address scope ${scopeId}${reason}.`);
  if (!isOwner(scope, by.identity)) throw illegal('IllegalSubnetPoolAssociationToAddressScope', '');
  if (scope.body.ip_version !== cidrs[0]?.version)
    throw illegal(
      'IllegalSubnetPoolIpVersionAssociationToAddressScope',
      ` because subnetpool ip_version is not ${String(scope.body.ip_version)}`,
    );
  for (const other of await poolsIn(tx, scopeId)) {
    const theirs = other.body.prefixes.map((text) => parseCidr(text)).filter((cidr) => cidr !== null);
    if (other.id !== id && theirs.some((cidr) => cidrs.some((own) => overlaps(own, cidr)))) {
      const reason = 'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.';
      throw new Refusal('conflict', 'AddressScopePrefixConflict', reason);
    }
  }
}

const poolsIn = (tx: CloudStore, scopeId: string): Promise<readonly Pool[]> =>
  tx.documents.list<PoolBody>(collections.pools, { where: [{ field: 'address_scope_id', in: [scopeId] }] });

export async function changedPool(tx: CloudStore, document: Document, values: JsonObject, by: By): Promise<JsonObject> {
  const before = document.body as PoolBody;
  const old = readPrefixes(before.prefixes);
  const cidrs = values.prefixes === undefined ? old : readPrefixes(values.prefixes as readonly string[]);
  if (!old.every((cidr) => cidrs[0]?.version === cidr.version && covers(cidrs, cidr)))
    throw invalid('IllegalSubnetPoolPrefixUpdate', 'Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.');
  const bounds = readBounds({ ...before, ...values }, before.ip_version);
  if (values.is_default === true) await refuseSecondDefault(tx, before.ip_version, document.id);
  const scopeId = values.address_scope_id === undefined ? before.address_scope_id : values.address_scope_id;
  if (values.prefixes !== undefined || values.address_scope_id !== undefined)
    await refuseScope(tx, { id: document.id, scopeId, cidrs }, by);
  return { ...values, ...bounds, prefixes: cidrs.map(formatCidr) };
}

/** After a pool's address scope has changed: the networks of its subnets are in it. */
export async function keepScopes(tx: CloudStore, poolId: string, nowMs: number): Promise<void> {
  const subnets = await tx.documents.list<SubnetBody>(collections.subnets, { where: [{ field: 'subnetpool_id', in: [poolId] }] });
  for (const networkId of new Set(subnets.map((subnet) => subnet.body.network_id))) {
    const network: Network | null = await tx.documents.get<NetworkBody>(collections.networks, networkId, { lock: true });
    if (network === null) continue;
    const body = { ...network.body, ...(await scopesOf(tx, await subnetsOf(tx, networkId))) } as NetworkBody;
    await tx.documents.replace<NetworkBody>(collections.networks, { id: networkId, body }, nowMs);
  }
}

export async function refusePoolInUse(tx: CloudStore, document: Document): Promise<void> {
  if (await hasSubnets(tx, document.id))
    throw invalid('SubnetPoolDeleteError', 'Unable to delete subnet pool: Subnet pool has existing allocations.');
}

export async function refuseScopeInUse(tx: CloudStore, { id }: Document): Promise<void> {
  if ((await poolsIn(tx, id)).length === 0) return;
  const reason = `Unable to complete operation on address scope ${id}. There are one or more subnet pools in use on the address scope.`;
  throw new Refusal('conflict', 'AddressScopeInUse', reason);
}

/** Prefixes added to or taken from a pool; what subnets use cannot be taken. */
export async function editPrefixes(tx: CloudStore, id: string, edit: 'add' | 'remove', body: unknown, by: By): Promise<readonly string[]> {
  const pool = await tx.documents.get<PoolBody>(collections.pools, id, { lock: true });
  if (pool === null || !isOwner(pool, by.identity)) throw poolMissing(id);
  const given = (body as { prefixes?: unknown } | null)?.prefixes;
  const isList = Array.isArray(given) && given.length <= 200 && given.every((one) => typeof one === 'string' && parseCidr(one) !== null);
  if (!isList) throw badRequest('Invalid input for prefixes. Reason: it must be a list of IP subnets.');
  const old = readPrefixes(pool.body.prefixes);
  const changed = readPrefixes(given as readonly string[]);
  const { ip_version: version } = pool.body;
  if (changed.some((cidr) => cidr.version !== version))
    throw invalid('PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');
  const next = cidrsOf(version, edit === 'add' ? [...old, ...changed] : without(old, changed));
  if (edit === 'remove') await refuseUsedPrefixes(tx, id, changed);
  else await refuseScope(tx, { id, scopeId: pool.body.address_scope_id, cidrs: next }, by);
  const prefixes = next.map(formatCidr);
  await tx.documents.replace<PoolBody>(collections.pools, { id, body: { ...pool.body, prefixes } as PoolBody }, by.nowMs);
  return prefixes;
}

async function refuseUsedPrefixes(tx: CloudStore, poolId: string, removed: readonly Cidr[]): Promise<void> {
  const subnets = await tx.documents.list<SubnetBody>(collections.subnets, { where: [{ field: 'subnetpool_id', in: [poolId] }] });
  const used = subnets.map((subnet) => parseCidr(subnet.body.cidr)).filter((cidr) => cidr !== null);
  if (!used.some((cidr) => removed.some((gone) => overlaps(gone, cidr)))) return;
  const reason = 'Illegal update to prefixes: One or more prefixes are in use by subnets of the pool.';
  throw invalid('IllegalSubnetPoolPrefixUpdate', reason);
}
