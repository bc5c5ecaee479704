/** Storing grants: one document for a role that a user or group holds on a project, on a domain or on the whole cloud. */
import type { CloudStore } from '../store/cloud-store.ts';
import { SYSTEM, collections, type AssignmentBody } from './state.ts';

export type Actor = { readonly kind: 'user' | 'group'; readonly id: string };
export type GrantTarget = { readonly kind: 'project' | 'domain'; readonly id: string } | { readonly kind: 'system' };

export interface Grant {
  readonly actor: Actor;
  readonly target: GrantTarget;
  readonly roleId: string;
  readonly inherited?: boolean;
}

export const targetId = (target: GrantTarget): string => (target.kind === 'system' ? SYSTEM : target.id);

export const grantId = ({ actor, target, roleId, inherited }: Grant): string =>
  `${target.kind}:${targetId(target)}:${actor.id}:${roleId}${inherited === true ? ':inherited' : ''}`;

export async function addGrant(tx: CloudStore, grant: Grant, nowMs: number): Promise<void> {
  const { actor, target, roleId } = grant;
  const body: AssignmentBody = {
    user_id: actor.kind === 'user' ? actor.id : null,
    group_id: actor.kind === 'group' ? actor.id : null,
    role_id: roleId,
    project_id: target.kind === 'project' ? target.id : null,
    domain_id: target.kind === 'domain' ? target.id : null,
    system: target.kind === 'system',
    inherited: grant.inherited === true,
  };
  await tx.documents.insert(collections.assignments, { id: grantId(grant), name: actor.id, parentId: targetId(target), body }, nowMs);
}

/** False when there was none. Application credentials of a user rest on its grants on the project: they go too. */
export async function dropGrant(tx: CloudStore, grant: Grant): Promise<boolean> {
  if (!(await tx.documents.remove(collections.assignments, grantId(grant)))) return false;
  if (grant.actor.kind === 'user' && grant.target.kind === 'project')
    await tx.documents.removeWhere(collections.applicationCredentials, [
      { field: 'parent_id', in: [grant.actor.id] },
      { field: 'project_id', in: [grant.target.id] },
    ]);
  return true;
}
