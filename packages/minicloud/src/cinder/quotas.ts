/** Quotas of block storage: limits per project (and per volume type), what is used, and the refusal of what is too much. */
import { isAdmin, type Identity } from '@hearth/http-kit';
import { Refusal } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { isGone } from './machine.ts';
import {
  collections,
  type BackupRecord,
  type QuotaRecord,
  type SnapshotRecord,
  type Stored,
  type TypeDocument,
  type VolumeRecord,
} from './records.ts';
import { overLimit } from './refusals.ts';

export type Limits = ReadonlyMap<string, number>;

const PLAIN = ['volumes', 'per_volume_gigabytes', 'snapshots', 'gigabytes', 'backups', 'backup_gigabytes'] as const;
/** -1: no limit. Kept as wide as the volumes themselves are cheap; an administrator narrows them. */
const DEFAULTS: Readonly<Record<string, number>> = { backup_gigabytes: 1000, groups: 10 };
const DEFAULTS_ID = 'class:default';

/** Names in the order in which the service lists them. */
export const quotaNames = (types: readonly TypeDocument[]): readonly string[] => [
  ...PLAIN,
  ...types.flatMap(({ name }) => [`volumes_${name}`, `gigabytes_${name}`, `snapshots_${name}`]),
  'groups',
];

async function kept(store: CloudStore, id: string): Promise<Readonly<Record<string, number>>> {
  const document = await store.documents.get<Stored<QuotaRecord>>(collections.quotas, id);
  return document?.body.limits ?? {};
}

/** `projectId` null: what holds for projects without limits of their own. */
export async function limitsOf(store: CloudStore, projectId: string | null, types: readonly TypeDocument[]): Promise<Limits> {
  const [common, own] = await Promise.all([kept(store, DEFAULTS_ID), projectId === null ? {} : kept(store, projectId)]);
  const limits: Readonly<Record<string, number>> = { ...DEFAULTS, ...common, ...own };
  return new Map(quotaNames(types).map((name) => [name, limits[name] ?? -1]));
}

export async function putLimits(
  tx: CloudStore,
  projectId: string | null,
  changes: Readonly<Record<string, number>>,
  nowMs: number,
): Promise<void> {
  const id = projectId ?? DEFAULTS_ID;
  await tx.lock(`cinder.quotas:${id}`);
  const body: Stored<QuotaRecord> = { limits: { ...(await kept(tx, id)), ...changes } };
  const done = await tx.documents.replace<Stored<QuotaRecord>>(collections.quotas, { id, body }, nowMs);
  if (done === null) await tx.documents.insert<Stored<QuotaRecord>>(collections.quotas, { id, projectId, body }, nowMs);
}

export async function forgetLimits(tx: CloudStore, projectId: string): Promise<void> {
  await tx.documents.remove(collections.quotas, projectId);
}

/** What a project has, by quota name. */
export async function usageOf(
  store: CloudStore,
  projectId: string,
  types: readonly TypeDocument[],
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const where = [{ field: 'project_id', in: [projectId] }];
  const [volumes, snapshots, backups] = await Promise.all([
    store.documents.list<Stored<VolumeRecord>>(collections.volumes, { where }),
    store.documents.list<Stored<SnapshotRecord>>(collections.snapshots, { where }),
    store.documents.list<Stored<BackupRecord>>(collections.backups, { where }),
  ]);
  const nameOf = new Map(types.map((type) => [type.id, type.name ?? '']));
  const used = new Map<string, number>();
  const add = (name: string, amount: number): void => void used.set(name, (used.get(name) ?? 0) + amount);
  const addSized = (kind: string, size: number, typeId: string): void => {
    const type = nameOf.get(typeId);
    for (const suffix of type === undefined ? [''] : ['', `_${type}`]) {
      add(`${kind}${suffix}`, 1);
      add(`gigabytes${suffix}`, size);
    }
  };
  for (const { body } of volumes) if (!isGone(body, nowMs)) addSized('volumes', plannedSize(body), body.typeId);
  for (const { body } of snapshots) if (!isGone(body, nowMs)) addSized('snapshots', body.size, body.typeId);
  for (const { body } of backups) {
    if (isGone(body, nowMs)) continue;
    add('backups', 1);
    add('backup_gigabytes', body.size);
  }
  return used;
}

/** A volume that is being extended counts with what it will be. */
const plannedSize = (volume: VolumeRecord): number => {
  const planned = volume.passage?.effects.size;
  return typeof planned === 'number' ? Math.max(planned, volume.size) : volume.size;
};

export interface QuotaWish {
  readonly kind: 'volumes' | 'snapshots' | 'backups' | 'extend';
  /** How many gigabytes more. */
  readonly sizeGb: number;
  /** Of the whole volume, for the limit of a single one. */
  readonly volumeGb?: number;
  readonly typeName?: string | null;
}

/** Throws when the project would have too much. Requests of a project that has limits wait for each other. */
export async function needQuota(tx: CloudStore, projectId: string, types: readonly TypeDocument[], wish: QuotaWish, nowMs: number) {
  const limits = await limitsOf(tx, projectId, types);
  const single = limits.get('per_volume_gigabytes') ?? -1;
  if (wish.volumeGb !== undefined && single >= 0 && wish.volumeGb > single)
    throw overLimit(`VolumeSizeExceedsLimit: Requested volume size ${wish.volumeGb}G is larger than maximum allowed limit ${single}G.`);
  const concerned = namesFor(wish).filter((name) => (limits.get(name) ?? -1) >= 0);
  if (concerned.length === 0) return;
  await tx.lock(`cinder.usage:${projectId}`);
  const used = await usageOf(tx, projectId, types, nowMs);
  for (const name of concerned) refuseOver(name, limits.get(name) ?? -1, used.get(name) ?? 0, wish);
}

function namesFor({ kind, typeName }: QuotaWish): readonly string[] {
  if (kind === 'backups') return ['backup_gigabytes', 'backups'];
  const suffixes = typeName === undefined || typeName === null ? [''] : ['', `_${typeName}`];
  const counted = kind === 'extend' ? [] : suffixes.map((suffix) => `${kind}${suffix}`);
  return [...suffixes.map((suffix) => `gigabytes${suffix}`), ...counted];
}

function refuseOver(name: string, limit: number, used: number, wish: QuotaWish): void {
  if (name === 'backup_gigabytes') {
    if (used + wish.sizeGb > limit)
      throw overLimit(
        `VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota. Requested ${wish.sizeGb}G, quota is ${limit}G and ${used}G has been consumed.`,
      );
  } else if (name.startsWith('gigabytes')) {
    if (used + wish.sizeGb > limit)
      throw overLimit(
        `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed ${name} quota. Requested ${wish.sizeGb}G, quota is ${limit}G and ${used}G has been consumed.`,
      );
  } else if (used + 1 > limit) {
    if (name === 'backups') throw overLimit(`BackupLimitExceeded: Maximum number of backups allowed (${limit}) exceeded`);
    if (name.startsWith('snapshots')) throw overLimit(`SnapshotLimitExceeded: Maximum number of snapshots allowed (${limit}) exceeded`);
    throw overLimit(`VolumeLimitExceeded: Maximum number of volumes allowed (${limit}) exceeded for quota '${name}'.`);
  }
}

/** A project's own limits may be read by its members, others' by administrators only. */
export function needQuotaReader(identity: Identity, projectId: string, policy: string): void {
  if (!isAdmin(identity) && identity.projectId !== projectId)
    throw new Refusal('forbidden', 'PolicyNotAuthorized', `Policy doesn't allow ${policy} to be performed.`);
}
