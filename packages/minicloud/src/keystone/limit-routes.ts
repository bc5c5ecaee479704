/** Registered limits and limits: what services would allow by default and to single projects and domains. Kept and shown, enforced by nobody. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Refusal } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { callerOf, need, needAdmin, type Caller } from './access.ts';
import { hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, idRule, nullable, pythonText, textRule, wrapped, type Input, type Rule } from './input.ts';
import { filterConditions, type Filters } from './list-filters.ts';
import { conflict, expecting, invalid, notFound, refused } from './refusals.ts';
import { collections, type LimitBody } from './state.ts';
import { linkTo, listBody } from './views.ts';

const number: Rule = { type: 'integer', atLeast: -1, atMost: 0x7fff_ffff };
const resourceName: Rule = { type: 'string', min: 1, max: 255 };
const region = nullable(textRule);
const description = nullable(textRule);

interface LimitKind {
  readonly singular: 'registered_limit' | 'limit';
  readonly plural: 'registered_limits' | 'limits';
  readonly storage: string;
  readonly createInput: Input;
  readonly updateInput: Input;
  readonly filters: Filters;
  readonly missing: (id: string) => Refusal;
  /** Fields in the order they are shown. */
  readonly shown: readonly string[];
  /** What makes two of them the same. */
  readonly same: readonly string[];
}

const registered: LimitKind = {
  singular: 'registered_limit',
  plural: 'registered_limits',
  storage: collections.registeredLimits,
  createInput: {
    required: ['service_id', 'resource_name', 'default_limit'],
    rules: { service_id: idRule, region_id: region, resource_name: resourceName, default_limit: number, description },
    closed: true,
  },
  updateInput: {
    required: [],
    rules: { service_id: idRule, region_id: region, resource_name: resourceName, default_limit: number, description },
    closed: true,
  },
  filters: { service_id: 'text', region_id: 'text', resource_name: 'text' },
  missing: (id) => notFound(`Could not find registered limit for ${id}.`),
  shown: ['service_id', 'region_id', 'resource_name', 'default_limit', 'description'],
  same: ['service_id', 'region_id', 'resource_name'],
};

const limit: LimitKind = {
  singular: 'limit',
  plural: 'limits',
  storage: collections.limits,
  createInput: {
    required: ['service_id', 'resource_name', 'resource_limit'],
    rules: {
      project_id: nullable(idRule),
      domain_id: nullable(idRule),
      service_id: idRule,
      region_id: region,
      resource_name: resourceName,
      resource_limit: number,
      description,
    },
    closed: true,
  },
  updateInput: { required: [], rules: { resource_limit: number, description }, closed: true },
  filters: { service_id: 'text', region_id: 'text', resource_name: 'text', project_id: 'text', domain_id: 'text' },
  missing: (id) => notFound(`Could not find limit for ${id}.`),
  shown: ['project_id', 'domain_id', 'resource_limit', 'description', 'service_id', 'region_id', 'resource_name'],
  same: ['project_id', 'domain_id', 'service_id', 'region_id', 'resource_name'],
};

export function limitRoutes(context: IdentityContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v3/limits/model',
      handle: () =>
        json(200, {
          model: { name: 'flat', description: 'Limit enforcement and validation does not take project hierarchy into consideration.' },
        }),
    },
    ...routesOf(registered, context),
    ...routesOf(limit, context),
  ];
}

function routesOf(kind: LimitKind, context: IdentityContext): readonly Route[] {
  const path = `/v3/${kind.plural}`;
  const get = async (request: ApiRequest): Promise<Document<LimitBody>> => {
    const id = request.params['id'] ?? '';
    const found = await context.store.documents.get<LimitBody>(kind.storage, id);
    if (kind === limit) need(mayRead(await callerOf(context, request), found), 'get_limit');
    if (found === null) throw kind.missing(id);
    return found;
  };
  return [
    { method: 'GET', path, handle: (request) => list(kind, context, request) },
    { method: 'POST', path, handle: (request) => create(kind, context, request) },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request) => json(200, { [kind.singular]: viewOf(kind, await get(request), request) }),
    },
    { method: 'PATCH', path: `${path}/:id`, handle: (request) => update(kind, context, request) },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: async (request) => {
        await needAdmin(context, request, `delete_${kind.singular}`);
        const id = request.params['id'] ?? '';
        await inIdentityChange(context, async (tx) => {
          const before = await tx.documents.get<LimitBody>(kind.storage, id, { lock: true });
          if (before === null) throw kind.missing(id);
          if (kind === registered) await needUnused(tx, before);
          await tx.documents.remove(kind.storage, id);
        });
        return empty(204);
      },
    },
  ];
}

function mayRead(caller: Caller, found: Document<LimitBody> | null): boolean {
  if (caller.isAdmin || caller.isSystem) return true;
  const { project_id, domain_id } = found?.body ?? {};
  return (project_id !== null && project_id === caller.projectId) || (domain_id !== null && domain_id === caller.domainId);
}

const viewOf = (kind: LimitKind, { id, body }: Document<LimitBody>, request: ApiRequest): JsonObject => ({
  id,
  ...Object.fromEntries(kind.shown.map((name) => [name, body[name] ?? null])),
  links: linkTo(request, `/${kind.plural}/${id}`),
});

/** A token sees the limits of its own project; one for a domain those of the domain and its projects; one for the system all. */
async function list(kind: LimitKind, context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const where: Condition[] = [...filterConditions(request.query, kind.filters)];
  if (kind === limit) {
    const caller = await callerOf(context, request);
    if (caller.domainId !== null) {
      const inside = [{ field: 'domain_id', in: [caller.domainId] }];
      const projects = (await context.store.documents.list(collections.projects, { where: inside })).map((project) => project.id);
      where.push({ anyOf: [...inside, { field: 'project_id', in: projects }] });
    } else if (!caller.isSystem) where.push({ field: 'project_id', in: caller.projectId === null ? [] : [caller.projectId] });
  }
  const found = await context.store.documents.list<LimitBody>(kind.storage, { where });
  return json(
    200,
    listBody(
      kind.plural,
      found.map((one) => viewOf(kind, one, request)),
      request,
    ),
  );
}

const MAX_AT_ONCE = 1000;

async function create(kind: LimitKind, context: IdentityContext, request: ApiRequest): Promise<Answer> {
  await needAdmin(context, request, `create_${kind.plural}`);
  const sent = isJsonObject(request.body) ? request.body[kind.plural] : undefined;
  if (!isJsonArray(sent)) throw invalid(`${pythonText(sent ?? {})} is not of type 'array'`);
  if (sent.length === 0) throw invalid('[] is too short');
  if (sent.length > MAX_AT_ONCE) throw invalid(`No more than ${MAX_AT_ONCE} at once.`);
  const bodies = sent.map((one) => checkedNew(kind, one));
  const made = await inIdentityChange(context, async (tx) => {
    await tx.lock('identity-limits');
    const documents: Document<LimitBody>[] = [];
    for (const body of bodies) {
      await needReferences(kind, tx, body);
      await needNew(kind, tx, body);
      const columns = { id: hexId(context), projectId: textOrNull(body['project_id']), body };
      const document = await tx.documents.insert<LimitBody>(kind.storage, columns, context.clock.now());
      if (document !== null) documents.push(document);
    }
    return documents;
  });
  return json(201, { [kind.plural]: made.map((one) => viewOf(kind, one, request)) });
}

function checkedNew(kind: LimitKind, one: Json): LimitBody {
  const given = checkedInput(one, kind.createInput, true);
  if (kind === limit && (given['project_id'] === undefined) === (given['domain_id'] === undefined))
    throw invalid(`${pythonText(one)} is not valid under any of the given schemas`);
  return Object.fromEntries(kind.shown.map((name) => [name, given[name] ?? null]));
}

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

async function needReferences(kind: LimitKind, tx: CloudStore, body: LimitBody): Promise<void> {
  for (const [field, collection] of [
    ['service_id', collections.services],
    ['region_id', collections.regions],
    ['project_id', collections.projects],
    ['domain_id', collections.domains],
  ] as const) {
    const id = body[field];
    if (typeof id === 'string' && (await tx.documents.get(collection, id)) === null) throw expecting(field, kind.singular);
  }
}

/** Conditions that another document has these very values. */
const likeIn = (body: LimitBody, fields: readonly string[]): readonly Condition[] =>
  fields.map((field): Condition => {
    const value = body[field] ?? null;
    return value === null ? { field, isNull: true } : { field, in: [String(value)] };
  });

async function needNew(kind: LimitKind, tx: CloudStore, body: LimitBody): Promise<void> {
  if (kind === limit && (await tx.documents.count(registered.storage, likeIn(body, registered.same))) === 0)
    throw refused('Unable to create a limit that has no corresponding registered limit.');
  if ((await tx.documents.count(kind.storage, likeIn(body, kind.same))) > 0) throw conflict(kind.singular, 'Duplicate entry');
}

async function needUnused(tx: CloudStore, { id, body }: Document<LimitBody>): Promise<void> {
  if ((await tx.documents.count(limit.storage, likeIn(body, registered.same))) > 0)
    throw refused(`Unable to update or delete registered limit ${id} because there are project limits associated with it.`);
}

async function update(kind: LimitKind, context: IdentityContext, request: ApiRequest): Promise<Answer> {
  await needAdmin(context, request, `update_${kind.singular}`);
  const id = request.params['id'] ?? '';
  const given = checkedInput(wrapped(request.body, kind.singular), kind.updateInput, true);
  const updated = await inIdentityChange(context, async (tx) => {
    await tx.lock('identity-limits');
    const before = await tx.documents.get<LimitBody>(kind.storage, id, { lock: true });
    if (before === null) throw kind.missing(id);
    const body: LimitBody = { ...before.body, ...given };
    const isMoved = kind.same.some((field) => (body[field] ?? null) !== (before.body[field] ?? null));
    if (kind === registered) await needUnused(tx, before);
    if (isMoved) {
      await needReferences(kind, tx, body);
      await needNew(kind, tx, body);
    }
    return tx.documents.replace<LimitBody>(kind.storage, { id, body }, context.clock.now());
  });
  if (updated === null) throw kind.missing(id);
  return json(200, { [kind.singular]: viewOf(kind, updated, request) });
}
