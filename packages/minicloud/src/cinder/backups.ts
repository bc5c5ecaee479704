/** Backups of volumes over HTTP: full and incremental, restored into a volume that is there or a new one. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { createVolume } from './create-volume.ts';
import { begun } from './machine.ts';
import { listed, type ListRules } from './lists.ts';
import type { VersionedRoute } from './microversions.ts';
import { needQuota } from './quotas.ts';
import { collections, stored, type BackupDocument, type BackupRecord, type Stored, type VolumeDocument } from './records.ts';
import {
  badRequest,
  bodyUnder,
  conflict,
  invalidVolume,
  missing,
  needAdmin,
  needed,
  refuseUnknownKeys,
  textOrNull,
  textsOf,
  truthOf,
  unfit,
  uuidOf,
  uuidOrNull,
} from './refusals.ts';
import { allTypes } from './volume-types.ts';
import { isoMicroseconds, linksOf, timeOrNull } from './volume-view.ts';
import { blankWish } from './volume-origins.ts';
import { beginOnVolume, findSnapshot, findVolume, objectOf, present, save, settledDocument, ZONE, type StorageParts } from './volumes.ts';

const invalidBackup = (reason: string) => badRequest(`Invalid backup: ${reason}`);

const backupList: ListRules = {
  collection: collections.backups,
  label: 'Backup',
  plural: 'backups',
  filters: ['name', 'status', 'volume_id'],
  columns: { name: 'name', display_name: 'name', size: 'size', status: 'status', volume_id: 'volume_id', snapshot_id: 'snapshot_id' },
  strictSince: 31,
};

async function findBackup(store: CloudStore, id: string, identity: Identity, nowMs: number, lock = false): Promise<BackupDocument> {
  const backup = await present<BackupRecord>(store, collections.backups, id, identity, nowMs, lock);
  if (backup === null) throw missing(`Backup ${id} could not be found.`);
  return backup;
}

async function backupsOf(store: CloudStore, volumeId: string, nowMs: number): Promise<readonly BackupDocument[]> {
  const found = await store.documents.list<Stored<BackupRecord>>(collections.backups, { where: [{ field: 'parent_id', in: [volumeId] }] });
  return found.map((one) => settledDocument<BackupRecord>(one, nowMs)).filter((one) => one.body.status !== 'deleted');
}

const briefView = (backup: BackupDocument, request: ApiRequest): JsonObject => ({
  id: backup.id,
  name: backup.name,
  links: linksOf(request, 'backups', backup.id),
});

function detailedView(backup: BackupDocument, parentIds: ReadonlySet<string>, request: ApiRequest, minor: number): JsonObject {
  const { body } = backup;
  const view: Record<string, Json> = {
    id: backup.id,
    status: body.status,
    size: body.size,
    object_count: 0,
    availability_zone: body.availability_zone,
    container: body.container,
    created_at: isoMicroseconds(backup.createdMs),
    updated_at: timeOrNull(body.updatedAtMs),
    name: backup.name,
    description: body.description,
    fail_reason: body.failReason,
    volume_id: body.volume_id,
    links: linksOf(request, 'backups', backup.id),
    is_incremental: body.isIncremental,
    has_dependent_backups: parentIds.has(backup.id),
    snapshot_id: body.snapshot_id,
    data_timestamp: isoMicroseconds(body.dataAtMs),
  };
  if (minor >= 18 && isAdmin(request.identity)) view['os-backup-project-attr:project_id'] = backup.projectId;
  if (minor >= 43) view.metadata = body.metadata;
  if (minor >= 56) view.user_id = body.user_id;
  return view;
}

export function backupRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  const detailed = async (backups: readonly BackupDocument[], request: ApiRequest, minor: number): Promise<readonly JsonObject[]> => {
    const volumeIds = [...new Set(backups.map((one) => one.body.volume_id))];
    const family = volumeIds.length === 0 ? [] : (await Promise.all(volumeIds.map((id) => backupsOf(store, id, clock.now())))).flat();
    const parentIds = new Set(family.flatMap((one) => (one.body.parentId === null ? [] : [one.body.parentId])));
    return backups.map((backup) => detailedView(backup, parentIds, request, minor));
  };
  return [
    {
      method: 'GET',
      path: '/backups',
      async handle(request, minor) {
        const { documents, extras } = await listed<BackupRecord>(store, backupList, request, minor, clock.now());
        return json(200, { backups: documents.map((one) => briefView(one, request)), ...extras });
      },
    },
    {
      method: 'GET',
      path: '/backups/detail',
      async handle(request, minor) {
        const { documents, extras } = await listed<BackupRecord>(store, backupList, request, minor, clock.now());
        return json(200, { backups: await detailed(documents, request, minor), ...extras });
      },
    },
    { method: 'POST', path: '/backups', handle: (request, minor) => created(parts, request, minor) },
    {
      method: 'GET',
      path: '/backups/:id',
      async handle(request, minor) {
        const backup = await findBackup(store, idOf(request), request.identity, clock.now());
        return json(200, { backup: (await detailed([backup], request, minor))[0] });
      },
    },
    ...changeRoutes(parts),
  ];
}

function changeRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  return [
    {
      method: 'PUT',
      path: '/backups/:id',
      since: 9,
      async handle(request, minor) {
        const given = bodyUnder(request, 'backup');
        refuseUnknownKeys(given, 'backup', ['name', 'description', ...(minor >= 43 ? ['metadata'] : [])]);
        if (Object.keys(given).length === 0) throw unfit('backup', given, '{} does not have enough properties');
        const change = {
          ...(given.name === undefined ? {} : { name: textOrNull(given.name, 'name') }),
          ...(given.description === undefined ? {} : { description: textOrNull(given.description, 'description') }),
          ...(given.metadata === undefined ? {} : { metadata: textsOf(given.metadata, 'metadata', true) }),
        };
        const nowMs = clock.now();
        const done = await store.transaction(async (tx) => {
          const backup = await findBackup(tx, idOf(request), request.identity, nowMs, true);
          return save<BackupRecord>(tx, collections.backups, backup, change, nowMs);
        });
        return json(200, { backup: briefView(done, request) });
      },
    },
    {
      method: 'DELETE',
      path: '/backups/:id',
      async handle(request) {
        await removed(parts, request, false);
        return empty(202);
      },
    },
    { method: 'POST', path: '/backups/:id/restore', handle: (request) => restored(parts, request) },
    {
      method: 'GET',
      path: '/backups/:id/export_record',
      async handle(request) {
        needAdmin(request.identity, 'backup:export-import');
        const backup = await findBackup(store, idOf(request), request.identity, clock.now());
        const url = Buffer.from(JSON.stringify({ id: backup.id, volume_id: backup.body.volume_id, size: backup.body.size })).toString(
          'base64',
        );
        return json(200, { 'backup-record': { backup_service: 'simulated', backup_url: url } });
      },
    },
    { method: 'POST', path: '/backups/:id/action', handle: (request) => action(parts, request) },
  ];
}

async function created(parts: StorageParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'backup');
  const later = [...(minor >= 43 ? ['metadata'] : []), ...(minor >= 51 ? ['availability_zone'] : [])];
  const known = ['volume_id', 'container', 'description', 'force', 'incremental', 'name', 'snapshot_id', ...later];
  refuseUnknownKeys(given, 'backup', known);
  const volumeId = uuidOf(needed(given, 'backup', 'volume_id'), 'volume_id');
  const snapshotId = uuidOrNull(given.snapshot_id, 'snapshot_id');
  const isForced = given.force === undefined ? false : truthOf(given.force, 'force');
  const isIncremental = given.incremental === undefined ? false : truthOf(given.incremental, 'incremental');
  const name = textOrNull(given.name, 'name')?.trim() ?? null;
  const { context } = parts;
  const nowMs = context.clock.now();
  const backup = await context.store.transaction(async (tx) => {
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    const snapshot = snapshotId === null ? null : await findSnapshot(tx, snapshotId, request.identity, nowMs);
    if (snapshot !== null && snapshot.body.volume_id !== volumeId)
      throw invalidVolume(`Volume ${snapshot.body.volume_id} does not match with snapshot's volume ${volumeId}.`);
    const { status, size } = volume.body;
    if (snapshot === null && status !== 'available' && status !== 'in-use')
      throw invalidVolume(`Volume to be backed up must be available or in-use, but the current status is "${status}".`);
    if (snapshot === null && status === 'in-use' && !isForced) throw invalidVolume('Backing up an in-use volume must use the force flag.');
    const parent = isIncremental ? await parentFor(tx, volumeId, nowMs) : null;
    await needQuota(tx, volume.projectId ?? '', await allTypes(tx), { kind: 'backups', sizeGb: size }, nowMs);
    const id = context.random.uuid();
    const draft: BackupRecord = {
      status: 'creating',
      passage: null,
      updatedAtMs: null,
      size,
      description: textOrNull(given.description, 'description'),
      user_id: request.identity.userId,
      volume_id: volumeId,
      snapshot_id: snapshotId,
      availability_zone: ZONE,
      container: textOrNull(given.container, 'container') ?? 'volumebackups',
      isIncremental: parent !== null,
      parentId: parent?.id ?? null,
      metadata: textsOf(given.metadata, 'metadata', true),
      failReason: null,
      dataAtMs: snapshot?.createdMs ?? nowMs,
    };
    const object = { id, name: name ?? '', projectId: volume.projectId ?? '', sizeGb: size, metadata: draft.metadata };
    const schedule = parts.schedule('backup', object, nowMs);
    const begin = { deed: 'backup', seen: 'creating', to: 'available', failed: 'error', schedule } as const;
    const record = begun<BackupRecord>(draft, { ...begin, failureEffects: { failReason: schedule.fault } }, nowMs);
    if (snapshot === null)
      await beginOnVolume(parts, tx, volume, { deed: 'backup', seen: 'backing-up', to: status, failed: status }, nowMs);
    const body = stored({ ...record, updatedAtMs: nowMs });
    return tx.documents.insert<Stored<BackupRecord>>(
      collections.backups,
      { id, name, projectId: volume.projectId, parentId: volumeId, body },
      nowMs,
    );
  });
  if (backup === null) throw conflict('The backup exists already.');
  return json(202, { backup: briefView(backup, request) });
}

async function parentFor(tx: CloudStore, volumeId: string, nowMs: number): Promise<BackupDocument> {
  const latest = (await backupsOf(tx, volumeId, nowMs)).at(-1);
  if (latest === undefined) throw invalidBackup('No backups available to do an incremental backup.');
  if (latest.body.status !== 'available') throw invalidBackup('The parent backup must be available for incremental backup.');
  return latest;
}

async function removed(parts: StorageParts, request: ApiRequest, isForced: boolean): Promise<void> {
  const nowMs = parts.context.clock.now();
  await parts.context.store.transaction(async (tx) => {
    const backup = await findBackup(tx, request.params.id ?? '', request.identity, nowMs, true);
    if (!isForced && !['available', 'error'].includes(backup.body.status)) throw invalidBackup('Backup status must be available or error');
    const family = await backupsOf(tx, backup.body.volume_id, nowMs);
    if (family.some((one) => one.body.parentId === backup.id)) throw invalidBackup('Incremental backups exist for this backup.');
    const schedule = parts.schedule('delete-backup', objectOf(backup), nowMs);
    const begin = { deed: 'delete-backup', seen: 'deleting', to: 'deleted', failed: 'error_deleting', schedule } as const;
    await save<BackupRecord>(tx, collections.backups, backup, begun<BackupRecord>(backup.body, begin, nowMs), nowMs);
  });
}

async function restored(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  const given = bodyUnder(request, 'restore');
  refuseUnknownKeys(given, 'restore', ['name', 'volume_id']);
  const volumeId = uuidOrNull(given.volume_id, 'volume_id');
  const name = textOrNull(given.name, 'name');
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const { backup, volume } = await store.transaction(async (tx) => {
    const backup = await findBackup(tx, request.params.id ?? '', request.identity, nowMs, true);
    if (backup.body.status !== 'available') throw invalidBackup('Backup status must be available');
    const volume = await target(backup, tx);
    const schedule = parts.schedule('restore', objectOf(backup), nowMs);
    const begin = { deed: 'restore', seen: 'restoring', to: 'available', failed: 'available', schedule } as const;
    await save<BackupRecord>(tx, collections.backups, backup, begun<BackupRecord>(backup.body, begin, nowMs), nowMs);
    return { backup, volume };
  });
  return json(202, { restore: { backup_id: backup.id, volume_id: volume.id, volume_name: volume.name } });

  async function target(source: BackupDocument, tx: CloudStore): Promise<VolumeDocument> {
    if (volumeId === null) {
      const wish = { ...blankWish, name: name ?? `restore_backup_${source.id}`, sizeGb: source.body.size, backupId: source.id };
      return createVolume(parts, tx, wish, request.identity);
    }
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    if (volume.body.status !== 'available') throw invalidVolume('Volume to be restored to must be available');
    if (volume.body.size < source.body.size)
      throw invalidVolume(`volume size ${volume.body.size} is too small to restore backup of size ${source.body.size}.`);
    const deed = { deed: 'restore', seen: 'restoring-backup', to: 'available', failed: 'error_restoring' } as const;
    return beginOnVolume(parts, tx, volume, deed, nowMs);
  }
}

async function action(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  const [entry, more] = isJsonObject(request.body) ? Object.entries(request.body) : [];
  if (entry === undefined || more !== undefined) throw badRequest('Malformed request body');
  const [name, value] = entry;
  if (name === 'os-force_delete') {
    needAdmin(request.identity, 'volume_extension:backup_admin_actions:force_delete');
    await removed(parts, request, true);
    return empty(202);
  }
  if (name !== 'os-reset_status')
    throw badRequest(`There is no such action: ${name}. Verify the request body and Content-Type header and try again.`);
  needAdmin(request.identity, 'volume_extension:backup_admin_actions:reset_status');
  const status = textOrNull(isJsonObject(value) ? value.status : undefined, 'status') ?? '';
  if (status !== 'available' && status !== 'error')
    throw badRequest(`Backup status: ${status} is invalid, valid statuses are: ('available', 'error').`);
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  await store.transaction(async (tx) => {
    const backup = await findBackup(tx, request.params.id ?? '', request.identity, nowMs, true);
    await save<BackupRecord>(tx, collections.backups, backup, { status, passage: null }, nowMs);
  });
  return empty(202);
}
