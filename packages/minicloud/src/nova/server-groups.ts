/** Server groups: policies by microversion, members, quotas. What the policies ask of hosts is checked when servers are made. */
import { isUuidLike, type Json, type JsonObject, type Refusal } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Identity } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { VersionedRoute } from './microversions.ts';
import { limitOf, limitsOf, refuseOneMore, tooMany, type Limits, UNLIMITED } from './quotas.ts';
import { collections, type ServerDocument, type StoredServer } from './records.ts';
import {
  badRequest,
  bodyUnder,
  choiceOf,
  listOf,
  missing,
  needed,
  objectOf,
  refuseUnknownKeys,
  textOf,
  unfit,
  wholeOf,
} from './refusals.ts';
import { isGone } from './server-life.ts';
import type { ComputeParts } from './servers.ts';

const HARD = ['anti-affinity', 'affinity'] as const;
const POLICIES = ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'] as const;
const MAX_PAGE = 1000;

export interface GroupBody extends JsonObject {
  readonly policy: string;
  readonly rules: { readonly max_server_per_host?: number };
  readonly user_id: string;
}
type Group = Document<GroupBody>;

const groupMissing = (id: string): Refusal => missing(`Instance group ${id} could not be found.`);

async function groupOf(store: CloudStore, id: string, identity: Identity): Promise<Group> {
  const group = await store.documents.get<GroupBody>(collections.groups, id);
  if (group === null || (group.projectId !== identity.projectId && !isAdmin(identity))) throw groupMissing(id);
  return group;
}

const livingMembers = async (store: CloudStore, groupIds: readonly string[], nowMs: number): Promise<readonly ServerDocument[]> =>
  groupIds.length === 0
    ? []
    : (await store.documents.list<StoredServer>(collections.servers, { where: [{ field: 'group_id', in: groupIds }] })).filter(
        (server) => !isGone(server, nowMs),
      );

/**
 * The id of the group that a scheduler hint names, for new servers; refused where it is full. The one host stands for as many as its policy
 * asks for: templates with servers apart from each other are to be tried here, too.
 */
export async function groupForServer(
  tx: CloudStore,
  hint: Json | undefined,
  identity: Identity,
  wish: { readonly count: number; readonly limits: Limits; readonly nowMs: number },
): Promise<string | null> {
  if (hint === undefined || hint === null) return null;
  const id = textOf(hint, 'group');
  if (!isUuidLike(id)) throw unfit('group', id, `'${id}' is not a 'uuid'`);
  const group = await tx.documents.get<GroupBody>(collections.groups, id);
  if (group === null || group.projectId !== identity.projectId) throw badRequest(`Instance group ${id} could not be found.`);
  const limit = limitOf(wish.limits, 'server_group_members');
  if (limit !== UNLIMITED) {
    await tx.lock(`nova.server_group:${id}`);
    if ((await livingMembers(tx, [id], wish.nowMs)).length + wish.count > limit) throw tooMany.groupMembers();
  }
  return id;
}

export function groupRoutes(parts: ComputeParts): readonly VersionedRoute[] {
  const { store, clock } = parts.context;
  const path = '/v2.1/os-server-groups';
  const shown = async (groups: readonly Group[], minor: number): Promise<readonly JsonObject[]> => {
    const living = await livingMembers(
      store,
      groups.map((group) => group.id),
      clock.now(),
    );
    const members = new Map<string, string[]>(groups.map((group) => [group.id, []]));
    for (const server of living) members.get(server.body.group_id ?? '')?.push(server.id);
    return groups.map((group) => groupView(group, members.get(group.id) ?? [], minor));
  };
  return [
    {
      method: 'GET',
      path,
      async handle(request, minor) {
        const all = request.query.has('all_projects') && isAdmin(request.identity);
        const where = all ? [] : [{ field: 'project_id', is: request.identity.projectId ?? '' }];
        const groups = await store.documents.list<GroupBody>(collections.groups, { where });
        return json(200, { server_groups: await shown(limited(groups, request), minor) });
      },
    },
    { method: 'POST', path, handle: (request, minor) => created(parts, request, minor) },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: async (request, minor) =>
        json(200, { server_group: (await shown([await groupOf(store, request.params.id ?? '', request.identity)], minor))[0] }),
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      async handle(request) {
        const group = await groupOf(store, request.params.id ?? '', request.identity);
        if (!(await store.documents.remove(collections.groups, group.id))) throw groupMissing(group.id);
        return empty(204);
      },
    },
  ];
}

/** `limit` and `offset`, which groups have instead of a marker. */
function limited<T>(all: readonly T[], request: ApiRequest): readonly T[] {
  const number = (name: string): number | null => {
    const text = request.query.get(name);
    if (text === null || text === '') return null;
    if (!/^\d{1,9}$/.test(text))
      throw badRequest(`Invalid input for query parameters ${name}. Value: ${text}. '${text}' does not match '^[0-9]*$'`);
    return Number(text);
  };
  const offset = number('offset') ?? 0;
  const limit = number('limit');
  return all.slice(offset, offset + Math.min(limit === null || limit === 0 ? MAX_PAGE : limit, MAX_PAGE));
}

async function created(parts: ComputeParts, request: ApiRequest, minor: number): Promise<Answer> {
  const { store, random, clock } = parts.context;
  const projectId = request.identity.projectId ?? '';
  const given = bodyUnder(request, 'server_group');
  const name = textOf(needed(given, 'server_group', 'name'), 'name');
  const { policy, rules } = minor >= 64 ? policyWithRules(given) : { policy: solePolicy(given, minor), rules: {} };
  const body: GroupBody = { policy, rules, user_id: request.identity.userId };
  return store.transaction(async (tx) => {
    await refuseOneMore(
      tx,
      limitOf(await limitsOf(tx, projectId), 'server_groups'),
      `nova.quota:${projectId}`,
      () => tx.documents.count(collections.groups, [{ field: 'project_id', in: [projectId] }]),
      tooMany.serverGroups,
    );
    const draft = { id: random.uuid(), projectId, name, body };
    const made = await tx.documents.insert<GroupBody>(collections.groups, draft, clock.now());
    return json(200, { server_group: made === null ? null : groupView(made, [], minor) });
  });
}

function solePolicy(given: JsonObject, minor: number): string {
  refuseUnknownKeys(given, 'server_group', ['name', 'policies']);
  const policies = needed(given, 'server_group', 'policies');
  const [policy, second] = listOf(policies, 'policies', 100);
  if (policy === undefined) throw unfit('policies', policies, '[] is too short');
  const chosen = choiceOf<string>(policy, '0', minor >= 15 ? POLICIES : HARD);
  if (second !== undefined) throw tooLong(policies);
  return chosen;
}

const tooLong = (policies: Json): Refusal => {
  const texts = (policies as readonly Json[]).map((one) => `'${String(one)}'`).join(', ');
  return unfit('policies', policies, `[${texts}] is too long`);
};

function policyWithRules(given: JsonObject): Pick<GroupBody, 'policy' | 'rules'> {
  refuseUnknownKeys(given, 'server_group', ['name', 'policy', 'rules']);
  const policy = choiceOf(needed(given, 'server_group', 'policy'), 'policy', POLICIES);
  const rules = given.rules === undefined ? {} : objectOf(given.rules, 'rules');
  refuseUnknownKeys(rules, 'rules', ['max_server_per_host']);
  if (rules.max_server_per_host === undefined) return { policy, rules: {} };
  const perHost = wholeOf(rules.max_server_per_host, 'max_server_per_host', 1);
  if (policy !== 'anti-affinity') throw badRequest('Only anti-affinity policy supports rules.');
  return { policy, rules: { max_server_per_host: perHost } };
}

function groupView(group: Group, members: readonly string[], minor: number): JsonObject {
  const { body } = group;
  const policy = minor >= 64 ? { policy: body.policy, rules: body.rules } : { policies: [body.policy], metadata: {} };
  const owner = minor >= 13 ? { project_id: group.projectId, user_id: body.user_id } : {};
  return { id: group.id, name: group.name, ...policy, members, ...owner };
}
