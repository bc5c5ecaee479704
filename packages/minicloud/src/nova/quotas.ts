/**
 * Quotas: what a project may have, stored per project over the defaults, and the refusals when it would be too much. -1 is without limit.
 * Counting happens only where there is a limit, under a lock, so that two requests at once cannot both take the last place.
 */
import { Refusal, type JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { collections, type StoredServer } from './records.ts';
import { isGone } from './server-life.ts';

export const UNLIMITED = -1;
export const QUOTA_NAMES = ['cores', 'instances', 'key_pairs', 'metadata_items', 'ram', 'server_group_members', 'server_groups'] as const;
/** Of things that went to the network service, or away, long ago; until 2.35 and 2.56. */
export const NETWORK_QUOTA_NAMES = ['fixed_ips', 'floating_ips', 'security_group_rules', 'security_groups'] as const;
export const FILE_QUOTA_NAMES = ['injected_file_content_bytes', 'injected_file_path_bytes', 'injected_files'] as const;

export type QuotaName = (typeof QUOTA_NAMES)[number];
export type Limits = Readonly<Record<string, number>>;

const COLLECTION = 'nova.quotas';
/** The defaults that an administrator may set for everybody. */
const DEFAULTS = 'class:default';

export async function limitsOf(store: CloudStore, projectId: string | null): Promise<Limits> {
  const ids = projectId === null ? [DEFAULTS] : [DEFAULTS, projectId];
  const found = await store.documents.list(COLLECTION, { where: [{ field: 'id', in: ids }] });
  const of = (id: string): JsonObject => found.find((one) => one.id === id)?.body ?? {};
  return { ...(of(DEFAULTS) as Limits), ...(projectId === null ? {} : (of(projectId) as Limits)) };
}

export const limitOf = (limits: Limits, name: string): number => limits[name] ?? UNLIMITED;

/** Null: the defaults. */
export async function setLimits(tx: CloudStore, projectId: string | null, changes: Limits, nowMs: number): Promise<void> {
  const id = projectId ?? DEFAULTS;
  const before = await tx.documents.get(COLLECTION, id, { lock: true });
  const body = { ...before?.body, ...changes };
  if (before === null) await tx.documents.insert(COLLECTION, { id, body }, nowMs);
  else await tx.documents.replace(COLLECTION, { id, body }, nowMs);
}

export const forgetLimits = (tx: CloudStore, projectId: string): Promise<boolean> => tx.documents.remove(COLLECTION, projectId);

export interface Usage {
  readonly instances: number;
  readonly cores: number;
  readonly ram: number;
  readonly diskGb: number;
}

/** Of one project, or of all. */
export async function usageOf(store: CloudStore, projectId: string | null, nowMs: number): Promise<Usage> {
  const where = projectId === null ? [] : [{ field: 'project_id', is: projectId }];
  const without = ['actions', 'disks', 'hints', 'metadata', 'publicKey', 'tags'];
  const servers = (await store.documents.list<StoredServer>(collections.servers, { where, without })).filter((one) => !isGone(one, nowMs));
  const sum = (size: 'vcpus' | 'ramMb' | 'diskGb'): number => servers.reduce((total, one) => total + one.body.state.flavor[size], 0);
  return { instances: servers.length, cores: sum('vcpus'), ram: sum('ramMb'), diskGb: sum('diskGb') };
}

const overQuota = (message: string): Refusal => new Refusal('forbidden', 'OverQuota', message);
export const tooMany = {
  keypairs: () => overQuota('Quota exceeded, too many key pairs.'),
  serverGroups: () => overQuota('Quota exceeded, too many server groups.'),
  groupMembers: () => overQuota('Quota exceeded, too many servers in group'),
  metadata: (allowed: number) => overQuota(`Maximum number of metadata items exceeds ${allowed}`),
} as const;

export interface Size {
  readonly vcpus: number;
  readonly ramMb: number;
}

/**
 * How many of the servers wished for (between `minCount` and `maxCount`) there is room for. Refused when there is not even room for the
 * fewest, in Nova's words.
 */
export function allowedCount(limits: Limits, used: Usage, size: Size, counts: { minCount: number; maxCount: number }): number {
  const { minCount, maxCount } = counts;
  const room = (name: 'instances' | 'cores' | 'ram'): number => {
    const limit = limitOf(limits, name);
    return limit === UNLIMITED ? Number.POSITIVE_INFINITY : Math.max(0, limit - used[name]);
  };
  const each = { instances: 1, cores: size.vcpus, ram: size.ramMb };
  const names = ['cores', 'instances', 'ram'] as const;
  const allowed = Math.min(maxCount, ...names.map((name) => (each[name] === 0 ? maxCount : Math.floor(room(name) / each[name]))));
  if (allowed >= minCount) return allowed;
  const overs = names.filter((name) => each[name] * maxCount > room(name));
  const requested = (name: (typeof names)[number]): string =>
    name === 'instances' && minCount !== maxCount ? `${minCount}-${maxCount}` : String(each[name] * maxCount);
  throw overQuota(
    `Quota exceeded for ${overs.join(', ')}: Requested ${overs.map(requested).join(', ')}, but already used ` +
      `${overs.map((name) => used[name]).join(', ')} of ${overs.map((name) => limitOf(limits, name)).join(', ')} ${overs.join(', ')}`,
  );
}

const isLimited = (limits: Limits, names: readonly QuotaName[]): boolean => names.some((name) => limitOf(limits, name) !== UNLIMITED);
const lockName = (projectId: string): string => `nova.quota:${projectId}`;

/** Within the transaction that makes the servers. */
export async function serversAllowed(
  tx: CloudStore,
  limits: Limits,
  projectId: string,
  wish: { readonly size: Size; readonly minCount: number; readonly maxCount: number; readonly nowMs: number },
): Promise<number> {
  if (!isLimited(limits, ['instances', 'cores', 'ram'])) return wish.maxCount;
  await tx.lock(lockName(projectId));
  return allowedCount(limits, await usageOf(tx, projectId, wish.nowMs), wish.size, wish);
}

/** What a larger flavor adds; a smaller one never is too much. */
export async function refuseLargerFlavor(
  tx: CloudStore,
  projectId: string,
  sizes: { readonly before: Size; readonly after: Size },
  nowMs: number,
): Promise<void> {
  const size = {
    vcpus: Math.max(0, sizes.after.vcpus - sizes.before.vcpus),
    ramMb: Math.max(0, sizes.after.ramMb - sizes.before.ramMb),
  };
  const limits = await limitsOf(tx, projectId);
  if ((size.vcpus === 0 && size.ramMb === 0) || !isLimited(limits, ['cores', 'ram'])) return;
  await tx.lock(lockName(projectId));
  allowedCount({ ...limits, instances: UNLIMITED }, await usageOf(tx, projectId, nowMs), size, { minCount: 1, maxCount: 1 });
}

/** `count` is asked only where there is a limit, under a lock. */
export async function refuseOneMore(
  tx: CloudStore,
  limit: number,
  lock: string,
  count: () => Promise<number>,
  refusal: () => Refusal,
): Promise<void> {
  if (limit === UNLIMITED) return;
  await tx.lock(lock);
  if ((await count()) >= limit) throw refusal();
}

export function refuseTooMuchMetadata(limits: Limits, metadata: Readonly<Record<string, string>>): void {
  const limit = limitOf(limits, 'metadata_items');
  if (limit !== UNLIMITED && Object.keys(metadata).length > limit) throw tooMany.metadata(limit);
}
