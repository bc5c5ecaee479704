/** What hangs on a volume type: extra specs, encryption, and the projects that may use one that is not public. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { empty, json, type ApiRequest } from '@hearth/http-kit';
import type { VersionedRoute } from './microversions.ts';
import { collections, type EncryptionRecord, type Stored, type TypeDocument, type TypeRecord } from './records.ts';
import { badRequest, bodyUnder, choiceOf, conflict, missing, needAdmin, needed, textOf, textOrNull, textsOf, wholeOf } from './refusals.ts';
import { visibleType } from './type-routes.ts';
import { isoMicroseconds } from './volume-view.ts';
import type { StorageParts } from './volumes.ts';

export const typePartRoutes = (parts: StorageParts): readonly VersionedRoute[] => [
  ...extraSpecRoutes(parts),
  ...encryptionRoutes(parts),
  ...accessRoutes(parts),
];

type Edit = (type: TypeDocument) => Partial<TypeRecord>;

function editor(parts: StorageParts): (request: ApiRequest, policy: string, edit: Edit) => Promise<TypeDocument> {
  const { store, clock } = parts.context;
  return (request, policy, edit) =>
    store.transaction(async (tx) => {
      const type = await visibleType(tx, request, true);
      needAdmin(request.identity, policy);
      const body = { ...type.body, ...edit(type) } as Stored<TypeRecord>;
      const done = await tx.documents.replace<Stored<TypeRecord>>(collections.types, { id: type.id, body }, clock.now());
      if (done === null) throw missing(`Volume type ${type.id} could not be found.`);
      return done;
    });
}

function extraSpecRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const path = '/types/:id/extra_specs';
  const edit = editor(parts);
  const { store } = parts.context;
  const keyOf = (request: ApiRequest): string => request.params.key ?? '';
  const gone = (request: ApiRequest) => missing(`Volume Type ${request.params.id ?? ''} has no extra specs with key ${keyOf(request)}.`);
  return [
    {
      method: 'GET',
      path,
      handle: async (request) => json(200, { extra_specs: (await visibleType(store, request)).body.extraSpecs }),
    },
    {
      method: 'POST',
      path,
      async handle(request) {
        const given = textsOf(bodyUnder(request, 'extra_specs'), 'extra_specs');
        await edit(request, 'volume_extension:types_extra_specs:create', ({ body }) => ({ extraSpecs: { ...body.extraSpecs, ...given } }));
        return json(200, { extra_specs: given });
      },
    },
    {
      method: 'GET',
      path: `${path}/:key`,
      async handle(request) {
        const { extraSpecs } = (await visibleType(store, request)).body;
        if (!Object.hasOwn(extraSpecs, keyOf(request))) throw gone(request);
        return json(200, { [keyOf(request)]: extraSpecs[keyOf(request)] });
      },
    },
    {
      method: 'PUT',
      path: `${path}/:key`,
      async handle(request) {
        const given = textsOf(isJsonObject(request.body) ? request.body : {}, 'extra_specs');
        if (!Object.hasOwn(given, keyOf(request))) throw badRequest('Request body and URI mismatch');
        if (Object.keys(given).length > 1) throw badRequest('Request body contains too many items');
        await edit(request, 'volume_extension:types_extra_specs:update', ({ body }) => ({ extraSpecs: { ...body.extraSpecs, ...given } }));
        return json(200, given);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      async handle(request) {
        await edit(request, 'volume_extension:types_extra_specs:delete', ({ body }) => {
          if (!Object.hasOwn(body.extraSpecs, keyOf(request))) throw gone(request);
          const { [keyOf(request)]: _removed, ...extraSpecs } = body.extraSpecs;
          return { extraSpecs };
        });
        return empty(202);
      },
    },
  ];
}

const encryptionView = (type: TypeDocument, one: EncryptionRecord): JsonObject => ({
  created_at: isoMicroseconds(one.createdAtMs),
  updated_at: null,
  deleted_at: null,
  deleted: false,
  encryption_id: one.encryption_id,
  cipher: one.cipher,
  key_size: one.key_size,
  provider: one.provider,
  control_location: one.control_location,
  volume_type_id: type.id,
});

function encryptionRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const path = '/types/:id/encryption';
  const edit = editor(parts);
  const { store, clock, random } = parts.context;
  const policy = (verb: string): string => `volume_extension:volume_type_encryption:${verb}`;
  const shown = async (request: ApiRequest): Promise<JsonObject> => {
    needAdmin(request.identity, policy('get'));
    const type = await visibleType(store, request);
    return type.body.encryption === null ? {} : encryptionView(type, type.body.encryption);
  };
  return [
    { method: 'GET', path, handle: async (request) => json(200, await shown(request)) },
    {
      method: 'GET',
      path: `${path}/:key`,
      async handle(request) {
        const all = await shown(request);
        const key = request.params.key ?? '';
        if (!Object.hasOwn(all, key)) throw missing('The resource could not be found.');
        return json(200, { [key]: all[key] });
      },
    },
    {
      method: 'POST',
      path,
      async handle(request) {
        const given = bodyUnder(request, 'encryption');
        const control = choiceOf(needed(given, 'encryption', 'control_location'), 'control_location', ['front-end', 'back-end']);
        const record: EncryptionRecord = {
          encryption_id: random.uuid(),
          provider: textOf(needed(given, 'encryption', 'provider'), 'provider', 255, 1),
          control_location: control,
          cipher: textOrNull(given.cipher, 'cipher'),
          key_size: given.key_size === undefined || given.key_size === null ? null : wholeOf(given.key_size, 'key_size', 0),
          createdAtMs: clock.now(),
        };
        const type = await edit(request, policy('create'), (before) => {
          if (before.body.encryption !== null) throw badRequest(`Volume type encryption for type ${before.id} already exists.`);
          return { encryption: record };
        });
        const { createdAtMs: _at, ...view } = record;
        return json(200, { encryption: { ...given, volume_type_id: type.id, encryption_id: view.encryption_id } });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:key`,
      async handle(request) {
        await edit(request, policy('delete'), (before) => {
          if (before.body.encryption === null) throw missing(`Volume type encryption for type ${before.id} does not exist.`);
          return { encryption: null };
        });
        return empty(202);
      },
    },
  ];
}

function accessRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const edit = editor(parts);
  const { store } = parts.context;
  const policy = 'volume_extension:volume_type_access';
  return [
    {
      method: 'GET',
      path: '/types/:id/os-volume-type-access',
      async handle(request) {
        needAdmin(request.identity, `${policy}:get_all_for_type`);
        const { id, body } = await visibleType(store, request);
        if (body.isPublic) throw missing('Access list not available for public volume types.');
        return json(200, { volume_type_access: body.projects.map((project_id) => ({ volume_type_id: id, project_id })) });
      },
    },
    {
      method: 'POST',
      path: '/types/:id/action',
      async handle(request) {
        const [name, value] = Object.entries(isJsonObject(request.body) ? request.body : {})[0] ?? [];
        if (name !== 'addProjectAccess' && name !== 'removeProjectAccess')
          throw badRequest(`There is no such action: ${name ?? ''}. Verify the request body and Content-Type header and try again.`);
        const project = textOf(isJsonObject(value) ? value.project : undefined, 'project', 255, 1);
        const isAddition = name === 'addProjectAccess';
        await edit(request, `${policy}:${name}`, ({ id, body }) => {
          if (body.isPublic) throw conflict(`Type access modification is not applicable to public volume type.`);
          const has = body.projects.includes(project);
          if (isAddition && has) throw conflict(`Volume type access for ${id} / ${project} combination already exists.`);
          if (!isAddition && !has) throw missing(`Volume type access not found for ${id} / ${project} combination.`);
          return { projects: isAddition ? [...body.projects, project] : body.projects.filter((one) => one !== project) };
        });
        return empty(202);
      },
    },
  ];
}
