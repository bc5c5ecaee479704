/** The network service's URLs: the same five calls for every collection, tags, and the small read-only ones. */
import type { JsonObject } from '@hearth/kernel';
import { empty, json, pageLink, type Answer, type ApiRequest, type Identity, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { readCollectionQuery } from '../collections/list-query.ts';
import type { CollectionRules } from '../collections/rules.ts';
import { bodiesOf, badRequest, readChange, readNew, type Attributes, type Wanted } from './attributes.ts';
import { discoveryRoutes, readOnlyRoutes } from './fact-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import {
  createNetwork,
  createSubnet,
  deleteNetwork,
  deleteSubnet,
  isOwner,
  subnetMissing,
  updateNetwork,
  updateSubnet,
  visibleNetwork,
} from './networks.ts';
import {
  collections,
  groupAttributes,
  groupView,
  networkAttributes,
  networkView,
  newPortAttributes,
  portAttributes,
  portView,
  ruleAttributes,
  ruleView,
  subnetAttributes,
  subnetView,
  type NetworkBody,
  type PortBody,
  type SubnetBody,
} from './objects.ts';
import { createPort, deletePort, networkForPort, ownPort, updatePort } from './ports.ts';
import { createGroup, createRule, deleteGroup, ensureDefaultGroup, ownGroup, ownRule, rulesOf, updateGroup } from './security-groups.ts';

/** What one collection does; everything else about its URLs is the same for all. */
interface Collection {
  readonly singular: string;
  readonly plural: string;
  readonly path: string;
  readonly storage: string;
  readonly attributes: Attributes;
  readonly newAttributes?: Attributes;
  readonly sharedBy: readonly string[];
  /** Filters that are no stored field: computed ones are compared with what is shown. */
  readonly computed: readonly string[];
  readonly filter?: CollectionRules['filter'];
  readonly beforeList?: (tx: CloudStore, identity: Identity) => Promise<void>;
  /** Throws when the caller may not see it. */
  read(store: CloudStore, id: string, identity: Identity): Promise<Document>;
  create(tx: CloudStore, wanted: Wanted, identity: Identity, stamp: { id: string; nowMs: number }): Promise<Document>;
  update: ((tx: CloudStore, id: string, values: JsonObject, identity: Identity, nowMs: number) => Promise<Document>) | null;
  remove(tx: CloudStore, id: string, identity: Identity, nowMs: number): Promise<unknown>;
  show(
    store: CloudStore,
    documents: readonly Document[],
    identity: Identity,
    nowMs: number,
  ): Promise<readonly JsonObject[]> | readonly JsonObject[];
}

function collectionsOf(context: ServiceContext): readonly Collection[] {
  const { random } = context;
  return [
    {
      singular: 'network',
      plural: 'networks',
      path: '/v2.0/networks',
      storage: collections.networks,
      attributes: networkAttributes,
      sharedBy: ['shared', 'router:external'],
      computed: ['status'],
      read: (store, id, identity) => visibleNetwork(store, id, identity),
      create: (tx, wanted, _identity, stamp) => createNetwork(tx, wanted, stamp),
      update: updateNetwork,
      remove: deleteNetwork,
      show: (_store, documents, identity) => documents.map((one) => networkView(one as Document<NetworkBody>, identity)),
    },
    {
      singular: 'subnet',
      plural: 'subnets',
      path: '/v2.0/subnets',
      storage: collections.subnets,
      attributes: subnetAttributes,
      sharedBy: ['network_shared'],
      computed: [],
      filter: byParent,
      read: async (store, id, identity) => {
        const subnet = await store.documents.get<SubnetBody>(collections.subnets, id);
        if (subnet === null || !(subnet.body.network_shared || isOwner(subnet, identity))) throw subnetMissing(id);
        return subnet;
      },
      create: createSubnet,
      update: updateSubnet,
      remove: deleteSubnet,
      show: (_store, documents) => documents.map((one) => subnetView(one as Document<SubnetBody>)),
    },
    {
      singular: 'port',
      plural: 'ports',
      path: '/v2.0/ports',
      storage: collections.ports,
      attributes: portAttributes,
      newAttributes: newPortAttributes,
      sharedBy: [],
      computed: ['status'],
      filter: portFilter,
      read: (store, id, identity) => ownPort(store, id, identity),
      create: async (tx, wanted, identity, stamp) => {
        const network = await networkForPort(tx, wanted.values.network_id as string, identity);
        return createPort(tx, { wanted, network, binding: null }, stamp, random);
      },
      update: (tx, id, values, identity, nowMs) => updatePort(tx, id, values, { identity, nowMs, random }),
      remove: (tx, id, identity) => deletePort(tx, id, identity),
      show: (_store, documents, identity, nowMs) => documents.map((one) => portView(one as Document<PortBody>, identity, nowMs)),
    },
    {
      singular: 'security_group',
      plural: 'security_groups',
      path: '/v2.0/security-groups',
      storage: collections.groups,
      attributes: groupAttributes,
      sharedBy: [],
      computed: [],
      beforeList: async (tx, identity) => {
        if (identity.projectId !== null) await ensureDefaultGroup(tx, identity.projectId, context.clock.now(), random);
      },
      read: (store, id, identity) => ownGroup(store, id, identity),
      create: (tx, wanted, _identity, stamp) => createGroup(tx, wanted, stamp, random),
      update: updateGroup,
      remove: deleteGroup,
      show: async (store, documents) => {
        const rules = await rulesOf(
          store,
          documents.map((one) => one.id),
        );
        return documents.map((group) =>
          groupView(
            group,
            rules.filter((rule) => rule.parentId === group.id),
          ),
        );
      },
    },
    {
      singular: 'security_group_rule',
      plural: 'security_group_rules',
      path: '/v2.0/security-group-rules',
      storage: collections.rules,
      attributes: ruleAttributes,
      sharedBy: [],
      computed: [],
      read: (store, id, identity) => ownRule(store, id, identity),
      create: createRule,
      update: null,
      remove: async (tx, id, identity) => {
        await ownRule(tx, id, identity);
        await tx.documents.remove(collections.rules, id);
      },
      show: (_store, documents) => documents.map(ruleView),
    },
  ];
}

/** The network's id is the parent, which has an index. */
const byParent = (name: string, values: readonly string[]) => (name === 'network_id' ? { field: 'parent_id', in: values } : undefined);

/** `fixed_ips=ip_address=10.0.0.5`: several of one kind are alternatives, of different kinds must all hold. */
function portFilter(name: string, values: readonly string[]) {
  if (name === 'security_groups') return { anyOf: values.map((id) => ({ field: name, contains: [id] })) };
  if (name !== 'fixed_ips') return byParent(name, values);
  const alternatives = values.map((value) => {
    const [, key, wanted] = /^(ip_address|subnet_id)=(.*)$/.exec(value) ?? [];
    if (key === undefined || wanted === undefined)
      throw badRequest(`'${value}' is no filter for fixed_ips; it looks like ip_address=ADDRESS or subnet_id=ID`);
    return { field: 'fixed_ips', contains: [{ [key]: wanted }] };
  });
  return alternatives.length === 1 ? alternatives[0] : { anyOf: alternatives };
}

export function networkRoutes(context: ServiceContext): readonly Route[] {
  return [...discoveryRoutes(), ...collectionsOf(context).flatMap((one) => routesOf(one, context)), ...readOnlyRoutes()];
}

function routesOf(collection: Collection, context: ServiceContext): readonly Route[] {
  const { path, singular, plural } = collection;
  const nowMs = (): number => context.clock.now();
  const idOf = (request: ApiRequest): string => request.params.id ?? '';
  const shown = async (store: CloudStore, document: Document, request: ApiRequest): Promise<JsonObject> => {
    const [view] = await collection.show(store, [document], request.identity, nowMs());
    return onlyFields(view as JsonObject, request.query.getAll('fields'));
  };
  const routes: Route[] = [
    { method: 'GET', path, handle: (request) => list(collection, context, request) },
    {
      method: 'POST',
      path,
      handle: (request) => {
        const { identity } = request;
        const bodies = bodiesOf(request.body, singular, plural);
        const wanted = bodies.map((body) => readNew(collection.newAttributes ?? collection.attributes, singular, body, identity));
        return context.store.transaction(async (tx) => {
          const made: Document[] = [];
          for (const one of wanted) made.push(await collection.create(tx, one, identity, { id: context.random.uuid(), nowMs: nowMs() }));
          const views = await collection.show(tx, made, identity, nowMs());
          return json(201, singular in (request.body as object) ? { [singular]: views[0] } : { [plural]: views });
        });
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request) =>
        json(200, {
          [singular]: await shown(context.store, await collection.read(context.store, idOf(request), request.identity), request),
        }),
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: (request) =>
        context.store.transaction(async (tx) => {
          await collection.remove(tx, idOf(request), request.identity, nowMs());
          return empty(204);
        }),
    },
  ];
  const { update } = collection;
  if (update !== null) {
    const handle = (request: ApiRequest): Promise<Answer> => {
      const values = readChange(collection.attributes, singular, request.body, request.identity);
      return context.store.transaction(async (tx) => {
        const done = await update(tx, idOf(request), values, request.identity, nowMs());
        return json(200, { [singular]: await shown(tx, done, request) });
      });
    };
    routes.push({ method: 'PUT', path: `${path}/:id`, handle });
  }
  return [...routes, ...tagRoutes(collection, context)];
}

async function list(collection: Collection, context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const { identity } = request;
  const nowMs = context.clock.now();
  if (collection.beforeList !== undefined)
    await context.store.transaction((tx) => collection.beforeList?.(tx, identity) ?? Promise.resolve());
  const query = readCollectionQuery(rulesFor(collection), request);
  const computed = collection.computed.filter((name) => request.query.has(name));
  const { limit, marker } = query.page;
  const page = { where: query.where, sort: query.sort, marker, limit: computed.length > 0 ? null : limit };
  const found = await context.store.documents.list(collection.storage, page);
  const views = await collection.show(context.store, query.reverse ? [...found].reverse() : found, identity, nowMs);
  const matching = views.filter((view) => computed.every((name) => request.query.getAll(name).includes(String(view[name]))));
  const shown = limit === null ? matching : matching.slice(0, limit);
  const body = { [collection.plural]: shown.map((view) => onlyFields(view, query.fields ?? [])) };
  const links = linksOf(request, limit, query.reverse, shown);
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

const BOOLEANS = new Set(['admin_state_up', 'shared', 'router:external', 'is_default', 'port_security_enabled', 'enable_dhcp', 'stateful']);
/** What reading a list's query needs to know. */
function rulesFor(collection: Collection): CollectionRules {
  const fields = Object.fromEntries(
    Object.keys(collection.attributes).map((name) => [name, { type: BOOLEANS.has(name) ? ('boolean' as const) : ('any' as const) }]),
  );
  const { singular, plural, path, storage, sharedBy, computed, filter } = collection;
  return {
    singular,
    plural,
    path,
    storage,
    fields,
    sharedBy,
    computed,
    notFound: '',
    label: singular,
    ...(filter === undefined ? {} : { filter }),
  };
}
