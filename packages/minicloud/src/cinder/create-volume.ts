/** Creation of a volume from whatever it may come from, inside the caller's transaction. */
import type { Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { begun } from './machine.ts';
import { needQuota } from './quotas.ts';
import { collections, stored, type Stored, type VolumeDocument, type VolumeRecord } from './records.ts';
import { badRequest, conflict, malformed } from './refusals.ts';
import { allTypes, defaultType, isMultiattach, typeNamed } from './volume-types.ts';
import { originOf, type VolumeWish } from './volume-origins.ts';
import { ZONE, type StorageParts } from './volumes.ts';

/** Refused where Cinder refuses; otherwise the new volume, `creating`. */
export async function createVolume(parts: StorageParts, tx: CloudStore, wish: VolumeWish, identity: Identity): Promise<VolumeDocument> {
  const { context } = parts;
  const nowMs = context.clock.now();
  const types = await allTypes(tx);
  const asked = wish.typeName === null ? null : typeNamed(types, wish.typeName, identity);
  const origin = await originOf(parts, tx, wish, identity, nowMs);
  if (wish.zone !== null && wish.zone !== ZONE) throw badRequest(`Availability zone '${wish.zone}' is invalid.`);
  const type = asked ?? types.find((one) => one.id === origin.typeId) ?? defaultType(types);
  const size = wish.sizeGb ?? origin.sizeGb;
  if (size === null) throw malformed();
  origin.checkSize?.(size);
  const projectId = identity.projectId ?? '';
  await needQuota(tx, projectId, types, { kind: 'volumes', sizeGb: size, volumeGb: size, typeName: type.name }, nowMs);
  const id = context.random.uuid();
  const draft: VolumeRecord = {
    status: 'creating',
    passage: null,
    updatedAtMs: null,
    size,
    description: wish.description,
    user_id: identity.userId,
    availability_zone: ZONE,
    typeId: type.id,
    metadata: wish.metadata,
    adminMetadata: {},
    imageMetadata: null,
    bootable: false,
    multiattach: isMultiattach(type),
    encrypted: type.body.encryption !== null,
    snapshot_id: wish.snapshotId,
    source_volid: wish.sourceId,
    attachments: [],
  };
  const schedule = parts.schedule('create', { id, name: wish.name ?? '', projectId, sizeGb: size, metadata: wish.metadata }, nowMs);
  const seen = wish.backupId === null ? 'creating' : 'restoring-backup';
  const record = begun<VolumeRecord>(
    draft,
    { deed: 'create', seen, to: 'available', failed: 'error', schedule, effects: origin.effects },
    nowMs,
  );
  const made = await tx.documents.insert<Stored<VolumeRecord>>(
    collections.volumes,
    { id, name: wish.name, projectId, body: stored({ ...record, updatedAtMs: record.passage === null ? nowMs : null }) },
    nowMs,
  );
  if (made === null) throw conflict(`Volume ${id} exists already.`);
  return made;
}
