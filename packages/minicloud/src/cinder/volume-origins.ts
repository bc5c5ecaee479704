/** What a new volume is made from: a snapshot, another volume, an image, a backup or nothing; and what it inherits. */
import type { JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import { IMAGES, type ImageBody } from '../glance/state.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { collections, type BackupRecord, type Stored } from './records.ts';
import { badRequest, invalidInput, invalidVolume, missing } from './refusals.ts';
import { findSnapshot, findVolume, present, type StorageParts } from './volumes.ts';

export interface VolumeWish {
  readonly name: string | null;
  readonly description: string | null;
  /** Null: that of what it is made from. */
  readonly sizeGb: number | null;
  readonly typeName: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly zone: string | null;
  readonly snapshotId: string | null;
  readonly sourceId: string | null;
  readonly imageId: string | null;
  readonly backupId: string | null;
}

export const blankWish: VolumeWish = {
  name: null,
  description: null,
  sizeGb: null,
  typeName: null,
  metadata: {},
  zone: null,
  snapshotId: null,
  sourceId: null,
  imageId: null,
  backupId: null,
};

export interface Origin {
  /** Null: the wish must say. */
  readonly sizeGb: number | null;
  readonly typeId: string | null;
  /** What the volume has once it is made. */
  readonly effects: JsonObject;
  /** Throws when a volume of this size is too small for it. */
  readonly checkSize?: (sizeGb: number) => void;
}

const NOTHING: Origin = { sizeGb: null, typeId: null, effects: {} };

export async function originOf(parts: StorageParts, tx: CloudStore, wish: VolumeWish, identity: Identity, nowMs: number): Promise<Origin> {
  if (wish.snapshotId !== null) return fromSnapshot(tx, wish.snapshotId, identity, nowMs);
  if (wish.sourceId !== null) return fromVolume(tx, wish.sourceId, identity, nowMs);
  if (wish.imageId !== null) return fromImage(parts, tx, wish.imageId, identity);
  if (wish.backupId !== null) return fromBackup(tx, wish.backupId, identity, nowMs);
  return NOTHING;
}

async function fromSnapshot(tx: CloudStore, id: string, identity: Identity, nowMs: number): Promise<Origin> {
  const { body } = await findSnapshot(tx, id, identity, nowMs);
  if (body.status !== 'available') throw badRequest("Invalid snapshot: Originating snapshot status must be one of 'available' values");
  const volume = await tx.documents.get<JsonObject>(collections.volumes, body.volume_id);
  return {
    sizeGb: body.size,
    typeId: body.typeId,
    effects: { bootable: volume?.body.bootable === true, imageMetadata: volume?.body.imageMetadata ?? null },
    checkSize(sizeGb) {
      if (sizeGb < body.size)
        throw invalidInput(
          `Volume size '${sizeGb}'GB cannot be smaller than the snapshot size ${body.size}GB. They must be >= original snapshot size.`,
        );
    },
  };
}

async function fromVolume(tx: CloudStore, id: string, identity: Identity, nowMs: number): Promise<Origin> {
  const { body } = await findVolume(tx, id, identity, nowMs);
  if (body.status !== 'available' && body.status !== 'in-use')
    throw invalidVolume(
      "Unable to create a volume from an originating source volume when its status is not one of ('available', 'in-use')",
    );
  return {
    sizeGb: body.size,
    typeId: body.typeId,
    effects: { bootable: body.bootable, imageMetadata: body.imageMetadata },
    checkSize(sizeGb) {
      if (sizeGb < body.size)
        throw invalidInput(
          `Volume size '${sizeGb}'GB cannot be smaller than original volume size  ${body.size}GB. They must be >= original volume size.`,
        );
    },
  };
}

const GIB = 1024 ** 3;

async function fromImage(parts: StorageParts, tx: CloudStore, id: string, identity: Identity): Promise<Origin> {
  const facts = await parts.images.find(tx, id, identity);
  const image = facts === null ? null : await tx.documents.get<ImageBody>(IMAGES, id);
  if (image === null) throw badRequest('Invalid image identifier or unable to access requested image.');
  const { body } = image;
  if (body.status !== 'active') throw invalidInput(`Image ${id} is not active.`);
  const imageMetadata = {
    ...Object.fromEntries(Object.entries(body.extra).map(([name, value]) => [name, String(value)])),
    image_id: id,
    image_name: body.name ?? '',
    checksum: body.checksum ?? '',
    container_format: body.container_format ?? '',
    disk_format: body.disk_format ?? '',
    min_disk: String(body.min_disk),
    min_ram: String(body.min_ram),
    size: String(body.size ?? 0),
  };
  return {
    sizeGb: null,
    typeId: null,
    effects: { bootable: true, imageMetadata },
    checkSize(sizeGb) {
      const imageGb = Math.ceil((body.size ?? 0) / GIB);
      if (imageGb > sizeGb) throw invalidInput(`Size of specified image ${imageGb}GB is larger than volume size ${sizeGb}GB.`);
      if (body.min_disk > sizeGb)
        throw invalidInput(`Volume size ${sizeGb}GB cannot be smaller than the image minDisk size ${body.min_disk}GB.`);
    },
  };
}

async function fromBackup(tx: CloudStore, id: string, identity: Identity, nowMs: number): Promise<Origin> {
  const backup = await present<BackupRecord>(tx, collections.backups, id, identity, nowMs);
  if (backup === null) throw missing(`Backup ${id} could not be found.`);
  const { body } = backup;
  if (body.status !== 'available') throw badRequest('Invalid backup: Backup status must be available');
  const source = await tx.documents.get<Stored<{ bootable: boolean; typeId: string }>>(collections.volumes, body.volume_id);
  return {
    sizeGb: body.size,
    typeId: source?.body.typeId ?? null,
    effects: { bootable: source?.body.bootable === true },
    checkSize(sizeGb) {
      if (sizeGb < body.size)
        throw invalidInput(
          `Volume size '${sizeGb}'GB cannot be smaller than the backup size ${body.size}GB. They must be >= original backup size.`,
        );
    },
  };
}
