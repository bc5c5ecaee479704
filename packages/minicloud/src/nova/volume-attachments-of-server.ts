/** The disks of a server and the volumes behind them: made and reserved with the server, let go of with it. */
import { Refusal } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import { attachToServer, detachFromServer } from '../cinder/attaching.ts';
import { createVolume } from '../cinder/create-volume.ts';
import type { VolumeDocument } from '../cinder/records.ts';
import type { StorageSchedule } from '../cinder/schedule.ts';
import { blankWish, type VolumeWish } from '../cinder/volume-origins.ts';
import { findSnapshot, findVolume, type StorageParts } from '../cinder/volumes.ts';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ImageSource } from './images.ts';
import type { DiskRecord } from './records.ts';
import { badRequest } from './refusals.ts';

/** What attaching needs of the compute service's parts. */
export interface AttachingParts {
  readonly context: ServiceContext;
  readonly images: ImageSource;
  readonly storage: StorageSchedule;
}

export const storageOf = (parts: AttachingParts): StorageParts => ({
  context: parts.context,
  images: parts.images,
  schedule: parts.storage,
});

/** Those that are not detached by now. */
export const presentDisks = (disks: readonly DiskRecord[], nowMs: number): readonly DiskRecord[] =>
  disks.filter((disk) => disk.goneAtMs === undefined || disk.goneAtMs > nowMs);

export interface DiskOwner {
  readonly serverId: string;
  readonly identity: Identity;
  /** When the server will be up: its volumes are attached from then on. Null: never, or nobody knows. */
  readonly readyAtMs: number | null;
  readonly nowMs: number;
  /** What the flavor allows of local disks besides the first. */
  readonly ephemeralGb: number;
}

/** The disks that were wished for, with volumes made and reserved; refused where Nova refuses. */
export async function disksWithVolumes(
  parts: AttachingParts,
  tx: CloudStore,
  wished: readonly DiskRecord[],
  owner: DiskOwner,
): Promise<readonly DiskRecord[]> {
  const local = wished.filter((disk) => disk.source === 'blank' && disk.isVolume !== true);
  if (local.reduce((sum, disk) => sum + disk.sizeGb, 0) > owner.ephemeralGb)
    throw badRequest(
      'Ephemeral disks requested are larger than the instance type allows. If no size is given in one block device mapping, flavor ephemeral size will be used.',
    );
  const disks: DiskRecord[] = [];
  for (const disk of wished) disks.push(disk.isVolume === true ? await withVolume(parts, tx, disk, owner) : disk);
  return disks;
}

async function withVolume(parts: AttachingParts, tx: CloudStore, disk: DiskRecord, owner: DiskOwner): Promise<DiskRecord> {
  const storage = storageOf(parts);
  const volume = await volumeFor(storage, tx, disk, owner);
  if (disk.bootIndex === 0 && disk.source === 'volume' && !volume.body.bootable)
    throw badRequest(`Block Device ${volume.id} is not bootable.`);
  const attachment = await attachToServer(
    storage,
    tx,
    volume,
    { serverId: owner.serverId, device: disk.deviceName, readyAtMs: owner.readyAtMs },
    owner.nowMs,
  );
  const bdmId = parts.context.random.uuid();
  return { ...disk, volumeId: volume.id, sizeGb: volume.body.size, attachmentId: attachment.id, bdmId };
}

async function volumeFor(storage: StorageParts, tx: CloudStore, disk: DiskRecord, owner: DiskOwner): Promise<VolumeDocument> {
  const { identity, nowMs, serverId } = owner;
  const id = disk.sourceId ?? '';
  if (disk.source === 'volume')
    return orRefused(() => findVolume(tx, id, identity, nowMs, true), `Block Device Mapping is Invalid: failed to get volume ${id}.`);
  if (disk.source === 'snapshot') await orRefused(() => findSnapshot(tx, id, identity, nowMs), `Snapshot ${id} could not be found.`);
  if (disk.source === 'image' && (await storage.images.find(tx, id, identity)) === null)
    throw badRequest(`Block Device Mapping is Invalid: failed to get image ${id}.`);
  const wish: VolumeWish = {
    ...blankWish,
    name: disk.source === 'blank' ? `${serverId}-blank-vol` : '',
    description: '',
    sizeGb: disk.sizeGb > 0 ? disk.sizeGb : null,
    snapshotId: disk.source === 'snapshot' ? id : null,
    imageId: disk.source === 'image' ? id : null,
    typeName: disk.volumeType ?? null,
  };
  return createVolume(storage, tx, wish, identity);
}

async function orRefused<T>(look: () => Promise<T>, message: string): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-found') throw badRequest(message);
    throw error;
  }
}

/** When a server goes: its volumes are detached, and deleted where that was wished. */
export async function releaseDisks(
  parts: AttachingParts,
  tx: CloudStore,
  server: { readonly id: string; readonly disks: readonly DiskRecord[]; readonly goneAtMs: number | null },
  nowMs: number,
): Promise<void> {
  for (const disk of presentDisks(server.disks, nowMs)) {
    if (disk.volumeId === null) continue;
    const wish = { serverId: server.id, alsoDelete: disk.isDeletedWithServer, doneAtMs: server.goneAtMs };
    await detachFromServer(storageOf(parts), tx, disk.volumeId, wish, nowMs);
  }
}
