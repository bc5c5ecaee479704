/** Reading accounts, projects, domains and grants from the store, by the references that requests use. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { DomainReference, Reference } from './auth-request.ts';
import { effectiveRoles, type Role } from './machine.ts';
import { collections, type AssignmentBody, type DomainBody, type ProjectBody, type RoleBody, type UserBody } from './state.ts';

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
  const [found] = await store.documents.list<Body>(collection, { where, limit: 1 });
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

/** A user's grants, on one project or domain or on all. */
export async function grantsOf(store: CloudStore, userId: string, scopeId?: string): Promise<readonly Document<AssignmentBody>[]> {
  const scope = scopeId === undefined ? [] : [{ field: 'parent_id', in: [scopeId] }];
  return store.documents.list<AssignmentBody>(collections.assignments, { where: [{ field: 'name', in: [userId] }, ...scope] });
}

export async function rolesOf(store: CloudStore, userId: string, scopeId: string): Promise<readonly Role[]> {
  const grants = await grantsOf(store, userId, scopeId);
  return grants.length === 0
    ? []
    : effectiveRoles(
        grants.map((grant) => grant.body.role_id),
        await allRoles(store),
      );
}
