/** Attachments as the service's newer API has them (since 3.27): list, show, create, update with a connector, complete, delete. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { changeAttachment, dropAttachment, isHeldByServer, reserve, volumeOfAttachment } from './attaching.ts';
import { conflictNova, connectionOf } from './manual-attaching.ts';
import { projectOf, type VersionedRoute } from './microversions.ts';
import { collections, type AttachmentRecord, type Stored, type VolumeDocument, type VolumeRecord } from './records.ts';
import { badRequest, bodyUnder, missing, needed, refuseUnknownKeys, textOrNull, uuidOf, uuidOrNull } from './refusals.ts';
import { isoMicroseconds } from './volume-view.ts';
import { findVolume, settledDocument, type StorageParts } from './volumes.ts';

const brief = (volume: VolumeDocument, one: AttachmentRecord): JsonObject => ({
  id: one.id,
  status: one.status,
  instance: one.serverId,
  volume_id: volume.id,
});

const whole = (volume: VolumeDocument, one: AttachmentRecord): JsonObject => ({
  ...brief(volume, one),
  attached_at: one.attachedAtMs === null ? '' : isoMicroseconds(one.attachedAtMs),
  detached_at: '',
  attach_mode: one.mode,
  connection_info: one.connectionInfo,
});

interface Held {
  readonly volume: VolumeDocument;
  readonly attachment: AttachmentRecord;
}

async function heldBy(tx: CloudStore, request: ApiRequest, nowMs: number, lock: boolean): Promise<Held> {
  const id = request.params.id ?? '';
  const volume = await volumeOfAttachment(tx, id, nowMs, lock);
  const attachment = volume?.body.attachments.find((one) => one.id === id);
  const isOwn = isAdmin(request.identity) || volume?.projectId === request.identity.projectId;
  if (volume === null || attachment === undefined || !isOwn)
    throw missing(`Volume attachment could not be found with filter: attachment_id = ${id}.`);
  return { volume, attachment };
}

export function attachmentRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const since = 27;
  return [
    { method: 'GET', path: '/attachments', since, handle: (request) => list(parts, request, brief) },
    { method: 'GET', path: '/attachments/detail', since, handle: (request) => list(parts, request, whole) },
    {
      method: 'GET',
      path: '/attachments/:id',
      since,
      async handle(request) {
        const { volume, attachment } = await heldBy(store, request, clock.now(), false);
        return json(200, { attachment: whole(volume, attachment) });
      },
    },
    { method: 'POST', path: '/attachments', since, handle: (request, minor) => created(parts, request, minor) },
    { method: 'PUT', path: '/attachments/:id', since, handle: (request) => updated(parts, request) },
    {
      method: 'POST',
      path: '/attachments/:id/action',
      since: 44,
      async handle(request) {
        if (!isJsonObject(request.body) || request.body['os-complete'] === undefined) throw badRequest('Malformed request body');
        const nowMs = clock.now();
        await store.transaction(async (tx) => {
          const { volume, attachment } = await heldBy(tx, request, nowMs, true);
          await changeAttachment(tx, volume, attachment.id, { status: 'attached', attachedAtMs: attachment.attachedAtMs ?? nowMs }, nowMs);
        });
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: '/attachments/:id',
      since,
      async handle(request) {
        const nowMs = clock.now();
        const left = await store.transaction(async (tx) => {
          const { volume, attachment } = await heldBy(tx, request, nowMs, true);
          if (await isHeldByServer(tx, volume.id, attachment.serverId)) throw conflictNova();
          return dropAttachment(tx, volume, attachment.id, nowMs);
        });
        return json(200, { attachments: left.body.attachments.map((one) => brief(left, one)) });
      },
    },
  ];
}

async function list(parts: StorageParts, request: ApiRequest, view: typeof brief): Promise<Answer> {
  const { store, clock } = parts.context;
  const { query, identity } = request;
  const isEverywhere = isAdmin(identity) && ['1', 'true'].includes((query.get('all_tenants') ?? '').toLowerCase());
  const where = isEverywhere ? [] : [{ field: 'project_id', in: [projectOf(request)] }];
  const nowMs = clock.now();
  const volumes = await store.documents.list<Stored<VolumeRecord>>(collections.volumes, {
    where: [...where, { not: { field: 'attachments', in: ['[]'] } }],
    sort: [{ field: 'updated_at', direction: 'desc' }],
  });
  const all = volumes.flatMap((stored) => {
    const volume = settledDocument<VolumeRecord>(stored, nowMs);
    return volume.body.status === 'deleted' ? [] : volume.body.attachments.map((attachment) => ({ volume, attachment }));
  });
  const wanted = all.filter(
    ({ volume, attachment }) =>
      matches(query, 'volume_id', volume.id) &&
      matches(query, 'instance_id', attachment.serverId) &&
      matches(query, 'instance_uuid', attachment.serverId) &&
      matches(query, 'status', attachment.status) &&
      matches(query, 'attach_status', attachment.status),
  );
  const marker = query.get('marker');
  const start = marker === null ? 0 : wanted.findIndex(({ attachment }) => attachment.id === marker) + 1;
  if (marker !== null && start === 0) throw missing(`Volume attachment could not be found with filter: attachment_id = ${marker}.`);
  const text = query.get('limit');
  if (text !== null && !/^\d{1,9}$/.test(text)) throw badRequest('limit param must be an integer');
  const page = wanted.slice(start, text === null ? undefined : start + Number(text));
  const isMore = text !== null && start + page.length < wanted.length && page.length > 0;
  const links = isMore
    ? { attachments_links: [{ rel: 'next', href: pageLink(request, { marker: page.at(-1)?.attachment.id ?? '' }) }] }
    : {};
  return json(200, { attachments: page.map(({ volume, attachment }) => view(volume, attachment)), ...links });
}

const matches = (query: URLSearchParams, name: string, value: string | null): boolean =>
  !query.has(name) || query.getAll(name).includes(value ?? '');

async function created(parts: StorageParts, request: ApiRequest, minor: number): Promise<Answer> {
  const given = bodyUnder(request, 'attachment');
  refuseUnknownKeys(given, 'attachment', ['volume_uuid', 'instance_uuid', 'connector', ...(minor >= 54 ? ['mode'] : [])]);
  const volumeId = uuidOf(needed(given, 'attachment', 'volume_uuid'), 'volume_uuid');
  const serverId = uuidOrNull(given.instance_uuid, 'instance_uuid');
  const mode = textOrNull(given.mode, 'mode');
  if (mode !== null && mode !== 'rw' && mode !== 'ro') throw badRequest(`Invalid input received: Invalid attaching mode '${mode}'.`);
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const done = await store.transaction(async (tx) => {
    const volume = await findVolume(tx, volumeId, request.identity, nowMs, true);
    const made = await reserve(parts, tx, volume, { serverId, ...(mode === null ? {} : { mode }) }, nowMs);
    if (!isJsonObject(given.connector)) return made;
    return connected(tx, made.volume, made.attachment, given.connector, nowMs);
  });
  return json(200, { attachment: whole(done.volume, done.attachment) });
}

/** The volume is `attaching` from now on; the attachment's own status stays `reserved` in the answer, as Cinder leaves it. */
async function connected(
  tx: CloudStore,
  volume: VolumeDocument,
  one: AttachmentRecord,
  connector: JsonObject,
  nowMs: number,
): Promise<Held> {
  const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value.slice(0, 255) : null);
  const mode = text(connector.mode) === 'ro' ? 'ro' : 'rw';
  const attachment: AttachmentRecord = {
    ...one,
    status: 'attaching',
    device: text(connector.mountpoint) ?? one.device,
    hostName: one.serverId === null ? text(connector.host) : null,
    mode,
    connectionInfo: connectionOf(one.id, mode),
  };
  return {
    volume: await changeAttachment(tx, volume, one.id, attachment, nowMs),
    attachment: { ...attachment, status: 'reserved', mode: 'null' },
  };
}

async function updated(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  const given = bodyUnder(request, 'attachment');
  const connector = needed(given, 'attachment', 'connector');
  if (!isJsonObject(connector)) throw badRequest('Invalid input for field/attribute connector. It must be an object.');
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const done = await store.transaction(async (tx) => {
    const { volume, attachment } = await heldBy(tx, request, nowMs, true);
    return connected(tx, volume, attachment, connector, nowMs);
  });
  return json(200, { attachment: whole(done.volume, done.attachment) });
}
