/** The URLs of one collection of the network service: list, make one or many, show, change, delete, tags. */
import type { JsonObject } from '@hearth/kernel';
import { empty, json, pageLink, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { bodiesOf, readChange, readNew, type Wanted } from './attributes.ts';
import type { By, Collection } from './collection.ts';
import { readListQuery } from './list-query.ts';
import { isCounted, refuseOverQuota } from './quotas.ts';
import { tagRoutes } from './tag-routes.ts';

export function collectionRoutes(collection: Collection, context: ServiceContext): readonly Route[] {
  const { path, singular } = collection;
  const one = `${path}/:id`;
  const by = (request: ApiRequest): By => ({ identity: request.identity, nowMs: context.clock.now() });
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  const shown = async (store: CloudStore, document: Document, request: ApiRequest): Promise<Answer> => {
    const [view] = await collection.show(store, [document], by(request));
    return json(200, { [singular]: onlyFields(view as JsonObject, request.query.getAll('fields')) });
  };
  const changedShown = async (store: CloudStore, document: Document, request: ApiRequest): Promise<Answer> => {
    const [view] = await collection.show(store, [document], by(request));
    const whole = collection.showChanged?.(view as JsonObject, document) ?? (view as JsonObject);
    return json(200, { [singular]: onlyFields(whole, request.query.getAll('fields')) });
  };
  const routes: Route[] = [
    { method: 'GET', path, handle: (request) => listed(collection, context, request) },
    { method: 'POST', path, handle: (request) => created(collection, context, request) },
    {
      method: 'GET',
      path: one,
      handle: async (request) => shown(context.store, await collection.read(context.store, idOf(request), request.identity), request),
    },
    {
      method: 'DELETE',
      path: one,
      handle: (request) =>
        context.store.transaction(async (tx) => {
          await collection.remove(tx, idOf(request), by(request));
          return empty(204);
        }),
    },
  ];
  const { update } = collection;
  if (update !== undefined) {
    const handle = async (request: ApiRequest): Promise<Answer> => {
      // What is not there is said before what is wrong with the request.
      await collection.read(context.store, idOf(request), request.identity);
      const values = readChange(collection.attributes, singular, request.body, request.identity);
      collection.policy?.('update', values, request.identity);
      return context.store.transaction(async (tx) => changedShown(tx, await update(tx, idOf(request), values, by(request)), request));
    };
    routes.push({ method: 'PUT', path: one, handle });
  }
  return collection.hasTags === false ? routes : [...routes, ...tagRoutes(collection, context)];
}

async function created(collection: Collection, context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const { singular, plural } = collection;
  const { identity } = request;
  const wanted = bodiesOf(request.body, singular, plural).map((body) =>
    readNew(collection.newAttributes ?? collection.attributes, singular, body, identity),
  );
  for (const one of wanted) collection.policy?.('create', one.values, identity);
  return context.store.transaction(async (tx) => {
    const nowMs = context.clock.now();
    await refuseTooMany(tx, singular, wanted);
    await collection.beforeCreate?.(tx, wanted, { identity, nowMs });
    const made: Document[] = [];
    for (const one of wanted) made.push(await collection.create(tx, one, { identity, id: context.random.uuid(), nowMs }));
    const views = await collection.show(tx, made, { identity, nowMs, isNew: true });
    return json(201, singular in (request.body as object) ? { [singular]: views[0] } : { [plural]: views });
  });
}

async function refuseTooMany(tx: CloudStore, singular: string, wanted: readonly Wanted[]): Promise<void> {
  if (!isCounted(singular)) return;
  for (const projectId of new Set(wanted.map((one) => one.projectId)))
    await refuseOverQuota(tx, singular, projectId, wanted.filter((one) => one.projectId === projectId).length);
}

async function listed(collection: Collection, context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const by = { identity: request.identity, nowMs: context.clock.now() };
  if (collection.beforeList !== undefined) await context.store.transaction((tx) => collection.beforeList?.(tx, by) ?? Promise.resolve());
  const { where, sort, page, isReversed, computed } = readListQuery(collection, request);
  const { limit } = page;
  // A marker that is gone is no marker.
  const isMarked = page.marker !== null && (await context.store.documents.get(collection.storage, page.marker)) !== null;
  const marker = isMarked ? page.marker : null;
  const found = await context.store.documents.list(collection.storage, { where, sort, marker, limit: computed.length > 0 ? null : limit });
  const views = await collection.show(context.store, isReversed ? [...found].reverse() : found, by);
  const matching = views.filter((view) => computed.every((name) => request.query.getAll(name).includes(String(view[name]))));
  const shown = limit === null ? matching : matching.slice(0, limit);
  const fields = request.query.getAll('fields').filter((name) => name !== '');
  const body = { [collection.plural]: shown.map((view) => onlyFields(view, fields)) };
  const links = linksOf(request, limit, isReversed, shown);
  return json(200, links.length === 0 ? body : { ...body, [`${collection.plural}_links`]: links });
}

function linksOf(request: ApiRequest, limit: number | null, isReversed: boolean, views: readonly JsonObject[]): readonly JsonObject[] {
  const first = views[0]?.id;
  const last = views.at(-1)?.id;
  if (limit === null || typeof first !== 'string' || typeof last !== 'string') return [];
  const next = isReversed || views.length === limit ? [{ rel: 'next', href: pageLink(request, { marker: last, page_reverse: null }) }] : [];
  return [...next, { rel: 'previous', href: pageLink(request, { marker: first, page_reverse: 'True' }) }];
}

const onlyFields = (view: JsonObject, fields: readonly string[]): JsonObject =>
  fields.length === 0 ? view : Object.fromEntries(Object.entries(view).filter(([name]) => fields.includes(name)));
