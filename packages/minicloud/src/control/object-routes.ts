/** Any stored object as it is kept, for drift behind the services' back: shown, changed field by field, taken away with what it claims. */
import { empty, json, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Json, JsonObject } from '@hearth/kernel';
import { portOwner } from '../neutron/allocation.ts';
import { floatingOwner } from '../neutron/freed-addresses.ts';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { projectNamed } from './projects.ts';
import { fieldsOf, invalid, missing, textOf } from './read-fields.ts';
import { CLOUD_SERVICES, serviceNamed, storageOf } from './service-names.ts';

/** Names of fields that are nobody's business. */
const SECRET = /hash$|secret|blob|digest|salt|password/i;

interface Place {
  readonly collection: string;
  readonly id: string;
}

export function objectRoutes({ store, clock }: ServiceContext, forgetIdentity: () => Promise<void>): readonly Route[] {
  // Ids of the object store are paths.
  const path = '/objects/:service/:collection/*';
  const settled = async ({ collection }: Place): Promise<void> => {
    if (collection.startsWith('keystone.')) await forgetIdentity();
  };
  return [
    {
      method: 'GET',
      path,
      async handle(request) {
        const place = placeOf(request);
        return json(200, { object: shown(await found(store, place)) });
      },
    },
    {
      method: 'POST',
      path,
      async handle(request) {
        const place = placeOf(request);
        const { name, project, fields, remove } = fieldsOf(request.body, ['name', 'project', 'fields', 'remove']);
        const change = fields === undefined ? {} : fieldsOfAnyName(fields);
        const gone = remove === undefined ? [] : namesOf(remove);
        const after = await store.transaction(async (tx) => {
          const before = await found(tx, place, true);
          const kept = Object.entries(before.body).filter(([field]) => !gone.includes(field));
          const columns = {
            ...(name === undefined ? {} : { name: name === null ? null : textOf(name, 'name', 1024) }),
            ...(project === undefined ? {} : { projectId: (await projectNamed(tx, textOf(project, 'project', 255))).id }),
          };
          const body = { ...Object.fromEntries(kept), ...change };
          const done = await tx.documents.replace(place.collection, { id: place.id, body, ...columns }, clock.now());
          return done ?? before;
        });
        await settled(place);
        return json(200, { object: shown(after) });
      },
    },
    {
      method: 'DELETE',
      path,
      async handle(request) {
        const place = placeOf(request);
        await store.transaction(async (tx) => {
          await found(tx, place, true);
          await tx.documents.remove(place.collection, place.id);
          for (const owner of ownersOf(place)) await tx.claims.releaseAll(owner);
        });
        await settled(place);
        return empty();
      },
    },
  ];
}

function placeOf(request: ApiRequest): Place {
  const { service: named = '', collection = '', '*': id = '' } = request.params;
  const service = serviceNamed(named);
  if (service === null) throw invalid(`there is no service "${named}"; there are: ${CLOUD_SERVICES.join(', ')}`);
  return { collection: `${storageOf(service)}.${collection}`, id };
}

async function found(store: CloudStore, { collection, id }: Place, lock = false): Promise<Document> {
  const document = await store.documents.get(collection, id, { lock });
  if (document === null) throw missing(`there is no ${collection} with the id ${id}; GET /control/v1/objects lists what there is`);
  return document;
}

const shown = ({ id, name, projectId, parentId, createdMs, body }: Document): JsonObject => ({
  id,
  name,
  project: projectId,
  parent: parentId,
  created: new Date(createdMs).toISOString(),
  fields: Object.fromEntries(Object.entries(body).map(([field, value]) => [field, SECRET.test(field) ? '***' : value])),
});

function fieldsOfAnyName(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('fields must be a JSON object: names of fields with their new values');
  return value as JsonObject;
}

function namesOf(value: Json): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw invalid('remove must be a list of names of fields');
  return value as readonly string[];
}

/** Under which names an object holds what only one may have: addresses, names. */
const ownersOf = ({ id }: Place): readonly string[] => [id, portOwner(id), floatingOwner(id), `volume:${id}`, `aggregate:${id}`];
