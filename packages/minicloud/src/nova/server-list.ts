/** Lists of servers: filters of stored fields in the database, of computed ones (status, addresses) afterwards, page by page until full. */
import type { JsonObject } from '@hearth/kernel';
import { isAdmin, json, pageLink, type Answer, type ApiRequest } from '@hearth/http-kit';
import { sqlState } from '@hearth/store';
import type { Condition } from '../store/conditions.ts';
import type { ListQuery, Sort } from '../store/documents.ts';
import { pageOf } from './links.ts';
import { stateAt, statusOf } from './machine.ts';
import { collections, type ServerDocument, type ServerRecord, type StoredServer } from './records.ts';
import { badRequest, needAdmin, queryTruthOf } from './refusals.ts';
import { addressesOf, briefView, plugsOf, serverView, type Plugs } from './server-view.ts';
import { isGone } from './server-life.ts';
import { forgetGone, type ComputeParts } from './servers.ts';

const SORT_FIELDS: Readonly<Record<string, string>> = {
  display_name: 'name',
  created_at: 'created_at',
  updated_at: 'updated_at',
  uuid: 'id',
  project_id: 'project_id',
  user_id: 'user_id',
  key_name: 'key_name',
  hostname: 'hostname',
  image_ref: 'image_id',
  instance_type_id: 'flavor_id',
  display_description: 'description',
  availability_zone: 'availability_zone',
  reservation_id: 'reservation_id',
  locked: 'locked',
  id: 'seq',
  launch_index: 'launchIndex',
};

/** Query names of stored fields that are compared as they are. */
const EXACT: Readonly<Record<string, string>> = {
  uuid: 'id',
  image: 'image_id',
  flavor: 'flavor_id',
  user_id: 'user_id',
  key_name: 'key_name',
  reservation_id: 'reservation_id',
  availability_zone: 'availability_zone',
};
/** … and as a pattern. */
const PATTERNS: Readonly<Record<string, string>> = { name: 'name', hostname: 'hostname', description: 'description' };
const MAX_PATTERN = 255;

/** What no list shows. */
const UNSEEN: readonly (keyof ServerRecord)[] = ['actions', 'hints', 'publicKey'];

type Test = (server: ServerDocument, plugs: Plugs) => boolean;

interface Selection {
  readonly where: readonly Condition[];
  readonly tests: readonly Test[];
  readonly needsPlugs: boolean;
  readonly withGone: boolean;
}

function selectionOf(request: ApiRequest, nowMs: number): Selection {
  const { query, identity } = request;
  const where: Condition[] = [];
  const tests: Test[] = [];
  const allProjects = query.has('all_tenants') && (query.get('all_tenants') === '' || queryTruthOf(query.get('all_tenants') ?? ''));
  if (allProjects) needAdmin(identity, `servers:${request.path.endsWith('/detail') ? 'detail' : 'index'}:get_all_tenants`);
  const project = isAdmin(identity)
    ? (query.get('project_id') ?? query.get('tenant_id') ?? (allProjects ? null : identity.projectId))
    : identity.projectId;
  if (project !== null || !allProjects) where.push({ field: 'project_id', is: project ?? '' });
  for (const [name, field] of Object.entries(EXACT))
    if (query.has(name)) where.push({ field, in: query.getAll(name).map((one) => one.split('/').at(-1) ?? '') });
  for (const [name, field] of Object.entries(PATTERNS))
    if (query.has(name)) where.push({ field, matches: patternOf(name, query.get(name) ?? '') });
  where.push(...tagConditions(query));
  if (query.has('locked')) where.push({ field: 'locked', in: [String(queryTruthOf(query.get('locked') ?? ''))] });
  const statuses = query.getAll('status').map((one) => one.toUpperCase());
  if (statuses.length > 0) tests.push((server) => statuses.includes(statusOf(stateAt(server.body.state, nowMs))));
  const vmStates = isAdmin(identity) ? query.getAll('vm_state') : [];
  if (vmStates.length > 0) tests.push((server) => vmStates.includes(stateAt(server.body.state, nowMs).vmState));
  const since = query.get('changes-since');
  const sinceMs = since === null ? null : Date.parse(since);
  if (sinceMs !== null && Number.isNaN(sinceMs))
    throw badRequest(`Invalid input for query parameters changes-since. Value: ${since}. '${since}' is not a 'date-time'`);
  if (sinceMs !== null) tests.push((server) => Math.max(stateAt(server.body.state, nowMs).updatedAtMs, server.updatedMs) >= sinceMs);
  const addressTests = addressTestsOf(query);
  const withGone = sinceMs !== null || (isAdmin(identity) && query.has('deleted') && queryTruthOf(query.get('deleted') ?? ''));
  return { where, tests: [...tests, ...addressTests], needsPlugs: addressTests.length > 0, withGone };
}

function patternOf(name: string, text: string): string {
  try {
    if (text.length <= MAX_PATTERN) return new RegExp(text).source === '(?:)' ? '' : text;
  } catch {
    // Refused below.
  }
  throw badRequest(`Invalid input for query parameters ${name}. Value: ${text}. '${text}' is not a 'regex'`);
}

function addressTestsOf(query: URLSearchParams): readonly Test[] {
  return (['ip', 'ip6'] as const).flatMap((name) => {
    const text = query.get(name);
    if (text === null) return [];
    const pattern = new RegExp(patternOf(name, text));
    const version = name === 'ip' ? 4 : 6;
    return [
      (_server: ServerDocument, plugs: Plugs) =>
        Object.values(addressesOf(plugs, false))
          .flat()
          .some((one) => (one as JsonObject).version === version && pattern.test(String((one as JsonObject).addr))),
    ];
  });
}

function tagConditions(query: URLSearchParams): readonly Condition[] {
  const words = (name: string): string[] => (query.get(name) ?? '').split(',').filter((tag) => tag !== '');
  const has = (tag: string): Condition => ({ field: 'tags', contains: [tag] });
  const any = words('tags-any');
  const notAll = words('not-tags');
  return [
    ...words('tags').map(has),
    ...(any.length > 0 ? [{ anyOf: any.map(has) }] : []),
    ...(notAll.length > 0 ? [{ not: { field: 'tags', contains: notAll } }] : []),
    ...words('not-tags-any').map((tag): Condition => ({ not: has(tag) })),
  ];
}

function sortOf(query: URLSearchParams): readonly Sort[] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  // Newest first, as Nova has it; the order of insertion has an index, the time has none.
  if (keys.length === 0) return [{ field: 'seq', direction: 'desc' }];
  return keys.map((key, index) => {
    const field = SORT_FIELDS[key];
    const direction = directions[index] ?? 'desc';
    if (field === undefined) {
      const known = Object.keys(SORT_FIELDS)
        .map((one) => `'${one}'`)
        .join(', ');
      throw badRequest(`Invalid input for query parameters sort_key. Value: ${key}. '${key}' is not one of [${known}]`);
    }
    if (direction !== 'asc' && direction !== 'desc')
      throw badRequest("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'");
    return { field, direction };
  });
}

export async function listServers(parts: ComputeParts, request: ApiRequest, minor: number, isDetailed: boolean): Promise<Answer> {
  const { store, clock } = parts.context;
  const nowMs = clock.now();
  const page = pageOf(request.query);
  const selection = selectionOf(request, nowMs);
  if (page.marker !== null && (await store.documents.get(collections.servers, page.marker)) === null)
    throw badRequest(`marker [${page.marker}] not found`);
  const query = { where: selection.where, sort: sortOf(request.query), without: UNSEEN };
  const shown: ServerDocument[] = [];
  let marker = page.marker;
  let isEnd = page.limit === 0;
  // What is filtered out here makes a page short; further ones are read until it is full or nothing is left.
  while (!isEnd && shown.length < page.limit) {
    const found = await readPage(store, { ...query, limit: page.limit, marker });
    isEnd = found.length < page.limit;
    marker = found.at(-1)?.id ?? marker;
    const plugs = selection.needsPlugs
      ? await plugsOf(store, found)
      : () => ({ ports: [], networkNames: new Map<string, string>(), floatingIps: new Map<string, readonly string[]>() });
    const fits = (server: ServerDocument): boolean => isGone(server, nowMs) === false || selection.withGone;
    shown.push(...found.filter((server) => fits(server) && selection.tests.every((test) => test(server, plugs(server)))));
    await forgetGone(store, found, nowMs);
  }
  const servers = shown.slice(0, page.limit);
  const isMore = servers.length > 0 && servers.length === page.limit && (request.query.has('limit') || !isEnd);
  const links = isMore ? { servers_links: [{ rel: 'next', href: pageLink(request, { marker: servers.at(-1)?.id ?? '' }) }] } : {};
  if (!isDetailed) return json(200, { servers: servers.map((server) => briefView(server, request)), ...links });
  const plugs = await plugsOf(store, servers);
  const context = { request, minor, nowMs, host: parts.driver.host, form: 'detail' as const, hostIds: new Map() };
  return json(200, { servers: servers.map((server) => serverView(server, plugs(server), context)), ...links });
}

async function readPage(store: ComputeParts['context']['store'], query: ListQuery): Promise<readonly ServerDocument[]> {
  try {
    return await store.documents.list<StoredServer>(collections.servers, query);
  } catch (error) {
    // 2201B: JavaScript took the pattern, PostgreSQL does not.
    if (sqlState(error) === '2201B') throw badRequest('Invalid filter: the name is no regular expression that the database understands');
    throw error;
  }
}
