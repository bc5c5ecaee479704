/** What goes when an account, a project, a group, a role or a domain goes: grants, memberships, trusts, credentials, limits. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { Condition } from '../store/conditions.ts';
import { collections } from './state.ts';

const at = (field: string, ids: readonly string[]): Condition => ({ field, in: ids });

export async function dropUsers(tx: CloudStore, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.documents.removeWhere(collections.assignments, [at('name', ids)]);
  await tx.documents.removeWhere(collections.memberships, [at('name', ids)]);
  await tx.documents.removeWhere(collections.trusts, [{ anyOf: [at('name', ids), at('parent_id', ids)] }]);
  for (const owned of [collections.applicationCredentials, collections.accessRules, collections.credentials])
    await tx.documents.removeWhere(owned, [at('parent_id', ids)]);
}

export async function dropProjects(tx: CloudStore, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.documents.removeWhere(collections.assignments, [at('parent_id', ids)]);
  for (const owned of [collections.trusts, collections.applicationCredentials, collections.credentials, collections.limits])
    await tx.documents.removeWhere(owned, [at('project_id', ids)]);
}

export async function dropGroups(tx: CloudStore, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.documents.removeWhere(collections.assignments, [at('name', ids)]);
  await tx.documents.removeWhere(collections.memberships, [at('parent_id', ids)]);
}

export async function dropRole(tx: CloudStore, id: string, nowMs: number): Promise<void> {
  await tx.documents.removeWhere(collections.assignments, [at('role_id', [id])]);
  for (const role of await tx.documents.list(collections.roles, { where: [{ field: 'implies', contains: [id] }] })) {
    const implies = (role.body['implies'] as readonly string[]).filter((implied) => implied !== id);
    await tx.documents.replace(collections.roles, { id: role.id, body: { ...role.body, implies } }, nowMs);
  }
}

/** Everything in a domain, and what was granted on it. */
export async function dropDomainContents(tx: CloudStore, domainId: string): Promise<void> {
  const inside = [at('domain_id', [domainId])];
  await dropProjects(tx, await tx.documents.removeWhere(collections.projects, inside));
  await dropUsers(tx, await tx.documents.removeWhere(collections.users, inside));
  await dropGroups(tx, await tx.documents.removeWhere(collections.groups, inside));
  const roles = await tx.documents.removeWhere(collections.roles, inside);
  if (roles.length > 0) await tx.documents.removeWhere(collections.assignments, [at('role_id', roles)]);
  await tx.documents.removeWhere(collections.assignments, [at('parent_id', [domainId])]);
  await tx.documents.removeWhere(collections.limits, inside);
  for (const kind of ['project', 'user', 'group', 'role']) await tx.claims.releaseSpace(`keystone.${kind}:${domainId}`);
}
