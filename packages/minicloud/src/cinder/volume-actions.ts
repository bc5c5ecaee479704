/** Actions on volumes: extend, retype, revert, flags, image metadata, upload; what an administrator may set. Attaching by hand has its own file. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { fieldOf, type Acting, type VolumeAction } from './acting.ts';
import { manualAttachActions } from './manual-attaching.ts';
import type { VersionedRoute } from './microversions.ts';
import { needQuota } from './quotas.ts';
import { collections, type SnapshotRecord } from './records.ts';
import { begun } from './machine.ts';
import {
  badRequest,
  bodyUnder,
  choiceOf,
  invalidInput,
  invalidVolume,
  missing,
  needAdmin,
  needed,
  noSuchPage,
  refuseUnknownKeys,
  textOf,
  textsOf,
  truthOf,
  unfit,
  uuidOf,
  wholeOf,
} from './refusals.ts';
import { allTypes, typeNamed } from './volume-types.ts';
import { uploadToImage } from './upload-image.ts';
import { blankWish, originOf } from './volume-origins.ts';
import { beginOnVolume, deleteVolume, findVolume, objectOf, save, saveVolume, snapshotsOf, type StorageParts } from './volumes.ts';

const ACTIONS: Readonly<Record<string, VolumeAction>> = {
  ...manualAttachActions,
  'os-extend': { required: ['new_size'], perform: extend },
  'os-retype': { required: ['new_type'], optional: ['migration_policy'], perform: retype },
  revert: { since: 40, required: ['snapshot_id'], perform: revert },
  'os-set_bootable': {
    required: ['bootable'],
    async perform({ tx, volume, value, nowMs }) {
      await saveVolume(tx, volume, { bootable: truthOf(fieldOf(value, 'bootable'), 'bootable') }, nowMs);
      return empty(200);
    },
  },
  'os-update_readonly_flag': {
    required: ['readonly'],
    async perform({ tx, volume, value, nowMs }) {
      const readonly = truthOf(fieldOf(value, 'readonly'), 'readonly');
      if (volume.body.status !== 'available')
        throw invalidVolume(
          `Volume ${volume.id} status must be available to update readonly flag, but current status is: ${volume.body.status}.`,
        );
      const adminMetadata = { ...volume.body.adminMetadata, readonly: readonly ? 'True' : 'False' };
      await saveVolume(tx, volume, { adminMetadata }, nowMs);
      return empty(202);
    },
  },
  'os-reset_status': { adminPolicy: 'volume_extension:volume_admin_actions:reset_status', perform: resetStatus },
  'os-force_delete': {
    adminPolicy: 'volume_extension:volume_admin_actions:force_delete',
    async perform({ parts, tx, volume }) {
      await deleteVolume(parts, tx, volume, { force: true });
      return empty(202);
    },
  },
  'os-set_image_metadata': {
    required: ['metadata'],
    async perform({ tx, volume, value, nowMs }) {
      const imageMetadata = { ...volume.body.imageMetadata, ...textsOf(fieldOf(value, 'metadata'), 'metadata') };
      await saveVolume(tx, volume, { imageMetadata }, nowMs);
      return json(200, { metadata: imageMetadata });
    },
  },
  'os-show_image_metadata': { perform: async ({ volume }) => json(200, { metadata: volume.body.imageMetadata ?? {} }) },
  'os-unset_image_metadata': {
    required: ['key'],
    async perform({ tx, volume, value, nowMs }) {
      const key = textOf(fieldOf(value, 'key'), 'key', 255, 1);
      const { [key]: before, ...imageMetadata } = volume.body.imageMetadata ?? {};
      if (before === undefined) throw missing(`Glance metadata for volume/snapshot ${volume.id} cannot be found.`);
      await saveVolume(tx, volume, { imageMetadata }, nowMs);
      return empty(200);
    },
  },
  'os-volume_upload_image': {
    required: ['image_name'],
    optional: ['force', 'container_format', 'disk_format', 'visibility', 'protected'],
    perform: uploadToImage,
  },
  'os-reimage': {
    since: 68,
    required: ['image_id'],
    optional: ['reimage_reserved'],
    perform: reimage,
  },
  'os-migrate_volume': {
    adminPolicy: 'volume_extension:volume_admin_actions:migrate_volume',
    async perform({ value }) {
      throw badRequest(`Invalid host: No available service named '${textOf(fieldOf(value, 'host'), 'host')}'`);
    },
  },
  'os-unmanage': {
    adminPolicy: 'volume_extension:volume_unmanage',
    async perform({ tx, volume }) {
      if (volume.body.status !== 'available') throw invalidVolume('Volume status must be available to be unmanaged.');
      await tx.documents.remove(collections.volumes, volume.id);
      return empty(202);
    },
  },
};

export const volumeActionRoutes = (parts: StorageParts): readonly VersionedRoute[] => [
  { method: 'POST', path: '/volumes/:id/action', handle: (request, minor) => volumeAction(parts, request, minor) },
];

async function volumeAction(parts: StorageParts, request: ApiRequest, minor: number): Promise<Answer> {
  const [entry, more] = isJsonObject(request.body) ? Object.entries(request.body) : [];
  if (entry === undefined || more !== undefined) throw badRequest('Malformed request body');
  const [name, value] = entry;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined)
    throw badRequest(`There is no such action: ${name}. Verify the request body and Content-Type header and try again.`);
  if (minor < (action.since ?? 0)) throw noSuchPage();
  if (action.required !== undefined) {
    const given = bodyUnder(request, name);
    refuseUnknownKeys(given, name, [...action.required, ...(action.optional ?? [])]);
    for (const key of action.required) needed(given, name, key);
  }
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  return store.transaction(async (tx) => {
    const volume = await findVolume(tx, request.params.id ?? '', request.identity, nowMs, true);
    if (action.adminPolicy !== undefined) needAdmin(request.identity, action.adminPolicy);
    return action.perform({ parts, tx, request, minor, volume, nowMs, value });
  });
}

async function extend({ parts, tx, volume, value, minor, nowMs }: Acting): Promise<Answer> {
  const size = wholeOf(fieldOf(value, 'new_size') ?? null, 'new_size', 1);
  const { body } = volume;
  const isUsed = body.status === 'in-use' && minor >= 42;
  if (body.status !== 'available' && !isUsed)
    throw invalidVolume(`Volume ${volume.id} status must be '{'status': 'available'}' to extend, currently ${body.status}.`);
  if (size <= body.size)
    throw invalidInput(`New size for extend must be greater than current size. (current: ${body.size}, extended: ${size}).`);
  const types = await allTypes(tx);
  const typeName = types.find((type) => type.id === body.typeId)?.name ?? null;
  await needQuota(tx, volume.projectId ?? '', types, { kind: 'extend', sizeGb: size - body.size, volumeGb: size, typeName }, nowMs);
  await beginOnVolume(
    parts,
    tx,
    volume,
    { deed: 'extend', seen: 'extending', to: body.status, failed: 'error_extending', effects: { size } },
    nowMs,
  );
  return empty(202);
}

async function retype({ parts, tx, request, volume, value, nowMs }: Acting): Promise<Answer> {
  const name = textOf(fieldOf(value, 'new_type'), 'new_type', 255, 1);
  const policy = fieldOf(value, 'migration_policy');
  if (policy !== undefined && policy !== null) choiceOf(policy, 'migration_policy', ['on-demand', 'never']);
  const { body } = volume;
  const type = typeNamed(await allTypes(tx), name, request.identity);
  if ((body.status !== 'available' && body.status !== 'in-use') || type.id === body.typeId)
    throw invalidVolume(
      'Retype needs volume to be in available or in-use state, not be part of an active migration or a consistency group, requested type has to be different that the one from the volume, and for in-use volumes front-end qos specs cannot change.',
    );
  const deed = { deed: 'retype', seen: 'retyping', to: body.status, failed: body.status, effects: { typeId: type.id } } as const;
  await beginOnVolume(parts, tx, volume, deed, nowMs);
  return empty(202);
}

async function revert({ parts, tx, volume, value, nowMs }: Acting): Promise<Answer> {
  const id = textOf(fieldOf(value, 'snapshot_id'), 'snapshot_id');
  const snapshots = await snapshotsOf(tx, volume.id, nowMs);
  const latest = snapshots.at(-1);
  if (latest === undefined) throw badRequest(`Volume ${volume.id} doesn't have any snapshots.`);
  if (latest.id !== id) throw badRequest(`Specified snapshot ${id} is None or not the latest one of volume ${volume.id}.`);
  const { status, size } = volume.body;
  if (status !== 'available' && status !== 'in-use')
    throw invalidVolume(`Volume ${volume.id} status must be available or in-use, but current status is: ${status}.`);
  if (size > latest.body.size)
    throw invalidInput(
      `Can't revert volume ${volume.id} to its latest snapshot ${id}. The volume size must be equal to the snapshot size.`,
    );
  if (latest.body.status !== 'available')
    throw invalidInput(`Can't revert volume ${volume.id} to its latest snapshot ${id}. Snapshot status must be available.`);
  const schedule = parts.schedule('revert', objectOf(volume), nowMs);
  const begin = { deed: 'revert', schedule, failed: 'error' } as const;
  const restoring = begun<SnapshotRecord>(latest.body, { ...begin, seen: 'restoring', to: 'available' }, nowMs);
  await save<SnapshotRecord>(tx, collections.snapshots, latest, restoring, nowMs);
  await saveVolume(tx, volume, begun(volume.body, { ...begin, seen: 'reverting', to: status }, nowMs), nowMs);
  return empty(202);
}

/** The volume's data become the image's. */
async function reimage({ parts, tx, request, volume, value, nowMs }: Acting): Promise<Answer> {
  const imageId = uuidOf(fieldOf(value, 'image_id'), 'image_id');
  const { status } = volume.body;
  const isReserved = fieldOf(value, 'reimage_reserved') === true;
  if (status !== 'available' && status !== 'error' && !(isReserved && status === 'reserved')) {
    const wanted = isReserved ? 'available or error or reserved' : 'available or error';
    throw invalidVolume(`Volume ${volume.id} status must be ${wanted}, but current status is ${status}.`);
  }
  const { effects, checkSize } = await originOf(parts, tx, { ...blankWish, imageId }, request.identity, nowMs);
  checkSize?.(volume.body.size);
  const to = status === 'error' ? 'available' : status;
  await beginOnVolume(parts, tx, volume, { deed: 'create', seen: 'downloading', to, failed: 'error', effects }, nowMs);
  return empty(202);
}

const STATUSES = [
  ...['creating', 'available', 'deleting', 'error', 'error_deleting', 'error_managing', 'managing', 'attaching', 'in-use', 'detaching'],
  ...['maintenance', 'restoring-backup', 'error_restoring', 'reserved', 'awaiting-transfer', 'backing-up', 'error_backing-up'],
  ...['error_extending', 'downloading', 'uploading', 'retyping', 'extending'],
];

async function resetStatus({ tx, volume, value, nowMs }: Acting): Promise<Answer> {
  const given: JsonObject = isJsonObject(value) ? value : {};
  refuseUnknownKeys(given, 'os-reset_status', ['status', 'attach_status', 'migration_status']);
  if (given.status === undefined && given.attach_status === undefined && given.migration_status === undefined)
    throw unfit('os-reset_status', given, '{} is not valid under any of the given schemas');
  const status = given.status === undefined || given.status === null ? null : textOf(given.status, 'status').toLowerCase();
  if (status !== null && !STATUSES.includes(status)) {
    const valid = STATUSES.map((one) => `'${one}'`).join(', ');
    throw badRequest(`Volume status: ${status} is invalid, valid statuses are: (${valid}).`);
  }
  const isDetached = given.attach_status === 'detached';
  if (isDetached) await tx.claims.releaseAll(`volume:${volume.id}`);
  await saveVolume(
    tx,
    volume,
    { ...(status === null ? {} : { status, passage: null }), ...(isDetached ? { attachments: [] } : {}) },
    nowMs,
  );
  return empty(202);
}
