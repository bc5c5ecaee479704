/** List, show, create, change and delete for the declared kinds. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, needAdmin, type Caller } from './access.ts';
import { hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, pythonText, wrapped } from './input.ts';
import { mergedOptions, type Kind } from './kind.ts';
import { filterConditions } from './list-filters.ts';
import { conflict, invalid, missing } from './refusals.ts';
import { listBody } from './views.ts';

/** Fields that Keystone keeps among the client's own ones, of the kinds whose changes are answered with all of those once more. */
const KEPT_AS_EXTRA: Readonly<Record<string, readonly string[]>> = { project: [], user: ['description', 'email'] };

function withExtra(kind: Kind, { body }: Document, view: JsonObject): JsonObject {
  const kept = KEPT_AS_EXTRA[kind.singular];
  if (kept === undefined) return view;
  const fields = Object.entries(view).filter(([name]) => kept.includes(name));
  return { ...view, extra: { ...Object.fromEntries(fields), ...(body['extra'] as JsonObject | undefined) } };
}

export function kindRoutes(kind: Kind, context: IdentityContext): readonly Route[] {
  const path = `/v3/${kind.plural}`;
  const idOf = (request: ApiRequest): string => request.params['id'] ?? '';
  const shown = (status: number, document: Document, request: ApiRequest): Answer =>
    json(status, { [kind.singular]: kind.view(document, request, context) });
  return [
    { method: 'GET', path, handle: (request) => list(kind, context, request) },
    {
      method: 'POST',
      path,
      handle: async (request) => {
        const caller = await needAdmin(context, request, `create_${kind.singular}`);
        return shown(201, await create(kind, context, sentBody(kind, request), caller), request);
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request) => shown(200, await found(kind, context, request, idOf(request)), request),
    },
    {
      method: 'PATCH',
      path: `${path}/:id`,
      handle: async (request) => {
        await needAdmin(context, request, `update_${kind.singular}`);
        const changed = await update(kind, context, sentBody(kind, request), idOf(request));
        return json(200, { [kind.singular]: withExtra(kind, changed, kind.view(changed, request, context)) });
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: async (request) => {
        await needAdmin(context, request, `delete_${kind.singular}`);
        await inIdentityChange(context, (tx) => remove(kind, tx, idOf(request)));
        return empty(204);
      },
    },
  ];
}

function sentBody(kind: Kind, request: ApiRequest): JsonObject {
  const content = isJsonObject(request.body) ? request.body[kind.singular] : undefined;
  if (kind.needsWrapper === true && !isJsonObject(content)) throw invalid(`${pythonText(content)} is not of type 'object'`);
  return wrapped(request.body, kind.singular);
}

/** The document if the caller may see it. Who may not see anything learns nothing about what there is. */
export async function found(kind: Kind, context: IdentityContext, request: ApiRequest, id: string): Promise<Document> {
  const [caller, document] = await Promise.all([callerOf(context, request), context.store.documents.get(kind.storage, id)]);
  need(kind.isOpen === true || mayReadAll(caller) || kind.mayRead?.(caller, document) === true, `get_${kind.singular}`);
  if (document === null) throw missing(kind.singular, id);
  return document;
}

async function list(kind: Kind, context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  need(kind.isOpen === true || mayReadAll(caller) || kind.mayList?.(caller) === true, `list_${kind.plural}`);
  const where: Condition[] = [...filterConditions(request.query, kind.filters), ...(kind.where?.(request) ?? [])];
  if (kind.inDomains === true && caller.domainId !== null) where.push({ field: 'domain_id', in: [caller.domainId] });
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

export async function create(kind: Kind, context: IdentityContext, sent: JsonObject, caller: Caller, id?: string): Promise<Document> {
  const given = checkedInput(sent, kind.input, true);
  const placed = kind.inDomains === true && !given['domain_id'] ? { ...given, domain_id: caller.domainId ?? 'default' } : given;
  const newId = kind.ownId === true && typeof given['id'] === 'string' && given['id'] !== '' ? given['id'] : (id ?? hexId(context));
  const fields = sorted(kind, placed);
  const prepared = (await kind.prepare?.(context, fields, true)) ?? fields;
  const body: JsonObject = { ...kind.defaults, ...prepared };
  const document = await inIdentityChange(context, async (tx) => {
    await kind.check?.(tx, body, null);
    await claimName(kind, tx, body, newId);
    const columns = { name: textOrNull(body['name']), ...kind.columns?.(body) };
    return tx.documents.insert(kind.storage, { id: newId, ...columns, body }, context.clock.now());
  });
  if (document === null) throw conflict(kind.singular, `Duplicate ID, ${newId}.`);
  return document;
}

export async function update(kind: Kind, context: IdentityContext, sent: JsonObject, id: string): Promise<Document> {
  if ((await context.store.documents.get(kind.storage, id)) === null) throw missing(kind.singular, id);
  const given = checkedInput(sent, kind.input, false);
  if (given['id'] !== undefined && given['id'] !== id) throw invalid('Cannot change ID');
  const fields = sorted(kind, given);
  const changes = (await kind.prepare?.(context, fields, false)) ?? fields;
  const document = await inIdentityChange(context, async (tx) => {
    const before = await tx.documents.get(kind.storage, id, { lock: true });
    if (before === null) throw missing(kind.singular, id);
    if (kind.inDomains === true && changes['domain_id'] !== undefined && changes['domain_id'] !== before.body['domain_id'])
      throw invalid('Cannot change Domain ID');
    const body: JsonObject = { ...before.body, ...changes, ...merged(before.body, changes) };
    await kind.check?.(tx, body, { before, changes });
    if (body['name'] !== before.body['name']) {
      const space = kind.nameSpace(before.body);
      if (space !== null) await tx.claims.release(space, String(before.body['name']));
      await claimName(kind, tx, body, id);
    }
    const nowMs = context.clock.now();
    await kind.afterUpdate?.(tx, body, before, nowMs);
    return tx.documents.replace(kind.storage, { id, body, name: textOrNull(body['name']), ...kind.columns?.(body) }, nowMs);
  });
  if (document === null) throw missing(kind.singular, id);
  return document;
}

export async function remove(kind: Kind, tx: CloudStore, id: string): Promise<void> {
  const document = await tx.documents.get(kind.storage, id, { lock: true });
  if (document === null) throw missing(kind.singular, id);
  await kind.beforeDelete?.(tx, document);
  const space = kind.nameSpace(document.body);
  if (space !== null) await tx.claims.release(space, String(document.body['name']));
  await tx.documents.remove(kind.storage, id);
}

export async function claimName(kind: Kind, tx: CloudStore, body: JsonObject, id: string): Promise<void> {
  const space = kind.nameSpace(body);
  if (space === null || (await tx.claims.take(space, String(body['name']), id))) return;
  const { type, details } = kind.taken(body, id);
  throw conflict(type, details);
}

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** Declared fields on top, the client's own ones in `extra`. */
function sorted(kind: Kind, given: JsonObject): JsonObject {
  const fields: Record<string, Json> = {};
  const extra: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === 'id' || name === 'links') continue;
    if (kind.input.rules[name] === undefined) extra[name] = value;
    else fields[name] = name === 'name' && typeof value === 'string' ? value.trim() : value;
  }
  return Object.keys(extra).length === 0 ? fields : { ...fields, extra };
}

function merged(before: JsonObject, changes: JsonObject): JsonObject {
  const { extra, options } = changes;
  return {
    ...(isJsonObject(extra) ? { extra: { ...(before['extra'] as JsonObject | undefined), ...extra } } : {}),
    ...(isJsonObject(options) ? { options: mergedOptions(before['options'], options) } : {}),
  };
}
