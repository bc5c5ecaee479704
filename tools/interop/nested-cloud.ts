/**
 * A stack service as the nested scenarios see it: what a tree of stacks looks like to its user, as facts that two services can be compared by.
 * Ids, times and the names a service makes up are replaced by what they stand for.
 */
import type { Rest } from '../server/rest.ts';

export type Facts = unknown;
type Fields = Readonly<Record<string, unknown>>;

export interface NestedCloud {
  readonly rest: Rest;
  /** Of the orchestration service, with the project. */
  readonly base: string;
}

interface Listed extends Fields {
  readonly resource_name: string;
  readonly physical_resource_id: string;
  readonly links: readonly { readonly rel: string; readonly href: string }[];
}
interface Member {
  readonly path: string;
  readonly name: string;
  readonly id: string;
}

/** A request to the stack service. Heat's answers to updates are pages for people: those are no facts. */
export async function asked<T>(
  { rest, base }: NestedCloud,
  method: string,
  path: string,
  sent?: unknown,
): Promise<{ status: number; body: T }> {
  const reply = await fetch(`${base}${path}`, {
    method,
    headers: {
      'x-auth-token': rest.token,
      accept: 'application/json',
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: reply.status, body: (isJson ? JSON.parse(text) : null) as T };
}

const DEPTH = 9;
const NESTED_LINK = /\/stacks\/([^/]+)\/([0-9a-f-]{36})$/;
const OWN_LINK = /\/stacks\/([^/]+)\/([0-9a-f-]{36})\/resources\//;

export interface Tree {
  readonly resources: readonly Listed[];
  /** The root first; then by path. */
  readonly stacks: readonly Member[];
}

export async function treeOf(cloud: NestedCloud, name: string, id: string): Promise<Tree> {
  const { body } = await asked<{ resources: Listed[] }>(cloud, 'GET', `/stacks/${name}/${id}/resources?nested_depth=${DEPTH}`);
  const resources = body.resources ?? [];
  const stacks: Member[] = [{ path: '', name, id }];
  let found = true;
  const left = new Set(resources);
  while (found) {
    found = false;
    for (const one of left) {
      const owner = stacks.find((stack) => stack.id === ownerIdOf(one));
      const nested = NESTED_LINK.exec(one.links.find(({ rel }) => rel === 'nested')?.href ?? '');
      if (nested === null) left.delete(one);
      else if (owner !== undefined) {
        left.delete(one);
        stacks.push({ path: `${owner.path}/${one.resource_name}`, name: decodeURIComponent(nested[1] as string), id: nested[2] as string });
        found = true;
      }
    }
  }
  return { resources, stacks: stacks.sort((a, b) => compareTexts(a.path, b.path)) };
}

const ownerIdOf = (one: Listed): string => OWN_LINK.exec(one.links.find(({ rel }) => rel === 'self')?.href ?? '')?.[2] ?? '';
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Everything there is to see of a stack and of what is nested in it. `shown`: paths of resources that are shown with their attributes;
 * `before`: events that were seen earlier, to which the new ones are added.
 */
export async function looked(
  cloud: NestedCloud,
  stack: { readonly name: string; readonly id: string },
  shown: readonly string[],
  before: Set<string>,
) {
  const tree = await treeOf(cloud, stack.name, stack.id);
  const get = async (path: string) => (await asked<Fields>(cloud, 'GET', path)).body;
  const stacks: Record<string, unknown> = {};
  for (const { path, name, id } of tree.stacks) {
    const { stack: seen } = (await get(`/stacks/${encodeURIComponent(name)}/${id}`)) as { stack: Fields };
    const template = path === '' ? undefined : await get(`/stacks/${encodeURIComponent(name)}/${id}/template`);
    stacks[path === '' ? '(root)' : path] = { ...stackFacts(seen), ...(template === undefined ? {} : { template }) };
  }
  const { events } = (await get(
    `/stacks/${stack.name}/${stack.id}/events?nested_depth=${DEPTH}&sort_keys=event_time&sort_dir=asc&limit=10000`,
  )) as { events: readonly Fields[] };
  const fresh = (events ?? []).filter(({ id }) => !before.has(String(id)));
  for (const { id } of fresh) before.add(String(id));
  const attributes: Record<string, unknown> = {};
  for (const path of shown) attributes[path] = await shownResource(cloud, tree, path);
  const facts = { stacks, resources: resourceFacts(tree), events: eventFacts(tree, fresh), attributes };
  return normalized(facts, tree, cloud);
}

/** Of a stack: what is not a matter of time or chance. */
function stackFacts(seen: Fields): Fields {
  const {
    creation_time: _c,
    updated_time,
    deletion_time: _d,
    links: _l,
    outputs,
    id: _i,
    stack_user_project_id: _p,
    capabilities: _a,
    notification_topics: _n,
    stack_owner: _w,
    template_description: _t,
    parameters,
    ...rest
  } = seen;
  const list = Array.isArray(outputs) ? (outputs as readonly Fields[]) : [];
  return {
    ...rest,
    updated: updated_time !== null,
    parameters: Object.fromEntries(Object.entries((parameters ?? {}) as Fields).filter(([name]) => name !== 'OS::stack_id')),
    outputs: Object.fromEntries(
      [...list]
        .map(({ output_key: key, description: _said, ...output }) => [String(key), output] as const)
        .sort(([a], [b]) => compareTexts(a, b)),
    ),
  };
}

function resourceFacts({ resources, stacks }: Tree): Fields {
  const facts = resources.map((one) => {
    const owner = stacks.find(({ id }) => id === ownerIdOf(one));
    const { links, creation_time: _c, updated_time: _u, resource_name: _n, logical_resource_id: _l, required_by: required, ...rest } = one;
    const path = `${owner?.path ?? '?'}/${one.resource_name}`;
    const facts = { ...rest, required_by: [...((required ?? []) as string[])].sort(), links: links.map(({ rel }) => rel).sort() };
    return [path, facts] as const;
  });
  return Object.fromEntries(facts.sort(([a], [b]) => compareTexts(a, b)));
}

/** By stack, then by what the stack did; what happened at once is sorted. */
function eventFacts({ stacks }: Tree, events: readonly Fields[]): Fields {
  const facts: Record<string, unknown[]> = {};
  for (const { path, id, name } of stacks) {
    const own = events.filter((event) => OWN_LINK.exec(JSON.stringify(event['links']))?.[2] === id);
    const works: { stack: string[]; resources: string[] }[] = [];
    for (const event of own) {
      const { resource_name: resource, resource_status: status, resource_status_reason: reason } = event;
      const isStack = resource === name && event['physical_resource_id'] === id;
      if (isStack && String(status).endsWith('IN_PROGRESS')) works.push({ stack: [], resources: [] });
      const work = works.at(-1);
      if (work === undefined) continue;
      if (isStack) work.stack.push(`${status}: ${reason}`);
      else work.resources.push(`${resource} ${status}: ${reason}`);
    }
    facts[path === '' ? '(root)' : path] = works.map((work) => ({ ...work, resources: work.resources.sort() }));
  }
  return facts;
}

async function shownResource(cloud: NestedCloud, { stacks }: Tree, path: string): Promise<Facts> {
  const [owner, name, extra] = splitPath(path);
  const stack = stacks.find((one) => one.path === owner);
  if (stack === undefined) return 'no such stack';
  const query = extra === '' ? '' : `?${extra}`;
  const { status, body } = await asked<{ resource?: Fields; error?: Fields }>(
    cloud,
    'GET',
    `/stacks/${encodeURIComponent(stack.name)}/${stack.id}/resources/${name}${query}`,
  );
  if (body.resource === undefined) return { status, error: errorFacts(body) };
  const {
    creation_time: _c,
    updated_time: _u,
    links,
    required_by: _r,
    resource_name: _n,
    logical_resource_id: _l,
    ...rest
  } = body.resource;
  return { ...rest, links: (links as readonly { rel: string }[]).map(({ rel }) => rel).sort() };
}

function splitPath(path: string): readonly [string, string, string] {
  const [place = '', query = ''] = path.split('?');
  const at = place.lastIndexOf('/');
  return [place.slice(0, at), place.slice(at + 1), query];
}

/** What a refusal says, without what only concerns its place in a program. */
export function errorFacts(body: unknown): Facts {
  const { error, code, title } = (body ?? {}) as { error?: Fields; code?: unknown; title?: unknown };
  return { code, title, type: error?.['type'], message: error?.['message'] };
}

/** Texts for texts, the longest first. */
function normalized(facts: Facts, { stacks }: Tree, cloud: NestedCloud): Facts {
  let text = JSON.stringify(facts);
  const root = stacks[0] as Member;
  const names = [...stacks].sort((a, b) => b.name.length - a.name.length);
  for (const { id, path } of stacks) text = text.replaceAll(id, `<id of ${path || 'root'}>`);
  for (const { name, path } of names) if (path !== '') text = text.replaceAll(name, `<name of ${path}>`);
  text = text.replaceAll(root.name, '<name>');
  return JSON.parse(anonymous(text, cloud)) as Facts;
}

/** What is left of one service: its address, the project, ids and suffixes that nobody can know. */
export function anonymous(text: string, { rest, base }: NestedCloud): string {
  return text
    .replaceAll(base, '<base>')
    .replaceAll(rest.projectId, '<project>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>')
    .replace(/-[a-z0-9]{12}\b/g, '-<suffix>');
}
