/** Handing a volume to another project: offered with a key, accepted by whoever has it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Json, JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { projectOf, type VersionedRoute } from './microversions.ts';
import { needQuota } from './quotas.ts';
import {
  collections,
  type SnapshotRecord,
  type Stored,
  type TransferDocument,
  type TransferRecord,
  type VolumeRecord,
  stored,
} from './records.ts';
import {
  badRequest,
  bodyUnder,
  conflict,
  invalidVolume,
  missing,
  needed,
  refuseUnknownKeys,
  textOf,
  textOrNull,
  truthOf,
  uuidOf,
} from './refusals.ts';
import { allTypes } from './volume-types.ts';
import { isoMicroseconds, linksOf } from './volume-view.ts';
import { findVolume, settledDocument, snapshotsOf, type StorageParts } from './volumes.ts';

const digestOf = (salt: string, key: string): string => createHash('sha256').update(`${salt}:${key}`).digest('hex');
const hex = (parts: StorageParts, bytes: number): string => Buffer.from(parts.context.random.bytes(bytes)).toString('hex');

interface View {
  readonly request: ApiRequest;
  readonly minor: number;
  readonly isNew: boolean;
}

const links = ({ request }: View, id: string): JsonObject => ({ links: linksOf(request, 'os-volume-transfer', id) });
const briefView = (transfer: TransferDocument, view: View): JsonObject => ({
  id: transfer.id,
  volume_id: transfer.body.volume_id,
  name: transfer.name,
  ...links(view, transfer.id),
});
function detailedView(transfer: TransferDocument, view: View, key: string | null = null): JsonObject {
  const shown: Record<string, Json> = {
    id: transfer.id,
    created_at: isoMicroseconds(transfer.createdMs),
    name: transfer.name,
    volume_id: transfer.body.volume_id,
  };
  if (key !== null) shown.auth_key = key;
  Object.assign(shown, links(view, transfer.id));
  if (view.isNew) shown.no_snapshots = transfer.body.noSnapshots;
  if (view.isNew && view.minor >= 57)
    Object.assign(shown, { destination_project_id: null, source_project_id: transfer.projectId, accepted: false });
  return shown;
}

async function findTransfer(store: CloudStore, id: string, identity: Identity | null): Promise<TransferDocument> {
  const transfer = await store.documents.get<Stored<TransferRecord>>(collections.transfers, id, { lock: false });
  const isOwn = identity === null || isAdmin(identity) || transfer?.projectId === identity.projectId;
  if (transfer === null || !isOwn) throw missing(`Transfer ${id} could not be found.`);
  return transfer;
}

export const transferRoutes = (parts: StorageParts): readonly VersionedRoute[] => [
  ...routesAt(parts, '/os-volume-transfer', false),
  ...routesAt(parts, '/volume-transfers', true),
];

function routesAt(parts: StorageParts, path: string, isNew: boolean): readonly VersionedRoute[] {
  const { store } = parts.context;
  const since = isNew ? 55 : 0;
  const list = async (request: ApiRequest): Promise<readonly TransferDocument[]> => {
    const everywhere = isAdmin(request.identity) && ['1', 'true'].includes((request.query.get('all_tenants') ?? '').toLowerCase());
    const where = everywhere ? [] : [{ field: 'project_id', in: [projectOf(request)] }];
    return store.documents.list<Stored<TransferRecord>>(collections.transfers, { where, limit: 1000 });
  };
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  return [
    {
      method: 'GET',
      path,
      since,
      handle: async (request, minor) =>
        json(200, { transfers: (await list(request)).map((one) => briefView(one, { request, minor, isNew })) }),
    },
    {
      method: 'GET',
      path: `${path}/detail`,
      since,
      handle: async (request, minor) =>
        json(200, { transfers: (await list(request)).map((one) => detailedView(one, { request, minor, isNew })) }),
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      since,
      async handle(request, minor) {
        return json(200, { transfer: detailedView(await findTransfer(store, idOf(request), request.identity), { request, minor, isNew }) });
      },
    },
    { method: 'POST', path, since, handle: (request, minor) => offered(parts, request, { request, minor, isNew }) },
    { method: 'POST', path: `${path}/:id/accept`, since, handle: (request, minor) => accepted(parts, request, { request, minor, isNew }) },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      since,
      async handle(request) {
        await store.transaction(async (tx) => {
          const transfer = await findTransfer(tx, idOf(request), request.identity);
          await tx.documents.remove(collections.transfers, transfer.id);
          await setStatus(parts, tx, transfer.body.volume_id, 'available');
        });
        return empty(202);
      },
    },
  ];
}

async function setStatus(parts: StorageParts, tx: CloudStore, volumeId: string, status: string, projectId?: string, userId?: string) {
  const nowMs = parts.context.clock.now();
  const found = await tx.documents.get<Stored<VolumeRecord>>(collections.volumes, volumeId, { lock: true });
  if (found === null) return;
  const { body } = settledDocument<VolumeRecord>(found, nowMs);
  const change = { ...body, status, updatedAtMs: nowMs, ...(userId === undefined ? {} : { user_id: userId }) };
  await tx.documents.replace<Stored<VolumeRecord>>(
    collections.volumes,
    { id: volumeId, body: stored(change), ...(projectId === undefined ? {} : { projectId }) },
    nowMs,
  );
}

async function offered(parts: StorageParts, request: ApiRequest, view: View): Promise<Answer> {
  const given = bodyUnder(request, 'transfer');
  refuseUnknownKeys(given, 'transfer', ['volume_id', 'name', ...(view.isNew ? ['no_snapshots'] : [])]);
  const volumeId = uuidOf(needed(given, 'transfer', 'volume_id'), 'volume_id');
  const name = textOrNull(given.name, 'name')?.trim() ?? null;
  const noSnapshots = given.no_snapshots === undefined ? false : truthOf(given.no_snapshots, 'no_snapshots');
  const { store, clock, random } = parts.context;
  const nowMs = clock.now();
  const key = hex(parts, 8);
  const salt = hex(parts, 4);
  const transfer = await store.transaction(async (tx) => {
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    if (volume.body.status !== 'available') throw invalidVolume('status must be available');
    const snapshots = await snapshotsOf(tx, volume.id, nowMs);
    if (snapshots.some((one) => one.body.status !== 'available')) throw badRequest('Invalid snapshot: status must be available');
    await setStatus(parts, tx, volume.id, 'awaiting-transfer');
    const body: TransferRecord = { volume_id: volume.id, salt, keyDigest: digestOf(salt, key), noSnapshots };
    return tx.documents.insert<Stored<TransferRecord>>(
      collections.transfers,
      { id: random.uuid(), name, projectId: volume.projectId, body: body as Stored<TransferRecord> },
      nowMs,
    );
  });
  if (transfer === null) throw conflict('The transfer exists already.');
  return json(202, { transfer: detailedView(transfer, view, key) });
}

async function accepted(parts: StorageParts, request: ApiRequest, view: View): Promise<Answer> {
  const key = textOf(needed(bodyUnder(request, 'accept'), 'accept', 'auth_key'), 'auth_key', 255, 1);
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const projectId = projectOf(request);
  const transfer = await store.transaction(async (tx) => {
    const transfer = await findTransfer(tx, request.params.id ?? '', null);
    const { keyDigest, salt, volume_id: volumeId } = transfer.body;
    if (!timingSafeEqual(Buffer.from(digestOf(salt, key), 'hex'), Buffer.from(keyDigest, 'hex')))
      throw badRequest(`Invalid auth key: Attempt to transfer ${transfer.id} with invalid auth key.`);
    const volume = await tx.documents.get<Stored<VolumeRecord>>(collections.volumes, volumeId, { lock: true });
    if (volume === null) throw missing(`Volume ${volumeId} could not be found.`);
    const types = await allTypes(tx);
    const typeName = types.find((type) => type.id === volume.body.typeId)?.name ?? null;
    await needQuota(tx, projectId, types, { kind: 'volumes', sizeGb: volume.body.size, typeName }, nowMs);
    await setStatus(parts, tx, volumeId, 'available', projectId, request.identity.userId);
    for (const snapshot of transfer.body.noSnapshots ? [] : await snapshotsOf(tx, volumeId, nowMs))
      await tx.documents.replace<Stored<SnapshotRecord>>(collections.snapshots, { id: snapshot.id, body: snapshot.body, projectId }, nowMs);
    await tx.documents.remove(collections.transfers, transfer.id);
    return transfer;
  });
  return json(202, { transfer: briefView(transfer, view) });
}
