/** From a token's claims to who holds it now: user, scope, roles. Null as soon as anything it rests on is gone or disabled. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { allRoles, rolesOf } from './directory.ts';
import { effectiveRoles, isTokenGood, trustFlaw, type Role } from './machine.ts';
import { collections, type DomainBody, type ProjectBody, type TrustBody, type UserBody } from './state.ts';
import type { TokenClaims } from './tokens.ts';

export interface TokenHolder {
  readonly claims: TokenClaims;
  /** Whom the token speaks for: with an impersonating trust, the trustor. */
  readonly user: Document<UserBody>;
  readonly userDomain: Document<DomainBody>;
  readonly project: Document<ProjectBody> | null;
  readonly projectDomain: Document<DomainBody> | null;
  readonly domain: Document<DomainBody> | null;
  readonly trust: Document<TrustBody> | null;
  readonly roles: readonly Role[];
}

export async function tokenHolder(store: CloudStore, claims: TokenClaims, nowMs: number): Promise<TokenHolder | null> {
  const { scope } = claims;
  const { documents } = store;
  const [bearer, revocation, trust] = await Promise.all([
    documents.get<UserBody>(collections.users, claims.userId),
    documents.get(collections.revocations, claims.auditId),
    scope.kind === 'trust' ? documents.get<TrustBody>(collections.trusts, scope.trustId) : null,
  ]);
  if (bearer === null || revocation !== null || !isTokenGood(claims, bearer.body, nowMs)) return null;
  if (scope.kind === 'trust' && (trust === null || trust.body.trustee_user_id !== bearer.id)) return null;
  const user = trust?.body.impersonation === true ? await documents.get<UserBody>(collections.users, trust.body.trustor_user_id) : bearer;
  const userDomain = user === null ? null : await documents.get<DomainBody>(collections.domains, user.body.domain_id);
  if (user === null || !user.body.enabled || userDomain?.body.enabled !== true) return null;
  const base = { claims, user, userDomain, trust, project: null, projectDomain: null, domain: null, roles: [] };
  switch (scope.kind) {
    case 'unscoped':
      return base;
    case 'domain': {
      const [domain, roles] = await Promise.all([
        documents.get<DomainBody>(collections.domains, scope.domainId),
        rolesOf(store, bearer.id, scope.domainId),
      ]);
      return domain?.body.enabled === true && roles.length > 0 ? { ...base, domain, roles } : null;
    }
    case 'project':
    case 'trust': {
      const projectId = trust?.body.project_id ?? (scope.kind === 'project' ? scope.projectId : '');
      const [project, roles] = await Promise.all([
        documents.get<ProjectBody>(collections.projects, projectId),
        trust === null ? rolesOf(store, bearer.id, projectId) : trustedRoles(store, trust.body, nowMs),
      ]);
      const projectDomain = project === null ? null : await documents.get<DomainBody>(collections.domains, project.body.domain_id);
      if (project?.body.enabled !== true || projectDomain?.body.enabled !== true || roles.length === 0) return null;
      return { ...base, project, projectDomain, roles };
    }
  }
}

/** The trust's roles if the trustor still has them all, and the trust has not expired; the number of uses counts when a token is made. */
async function trustedRoles(store: CloudStore, trust: TrustBody, nowMs: number): Promise<readonly Role[]> {
  const [held, trustor] = await Promise.all([
    rolesOf(store, trust.trustor_user_id, trust.project_id),
    store.documents.get<UserBody>(collections.users, trust.trustor_user_id),
  ]);
  const flaw = trustFlaw(
    { ...trust, remaining_uses: null },
    held.map((role) => role.id),
    nowMs,
  );
  return flaw !== null || trustor?.body.enabled !== true ? [] : effectiveRoles(trust.role_ids, await allRoles(store));
}
