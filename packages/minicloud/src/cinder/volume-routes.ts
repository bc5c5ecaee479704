/** Volumes over HTTP: list, show, create, update, delete, summary. */
import type { Json, JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest } from '@hearth/http-kit';
import { createVolume } from './create-volume.ts';
import { listed, type ListRules } from './lists.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, type VolumeDocument, type VolumeRecord } from './records.ts';
import {
  badRequest,
  bodyUnder,
  invalidInput,
  malformed,
  refuseUnknownKeys,
  textOrNull,
  textsOf,
  truthOf,
  uuidOrNull,
  wholeOf,
} from './refusals.ts';
import { allTypes } from './volume-types.ts';
import { briefVolume, volumeView } from './volume-view.ts';
import type { VolumeWish } from './volume-origins.ts';
import { deleteVolume, findVolume, saveVolume, type StorageParts } from './volumes.ts';

export const volumeList: ListRules = {
  collection: collections.volumes,
  label: 'Volume',
  plural: 'volumes',
  filters: [
    ...['name', 'status', 'metadata', 'bootable', 'migration_status', 'availability_zone', 'group_id', 'size'],
    ...['created_at', 'updated_at', 'consumes_quota'],
  ],
  columns: {
    name: 'name',
    display_name: 'name',
    description: 'description',
    display_description: 'description',
    size: 'size',
    status: 'status',
    availability_zone: 'availability_zone',
    user_id: 'user_id',
    project_id: 'project_id',
    volume_type_id: 'typeId',
    bootable: 'bootable',
    snapshot_id: 'snapshot_id',
    source_volid: 'source_volid',
  },
  strictSince: 31,
};

/** An id of the simulated back end's service; the same for the whole cloud and ever after. */
export function serviceIdOf(parts: StorageParts): () => Promise<string> {
  let known: Promise<string> | null = null;
  return () => (known ??= parts.context.store.settings.ensure('cinder.service-id', parts.context.random.uuid()));
}

export function volumeRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const serviceId = serviceIdOf(parts);
  const shown = async (volumes: readonly VolumeDocument[], request: ApiRequest, minor: number, form: 'show' | 'change') => {
    const context = { request, minor, form, types: await allTypes(store), serviceId: await serviceId() };
    return volumes.map((volume) => volumeView(volume, context));
  };
  const one: Shown = async (volume, request, minor, form) => ({
    volume: (await shown([volume], request, minor, form))[0] ?? null,
  });
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  return [
    {
      method: 'GET',
      path: '/volumes',
      async handle(request, minor) {
        const { documents, extras } = await listed<VolumeRecord>(store, volumeList, request, minor, clock.now());
        return json(200, { volumes: documents.map((volume) => briefVolume(volume, request)), ...extras });
      },
    },
    {
      method: 'GET',
      path: '/volumes/detail',
      async handle(request, minor) {
        const { documents, extras } = await listed<VolumeRecord>(store, volumeList, request, minor, clock.now());
        return json(200, { volumes: await shown(documents, request, minor, 'show'), ...extras });
      },
    },
    { method: 'GET', path: '/volumes/summary', since: 12, handle: (request, minor) => summary(parts, request, minor) },
    {
      method: 'POST',
      path: '/volumes',
      async handle(request, minor) {
        const wish = readVolumeWish(request);
        const made = await store.transaction((tx) => createVolume(parts, tx, wish, request.identity));
        return json(202, await one(made, request, minor, 'change'));
      },
    },
    {
      method: 'GET',
      path: '/volumes/:id',
      async handle(request, minor) {
        const volume = await findVolume(store, idOf(request), request.identity, clock.now());
        return json(200, await one(volume, request, minor, 'show'));
      },
    },
    ...changeRoutes(parts, one),
  ];
}

type Shown = (volume: VolumeDocument, request: ApiRequest, minor: number, form: 'show' | 'change') => Promise<JsonObject>;

function changeRoutes(parts: StorageParts, one: Shown): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  return [
    {
      method: 'PUT',
      path: '/volumes/:id',
      async handle(request, minor) {
        const change = changeOf(bodyUnder(request, 'volume'));
        const nowMs = clock.now();
        const done = await store.transaction(async (tx) => {
          const volume = await findVolume(tx, idOf(request), request.identity, nowMs, true);
          return Object.keys(change).length === 0 ? volume : saveVolume(tx, volume, change, nowMs);
        });
        return json(200, await one(done, request, minor, 'change'));
      },
    },
    {
      method: 'DELETE',
      path: '/volumes/:id',
      async handle(request) {
        const { query } = request;
        const cascade = query.has('cascade') && truthOf(query.get('cascade') ?? '', 'cascade');
        const force = query.has('force') && truthOf(query.get('force') ?? '', 'force') && isAdmin(request.identity);
        await store.transaction(async (tx) => {
          const volume = await findVolume(tx, idOf(request), request.identity, clock.now(), true);
          await deleteVolume(parts, tx, volume, { cascade, force });
        });
        return empty(202);
      },
    },
  ];
}

async function summary(parts: StorageParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { store, clock } = parts.context;
  const { documents } = await listed<VolumeRecord>(store, volumeList, request, minor, clock.now());
  const metadata: Record<string, string[]> = {};
  for (const { body } of documents)
    for (const [name, value] of Object.entries(body.metadata)) metadata[name] = [...new Set([...(metadata[name] ?? []), value])];
  const counts = { total_count: documents.length, total_size: documents.reduce((sum, { body }) => sum + body.size, 0) };
  return json(200, { 'volume-summary': { ...counts, ...(minor >= 36 ? { metadata } : {}) } });
}

/** Cinder trims names, and has its own words for long ones. */
function nameOf(value: Json | undefined, field: string): string | null {
  const text = textOrNull(value, field, Number.MAX_SAFE_INTEGER);
  const trimmed = text?.trim() ?? null;
  if (trimmed !== null && trimmed.length > 255) throw invalidInput(`${field} has ${trimmed.length} characters, more than 255.`);
  return trimmed;
}

export function readVolumeWish(request: ApiRequest): VolumeWish {
  const given = bodyUnder(request, 'volume');
  if (given.multiattach !== undefined && given.multiattach !== null && truthOf(given.multiattach, 'multiattach'))
    throw badRequest(
      'multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. Contact your administrator to create a multiattach enabled volume type and use it to create multiattach volumes.',
    );
  const sizeGb = given.size === undefined || given.size === null ? null : wholeOf(given.size, 'size', 1);
  const wish: VolumeWish = {
    name: nameOf(given.name ?? given.display_name, 'name'),
    description: nameOf(given.description ?? given.display_description, 'description'),
    sizeGb,
    typeName: textOrNull(given.volume_type, 'volume_type'),
    metadata: textsOf(given.metadata, 'metadata', true),
    zone: textOrNull(given.availability_zone, 'availability_zone'),
    snapshotId: uuidOrNull(given.snapshot_id, 'snapshot_id'),
    sourceId: uuidOrNull(given.source_volid, 'source_volid'),
    imageId: imageOf(given),
    backupId: uuidOrNull(given.backup_id, 'backup_id'),
  };
  const hasOrigin = wish.snapshotId !== null || wish.sourceId !== null || wish.backupId !== null;
  if (sizeGb === null && !hasOrigin) throw malformed();
  return wish;
}

function imageOf(given: JsonObject): string | null {
  const text = textOrNull(given.imageRef ?? given.image_id, 'imageRef', 1000);
  return text === null || text === '' ? null : (text.split('/').at(-1) ?? '');
}

function changeOf(given: JsonObject): Partial<VolumeRecord> & { readonly name?: string | null } {
  refuseUnknownKeys(given, 'volume', ['name', 'description', 'display_name', 'display_description', 'metadata']);
  const name = given.name ?? given.display_name;
  const description = given.description ?? given.display_description;
  return {
    ...(name === undefined ? {} : { name: nameOf(name, 'name') }),
    ...(description === undefined ? {} : { description: nameOf(description, 'description') }),
    ...(given.metadata === undefined ? {} : { metadata: textsOf(given.metadata, 'metadata', true) }),
  };
}
