/** Snapshots of volumes over HTTP: list, show, create, update, delete, status by an administrator. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { begun } from './machine.ts';
import { listed, type ListRules } from './lists.ts';
import type { VersionedRoute } from './microversions.ts';
import { needQuota } from './quotas.ts';
import { collections, stored, type SnapshotDocument, type SnapshotRecord, type Stored } from './records.ts';
import {
  badRequest,
  bodyUnder,
  conflict,
  invalidVolume,
  needAdmin,
  needed,
  refuseUnknownKeys,
  textOrNull,
  textsOf,
  truthOf,
  unfit,
  uuidOrNull,
} from './refusals.ts';
import { allTypes } from './volume-types.ts';
import { isoMicroseconds, timeOrNull } from './volume-view.ts';
import { beginSnapshotDeletion, findSnapshot, findVolume, save, type StorageParts } from './volumes.ts';

const snapshotList: ListRules = {
  collection: collections.snapshots,
  label: 'Snapshot',
  plural: 'snapshots',
  filters: ['name', 'status', 'volume_id', 'metadata', 'availability_zone', 'consumes_quota'],
  columns: {
    name: 'name',
    display_name: 'name',
    size: 'size',
    volume_size: 'size',
    status: 'status',
    volume_id: 'volume_id',
    user_id: 'user_id',
  },
  strictSince: 31,
};

function snapshotView({ id, name, body, createdMs, projectId }: SnapshotDocument, minor: number, isDetailed: boolean): JsonObject {
  const view: Record<string, Json> = {
    id,
    created_at: isoMicroseconds(createdMs),
    updated_at: timeOrNull(body.updatedAtMs),
    name,
    description: body.description,
    volume_id: body.volume_id,
    status: body.status,
    size: body.size,
    metadata: body.metadata,
  };
  if (minor >= 14) view.group_snapshot_id = null;
  if (minor >= 41) view.user_id = body.user_id;
  if (minor >= 65) view.consumes_quota = true;
  if (!isDetailed) return view;
  view['os-extended-snapshot-attributes:project_id'] = projectId;
  view['os-extended-snapshot-attributes:progress'] = body.status === 'creating' ? '0%' : '100%';
  return view;
}

export function snapshotRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const list = (isDetailed: boolean) => async (request: ApiRequest, minor: number) => {
    const { documents, extras } = await listed<SnapshotRecord>(store, snapshotList, request, minor, clock.now());
    return json(200, { snapshots: documents.map((one) => snapshotView(one, minor, isDetailed)), ...extras });
  };
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  return [
    { method: 'GET', path: '/snapshots', handle: list(false) },
    { method: 'GET', path: '/snapshots/detail', handle: list(true) },
    { method: 'POST', path: '/snapshots', handle: (request, minor) => created(parts, request, minor) },
    {
      method: 'GET',
      path: '/snapshots/:id',
      async handle(request, minor) {
        const snapshot = await findSnapshot(store, idOf(request), request.identity, clock.now());
        return json(200, { snapshot: snapshotView(snapshot, minor, true) });
      },
    },
    {
      method: 'PUT',
      path: '/snapshots/:id',
      async handle(request, minor) {
        const given = bodyUnder(request, 'snapshot');
        refuseUnknownKeys(given, 'snapshot', ['name', 'description', 'display_name', 'display_description']);
        if (Object.keys(given).length === 0) throw unfit('snapshot', given, '{} is not valid under any of the given schemas');
        const [name, description] = [given.name ?? given.display_name, given.description ?? given.display_description];
        const change = {
          ...(name === undefined ? {} : { name: textOrNull(name, 'name') }),
          ...(description === undefined ? {} : { description: textOrNull(description, 'description') }),
        };
        const nowMs = clock.now();
        const done = await store.transaction(async (tx) => {
          const snapshot = await findSnapshot(tx, idOf(request), request.identity, nowMs, true);
          return save<SnapshotRecord>(tx, collections.snapshots, snapshot, change, nowMs);
        });
        return json(200, { snapshot: snapshotView(done, minor, false) });
      },
    },
    {
      method: 'DELETE',
      path: '/snapshots/:id',
      async handle(request) {
        await removed(parts, request, false);
        return empty(202);
      },
    },
    { method: 'POST', path: '/snapshots/:id/action', handle: (request) => action(parts, request) },
  ];
}

async function created(parts: StorageParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'snapshot');
  refuseUnknownKeys(given, 'snapshot', ['volume_id', 'name', 'description', 'display_name', 'display_description', 'metadata', 'force']);
  const volumeId = uuidOrNull(needed(given, 'snapshot', 'volume_id'), 'volume_id') ?? '';
  const name = textOrNull(given.name ?? given.display_name, 'name')?.trim() ?? null;
  const description = textOrNull(given.description ?? given.display_description, 'description');
  const metadata = textsOf(given.metadata, 'metadata', true);
  const forced = given.force === undefined ? null : truthOf(given.force, 'force');
  if (minor >= 66 && forced === false)
    throw badRequest(
      "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored.",
    );
  const mayBeUsed = minor >= 66 || forced === true;
  const { context } = parts;
  const nowMs = context.clock.now();
  const snapshot = await context.store.transaction(async (tx) => {
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    const { status, size, typeId } = volume.body;
    if (status !== 'available' && !(mayBeUsed && status === 'in-use')) {
      const wanted = mayBeUsed ? 'available or in-use' : 'available';
      throw invalidVolume(`Volume ${volume.id} status must be ${wanted}, but current status is: ${status}.`);
    }
    const types = await allTypes(tx);
    const typeName = types.find((type) => type.id === typeId)?.name ?? null;
    await needQuota(tx, volume.projectId ?? '', types, { kind: 'snapshots', sizeGb: size, typeName }, nowMs);
    const id = context.random.uuid();
    const draft: SnapshotRecord = {
      status: 'creating',
      passage: null,
      updatedAtMs: null,
      size,
      description,
      user_id: request.identity.userId,
      volume_id: volume.id,
      typeId,
      metadata,
    };
    const object = { id, name: name ?? '', projectId: volume.projectId ?? '', sizeGb: size, metadata };
    const schedule = parts.schedule('snapshot', object, nowMs);
    const record = begun<SnapshotRecord>(draft, { deed: 'snapshot', seen: 'creating', to: 'available', failed: 'error', schedule }, nowMs);
    const body = stored({ ...record, updatedAtMs: record.passage === null ? nowMs : null });
    return tx.documents.insert<Stored<SnapshotRecord>>(
      collections.snapshots,
      { id, name, projectId: volume.projectId, parentId: volume.id, body },
      nowMs,
    );
  });
  if (snapshot === null) throw conflict('The snapshot exists already.');
  return json(202, { snapshot: snapshotView(snapshot, minor, false) });
}

async function removed(parts: StorageParts, request: ApiRequest, isForced: boolean): Promise<void> {
  const nowMs = parts.context.clock.now();
  await parts.context.store.transaction(async (tx) => {
    const snapshot = await findSnapshot(tx, request.params.id ?? '', request.identity, nowMs, true);
    if (!isForced && !['available', 'error', 'error_deleting'].includes(snapshot.body.status))
      throw badRequest('Invalid snapshot: Snapshot status must be available or error and must not be part of a group.');
    await beginSnapshotDeletion(parts, tx, snapshot, nowMs);
  });
}

const STATUSES = [
  ...['error', 'available', 'creating', 'deleting', 'deleted', 'updating', 'error_deleting'],
  ...['unmanaging', 'backing-up', 'restoring'],
];

async function action(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  const { body } = request;
  const [entry, more] = isJsonObject(body) ? Object.entries(body) : [];
  if (entry === undefined || more !== undefined) throw badRequest('Malformed request body');
  const [name, value] = entry;
  switch (name) {
    case 'os-force_delete':
      needAdmin(request.identity, 'volume_extension:snapshot_admin_actions:force_delete');
      await removed(parts, request, true);
      return empty(202);
    case 'os-reset_status': {
      needAdmin(request.identity, 'volume_extension:snapshot_admin_actions:reset_status');
      const status = textOrNull(isJsonObject(value) ? value.status : undefined, 'status') ?? '';
      if (!STATUSES.includes(status)) {
        const valid = STATUSES.map((one) => `'${one}'`).join(', ');
        throw badRequest(`Snapshot status: ${status} is invalid, valid statuses are: (${valid}).`);
      }
      await setStatus(parts, request, () => status);
      return empty(202);
    }
    case 'os-update_snapshot_status': {
      const status = textOrNull(isJsonObject(value) ? value.status : undefined, 'status') ?? '';
      await setStatus(parts, request, (before) => {
        if (before !== 'creating' && before !== 'deleting')
          throw badRequest(`Snapshot status ${before} not allowed for update_snapshot_status`);
        return status;
      });
      return empty(202);
    }
    default:
      throw badRequest(`There is no such action: ${name}. Verify the request body and Content-Type header and try again.`);
  }
}

async function setStatus(parts: StorageParts, request: ApiRequest, next: (before: string) => string): Promise<void> {
  const nowMs = parts.context.clock.now();
  await parts.context.store.transaction(async (tx) => {
    const snapshot = await findSnapshot(tx, request.params.id ?? '', request.identity, nowMs, true);
    await save<SnapshotRecord>(tx, collections.snapshots, snapshot, { status: next(snapshot.body.status), passage: null }, nowMs);
  });
}
