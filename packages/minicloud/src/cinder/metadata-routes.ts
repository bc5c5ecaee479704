/** Metadata of volumes and snapshots: all of it, and item by item. */
import type { Refusal, JsonObject } from '@hearth/kernel';
import { empty, json, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, type SnapshotRecord } from './records.ts';
import { badRequest, bodyUnder, missing, textsOf } from './refusals.ts';
import { shownMetadata } from './volume-view.ts';
import { findSnapshot, findVolume, save, saveVolume, type StorageParts } from './volumes.ts';

type Texts = Readonly<Record<string, string>>;

/** Whose metadata it is: what is shown, and how it is changed under a lock. */
interface Owner {
  readonly label: string;
  readonly path: string;
  show(store: CloudStore, request: ApiRequest, nowMs: number): Promise<JsonObject>;
  /** The metadata after the change. */
  edit(tx: CloudStore, request: ApiRequest, nowMs: number, how: (before: Texts) => Texts): Promise<Texts>;
}

const idOf = (request: ApiRequest): string => request.params.id ?? '';

const ofVolumes: Owner = {
  label: 'Volume',
  path: '/volumes/:id/metadata',
  show: async (store, request, nowMs) => shownMetadata(await findVolume(store, idOf(request), request.identity, nowMs)),
  async edit(tx, request, nowMs, how) {
    const volume = await findVolume(tx, idOf(request), request.identity, nowMs, true);
    const done = await saveVolume(tx, volume, { metadata: textsOf(how(volume.body.metadata), 'metadata') }, nowMs);
    return done.body.metadata;
  },
};

const ofSnapshots: Owner = {
  label: 'Snapshot',
  path: '/snapshots/:id/metadata',
  show: async (store, request, nowMs) => (await findSnapshot(store, idOf(request), request.identity, nowMs)).body.metadata,
  async edit(tx, request, nowMs, how) {
    const snapshot = await findSnapshot(tx, idOf(request), request.identity, nowMs, true);
    const metadata = textsOf(how(snapshot.body.metadata), 'metadata');
    await save<SnapshotRecord>(tx, collections.snapshots, snapshot, { metadata }, nowMs);
    return metadata;
  },
};

export const metadataRoutes = (parts: StorageParts): readonly VersionedRoute[] => [
  ...routesOf(parts, ofVolumes),
  ...routesOf(parts, ofSnapshots),
];

function routesOf(parts: StorageParts, owner: Owner): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const { path } = owner;
  const keyOf = (request: ApiRequest): string => request.params.key ?? '';
  const gone = (request: ApiRequest): Refusal => missing(`${owner.label} ${idOf(request)} has no metadata with key ${keyOf(request)}.`);
  const edit = (request: ApiRequest, how: (before: Texts) => Texts): Promise<Texts> =>
    store.transaction((tx) => owner.edit(tx, request, clock.now(), how));
  return [
    { method: 'GET', path, handle: async (request) => json(200, { metadata: await owner.show(store, request, clock.now()) }) },
    {
      method: 'POST',
      path,
      async handle(request) {
        const given = textsOf(bodyUnder(request, 'metadata'), 'metadata');
        return json(200, { metadata: await edit(request, (before) => ({ ...before, ...given })) });
      },
    },
    {
      method: 'PUT',
      path,
      async handle(request) {
        const given = textsOf(bodyUnder(request, 'metadata'), 'metadata');
        return json(200, { metadata: await edit(request, () => given) });
      },
    },
    {
      method: 'GET',
      path: `${path}/:key`,
      async handle(request) {
        const all = await owner.show(store, request, clock.now());
        if (!Object.hasOwn(all, keyOf(request))) throw gone(request);
        return json(200, { meta: { [keyOf(request)]: all[keyOf(request)] } });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:key`,
      async handle(request) {
        const given = textsOf(bodyUnder(request, 'meta'), 'metadata');
        if (!Object.hasOwn(given, keyOf(request))) throw badRequest('Request body and URI mismatch');
        if (Object.keys(given).length > 1) throw badRequest('Request body contains too many items');
        await edit(request, (before) => ({ ...before, ...given }));
        return json(200, { meta: given });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      async handle(request) {
        await edit(request, (before) => {
          if (!Object.hasOwn(before, keyOf(request))) throw gone(request);
          const { [keyOf(request)]: _removed, ...rest } = before;
          return rest;
        });
        return empty(200);
      },
    },
  ];
}
