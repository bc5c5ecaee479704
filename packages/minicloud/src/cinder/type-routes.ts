/** Volume types over HTTP: list, show, the default one; made and changed by administrators. */
import type { Json, JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { VersionedRoute } from './microversions.ts';
import { collections, type Stored, type TypeDocument, type TypeRecord } from './records.ts';
import {
  badRequest,
  bodyUnder,
  conflict,
  missing,
  needAdmin,
  needed,
  refuseUnknownKeys,
  textOf,
  textOrNull,
  textsOf,
  truthOf,
} from './refusals.ts';
import { allTypes, DEFAULT_TYPE, defaultType, mayUse } from './volume-types.ts';
import type { StorageParts } from './volumes.ts';

/** Extra specs that every user may see. */
const OPEN_SPECS = ['multiattach', 'replication_enabled', 'RESKEY:availability_zones'];

const typeMissing = (id: string) => missing(`Volume type ${id} could not be found.`);

/** The type, unless the caller may not use it. */
export async function visibleType(store: CloudStore, request: ApiRequest, lock = false): Promise<TypeDocument> {
  const id = request.params.id ?? '';
  const type = await store.documents.get<Stored<TypeRecord>>(collections.types, id, { lock });
  if (type === null || !mayUse(type, request.identity)) throw typeMissing(id);
  return type;
}

function typeView({ id, name, body }: TypeDocument, request: ApiRequest, isListed = true): JsonObject {
  const admin = isAdmin(request.identity);
  const open = Object.fromEntries(Object.entries(body.extraSpecs).filter(([key]) => OPEN_SPECS.includes(key)));
  return {
    id,
    name,
    is_public: body.isPublic,
    description: body.description,
    extra_specs: admin ? body.extraSpecs : open,
    ...(admin ? { qos_specs_id: body.qosId } : {}),
    ...(isListed ? { 'os-volume-type-access:is_public': body.isPublic } : {}),
  };
}

/** The answers to creation and change have no more than this. */
const changedView = ({ id, name, body }: TypeDocument): JsonObject => ({
  id,
  name,
  is_public: body.isPublic,
  extra_specs: body.extraSpecs,
  description: body.description,
});

export function typeRoutes(parts: StorageParts): readonly VersionedRoute[] {
  const { store } = parts.context;
  return [
    { method: 'GET', path: '/types', handle: (request) => list(store, request) },
    {
      method: 'GET',
      path: '/types/default',
      async handle(request) {
        return json(200, { volume_type: typeView(defaultType(await allTypes(store)), request, false) });
      },
    },
    {
      method: 'GET',
      path: '/types/:id',
      handle: async (request) => json(200, { volume_type: typeView(await visibleType(store, request), request) }),
    },
    { method: 'POST', path: '/types', handle: (request) => created(parts, request) },
    { method: 'PUT', path: '/types/:id', handle: (request) => updated(parts, request) },
    { method: 'DELETE', path: '/types/:id', handle: (request) => removed(parts, request) },
  ];
}

async function list(store: CloudStore, request: ApiRequest): Promise<Answer> {
  const { query, identity } = request;
  const asked = query.get('is_public')?.toLowerCase();
  // Only administrators see what is not theirs; `None` asks for both kinds.
  const isWanted = (type: TypeDocument): boolean => {
    if (!isAdmin(identity)) return mayUse(type, identity);
    if (asked === undefined) return type.body.isPublic;
    return asked === 'none' || type.body.isPublic === ['true', '1', 't', 'yes'].includes(asked);
  };
  const all = (await allTypes(store)).filter(isWanted);
  const limit = query.get('limit');
  if (limit !== null && !/^\d{1,9}$/.test(limit)) throw badRequest('limit param must be an integer');
  const marker = query.get('marker');
  const start = marker === null ? 0 : all.findIndex((type) => type.id === marker) + 1;
  if (marker !== null && start === 0) throw typeMissing(marker);
  const page = all.slice(start, limit === null ? undefined : start + Number(limit));
  const isMore = limit !== null && page.length > 0 && page.length === Number(limit);
  const links = isMore ? { volume_type_links: [{ rel: 'next', href: pageLink(request, { marker: page.at(-1)?.id ?? '' }) }] } : {};
  return json(200, { volume_types: page.map((type) => typeView(type, request)), ...links });
}

function nameOf(value: Json): string {
  const name = textOf(value, 'name', 255, 1).trim();
  if (name === '') throw badRequest("An invalid 'name' value was provided. The 'name' can not be empty.");
  return name;
}

async function takeName(tx: CloudStore, name: string): Promise<void> {
  if (!(await tx.claims.take('cinder.type-names', name, name))) throw conflict(`Volume Type ${name} already exists.`);
}

async function created(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  needAdmin(request.identity, 'volume_extension:type_create');
  const given = bodyUnder(request, 'volume_type');
  refuseUnknownKeys(given, 'volume_type', ['name', 'description', 'extra_specs', 'os-volume-type-access:is_public']);
  const name = nameOf(needed(given, 'volume_type', 'name'));
  const isPublic = given['os-volume-type-access:is_public'];
  const record: TypeRecord = {
    description: textOrNull(given.description, 'description'),
    isPublic: isPublic === undefined || isPublic === null ? true : truthOf(isPublic, 'os-volume-type-access:is_public'),
    extraSpecs: textsOf(given.extra_specs, 'extra_specs', true),
    qosId: null,
    projects: [],
    encryption: null,
  };
  const { store, clock, random } = parts.context;
  const made = await store.transaction(async (tx) => {
    await takeName(tx, name);
    return tx.documents.insert<Stored<TypeRecord>>(
      collections.types,
      { id: random.uuid(), name, body: record as Stored<TypeRecord> },
      clock.now(),
    );
  });
  if (made === null) throw conflict(`Volume Type ${name} already exists.`);
  return json(200, { volume_type: { ...changedView(made), 'os-volume-type-access:is_public': made.body.isPublic } });
}

async function updated(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  needAdmin(request.identity, 'volume_extension:type_update');
  const given = bodyUnder(request, 'volume_type');
  refuseUnknownKeys(given, 'volume_type', ['name', 'description', 'is_public']);
  if (Object.keys(given).length === 0) throw badRequest('Specify volume type name, description, is_public or a combination thereof.');
  const name = given.name === undefined || given.name === null ? null : nameOf(given.name);
  const { store, clock } = parts.context;
  const done = await store.transaction(async (tx) => {
    const type = await visibleType(tx, request, true);
    if (name !== null && name !== type.name) {
      await takeName(tx, name);
      await tx.claims.release('cinder.type-names', type.name ?? '');
    }
    const body: TypeRecord = {
      ...type.body,
      ...(given.description === undefined ? {} : { description: textOrNull(given.description, 'description') }),
      ...(given.is_public === undefined || given.is_public === null ? {} : { isPublic: truthOf(given.is_public, 'is_public') }),
    };
    return tx.documents.replace<Stored<TypeRecord>>(
      collections.types,
      { id: type.id, body: body as Stored<TypeRecord>, ...(name === null ? {} : { name }) },
      clock.now(),
    );
  });
  if (done === null) throw typeMissing(request.params.id ?? '');
  return json(200, { volume_type: changedView(done) });
}

async function removed(parts: StorageParts, request: ApiRequest): Promise<Answer> {
  needAdmin(request.identity, 'volume_extension:type_delete');
  await parts.context.store.transaction(async (tx) => {
    const type = await visibleType(tx, request, true);
    if (type.name === DEFAULT_TYPE) throw badRequest(`The volume type ${type.id} is a default volume type and cannot be deleted.`);
    const users = await tx.documents.count(collections.volumes, [{ field: 'typeId', in: [type.id] }]);
    if (users > 0) throw badRequest('Target volume type is still in use.');
    await tx.claims.release('cinder.type-names', type.name ?? '');
    await tx.documents.remove(collections.types, type.id);
  });
  return empty(202);
}
