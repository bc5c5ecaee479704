/** Grants: giving roles on projects and domains, listing assignments (with effective roles and names), a user's projects and password. */
import { Refusal, Secret, isJsonObject, type JsonObject } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { Document } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { allRoles, grantsOf } from './directory.ts';
import { forbidden, inIdentityChange, needAdmin, type IdentityContext } from './identity-context.ts';
import { missing } from './kinds.ts';
import { effectiveRoles, type Role } from './machine.ts';
import { collections, type AssignmentBody, type DomainBody, type ProjectBody, type UserBody } from './state.ts';
import { listBody, projectView, roleView } from './views.ts';

type ScopeKind = 'project' | 'domain';

export const grantId = (kind: ScopeKind, scopeId: string, userId: string, roleId: string): string =>
  `${kind}:${scopeId}:${userId}:${roleId}`;

export async function grant(
  tx: CloudStore,
  kind: ScopeKind,
  scopeId: string,
  userId: string,
  roleId: string,
  nowMs: number,
): Promise<void> {
  const body: AssignmentBody = {
    user_id: userId,
    role_id: roleId,
    project_id: kind === 'project' ? scopeId : null,
    domain_id: kind === 'domain' ? scopeId : null,
  };
  await tx.documents.insert(
    collections.assignments,
    { id: grantId(kind, scopeId, userId, roleId), name: userId, parentId: scopeId, body },
    nowMs,
  );
}

export function grantRoutes(context: IdentityContext): readonly Route[] {
  return [
    ...scopeRoutes('project', context),
    ...scopeRoutes('domain', context),
    { method: 'GET', path: '/v3/role_assignments', handle: (request) => assignments(context, request) },
    { method: 'GET', path: '/v3/users/:id/projects', handle: (request) => userProjects(context, request) },
    { method: 'GET', path: '/v3/users/:id/groups', handle: (request) => json(200, listBody('groups', [], request)) },
    { method: 'POST', path: '/v3/users/:id/password', handle: (request) => changePassword(context, request) },
    // Groups are not kept: there are none to find.
    { method: 'GET', path: '/v3/groups', handle: (request) => json(200, listBody('groups', [], request)) },
    {
      method: 'GET',
      path: '/v3/groups/:id',
      handle: (request) => {
        throw missing('group', request.params['id'] ?? '');
      },
    },
  ];
}

function scopeRoutes(kind: ScopeKind, context: IdentityContext): readonly Route[] {
  const base = `/v3/${kind}s/:scope/users/:user/roles`;
  const part = (request: ApiRequest, name: string): string => request.params[name] ?? '';
  const idOf = (request: ApiRequest): string => grantId(kind, part(request, 'scope'), part(request, 'user'), part(request, 'role'));
  const notGranted = (request: ApiRequest): Refusal =>
    missing('role assignment with role', `${part(request, 'role')}, user ${part(request, 'user')} and ${kind} ${part(request, 'scope')}`);
  return [
    {
      method: 'GET',
      path: base,
      handle: async (request) => {
        needAdmin(request, 'identity:list_grants');
        const [grants, roles] = await Promise.all([
          grantsOf(context.store, part(request, 'user'), part(request, 'scope')),
          allRoles(context.store),
        ]);
        const granted = grants.flatMap((one) => roles.get(one.body.role_id) ?? []);
        return json(
          200,
          listBody(
            'roles',
            granted.map((role) => roleView(role, request)),
            request,
          ),
        );
      },
    },
    {
      method: 'GET',
      path: `${base}/:role`,
      handle: async (request) => {
        needAdmin(request, 'identity:check_grant');
        if ((await context.store.documents.get(collections.assignments, idOf(request))) === null) throw notGranted(request);
        return empty(204);
      },
    },
    {
      method: 'PUT',
      path: `${base}/:role`,
      handle: async (request) => {
        needAdmin(request, 'identity:create_grant');
        const [scope, user, role] = [part(request, 'scope'), part(request, 'user'), part(request, 'role')];
        await inIdentityChange(context, async (tx) => {
          if ((await tx.documents.get(collections.roles, role)) === null) throw missing('role', role);
          if ((await tx.documents.get(collections[`${kind}s`], scope)) === null) throw missing(kind, scope);
          if ((await tx.documents.get(collections.users, user)) === null) throw missing('user', user);
          await grant(tx, kind, scope, user, role, context.clock.now());
        });
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: `${base}/:role`,
      handle: async (request) => {
        needAdmin(request, 'identity:revoke_grant');
        const isGone = await inIdentityChange(context, (tx) => tx.documents.remove(collections.assignments, idOf(request)));
        if (!isGone) throw notGranted(request);
        return empty(204);
      },
    },
  ];
}

const isSet = (query: URLSearchParams, name: string): boolean => query.has(name) && !/^(0|false)$/i.test(query.get(name) ?? '');

async function assignments(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { query } = request;
  const user = query.get('user.id');
  if (!isAdmin(request.identity)) throw forbidden('identity:list_role_assignments');
  const where: Condition[] = [];
  if (user !== null) where.push({ field: 'name', in: [user] });
  const scope = query.get('scope.project.id') ?? query.get('scope.domain.id');
  if (scope !== null) where.push({ field: 'parent_id', in: [scope] });
  const role = query.get('role.id');
  const isEffective = isSet(query, 'effective');
  if (role !== null && !isEffective) where.push({ field: 'role_id', in: [role] });
  if (query.has('group.id') || query.has('scope.system')) where.push({ anyOf: [] });
  const [found, roles] = await Promise.all([
    context.store.documents.list<AssignmentBody>(collections.assignments, { where }),
    allRoles(context.store),
  ]);
  const rows = isEffective
    ? effectiveRows(found, roles).filter((row) => role === null || row.role_id === role)
    : found.map((one) => one.body);
  const names = isSet(query, 'include_names') ? await namesOf(context.store, rows, roles) : null;
  return json(
    200,
    listBody(
      'role_assignments',
      rows.map((row) => assignmentView(row, names, request)),
      request,
    ),
  );
}

/** Each grant as the roles it comes to, implied ones included, once per user and scope. */
function effectiveRows(grants: readonly Document<AssignmentBody>[], roles: ReadonlyMap<string, Role>): readonly AssignmentBody[] {
  const rows = new Map<string, AssignmentBody>();
  for (const { body } of grants) {
    for (const role of effectiveRoles([body.role_id], roles)) {
      rows.set(`${body.user_id} ${body.project_id ?? body.domain_id} ${role.id}`, { ...body, role_id: role.id });
    }
  }
  return [...rows.values()];
}

interface Names {
  readonly users: ReadonlyMap<string, Document<UserBody>>;
  readonly projects: ReadonlyMap<string, Document<ProjectBody>>;
  readonly domains: ReadonlyMap<string, Document<DomainBody>>;
  readonly roles: ReadonlyMap<string, Role>;
}

async function namesOf(store: CloudStore, rows: readonly AssignmentBody[], roles: ReadonlyMap<string, Role>): Promise<Names> {
  const byId = async <Body extends JsonObject>(
    collection: string,
    ids: readonly (string | null)[],
  ): Promise<ReadonlyMap<string, Document<Body>>> => {
    const wanted = [...new Set(ids.filter((id) => id !== null))];
    const documents = await store.documents.list<Body>(collection, { where: [{ field: 'id', in: wanted }] });
    return new Map(documents.map((document) => [document.id, document]));
  };
  const [users, projects, all] = await Promise.all([
    byId<UserBody>(
      collections.users,
      rows.map((row) => row.user_id),
    ),
    byId<ProjectBody>(
      collections.projects,
      rows.map((row) => row.project_id),
    ),
    store.documents.list<DomainBody>(collections.domains),
  ]);
  return { users, projects, domains: new Map(all.map((domain) => [domain.id, domain])), roles };
}

function assignmentView(row: AssignmentBody, names: Names | null, request: ApiRequest): JsonObject {
  const domainOf = (id: string | undefined): JsonObject => ({ id: id ?? '', name: names?.domains.get(id ?? '')?.body.name ?? '' });
  const user = names?.users.get(row.user_id)?.body;
  const role = names?.roles.get(row.role_id)?.body;
  const scope: JsonObject =
    row.project_id !== null
      ? { project: { id: row.project_id, ...projectNames(names, row.project_id, domainOf) } }
      : { domain: { id: row.domain_id ?? '', ...(names === null ? {} : { name: domainOf(row.domain_id ?? '')['name'] ?? '' }) } };
  const place = row.project_id !== null ? `projects/${row.project_id}` : `domains/${row.domain_id}`;
  return {
    links: { assignment: `${request.origin}${request.prefix}/v3/${place}/users/${row.user_id}/roles/${row.role_id}` },
    scope,
    user: { id: row.user_id, ...(user === undefined ? {} : { name: user.name, domain: domainOf(user.domain_id) }) },
    role: { id: row.role_id, ...(role === undefined || names === null ? {} : { name: role.name }) },
  };
}

function projectNames(names: Names | null, id: string, domainOf: (id: string | undefined) => JsonObject): JsonObject {
  const project = names?.projects.get(id)?.body;
  return project === undefined ? {} : { name: project.name, domain: domainOf(project.domain_id) };
}

async function userProjects(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const id = request.params['id'] ?? '';
  if (id !== request.identity.userId) needAdmin(request, 'identity:list_user_projects');
  const ids = (await grantsOf(context.store, id)).flatMap((one) => one.body.project_id ?? []);
  const projects = await context.store.documents.list<ProjectBody>(collections.projects, { where: [{ field: 'id', in: ids }] });
  return json(
    200,
    listBody(
      'projects',
      projects.map((project) => projectView(project, request)),
      request,
    ),
  );
}

async function changePassword(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const id = request.params['id'] ?? '';
  const sent = isJsonObject(request.body) ? request.body['user'] : undefined;
  const [original, password] = isJsonObject(sent) ? [sent['original_password'], sent['password']] : [];
  if (typeof original !== 'string' || typeof password !== 'string' || password === '') {
    throw new Refusal('invalid', 'ValidationError', 'Expecting to find user with original_password and password in request body.');
  }
  const user = await context.store.documents.get<UserBody>(collections.users, id);
  const hash = user?.body.passwordHash ?? null;
  if (hash === null || !(await context.passwords.matches(new Secret(original), hash))) {
    throw new Refusal('unauthorized', 'Unauthorized', 'The request you have made requires authentication.');
  }
  const passwordHash = await context.passwords.hash(new Secret(password));
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
