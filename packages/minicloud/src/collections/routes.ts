/** The routes of a declared collection: list, show, create (one or many), update, delete, tags. */
import { Refusal, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest, type Identity, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ServiceContext } from '../service.ts';
import { readCollectionQuery, type CollectionQuery } from './list-query.ts';
import {
  checkedTags,
  createResource,
  deleteResource,
  ownResource,
  replaceBody,
  updateResource,
  visibleResource,
} from './resource-changes.ts';
import type { Change, CollectionRules } from './rules.ts';

const MAX_BULK = 1000;

/** One transaction for a change asked for by a request. */
export const inChange = <T>(context: ServiceContext, identity: Identity, work: (change: Change) => Promise<T>): Promise<T> =>
  context.store.transaction((tx) => work({ tx, context, identity, nowMs: context.clock.now() }));

export function collectionRoutes(rules: CollectionRules, context: ServiceContext): readonly Route[] {
  const one = `${rules.path}/:id`;
  const idOf = (request: ApiRequest): string => request.params['id'] ?? '';
  const shownOne = async (store: CloudStore, document: Document, request: ApiRequest): Promise<JsonObject> =>
    (await presented(rules, store, [document], request.identity, fieldsOf(request), context.clock.now()))[0] as JsonObject;
  const routes: Route[] = [
    { method: 'GET', path: rules.path, handle: (request) => listed(rules, context, request) },
    { method: 'POST', path: rules.path, handle: (request) => created(rules, context, request) },
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        const document = await visibleResource(rules, context.store, idOf(request), request.identity);
        return json(200, { [rules.singular]: await shownOne(context.store, document, request) });
      },
    },
    {
      method: 'PUT',
      path: one,
      handle: (request) =>
        inChange(context, request.identity, async (change) => {
          const document = await updateResource(rules, change, idOf(request), wrapped(request, rules.singular));
          return json(200, { [rules.singular]: await shownOne(change.tx, document, request) });
        }),
    },
    {
      method: 'DELETE',
      path: one,
      handle: (request) =>
        inChange(context, request.identity, async (change) => {
          await deleteResource(rules, change, idOf(request));
          return empty(204);
        }),
    },
  ];
  return rules.tags === false ? routes : [...routes, ...tagRoutes(rules, context)];
}

async function listed(rules: CollectionRules, context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const query = readCollectionQuery(rules, request);
  const { limit, marker } = query.page;
  if (marker !== null && (await context.store.documents.get(rules.storage, marker)) === null) {
    throw new Refusal('invalid', 'HTTPBadRequest', `The marker ${marker} could not be found.`);
  }
  const found = await context.store.documents.list(rules.storage, { where: query.where, sort: query.sort, limit, marker });
  const documents = query.reverse ? [...found].reverse() : found;
  const bodies = await presented(rules, context.store, documents, request.identity, query.fields, context.clock.now());
  const links = pageLinks(request, query, documents);
  return json(200, { [rules.plural]: bodies, ...(links.length === 0 ? {} : { [`${rules.plural}_links`]: links }) });
}

/** Neutron links to the next page when this one is full, and to the previous one when it did not start at the beginning. */
function pageLinks(request: ApiRequest, query: CollectionQuery, documents: readonly Document[]): readonly JsonObject[] {
  const first = documents[0];
  const last = documents.at(-1);
  if (query.page.limit === null || first === undefined || last === undefined) return [];
  const isFull = documents.length === query.page.limit;
  const links: JsonObject[] = [];
  if (query.reverse || isFull) links.push({ rel: 'next', href: pageLink(request, { marker: last.id, page_reverse: null }) });
  if (query.reverse ? isFull : query.page.marker !== null)
    links.push({ rel: 'previous', href: pageLink(request, { marker: first.id, page_reverse: 'True' }) });
  return links;
}

function created(rules: CollectionRules, context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const { body } = request;
  const many = isJsonObject(body) ? body[rules.plural] : undefined;
  return inChange(context, request.identity, async (change) => {
    if (many === undefined) {
      const document = await createResource(rules, change, wrapped(request, rules.singular));
      return json(201, { [rules.singular]: (await presented(rules, change.tx, [document], request.identity, null, change.nowMs))[0] });
    }
    if (!isJsonArray(many) || many.length === 0 || many.length > MAX_BULK || !many.every(isJsonObject)) {
      throw new Refusal('invalid', 'HTTPBadRequest', `'${rules.plural}' must be a list of 1 to ${MAX_BULK} resources.`);
    }
    const documents: Document[] = [];
    for (const given of many) documents.push(await createResource(rules, change, given));
    return json(201, { [rules.plural]: await presented(rules, change.tx, documents, request.identity, null, change.nowMs) });
  });
}

/** The object under `key` in the request's body. */
export function wrapped(request: ApiRequest, key: string): JsonObject {
  const { body } = request;
  const value = isJsonObject(body) ? body[key] : undefined;
  if (isJsonObject(value)) return value;
  throw new Refusal('invalid', 'HTTPBadRequest', `Bad request: the body must be a JSON object with '${key}' in it.`);
}

const fieldsOf = (request: ApiRequest): readonly string[] | null => {
  const fields = request.query.getAll('fields').filter((name) => name !== '');
  return fields.length === 0 ? null : fields;
};

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Bodies as readers see them, with the standard fields. */
export async function presented(
  rules: CollectionRules,
  store: CloudStore,
  documents: readonly Document[],
  identity: Identity,
  fields: readonly string[] | null,
  nowMs: number,
): Promise<readonly JsonObject[]> {
  const extension = await rules.extend?.(store, documents);
  const hidden = isAdmin(identity)
    ? []
    : Object.entries(rules.fields)
        .filter(([, rule]) => rule.adminSees === true)
        .map(([name]) => name);
  return documents.map((document) => {
    const whole: Record<string, Json> = {
      id: document.id,
      ...(rules.present?.(document, nowMs) ?? document.body),
      ...extension?.get(document.id),
      tenant_id: document.projectId,
      project_id: document.projectId,
      created_at: instant(document.createdMs),
      updated_at: instant(document.updatedMs),
      revision_number: document.revision + 1,
    };
    for (const name of hidden) delete whole[name];
    if (fields === null) return whole;
    return Object.fromEntries(fields.filter((name) => Object.hasOwn(whole, name)).map((name) => [name, whole[name] as Json]));
  });
}

function tagRoutes(rules: CollectionRules, context: ServiceContext): readonly Route[] {
  const tagsOf = (document: Document): readonly string[] => (document.body['tags'] ?? []) as readonly string[];
  const path = `${rules.path}/:id/tags`;
  const change =
    (edit: (tags: readonly string[], request: ApiRequest) => readonly string[], answer: (tags: readonly string[]) => Answer) =>
    (request: ApiRequest) =>
      inChange(context, request.identity, async (change) => {
        const before = await ownResource(rules, change, request.params['id'] ?? '', 'update');
        const tags = checkedTags(edit(tagsOf(before), request));
        await replaceBody(rules, change, before, { ...before.body, tags });
        return answer(tags);
      });
  const read = async (request: ApiRequest): Promise<readonly string[]> =>
    tagsOf(await visibleResource(rules, context.store, request.params['id'] ?? '', request.identity));
  const tagOf = (request: ApiRequest): string => request.params['tag'] ?? '';
  const missing = (request: ApiRequest): Refusal => new Refusal('not-found', 'TagNotFound', `Tag ${tagOf(request)} could not be found.`);
  const sentTags = (request: ApiRequest): readonly string[] =>
    checkedTags((isJsonObject(request.body) ? request.body['tags'] : null) ?? null);
  return [
    { method: 'GET', path, handle: async (request) => json(200, { tags: await read(request) }) },
    {
      method: 'PUT',
      path,
      handle: change(
        (_tags, request) => sentTags(request),
        (tags) => json(200, { tags }),
      ),
    },
    {
      method: 'DELETE',
      path,
      handle: change(
        () => [],
        () => empty(204),
      ),
    },
    {
      method: 'GET',
      path: `${path}/:tag`,
      handle: async (request) => {
        if (!(await read(request)).includes(tagOf(request))) throw missing(request);
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:tag`,
      handle: change(
        (tags, request) => [...tags, tagOf(request)],
        () => empty(201),
      ),
    },
    {
      method: 'DELETE',
      path: `${path}/:tag`,
      handle: change(
        (tags, request) => {
          if (!tags.includes(tagOf(request))) throw missing(request);
          return tags.filter((tag) => tag !== tagOf(request));
        },
        () => empty(204),
      ),
    },
  ];
}
