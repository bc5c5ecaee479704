/** The load balancer service's routes, the same under v2 and v2.0: made from the declared kinds. */
import { isJsonArray, isJsonObject, Refusal, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { PAGE } from '../faults/octavia-fault.ts';
import { listedProject, mayRead, mayWrite } from './access.ts';
import { badRequest, readChange, readNew, wrapped } from './attributes.ts';
import { createBalancer, deleteBalancer, failOver, updateBalancer } from './balancers.ts';
import { createPart, deletePart, replaceMembers, updatePart, type Parent } from './children.ts';
import { inBalancerChange, part, type BalancerChange, type BalancerContext } from './context.ts';
import { flavorRoutes } from './flavors.ts';
import { kinds, type Kind } from './kinds.ts';
import { badMarker, fieldsOf, pageLinks, readListQuery } from './list-query.ts';
import { providerRoutes } from './providers.ts';
import { quotaRoutes } from './quotas.ts';
import { isGone, living, missing, type Part, type PartBody } from './state.ts';
import { partView, plainFields, relatedTo, statusView, treeView } from './views.ts';
import { versionRoutes } from './versions.ts';

export function balancerRoutes(context: BalancerContext): readonly Route[] {
  const versioned = [
    ...wholeRoutes(context),
    ...partRoutes(context),
    ...flavorRoutes(context),
    ...quotaRoutes(context),
    ...providerRoutes(),
  ];
  return [
    ...versionRoutes(),
    ...['/v2.0', '/v2'].flatMap((version) => versioned.map((route) => ({ ...route, path: `${version}${route.path}` }))),
  ];
}

/** Where the parts of a kind are, and which kind the path names before them. */
interface Place {
  readonly kind: Kind;
  readonly path: string;
  readonly parent: { readonly kind: Kind; readonly field: string; readonly label: string } | null;
}
const PLACES: readonly Place[] = [
  ...[kinds.loadbalancer, kinds.listener, kinds.pool, kinds.healthmonitor, kinds.l7policy].map((kind) => ({
    kind,
    path: `/lbaas/${kind.plural}`,
    parent: null,
  })),
  { kind: kinds.member, path: '/lbaas/pools/:parent/members', parent: { kind: kinds.pool, field: 'pool_id', label: 'Pool' } },
  {
    kind: kinds.l7rule,
    path: '/lbaas/l7policies/:parent/rules',
    parent: { kind: kinds.l7policy, field: 'l7policy_id', label: 'L7Policy' },
  },
];

const idOf = (request: ApiRequest): string => request.params.id ?? '';
const parentOf = (request: ApiRequest): Parent => request.params.parent ?? null;

/** The part above must be there before anything is said about what is below. */
async function refuseLostParent(place: Place, context: BalancerContext, request: ApiRequest): Promise<Part | null> {
  if (place.parent === null) return null;
  const { store, clock } = context.service;
  const id = parentOf(request) ?? '';
  const found = await store.documents.get<PartBody>(place.parent.kind.storage, id);
  if (found === null || isGone(found, clock.now())) throw new Refusal('not-found', PAGE, `${place.parent.label} ${id} not found.`);
  return found;
}

async function shown(
  context: Pick<BalancerContext, 'service'> & { readonly store?: BalancerChange['tx'] },
  kind: Kind,
  found: readonly Part[],
  fields: readonly string[] | null,
): Promise<readonly JsonObject[]> {
  const store = context.store ?? context.service.store;
  const nowMs = context.service.clock.now();
  const related = await relatedTo(store, kind, found, nowMs);
  const views = found.map((one) => partView(kind.name, one, related, nowMs));
  if (fields === null) return views;
  return views.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => fields.includes(name))));
}

function partRoutes(context: BalancerContext): readonly Route[] {
  return PLACES.flatMap((place): readonly Route[] => {
    const { kind, path } = place;
    const one = `${path}/:id`;
    return [
      { method: 'GET', path, handle: (request) => listed(place, context, request) },
      { method: 'POST', path, handle: (request) => created(place, context, request) },
      {
        method: 'GET',
        path: one,
        handle: async (request) => {
          await refuseLostParent(place, context, request);
          const found = await readable(place, context, request);
          return json(200, { [kind.singular]: (await shown(context, kind, [found], fieldsOf(request)))[0] });
        },
      },
      { method: 'PUT', path: one, handle: (request) => changed(place, context, request) },
      {
        method: 'DELETE',
        path: one,
        handle: async (request) => {
          await refuseLostParent(place, context, request);
          return inBalancerChange(context, request.identity, async (change) => {
            await refuseElsewhere(place, change, request);
            if (kind.name === 'loadbalancer') await deleteBalancer(change, idOf(request), isTrue(request.query.get('cascade')));
            else await deletePart(change, kind, idOf(request));
            return empty(204);
          });
        },
      },
    ];
  });
}
const isTrue = (text: string | null): boolean => text !== null && /^(1|t|true|on|y|yes)$/i.test(text.trim());

async function readable(place: Place, context: BalancerContext, request: ApiRequest): Promise<Part> {
  const { store, clock } = context.service;
  const found = await part(store, place.kind, idOf(request), clock.now());
  mayRead(request.identity, found.projectId);
  if (place.parent !== null && found.body[place.parent.field] !== parentOf(request)) throw missing(place.kind, idOf(request));
  return found;
}

/** A part that belongs to another parent than the path says is not there. */
async function refuseElsewhere(place: Place, change: BalancerChange, request: ApiRequest): Promise<void> {
  if (place.parent === null) return;
  const found = await part(change.tx, place.kind, idOf(request), change.nowMs);
  mayWrite(request.identity, found.projectId);
  if (found.body[place.parent.field] !== parentOf(request)) throw missing(place.kind, idOf(request));
}

async function listed(place: Place, context: BalancerContext, request: ApiRequest): Promise<Answer> {
  const { kind, parent } = place;
  const { store, clock } = context.service;
  const nowMs = clock.now();
  const above = await refuseLostParent(place, context, request);
  const query = readListQuery(request, filtersOf(kind), nowMs);
  const { limit, marker } = query.page;
  if (above !== null) mayRead(request.identity, above.projectId);
  const asked = request.query.get('project_id') ?? request.query.get('tenant_id');
  const projectId = above === null ? listedProject(request.identity, asked) : null;
  if (marker !== null && (await store.documents.get(kind.storage, marker)) === null) throw badMarker(marker);
  const where = [
    living(nowMs),
    ...(projectId === null ? [] : [{ field: 'project_id', in: [projectId] }]),
    ...(above === null || parent === null
      ? []
      : [
          { field: 'parent_id', in: [above.body.loadbalancer_id] },
          { field: parent.field, in: [above.id] },
        ]),
    ...query.where,
  ];
  const found = await store.documents.list<PartBody>(kind.storage, { where, sort: query.sort, limit, marker });
  const inOrder = query.reverse ? [...found].reverse() : found;
  const links = pageLinks(
    request,
    query,
    inOrder.map(({ id }) => id),
  );
  return json(200, { [kind.plural]: await shown(context, kind, inOrder, query.fields), [`${kind.plural}_links`]: links });
}
const filtersOf = (kind: Kind): ReadonlySet<string> => new Set([...plainFields(kind), ...kind.alsoFilters]);

async function created(place: Place, context: BalancerContext, request: ApiRequest): Promise<Answer> {
  const { kind } = place;
  await refuseLostParent(place, context, request);
  const given = wrapped(request.body, kind.argument, kind.singular);
  const values = readNew(kind.attributes, `${kind.argument}.${kind.singular}`, given);
  return inBalancerChange(context, request.identity, async (change) => {
    if (kind.name !== 'loadbalancer') {
      const made = await createPart(change, kind, values, parentOf(request));
      return json(201, { [kind.singular]: (await shown({ ...context, store: change.tx }, kind, [made], null))[0] });
    }
    const balancer = await createBalancer(change, values);
    const needs = ['listener', 'pool', 'member', 'healthmonitor', 'l7policy', 'l7rule'] as const;
    const related = await relatedTo(change.tx, kind, [balancer], change.nowMs, needs);
    return json(201, { [kind.singular]: treeView(balancer, related, change.nowMs) });
  });
}

async function changed(place: Place, context: BalancerContext, request: ApiRequest): Promise<Answer> {
  const { kind } = place;
  await refuseLostParent(place, context, request);
  const values = readChange(kind.attributes, `${kind.argument}.${kind.singular}`, wrapped(request.body, kind.argument, kind.singular));
  return inBalancerChange(context, request.identity, async (change) => {
    await refuseElsewhere(place, change, request);
    const id = idOf(request);
    const after = kind.name === 'loadbalancer' ? await updateBalancer(change, id, values) : await updatePart(change, kind, id, values);
    return json(200, { [kind.singular]: (await shown({ ...context, store: change.tx }, kind, [after], null))[0] });
  });
}

const NO_TRAFFIC = { bytes_in: 0, bytes_out: 0, active_connections: 0, total_connections: 0, request_errors: 0 };

/** What is asked of a load balancer or a listener as a whole, and the list of members at once. */
function wholeRoutes(context: BalancerContext): readonly Route[] {
  const { store, clock } = context.service;
  const balancers: Place = { kind: kinds.loadbalancer, path: '', parent: null };
  const listeners: Place = { kind: kinds.listener, path: '', parent: null };
  const stats = (place: Place): Route => ({
    method: 'GET',
    path: `/lbaas/${place.kind.plural}/:id/stats`,
    handle: async (request) => {
      await readable(place, context, request);
      return json(200, { stats: NO_TRAFFIC });
    },
  });
  const status = async (request: ApiRequest): Promise<Answer> => {
    const balancer = await readable(balancers, context, request);
    const nowMs = clock.now();
    const related = await relatedTo(store, kinds.loadbalancer, [balancer], nowMs, [
      'listener',
      'pool',
      'member',
      'healthmonitor',
      'l7policy',
    ]);
    return json(200, { statuses: { loadbalancer: statusView(balancer, related, nowMs) } });
  };
  return [
    stats(balancers),
    stats(listeners),
    { method: 'GET', path: '/lbaas/loadbalancers/:id/status', handle: status },
    { method: 'GET', path: '/lbaas/loadbalancers/:id/statuses', handle: status },
    {
      method: 'PUT',
      path: '/lbaas/loadbalancers/:id/failover',
      handle: (request) =>
        inBalancerChange(context, request.identity, async (change) => {
          await failOver(change, idOf(request));
          return { status: 202 };
        }),
    },
    { method: 'PUT', path: '/lbaas/pools/:parent/members', handle: (request) => membersAtOnce(context, request) },
  ];
}

const MAX_MEMBERS = 1000;

async function membersAtOnce(context: BalancerContext, request: ApiRequest): Promise<Answer> {
  const place = PLACES.find(({ kind }) => kind === kinds.member) as Place;
  await refuseLostParent(place, context, request);
  const { body } = request;
  const given = isJsonObject(body) ? body.members : undefined;
  const strange = isJsonObject(body) ? Object.keys(body).find((name) => name !== 'members') : undefined;
  if (strange !== undefined) throw badRequest(`Unknown attribute for argument members_: ${strange.slice(0, 100)}`);
  if (!isJsonArray(given) || !given.every(isJsonObject) || given.length > MAX_MEMBERS)
    throw badRequest(`Invalid input for field/attribute members. Value should be a list of at most ${MAX_MEMBERS} members.`);
  const members = given.map((one) => readNew(kinds.member.attributes, 'members_.members', one));
  return inBalancerChange(context, request.identity, async (change) => {
    await replaceMembers(change, parentOf(request) ?? '', members, isTrue(request.query.get('additive_only')));
    return { status: 202 };
  });
}
