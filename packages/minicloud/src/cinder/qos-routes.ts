/** QoS specs: for administrators; kept and associated with volume types, without an effect on simulated storage. */
import type { JsonObject } from '@hearth/kernel';
import { empty, json, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, type QosDocument, type QosRecord, type Stored, type TypeDocument, type TypeRecord } from './records.ts';
import { badRequest, bodyUnder, choiceOf, conflict, missing, needAdmin, needed, textOf, textsOf } from './refusals.ts';
import { allTypes } from './volume-types.ts';
import { linksOf } from './volume-view.ts';
import type { StorageParts } from './volumes.ts';

const viewOf = ({ id, name, body }: QosDocument): JsonObject => ({ id, name, consumer: body.consumer, specs: body.specs });

async function findSpecs(store: CloudStore, request: ApiRequest, lock = false): Promise<QosDocument> {
  const id = request.params.id ?? '';
  const found = await store.documents.get<Stored<QosRecord>>(collections.qos, id, { lock });
  if (found === null) throw missing(`No such QoS spec ${id}.`);
  return found;
}

const typesWith = async (store: CloudStore, id: string): Promise<readonly TypeDocument[]> =>
  (await allTypes(store)).filter((type) => type.body.qosId === id);

export function qosRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store } = parts.context;
  const path = '/qos-specs';
  const guarded = (policy: string, route: VersionedRoute): VersionedRoute => ({
    ...route,
    handle(request, minor) {
      needAdmin(request.identity, `volume_extension:qos_specs_manage:${policy}`);
      return route.handle(request, minor);
    },
  });
  const shown = (specs: QosDocument, request: ApiRequest): JsonObject => ({
    qos_specs: viewOf(specs),
    links: linksOf(request, 'qos-specs', specs.id),
  });
  return [
    guarded('get_all', {
      method: 'GET',
      path,
      async handle() {
        const all = await store.documents.list<Stored<QosRecord>>(collections.qos, { sort: [{ field: 'created_at', direction: 'desc' }] });
        return json(200, { qos_specs: all.map(viewOf) });
      },
    }),
    guarded('get', {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request) => json(200, shown(await findSpecs(store, request), request)),
    }),
    guarded('create', { method: 'POST', path, handle: async (request) => json(200, shown(await created(parts, request), request)) }),
    ...changeRoutes(parts, path).map((route) => guarded(route.method === 'DELETE' ? 'delete' : 'update', route)),
    ...associationRoutes(parts, path).map((route) => guarded(route.path.endsWith('associations') ? 'get' : 'update', route)),
  ];
}

async function created(parts: StorageParts, request: ApiRequest): Promise<QosDocument> {
  const { name: given, consumer = 'back-end', ...rest } = bodyUnder(request, 'qos_specs');
  const name = textOf(needed({ ...(given === undefined ? {} : { name: given }) }, 'qos_specs', 'name'), 'name', 255, 1).trim();
  const body: QosRecord = {
    consumer: choiceOf(consumer, 'consumer', ['front-end', 'back-end', 'both']),
    specs: textsOf(rest, 'extra_specs'),
  };
  const { store, clock, random } = parts.context;
  const made = await store.transaction(async (tx) => {
    if (!(await tx.claims.take('cinder.qos-names', name, name))) throw conflict(`QoS Specs ${name} already exists.`);
    return tx.documents.insert<Stored<QosRecord>>(
      collections.qos,
      { id: random.uuid(), name, body: body as Stored<QosRecord> },
      clock.now(),
    );
  });
  if (made === null) throw conflict(`QoS Specs ${name} already exists.`);
  return made;
}

function changeRoutes(parts: StorageParts, path: string): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const change = (request: ApiRequest, edit: (body: QosRecord) => QosRecord): Promise<void> =>
    store.transaction(async (tx) => {
      const specs = await findSpecs(tx, request, true);
      await tx.documents.replace<Stored<QosRecord>>(
        collections.qos,
        { id: specs.id, body: edit(specs.body) as Stored<QosRecord> },
        clock.now(),
      );
    });
  return [
    {
      method: 'PUT',
      path: `${path}/:id`,
      async handle(request) {
        const { consumer, ...rest } = bodyUnder(request, 'qos_specs');
        const given = textsOf(rest, 'extra_specs');
        const wanted = consumer === undefined ? {} : { consumer: choiceOf(consumer, 'consumer', ['front-end', 'back-end', 'both']) };
        await change(request, (body) => ({ ...body, ...wanted, specs: { ...body.specs, ...given } }));
        return json(200, { qos_specs: { ...wanted, ...given } });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:id/delete_keys`,
      async handle(request) {
        const keys = (request.body as JsonObject | null)?.keys;
        if (!Array.isArray(keys)) throw badRequest("'keys' is a required property");
        const names = (keys as readonly unknown[]).map(String);
        await change(request, (body) => {
          const unknown = names.find((name) => !Object.hasOwn(body.specs, name));
          if (unknown !== undefined) throw missing(`QoS spec ${request.params.id ?? ''} has no spec with key ${unknown}.`);
          return { ...body, specs: Object.fromEntries(Object.entries(body.specs).filter(([name]) => !names.includes(name))) };
        });
        return empty(202);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      async handle(request) {
        const isForced = (request.query.get('force') ?? '').toLowerCase() === 'true';
        await store.transaction(async (tx) => {
          const specs = await findSpecs(tx, request, true);
          const users = await typesWith(tx, specs.id);
          if (users.length > 0 && !isForced) throw badRequest('Qos specs still in use.');
          for (const type of users) await setSpecs(tx, type, null, clock.now());
          await tx.claims.release('cinder.qos-names', specs.name ?? '');
          await tx.documents.remove(collections.qos, specs.id);
        });
        return empty(202);
      },
    },
  ];
}

async function setSpecs(tx: CloudStore, type: TypeDocument, qosId: string | null, nowMs: number): Promise<void> {
  await tx.documents.replace<Stored<TypeRecord>>(collections.types, { id: type.id, body: { ...type.body, qosId } }, nowMs);
}

function associationRoutes(parts: StorageParts, path: string): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const onType = (request: ApiRequest, next: (before: string | null, id: string) => string | null): Promise<void> =>
    store.transaction(async (tx) => {
      const specs = await findSpecs(tx, request, true);
      const typeId = request.query.get('vol_type_id') ?? '';
      const type = await tx.documents.get<Stored<TypeRecord>>(collections.types, typeId, { lock: true });
      if (type === null) throw missing(`Volume type ${typeId} could not be found.`);
      await setSpecs(tx, type, next(type.body.qosId, specs.id), clock.now());
    });
  return [
    {
      method: 'GET',
      path: `${path}/:id/associations`,
      async handle(request) {
        const specs = await findSpecs(store, request);
        const types = await typesWith(store, specs.id);
        return json(200, { qos_associations: types.map(({ id, name }) => ({ association_type: 'volume_type', name, id })) });
      },
    },
    {
      method: 'GET',
      path: `${path}/:id/associate`,
      async handle(request) {
        await onType(request, (before, id) => {
          if (before !== null && before !== id)
            throw badRequest(`Type ${request.query.get('vol_type_id') ?? ''} is already associated with another qos specs: ${before}`);
          return id;
        });
        return empty(202);
      },
    },
    {
      method: 'GET',
      path: `${path}/:id/disassociate`,
      async handle(request) {
        await onType(request, (before, id) => (before === id ? null : before));
        return empty(202);
      },
    },
    {
      method: 'GET',
      path: `${path}/:id/disassociate_all`,
      async handle(request) {
        await store.transaction(async (tx) => {
          const specs = await findSpecs(tx, request, true);
          for (const type of await typesWith(tx, specs.id)) await setSpecs(tx, type, null, clock.now());
        });
        return empty(202);
      },
    },
  ];
}
