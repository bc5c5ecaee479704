/** Reading accounts, projects, domains and grants from the store, by the references that requests use. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { DomainReference, Reference } from './auth-request.ts';
import { effectiveRoles, holdsAt, type Place, type Role } from './machine.ts';
import { ancestorsOf, subtreeOf } from './project-tree.ts';
import {
  collections,
  type AssignmentBody,
  type DomainBody,
  type MembershipBody,
  type ProjectBody,
  type RoleBody,
  type UserBody,
} from './state.ts';

export async function findDomain(store: CloudStore, reference: DomainReference): Promise<Document<DomainBody> | null> {
  if ('id' in reference) return store.documents.get<DomainBody>(collections.domains, reference.id);
  const domains = await store.documents.list<DomainBody>(collections.domains);
  return domains.find((domain) => domain.body.name === reference.name) ?? null;
}

async function findNamed<Body extends ProjectBody | UserBody>(
  store: CloudStore,
  collection: string,
  reference: Reference,
): Promise<Document<Body> | null> {
  if ('id' in reference) return store.documents.get<Body>(collection, reference.id);
  const domain = await findDomain(store, reference.domain);
  if (domain === null) return null;
  const where = [
    { field: 'name', in: [reference.name] },
    { field: 'domain_id', in: [domain.id] },
  ];
  const [found] = await store.documents.list<Body>(collection, { preparedAs: 'identity-named', where, limit: 1 });
  return found ?? null;
}

export const findUser = (store: CloudStore, reference: Reference): Promise<Document<UserBody> | null> =>
  findNamed<UserBody>(store, collections.users, reference);
export const findProject = (store: CloudStore, reference: Reference): Promise<Document<ProjectBody> | null> =>
  findNamed<ProjectBody>(store, collections.projects, reference);

/** Every role there is, by id. */
export async function allRoles(store: CloudStore): Promise<ReadonlyMap<string, Role>> {
  const roles = await store.documents.list<RoleBody>(collections.roles);
  return new Map(roles.map((role) => [role.id, role]));
}

export async function groupIdsOf(store: CloudStore, userId: string): Promise<readonly string[]> {
  const where = [{ field: 'name', in: [userId] }];
  const memberships = await store.documents.list<MembershipBody>(collections.memberships, { preparedAs: 'identity-memberships', where });
  return memberships.map((membership) => membership.body.group_id);
}

/** What a user was granted anywhere, itself or through its groups. */
export async function grantsOf(store: CloudStore, userId: string): Promise<readonly AssignmentBody[]> {
  const actors = [userId, ...(await groupIdsOf(store, userId))];
  const where = [{ field: 'name', in: actors }];
  const grants = await store.documents.list<AssignmentBody>(collections.assignments, { preparedAs: 'identity-grants', where });
  return grants.map((grant) => grant.body);
}

export type Target =
  | { readonly kind: 'project'; readonly id: string }
  | { readonly kind: 'domain'; readonly id: string }
  | { readonly kind: 'system' };

/** The roles a user has at a target, implied ones included. The tree above a project is only read when something may come from there. */
export async function rolesOf(store: CloudStore, userId: string, target: Target): Promise<readonly Role[]> {
  const grants = await grantsOf(store, userId);
  if (grants.length === 0) return [];
  const place = await placeOf(
    store,
    target,
    grants.some((grant) => grant.inherited === true),
  );
  const held = grants.filter((grant) => holdsAt(grant, place)).map((grant) => grant.role_id);
  return held.length === 0 ? [] : effectiveRoles(held, await allRoles(store));
}

async function placeOf(store: CloudStore, target: Target, withTree: boolean): Promise<Place> {
  if (target.kind !== 'project') return target;
  const project = withTree ? await store.documents.get<ProjectBody>(collections.projects, target.id) : null;
  if (project === null) return { kind: 'project', id: target.id, domainId: '', above: [] };
  const above = (await ancestorsOf(store, project)).map((parent) => parent.id);
  return { kind: 'project', id: project.id, domainId: project.body.domain_id, above };
}

/** Enabled projects a user has a role on, directly or by inheritance. */
export async function projectsOf(store: CloudStore, userId: string): Promise<readonly Document<ProjectBody>[]> {
  const grants = await grantsOf(store, userId);
  const ids = new Set<string>();
  const domains: string[] = [];
  for (const grant of grants) {
    if (grant.inherited !== true) {
      if (grant.project_id !== null) ids.add(grant.project_id);
    } else if (grant.domain_id !== null) domains.push(grant.domain_id);
    else if (grant.project_id !== null) for (const below of await subtreeOf(store, grant.project_id)) ids.add(below.id);
  }
  const where = [
    {
      anyOf: [
        { field: 'id', in: [...ids] },
        { field: 'domain_id', in: domains },
      ],
    },
  ];
  return store.documents.list<ProjectBody>(collections.projects, { where });
}

/** Domains a user has a role on itself. */
export async function domainsOf(store: CloudStore, userId: string): Promise<readonly Document<DomainBody>[]> {
  const grants = await grantsOf(store, userId);
  const ids = grants.flatMap((grant) => (grant.inherited === true || grant.domain_id === null ? [] : [grant.domain_id]));
  return store.documents.list<DomainBody>(collections.domains, { where: [{ field: 'id', in: ids }] });
}
