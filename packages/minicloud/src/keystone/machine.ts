/** The identity service's decisions as pure functions: which roles hold, whether a trust still serves, whether a token is good. */
import type { RoleBody, TrustBody, UserBody } from './state.ts';
import type { TokenClaims } from './tokens.ts';

export interface Role {
  readonly id: string;
  readonly body: RoleBody;
}

/** The granted roles and all they imply, in the order they are reached; names every role once. */
export function effectiveRoles(grantedIds: readonly string[], all: ReadonlyMap<string, Role>): readonly Role[] {
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

/** Null when the trust still serves; else why it does not. */
export function trustFlaw(trust: TrustBody, trustorRoleIds: readonly string[], nowMs: number): 'expired' | 'used-up' | 'roles-lost' | null {
  if (trust.expiresMs !== null && trust.expiresMs <= nowMs) return 'expired';
  if (trust.remaining_uses !== null && trust.remaining_uses <= 0) return 'used-up';
  return trust.role_ids.every((id) => trustorRoleIds.includes(id)) ? null : 'roles-lost';
}

export const afterUse = (trust: TrustBody): TrustBody =>
  trust.remaining_uses === null ? trust : { ...trust, remaining_uses: trust.remaining_uses - 1 };

/** A token of an account that is there, enabled, and has not thrown its tokens away since. */
export const isTokenGood = (claims: TokenClaims, user: UserBody, nowMs: number): boolean =>
  claims.expiresMs > nowMs && user.enabled && claims.issuedMs >= user.tokensValidFromMs;
