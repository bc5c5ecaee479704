/** The identity service's decisions as pure functions: which roles hold, whether a trust still serves, whether a token is good. */
import type { AssignmentBody, RoleBody, TrustBody, UserBody } from './state.ts';
import type { TokenClaims } from './tokens.ts';

export interface Role {
  readonly id: string;
  readonly body: RoleBody;
}

/** Where roles are asked for. `above` are the projects over a project, nearest first, without its domain. */
export type Place =
  | { readonly kind: 'project'; readonly id: string; readonly domainId: string; readonly above: readonly string[] }
  | { readonly kind: 'domain'; readonly id: string }
  | { readonly kind: 'system' };

/** Whether a grant holds at a place: given there, or given above to be inherited. */
export function holdsAt(grant: AssignmentBody, place: Place): boolean {
  const inherited = grant.inherited === true;
  switch (place.kind) {
    case 'system':
      return grant.system === true;
    case 'domain':
      return !inherited && grant.domain_id === place.id;
    case 'project':
      if (!inherited) return grant.project_id === place.id;
      return grant.domain_id === place.domainId || (grant.project_id !== null && place.above.includes(grant.project_id));
  }
}

/** The granted roles and all they imply, in the order they are reached; names every role once, those of domains too. */
export function impliedRoles(grantedIds: readonly string[], all: ReadonlyMap<string, Role>): readonly Role[] {
  const found = new Map<string, Role>();
  const open = [...grantedIds];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const role = all.get(id);
    if (role === undefined || found.has(id)) continue;
    found.set(id, role);
    open.push(...role.body.implies);
  }
  return [...found.values()];
}

/** The same as tokens have it: roles of domains only count for what they imply. */
export const effectiveRoles = (grantedIds: readonly string[], all: ReadonlyMap<string, Role>): readonly Role[] =>
  impliedRoles(grantedIds, all).filter((role) => (role.body.domain_id ?? null) === null);

/** Null when the trust still serves; else why it does not. */
export function trustFlaw(trust: TrustBody, trustorRoleIds: readonly string[], nowMs: number): 'expired' | 'used-up' | 'roles-lost' | null {
  if (isSpent(trust, nowMs)) return trust.expiresMs !== null && trust.expiresMs <= nowMs ? 'expired' : 'used-up';
  return trust.role_ids.every((id) => trustorRoleIds.includes(id)) ? null : 'roles-lost';
}

/** Past its time or its uses: as good as gone. */
export const isSpent = (trust: TrustBody, nowMs: number): boolean =>
  (trust.expiresMs !== null && trust.expiresMs <= nowMs) || (trust.remaining_uses !== null && trust.remaining_uses <= 0);

export const afterUse = (trust: TrustBody): TrustBody =>
  trust.remaining_uses === null ? trust : { ...trust, remaining_uses: trust.remaining_uses - 1 };

/** A token of an account that is there, enabled, and has not thrown its tokens away since. */
export const isTokenGood = (claims: TokenClaims, user: UserBody, nowMs: number): boolean =>
  claims.expiresMs > nowMs && user.enabled && claims.issuedMs >= user.tokensValidFromMs;
