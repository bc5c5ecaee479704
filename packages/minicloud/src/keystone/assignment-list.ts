/** `GET /role_assignments`: filters, effective roles, a project with what is below it, names. */
import type { Json, JsonObject } from '@hearth/kernel';
import { json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { callerOf, mayReadAll, need, type Caller } from './access.ts';
import { effectiveRows, rowOf, type Row, type World } from './assignment-rows.ts';
import { allRoles, groupIdsOf } from './directory.ts';
import type { IdentityContext } from './identity-context.ts';
import { isSwitchedOn } from './list-filters.ts';
import type { Role } from './machine.ts';
import { subtreeOf } from './project-tree.ts';
import { invalid, missing } from './refusals.ts';
import {
  SYSTEM,
  collections,
  type AssignmentBody,
  type DomainBody,
  type GroupBody,
  type MembershipBody,
  type ProjectBody,
  type UserBody,
} from './state.ts';
import { listBody, selfLink } from './views.ts';

export const assignmentRoutes = (context: IdentityContext): readonly Route[] => [
  { method: 'GET', path: '/v3/role_assignments', handle: (request) => list(context, request) },
];

interface Asked {
  readonly user: string | null;
  readonly group: string | null;
  readonly role: string | null;
  readonly project: string | null;
  readonly domain: string | null;
  readonly system: boolean;
  readonly inherited: boolean | null;
  readonly effective: boolean;
  readonly subtree: boolean;
}

function readAsked(query: URLSearchParams): Asked {
  const text = (name: string): string | null => query.get(name) || null;
  const asked: Asked = {
    user: text('user.id'),
    group: text('group.id'),
    role: text('role.id'),
    project: text('scope.project.id'),
    domain: text('scope.domain.id'),
    system: text('scope.system') !== null,
    inherited: query.has('scope.OS-INHERIT:inherited_to') ? query.get('scope.OS-INHERIT:inherited_to') === 'projects' : null,
    effective: isSwitchedOn(query, 'effective'),
    subtree: isSwitchedOn(query, 'include_subtree'),
  };
  if (asked.subtree && asked.project === null) throw invalid('scope.project.id must be specified if include_subtree is also specified');
  if (asked.domain !== null && asked.project !== null) throw invalid('Specify a domain or project, not both');
  if (asked.system && asked.domain !== null) throw invalid('Specify system or domain, not both');
  if (asked.system && asked.project !== null) throw invalid('Specify system or project, not both');
  if (asked.user !== null && asked.group !== null) throw invalid('Specify a user or group, not both');
  if (asked.effective && asked.group !== null) throw invalid('Combining effective and group filter will always result in an empty list.');
  if (asked.effective && asked.inherited === true && asked.domain !== null)
    throw invalid('Combining effective, domain and inherited filters will always result in an empty list.');
  return asked;
}

async function list(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const isTree = isSwitchedOn(request.query, 'include_subtree');
  const project = request.query.get('scope.project.id');
  if (isTree && project && (await context.store.documents.get(collections.projects, project)) === null) throw missing('project', project);
  const mayList = mayReadAll(caller) || caller.readerDomainId !== null;
  need(mayList, isTree ? 'list_role_assignments_for_tree' : 'list_role_assignments');
  const asked = readAsked(request.query);
  const { store } = context;
  const roles = await allRoles(store);
  const rows = await inReach(store, await rowsOf(store, asked, roles), caller);
  const names = isSwitchedOn(request.query, 'include_names') ? await namesOf(store, rows, roles) : null;
  return json(
    200,
    listBody(
      'role_assignments',
      rows.map((row) => rowView(row, names, request)),
      request,
    ),
  );
}

async function rowsOf(store: CloudStore, asked: Asked, roles: ReadonlyMap<string, Role>): Promise<readonly Row[]> {
  const projects =
    asked.project === null ? [] : [asked.project, ...(asked.subtree ? (await subtreeOf(store, asked.project)).map((one) => one.id) : [])];
  const where: Condition[] = [];
  if (!asked.effective) {
    const actor = asked.user ?? asked.group;
    if (actor !== null) where.push({ field: 'name', in: [actor] });
    const places = asked.system ? [SYSTEM] : asked.domain !== null ? [asked.domain] : projects;
    if (places.length > 0) where.push({ field: 'parent_id', in: places });
    if (asked.role !== null) where.push({ field: 'role_id', in: [asked.role] });
    const grants = await store.documents.list<AssignmentBody>(collections.assignments, { where });
    return grants.map((grant) => rowOf(grant.body)).filter((row) => asked.inherited === null || row.inherited === asked.inherited);
  }
  if (asked.user !== null) where.push({ field: 'name', in: [asked.user, ...(await groupIdsOf(store, asked.user))] });
  const grants = (await store.documents.list<AssignmentBody>(collections.assignments, { where })).map((grant) => grant.body);
  const rows = effectiveRows(grants, await worldOf(store, grants, roles));
  return rows.filter(
    (row) =>
      (asked.user === null || row.user_id === asked.user) &&
      (asked.role === null || row.role_id === asked.role) &&
      (asked.project === null || (row.project_id !== null && projects.includes(row.project_id))) &&
      (asked.domain === null || row.domain_id === asked.domain) &&
      (!asked.system || row.system) &&
      (asked.inherited === null || isInherited(row) === asked.inherited),
  );
}

async function worldOf(store: CloudStore, grants: readonly AssignmentBody[], roles: ReadonlyMap<string, Role>): Promise<World> {
  const groupIds = [...new Set(grants.flatMap((grant) => grant.group_id ?? []))];
  const memberships = await store.documents.list<MembershipBody>(collections.memberships, {
    where: [{ field: 'parent_id', in: groupIds }],
  });
  const below = new Map<string, readonly string[]>();
  for (const grant of grants) {
    if (grant.inherited !== true) continue;
    if (grant.project_id !== null)
      below.set(
        grant.project_id,
        (await subtreeOf(store, grant.project_id)).map((one) => one.id),
      );
    else if (grant.domain_id !== null && !below.has(grant.domain_id)) {
      const where = [{ field: 'domain_id', in: [grant.domain_id] }];
      below.set(
        grant.domain_id,
        (await store.documents.list(collections.projects, { where })).map((one) => one.id),
      );
    }
  }
  const members = new Map<string, string[]>();
  for (const { body } of memberships) members.set(body.group_id, [...(members.get(body.group_id) ?? []), body.user_id]);
  return {
    roles,
    members,
    below: (_kind, id) => below.get(id) ?? [],
  };
}

/** With a token for a domain only what is on it and on its projects. */
async function inReach(store: CloudStore, rows: readonly Row[], caller: Caller): Promise<readonly Row[]> {
  if (caller.domainId === null) return rows;
  const where = [{ field: 'domain_id', in: [caller.domainId] }];
  const own = new Set((await store.documents.list(collections.projects, { where })).map((project) => project.id));
  return rows.filter((row) => row.domain_id === caller.domainId || (row.project_id !== null && own.has(row.project_id)));
}

interface Names {
  readonly users: ReadonlyMap<string, Document<UserBody>>;
  readonly groups: ReadonlyMap<string, Document<GroupBody>>;
  readonly projects: ReadonlyMap<string, Document<ProjectBody>>;
  readonly domains: ReadonlyMap<string, Document<DomainBody>>;
  readonly roles: ReadonlyMap<string, Role>;
}

async function namesOf(store: CloudStore, rows: readonly Row[], roles: ReadonlyMap<string, Role>): Promise<Names> {
  const byId = async <Body extends JsonObject>(
    collection: string,
    ids: readonly (string | null)[],
  ): Promise<ReadonlyMap<string, Document<Body>>> => {
    const wanted = [...new Set(ids.filter((id) => id !== null))];
    const documents = await store.documents.list<Body>(collection, { where: [{ field: 'id', in: wanted }] });
    return new Map(documents.map((document) => [document.id, document]));
  };
  const ids = (of: (row: Row) => string | null): readonly (string | null)[] => rows.map(of);
  const [users, groups, projects, all] = await Promise.all([
    byId<UserBody>(
      collections.users,
      ids((row) => row.user_id),
    ),
    byId<GroupBody>(
      collections.groups,
      ids((row) => row.group_id),
    ),
    byId<ProjectBody>(
      collections.projects,
      ids((row) => row.project_id),
    ),
    store.documents.list<DomainBody>(collections.domains),
  ]);
  return { users, groups, projects, domains: new Map(all.map((domain) => [domain.id, domain])), roles };
}

const isInherited = (row: Row): boolean => row.inherited || row.through.projectId !== undefined || row.through.domainId !== undefined;

function rowView(row: Row, names: Names | null, request: ApiRequest): JsonObject {
  const named = (id: string, of: { readonly body: { readonly name: string; readonly domain_id: string } } | undefined): JsonObject =>
    of === undefined ? { id } : { id, name: of.body.name, domain: domainNamed(of.body.domain_id, names) };
  const scope: Record<string, Json> =
    row.project_id !== null
      ? { project: named(row.project_id, names?.projects.get(row.project_id)) }
      : row.domain_id !== null
        ? { domain: domainNamed(row.domain_id, names) }
        : { system: { all: true } };
  if (isInherited(row)) scope['OS-INHERIT:inherited_to'] = 'projects';
  return {
    links: linksOf(row, request),
    scope,
    ...(row.user_id === null ? {} : { user: named(row.user_id, names?.users.get(row.user_id)) }),
    ...(row.group_id === null ? {} : { group: named(row.group_id, names?.groups.get(row.group_id)) }),
    role: roleNamed(row.role_id, names),
  };
}

function domainNamed(id: string, names: Names | null): JsonObject {
  const name = names?.domains.get(id)?.body.name;
  return name === undefined ? { id } : { id, name };
}

function roleNamed(id: string, names: Names | null): JsonObject {
  const role = names?.roles.get(id)?.body;
  if (role === undefined) return { id };
  const domainId = role.domain_id ?? null;
  return { id, name: role.name, ...(domainId === null ? {} : { domain: domainNamed(domainId, names) }) };
}

/** To the grant a row comes from, to the membership and to the rule that led here. */
function linksOf(row: Row, request: ApiRequest): JsonObject {
  const { groupId, projectId, domainId, roleId } = row.through;
  const place =
    domainId !== undefined
      ? `/domains/${domainId}`
      : projectId !== undefined
        ? `/projects/${projectId}`
        : row.project_id !== null
          ? `/projects/${row.project_id}`
          : row.domain_id !== null
            ? `/domains/${row.domain_id}`
            : '/system';
  const group = groupId ?? row.group_id;
  const actor = group === null || group === undefined ? `/users/${row.user_id}` : `/groups/${group}`;
  const path = `${place}${actor}/roles/${roleId ?? row.role_id}`;
  return {
    ...(groupId === undefined ? {} : { membership: selfLink(request, `/groups/${groupId}/users/${row.user_id}`) }),
    assignment: selfLink(request, isInherited(row) ? `/OS-INHERIT${path}/inherited_to_projects` : path),
    ...(roleId === undefined ? {} : { prior_role: selfLink(request, `/prior_role/${row.role_id}/implies/${roleId}`) }),
  };
}
