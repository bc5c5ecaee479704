/** Members of groups, and a user's own: groups, projects, password. */
import { Secret, type JsonObject, type Refusal } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, needAdmin, type Caller } from './access.ts';
import { userKind } from './account-kinds.ts';
import { groupIdsOf, projectsOf } from './directory.ts';
import { inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, wrapped, type Input } from './input.ts';
import { optionOf } from './kind.ts';
import { filterConditions } from './list-filters.ts';
import { invalid, missing, notFound, unauthorized } from './refusals.ts';
import { collections, type GroupBody, type MembershipBody, type ProjectBody, type UserBody } from './state.ts';
import { groupView, listBody, projectView, userView } from './views.ts';

export function memberRoutes(context: IdentityContext): readonly Route[] {
  const member = '/v3/groups/:id/users/:user';
  const ids = (request: ApiRequest): { group: string; user: string } => ({
    group: request.params['id'] ?? '',
    user: request.params['user'] ?? '',
  });
  const both = async (request: ApiRequest): Promise<{ group: Document | null; user: Document | null }> => {
    const [group, user] = await Promise.all([
      context.store.documents.get(collections.groups, ids(request).group),
      context.store.documents.get(collections.users, ids(request).user),
    ]);
    return { group, user };
  };
  const needBoth = ({ group, user }: { group: Document | null; user: Document | null }, request: ApiRequest): void => {
    if (group === null) throw missing('group', ids(request).group);
    if (user === null) throw missing('user', ids(request).user);
  };
  const notIn = (request: ApiRequest): Refusal => notFound(`User '${ids(request).user}' not found in group '${ids(request).group}'`);
  return [
    { method: 'GET', path: '/v3/groups/:id/users', handle: (request) => members(context, request) },
    {
      method: 'GET',
      path: member,
      handle: async (request) => {
        const caller = await callerOf(context, request);
        const found = await both(request);
        const inside = [found.group, found.user].every((one) => one?.body['domain_id'] === caller.readerDomainId);
        need(mayReadAll(caller) || (caller.readerDomainId !== null && inside), 'check_user_in_group');
        needBoth(found, request);
        const { group, user } = ids(request);
        if ((await context.store.documents.get(collections.memberships, membershipId(group, user))) === null) throw notIn(request);
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: member,
      handle: async (request) => {
        await needAdmin(context, request, 'add_user_to_group');
        needBoth(await both(request), request);
        const { group, user } = ids(request);
        await inIdentityChange(context, (tx) => {
          const body: MembershipBody = { user_id: user, group_id: group };
          return tx.documents.insert(
            collections.memberships,
            { id: membershipId(group, user), name: user, parentId: group, body },
            context.clock.now(),
          );
        });
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: member,
      handle: async (request) => {
        await needAdmin(context, request, 'remove_user_from_group');
        needBoth(await both(request), request);
        const { group, user } = ids(request);
        const isGone = await inIdentityChange(context, (tx) => tx.documents.remove(collections.memberships, membershipId(group, user)));
        if (!isGone) throw notIn(request);
        return empty(204);
      },
    },
  ];
}

const membershipId = (groupId: string, userId: string): string => `${groupId}:${userId}`;

async function members(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const id = request.params['id'] ?? '';
  const caller = await callerOf(context, request);
  const group = await context.store.documents.get<GroupBody>(collections.groups, id);
  need(mayReadAll(caller) || (caller.readerDomainId !== null && group?.body.domain_id === caller.readerDomainId), 'list_users_in_group');
  if (group === null) throw missing('group', id);
  const { documents } = context.store;
  const found = await documents.list<MembershipBody>(collections.memberships, { where: [{ field: 'parent_id', in: [id] }] });
  const users = await documents.list<UserBody>(collections.users, {
    where: [{ field: 'id', in: found.map((one) => one.body.user_id) }, ...filterConditions(request.query, userKind.filters)],
  });
  return json(
    200,
    listBody(
      'users',
      users.filter((user) => inReach(caller, user.body)).map((user) => userView(user, request)),
      request,
    ),
  );
}

const inReach = (caller: Caller, body: JsonObject): boolean => caller.domainId === null || body['domain_id'] === caller.domainId;

export function ownRoutes(context: IdentityContext): readonly Route[] {
  return [
    { method: 'GET', path: '/v3/users/:id/groups', handle: (request) => groupsOf(context, request) },
    { method: 'GET', path: '/v3/users/:id/projects', handle: (request) => userProjects(context, request) },
    { method: 'POST', path: '/v3/users/:id/password', access: 'public', handle: (request) => changePassword(context, request) },
  ];
}

/** The user, for itself, administrators, and readers of its domain. */
async function seenUser(context: IdentityContext, request: ApiRequest, action: string): Promise<{ caller: Caller; id: string }> {
  const id = request.params['id'] ?? '';
  const caller = await callerOf(context, request);
  const user = await context.store.documents.get(collections.users, id);
  need(mayReadAll(caller) || caller.userId === id || userKind.mayRead?.(caller, user) === true, action);
  if (user === null) throw missing('user', id);
  return { caller, id };
}

async function groupsOf(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { caller, id } = await seenUser(context, request, 'list_groups_for_user');
  const groups = await context.store.documents.list<GroupBody>(collections.groups, {
    where: [{ field: 'id', in: await groupIdsOf(context.store, id) }, ...filterConditions(request.query, { name: 'text' })],
  });
  return json(
    200,
    listBody(
      'groups',
      groups.filter((group) => inReach(caller, group.body)).map((group) => ({ ...groupView(group, request), membership_expires_at: null })),
      request,
    ),
  );
}

async function userProjects(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { id } = await seenUser(context, request, 'list_user_projects');
  const ids = (await projectsOf(context.store, id)).map((project) => project.id);
  const where = [{ field: 'id', in: ids }, ...filterConditions(request.query, { name: 'text', domain_id: 'text', enabled: 'boolean' })];
  const projects = await context.store.documents.list<ProjectBody>(collections.projects, { where });
  return json(
    200,
    listBody(
      'projects',
      projects.map((project) => projectView(project, request)),
      request,
    ),
  );
}

const passwordInput: Input = {
  required: ['original_password', 'password'],
  rules: { original_password: { type: 'string' }, password: { type: 'string', max: 4096 } },
  closed: true,
};

/** Needs no token: whoever knows the old password may set a new one. */
async function changePassword(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const id = request.params['id'] ?? '';
  const sent = checkedInput(wrapped(request.body, 'user'), passwordInput, true);
  const user = await context.store.documents.get<UserBody>(collections.users, id);
  const hash = user?.body.passwordHash ?? null;
  if (user === null || hash === null || !user.body.enabled) throw unauthorized();
  if (!(await context.passwords.matches(new Secret(String(sent['original_password'])), hash))) throw unauthorized();
  if (optionOf(user.body, 'lock_password') === true)
    throw invalid(
      'You cannot change your password at this time due to password policy disallowing password changes. Please contact your administrator to reset your password.',
    );
  const passwordHash = await context.passwords.hash(new Secret(String(sent['password'])));
  await inIdentityChange(context, async (tx) => {
    const before = await tx.documents.get<UserBody>(collections.users, id, { lock: true });
    if (before === null) throw missing('user', id);
    const nowMs = context.clock.now();
    await tx.documents.replace<UserBody>(
      collections.users,
      { id, body: { ...before.body, passwordHash, tokensValidFromMs: nowMs } },
      nowMs,
    );
  });
  return empty(204);
}
