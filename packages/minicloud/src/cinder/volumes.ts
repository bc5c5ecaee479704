/** Volumes: looked up as of now, changed and deleted; changes are always inside the caller's transaction. */
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { ImageSource } from '../nova/images.ts';
import { begun, settledAt, type Begin, type Passing } from './machine.ts';
import {
  collections,
  stored,
  type BackupDocument,
  type SnapshotDocument,
  type SnapshotRecord,
  type Stored,
  type VolumeDocument,
  type VolumeRecord,
} from './records.ts';
import { invalidVolume, missing } from './refusals.ts';
import type { StorageDeed, StorageObject, StorageSchedule } from './schedule.ts';

export interface StorageParts {
  readonly context: ServiceContext;
  readonly schedule: StorageSchedule;
  readonly images: ImageSource;
}

export const ZONE = 'nova';
export const HOST = 'hearth-1@fake';
export const POOL = `${HOST}#fake`;

/** A stored object as of `nowMs`; null when it is gone, missing, or another project's. */
export async function present<T extends Passing>(
  store: CloudStore,
  collection: string,
  id: string,
  identity: Identity,
  nowMs: number,
  lock = false,
): Promise<Document<Stored<T>> | null> {
  const found = await store.documents.get<Stored<T>>(collection, id, { lock });
  if (found === null || (!isAdmin(identity) && found.projectId !== identity.projectId)) return null;
  const now = settledDocument(found, nowMs);
  return now.body.status === 'deleted' ? null : now;
}

export const settledDocument = <T extends Passing>(document: Document<Stored<T>>, nowMs: number): Document<Stored<T>> => {
  const body = settledAt(document.body, nowMs);
  return body === document.body ? document : { ...document, body };
};

export async function findVolume(store: CloudStore, id: string, identity: Identity, nowMs: number, lock = false): Promise<VolumeDocument> {
  const volume = await present<VolumeRecord>(store, collections.volumes, id, identity, nowMs, lock);
  if (volume === null) throw missing(`Volume ${id} could not be found.`);
  return volume;
}

export async function findSnapshot(
  store: CloudStore,
  id: string,
  identity: Identity,
  nowMs: number,
  lock = false,
): Promise<SnapshotDocument> {
  const snapshot = await present<SnapshotRecord>(store, collections.snapshots, id, identity, nowMs, lock);
  if (snapshot === null) throw missing(`Snapshot ${id} could not be found.`);
  return snapshot;
}

/** Writes the record with its changes; what has settled is written down on the way. */
export async function save<T extends Passing>(
  tx: CloudStore,
  collection: string,
  document: Document<Stored<T>>,
  change: Partial<T> & { readonly name?: string | null },
  nowMs: number,
): Promise<Document<Stored<T>>> {
  const { name, ...rest } = change;
  const body = stored({ ...document.body, updatedAtMs: nowMs, ...rest }) as unknown as Stored<T>;
  const done = await tx.documents.replace<Stored<T>>(collection, { id: document.id, body, ...(name === undefined ? {} : { name }) }, nowMs);
  if (done === null) throw missing(`${document.id} could not be found.`);
  return done;
}

export const saveVolume = (
  tx: CloudStore,
  volume: VolumeDocument,
  change: Partial<VolumeRecord> & { readonly name?: string | null },
  nowMs: number,
): Promise<VolumeDocument> => save<VolumeRecord>(tx, collections.volumes, volume, change, nowMs);

export const objectOf = (document: VolumeDocument | SnapshotDocument | BackupDocument): StorageObject => ({
  id: document.id,
  name: document.name ?? '',
  projectId: document.projectId ?? '',
  sizeGb: document.body.size,
  metadata: document.body.metadata,
});

export interface Deed extends Omit<Begin, 'schedule'> {
  readonly deed: StorageDeed;
}

/** Begins a transition of a volume and writes it down. */
export function beginOnVolume(
  parts: StorageParts,
  tx: CloudStore,
  volume: VolumeDocument,
  deed: Deed,
  nowMs: number,
): Promise<VolumeDocument> {
  const schedule = parts.schedule(deed.deed, objectOf(volume), nowMs);
  return saveVolume(tx, volume, begun<VolumeRecord>(volume.body, { ...deed, schedule }, nowMs), nowMs);
}

const DELETABLE = ['available', 'error', 'error_restoring', 'error_extending', 'error_managing', 'error_deleting'];
const WRONG_STATE =
  'Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';

/** `force`: whatever its status. `cascade`: with its snapshots. */
export async function deleteVolume(
  parts: StorageParts,
  tx: CloudStore,
  volume: VolumeDocument,
  how: { readonly force?: boolean; readonly cascade?: boolean } = {},
): Promise<void> {
  const nowMs = parts.context.clock.now();
  const snapshots = await snapshotsOf(tx, volume.id, nowMs);
  const isIdle = DELETABLE.includes(volume.body.status) && volume.body.attachments.length === 0;
  if ((how.force !== true && !isIdle) || (snapshots.length > 0 && how.cascade !== true)) throw invalidVolume(WRONG_STATE);
  const busy = snapshots.find((snapshot) => !['available', 'error', 'deleting'].includes(snapshot.body.status));
  if (busy !== undefined) throw invalidVolume(WRONG_STATE);
  for (const snapshot of snapshots) await beginSnapshotDeletion(parts, tx, snapshot, nowMs);
  await forgetAttachmentIds(tx, volume);
  await beginOnVolume(parts, tx, volume, { deed: 'delete', seen: 'deleting', to: 'deleted', failed: 'error_deleting' }, nowMs);
}

export async function beginSnapshotDeletion(parts: StorageParts, tx: CloudStore, snapshot: SnapshotDocument, nowMs: number): Promise<void> {
  const schedule = parts.schedule('delete-snapshot', objectOf(snapshot), nowMs);
  const body = begun<SnapshotRecord>(
    snapshot.body,
    { deed: 'delete-snapshot', seen: 'deleting', to: 'deleted', failed: 'error_deleting', schedule },
    nowMs,
  );
  await save<SnapshotRecord>(tx, collections.snapshots, snapshot, body, nowMs);
}

async function forgetAttachmentIds(tx: CloudStore, volume: VolumeDocument): Promise<void> {
  if (volume.body.attachments.length > 0) await tx.claims.releaseAll(`volume:${volume.id}`);
}

/** Oldest first; those that are gone are left out. */
export async function snapshotsOf(tx: CloudStore, volumeId: string, nowMs: number): Promise<readonly SnapshotDocument[]> {
  const found = await tx.documents.list<Stored<SnapshotRecord>>(collections.snapshots, { where: [{ field: 'parent_id', in: [volumeId] }] });
  return found.map((one) => settledDocument<SnapshotRecord>(one, nowMs)).filter((one) => one.body.status !== 'deleted');
}
