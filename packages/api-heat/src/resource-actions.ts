/** Resources of a stack and its events. */
import { json, type Answer } from '@hearth/http-kit';
import type { EventSortKey } from '@hearth/stacks';
import { param, stackKey, type Action, type ActionRequest } from './action.ts';
import { badRequest, queryAll, queryAny, queryDescending, queryFlag, queryLimit, queryWhole } from './request-values.ts';
import { shownEvent, shownResource } from './views.ts';

const STACK = '/stacks/:name/:id';
const RESOURCE = `${STACK}/resources/:resource`;

export const RESOURCE_ACTIONS: readonly Action[] = [
  { method: 'GET', path: `${STACK}/resources`, persona: 'reader', rule: 'resource:index', handle: listResources },
  {
    method: 'GET',
    path: RESOURCE,
    persona: 'stack-user',
    rule: 'resource:show',
    handle: async ({ request, caller, stacks }) => {
      const found = await stacks.showResource(caller, stackKey(request), param(request, 'resource'), queryAll(request.query, 'with_attr'));
      return json(200, { resource: shownResource(request, found.resource) });
    },
  },
  {
    method: 'GET',
    path: `${RESOURCE}/metadata`,
    persona: 'stack-user',
    rule: 'resource:metadata',
    handle: async ({ request, caller, stacks }) =>
      json(200, { metadata: await stacks.resourceMetadata(caller, stackKey(request), param(request, 'resource')) }),
  },
  { method: 'GET', path: `${STACK}/events`, persona: 'reader', rule: 'events:index', handle: (action) => listEvents(action, null) },
  {
    method: 'GET',
    path: `${RESOURCE}/events`,
    persona: 'reader',
    rule: 'events:index',
    handle: (action) => listEvents(action, param(action.request, 'resource')),
  },
  {
    method: 'GET',
    path: `${RESOURCE}/events/:event`,
    persona: 'reader',
    rule: 'events:show',
    handle: async ({ request, caller, stacks }) => {
      const { stack, event, properties } = await stacks.showEvent(
        caller,
        stackKey(request),
        param(request, 'resource'),
        param(request, 'event'),
      );
      return json(200, { event: shownEvent(request, stack, event, { detail: properties }) });
    },
  },
];

const LIST_PARAMETERS: ReadonlySet<string> = new Set([
  'nested_depth',
  'with_detail',
  'type',
  'status',
  'name',
  'action',
  'id',
  'physical_resource_id',
]);

async function listResources({ request, caller, stacks }: ActionRequest): Promise<Answer> {
  const { query } = request;
  const unknown = [...new Set(query.keys())].filter((name) => !LIST_PARAMETERS.has(name));
  if (unknown.length > 0) throw badRequest(`Invalid filter parameters [${unknown.map((name) => `'${name}'`).join(', ')}]`);
  const types = queryAll(query, 'type');
  if (types.length > 1) throw badRequest('Only one type can be asked for.');
  const { resources } = await stacks.listResources(caller, stackKey(request), {
    names: queryAny(query, 'name'),
    statuses: queryAny(query, 'status'),
    actions: queryAny(query, 'action'),
    physicalIds: queryAny(query, 'physical_resource_id'),
    ids: queryAny(query, 'id'),
    typePart: types[0] ?? null,
    withDetail: queryFlag(query, 'with_detail', false),
    nestedDepth: queryWhole(query, 'nested_depth') ?? 0,
  });
  return json(200, { resources: resources.map((resource) => shownResource(request, resource)) });
}

const EVENT_SORT_KEYS: Readonly<Record<string, EventSortKey>> = { event_time: 'time', resource_type: 'resourceType' };

async function listEvents({ request, caller, stacks }: ActionRequest, resource: string | null): Promise<Answer> {
  const { query } = request;
  const nestedDepth = queryWhole(query, 'nested_depth');
  const limit = queryLimit(query);
  const {
    stack,
    events,
    stacks: ofEvents,
  } = await stacks.listEvents(caller, stackKey(request), {
    resource,
    resourceNames: queryAny(query, 'resource_name'),
    resourceTypes: queryAny(query, 'resource_type'),
    actions: queryAny(query, 'resource_action'),
    statuses: queryAny(query, 'resource_status'),
    limit,
    marker: query.get('marker') || null,
    sortKeys: queryAll(query, 'sort_keys').flatMap((name) =>
      Object.hasOwn(EVENT_SORT_KEYS, name) ? [EVENT_SORT_KEYS[name] as EventSortKey] : [],
    ),
    descending: queryDescending(query),
    nestedDepth: nestedDepth ?? 0,
  });
  const root = nestedDepth === null ? null : stack;
  return json(200, { events: events.map((event) => shownEvent(request, ofEvents.get(event.stackId) ?? stack, event, { root })) });
}
