/** List, show, create, change and delete for the declared kinds. */
import { Refusal, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { forbidden, inIdentityChange, needAdmin, type IdentityContext } from './identity-context.ts';
import { missing, newId, type Field, type Kind } from './kinds.ts';
import { listBody } from './views.ts';

const invalid = (message: string): Refusal => new Refusal('invalid', 'ValidationError', message);

export function kindRoutes(kind: Kind, context: IdentityContext): readonly Route[] {
  const path = `/v3/${kind.plural}`;
  const idOf = (request: ApiRequest): string => request.params['id'] ?? '';
  return [
    { method: 'GET', path, handle: (request) => list(kind, context, request) },
    { method: 'POST', path, handle: (request) => create(kind, context, request) },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request) => {
        const id = idOf(request);
        const isReadable = isAdmin(request.identity) || kind.isOpen === true || kind.readableBy?.(id, request) === true;
        if (!isReadable) throw forbidden(`identity:get_${kind.singular}`);
        const document = await context.store.documents.get(kind.storage, id);
        if (document === null) throw missing(kind.singular, id);
        return json(200, { [kind.singular]: kind.view(document, request, context) });
      },
    },
    { method: 'PATCH', path: `${path}/:id`, handle: (request) => update(kind, context, request, idOf(request)) },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: async (request) => {
        needAdmin(request, `identity:delete_${kind.singular}`);
        await inIdentityChange(context, (tx) => remove(kind, tx, idOf(request)));
        return empty(204);
      },
    },
  ];
}

async function list(kind: Kind, context: IdentityContext, request: ApiRequest): Promise<Answer> {
  if (kind.isOpen !== true) needAdmin(request, `identity:list_${kind.plural}`);
  const where = kind.filters.flatMap((filter): Condition[] => {
    const values = request.query.getAll(filter);
    if (values.length === 0) return [];
    return [
      {
        field: filter,
        in: kind.fields[filter]?.type === 'boolean' ? values.map((value) => (/^(0|false)$/i.test(value) ? 'false' : 'true')) : values,
      },
    ];
  });
  for (const [operator, condition] of [['startswith', 'startsWith']] as const) {
    const value = request.query.get(`name__${operator}`);
    if (value !== null) where.push({ field: 'name', [condition]: value } as Condition);
  }
  const documents = await context.store.documents.list(kind.storage, { where });
  return json(
    200,
    listBody(
      kind.plural,
      documents.map((document) => kind.view(document, request, context)),
      request,
    ),
  );
}

async function create(kind: Kind, context: IdentityContext, request: ApiRequest): Promise<Answer> {
  needAdmin(request, `identity:create_${kind.singular}`);
  const { id: ownId, ...sent } = checkedFields(kind, request, true);
  const prepared = (await kind.prepare?.(context, sent, true)) ?? sent;
  const body: JsonObject = { ...kind.hidden, ...prepared };
  const id = newId(kind, ownId, context);
  const document = await inIdentityChange(context, async (tx) => {
    await kind.check?.(tx, body);
    await claimName(kind, tx, body, id);
    const parentId = kind.parent === undefined ? null : String(body[kind.parent]);
    return tx.documents.insert(kind.storage, { id, name: textOrNull(body['name']), parentId, body }, context.clock.now());
  });
  if (document === null)
    throw new Refusal('conflict', 'Conflict', `Conflict occurred attempting to store ${kind.singular} - Duplicate ID, ${id}..`);
  return json(201, { [kind.singular]: kind.view(document, request, context) });
}

async function update(kind: Kind, context: IdentityContext, request: ApiRequest, id: string): Promise<Answer> {
  needAdmin(request, `identity:update_${kind.singular}`);
  const sent = checkedFields(kind, request, false);
  const changes = (await kind.prepare?.(context, sent, false)) ?? sent;
  const document = await inIdentityChange(context, async (tx) => {
    const before = await tx.documents.get(kind.storage, id, { lock: true });
    if (before === null) throw missing(kind.singular, id);
    const body: JsonObject = { ...before.body, ...changes };
    await kind.check?.(tx, body);
    if (body['name'] !== before.body['name']) {
      const space = kind.nameSpace(before.body);
      if (space !== null) await tx.claims.release(space, String(before.body['name']));
      await claimName(kind, tx, body, id);
    }
    return tx.documents.replace(kind.storage, { id, body, name: textOrNull(body['name']) }, context.clock.now());
  });
  if (document === null) throw missing(kind.singular, id);
  return json(200, { [kind.singular]: kind.view(document, request, context) });
}

async function remove(kind: Kind, tx: CloudStore, id: string): Promise<void> {
  const document = await tx.documents.get(kind.storage, id, { lock: true });
  if (document === null) throw missing(kind.singular, id);
  await kind.beforeDelete?.(tx, document);
  const space = kind.nameSpace(document.body);
  if (space !== null) await tx.claims.release(space, String(document.body['name']));
  await tx.documents.remove(kind.storage, id);
}

/** Names are unique within their space, without regard to case as Keystone's database compares them. */
export async function claimName(kind: Kind, tx: CloudStore, body: JsonObject, id: string): Promise<void> {
  const space = kind.nameSpace(body);
  if (space === null || (await tx.claims.take(space, String(body['name']), id))) return;
  throw new Refusal(
    'conflict',
    'Conflict',
    `Conflict occurred attempting to store ${kind.singular} - it is not permitted to have two ${kind.plural} with the same name in the same place: name is ${String(body['name'])}.`,
  );
}

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

function checkedFields(kind: Kind, request: ApiRequest, isNew: boolean): JsonObject {
  const wrapper = isJsonObject(request.body) ? request.body[kind.singular] : undefined;
  if (!isJsonObject(wrapper)) throw invalid(`Expecting to find ${kind.singular} in request body. The client is assumed to be in error.`);
  const checked: Record<string, Json> = {};
  for (const [name, field] of Object.entries(kind.fields)) {
    const value = wrapper[name];
    if (value === undefined) {
      if (!isNew) continue;
      if (field.required === true) throw invalid(`'${name}' is a required property`);
      if (field.default !== undefined) checked[name] = field.default;
    } else if (!isNew && field.fixed === true) {
      throw invalid(`'${name}' cannot be changed`);
    } else checked[name] = checkedValue(name, field, value);
  }
  return checked;
}

function checkedValue(name: string, field: Field, value: Json): Json {
  if (value === null && field.nullable === true) return null;
  if (field.type === 'list') return value;
  if (typeof value !== field.type)
    throw invalid(`Invalid input for field '${name}': ${JSON.stringify(value).slice(0, 100)} is not of type '${field.type}'`);
  if (typeof value !== 'string') return value;
  if (field.required === true && value.trim() === '') throw invalid(`Invalid input for field '${name}': it must not be empty`);
  if (value.length > (field.maxLength ?? 65_535))
    throw invalid(`Invalid input for field '${name}': it is longer than ${field.maxLength ?? 65_535} characters`);
  if (field.oneOf !== undefined && !field.oneOf.includes(value))
    throw invalid(`Invalid input for field '${name}': it must be one of ${field.oneOf.join(', ')}`);
  return value;
}
