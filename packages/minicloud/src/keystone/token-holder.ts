/** From a token's claims to who holds it now: user, scope, roles. Null as soon as anything it rests on is gone or disabled. */
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { allRoles, rolesOf } from './directory.ts';
import { effectiveRoles, isTokenGood, trustFlaw, type Role } from './machine.ts';
import {
  collections,
  type AccessRuleBody,
  type ApplicationCredentialBody,
  type DomainBody,
  type ProjectBody,
  type TrustBody,
  type UserBody,
} from './state.ts';
import type { TokenClaims } from './tokens.ts';

export interface TokenHolder {
  readonly claims: TokenClaims;
  /** Whom the token speaks for: with an impersonating trust, the trustor. */
  readonly user: Document<UserBody>;
  readonly userDomain: Document<DomainBody>;
  readonly project: Document<ProjectBody> | null;
  readonly projectDomain: Document<DomainBody> | null;
  readonly domain: Document<DomainBody> | null;
  readonly isSystem: boolean;
  readonly trust: Document<TrustBody> | null;
  readonly applicationCredential: Document<ApplicationCredentialBody> | null;
  /** What the application credential is limited to; null: it is not. */
  readonly accessRules: readonly Document<AccessRuleBody>[] | null;
  readonly roles: readonly Role[];
}

type Base = Omit<TokenHolder, 'project' | 'projectDomain' | 'roles'>;

export async function tokenHolder(store: CloudStore, claims: TokenClaims, nowMs: number): Promise<TokenHolder | null> {
  const base = await baseOf(store, claims, nowMs);
  if (base === null) return null;
  const { scope } = claims;
  const placeless = { ...base, project: null, projectDomain: null };
  switch (scope.kind) {
    case 'unscoped':
      return { ...placeless, roles: [] };
    case 'system': {
      const roles = await rolesOf(store, claims.userId, { kind: 'system' });
      return roles.length > 0 ? { ...placeless, isSystem: true, roles } : null;
    }
    case 'domain': {
      const [domain, roles] = await Promise.all([
        store.documents.get<DomainBody>(collections.domains, scope.domainId),
        rolesOf(store, claims.userId, { kind: 'domain', id: scope.domainId }),
      ]);
      return domain?.body.enabled === true && roles.length > 0 ? { ...placeless, domain, roles } : null;
    }
    case 'project':
      return inProject(store, base, scope.projectId, () => projectRoles(store, base, scope.projectId));
    case 'trust': {
      const trust = base.trust?.body;
      if (trust === undefined) return null;
      if (trust.project_id === null) return { ...placeless, roles: [] };
      return inProject(store, base, trust.project_id, () => trustedRoles(store, trust, nowMs));
    }
  }
}

/** The account, and what the token was made with. */
async function baseOf(store: CloudStore, claims: TokenClaims, nowMs: number): Promise<Base | null> {
  const { scope } = claims;
  const { documents } = store;
  const credentialId = claims.applicationCredentialId;
  const [bearer, revocation, trust, credential] = await Promise.all([
    documents.get<UserBody>(collections.users, claims.userId),
    documents.get(collections.revocations, claims.auditId),
    scope.kind === 'trust' ? documents.get<TrustBody>(collections.trusts, scope.trustId) : null,
    credentialId === undefined ? null : documents.get<ApplicationCredentialBody>(collections.applicationCredentials, credentialId),
  ]);
  if (bearer === null || revocation !== null || !isTokenGood(claims, bearer.body, nowMs)) return null;
  if (scope.kind === 'trust' && (trust === null || trust.body.trustee_user_id !== bearer.id)) return null;
  if (credentialId !== undefined && (credential === null || isPast(credential.body.expiresMs, nowMs))) return null;
  const user = trust?.body.impersonation === true ? await documents.get<UserBody>(collections.users, trust.body.trustor_user_id) : bearer;
  const userDomain = user === null ? null : await documents.get<DomainBody>(collections.domains, user.body.domain_id);
  if (user === null || !user.body.enabled || userDomain?.body.enabled !== true) return null;
  const accessRules = await rulesOf(store, credential);
  return { claims, user, userDomain, domain: null, isSystem: false, trust, applicationCredential: credential, accessRules };
}

const isPast = (expiresMs: number | null, nowMs: number): boolean => expiresMs !== null && expiresMs <= nowMs;

async function rulesOf(
  store: CloudStore,
  credential: Document<ApplicationCredentialBody> | null,
): Promise<readonly Document<AccessRuleBody>[] | null> {
  const ids = credential?.body.access_rule_ids ?? null;
  if (ids === null) return null;
  return store.documents.list<AccessRuleBody>(collections.accessRules, { where: [{ field: 'id', in: ids }] });
}

async function inProject(
  store: CloudStore,
  base: Base,
  projectId: string,
  rolesThere: () => Promise<readonly Role[]>,
): Promise<TokenHolder | null> {
  const [project, roles] = await Promise.all([store.documents.get<ProjectBody>(collections.projects, projectId), rolesThere()]);
  const projectDomain = project === null ? null : await store.documents.get<DomainBody>(collections.domains, project.body.domain_id);
  if (project?.body.enabled !== true || projectDomain?.body.enabled !== true || roles.length === 0) return null;
  return { ...base, project, projectDomain, roles };
}

/** With an application credential those of its roles that its user still has. */
async function projectRoles(store: CloudStore, base: Base, projectId: string): Promise<readonly Role[]> {
  const held = await rolesOf(store, base.user.id, { kind: 'project', id: projectId });
  const credential = base.applicationCredential?.body;
  if (credential === undefined) return held;
  return credential.project_id === projectId ? held.filter((role) => credential.role_ids.includes(role.id)) : [];
}

/** The trust's roles if the trustor still has them all, and the trust has not expired; the number of uses counts when a token is made. */
async function trustedRoles(store: CloudStore, trust: TrustBody, nowMs: number): Promise<readonly Role[]> {
  const [held, trustor] = await Promise.all([
    trust.project_id === null ? [] : rolesOf(store, trust.trustor_user_id, { kind: 'project', id: trust.project_id }),
    store.documents.get<UserBody>(collections.users, trust.trustor_user_id),
  ]);
  const flaw = trustFlaw(
    { ...trust, remaining_uses: null },
    held.map((role) => role.id),
    nowMs,
  );
  return flaw !== null || trustor?.body.enabled !== true ? [] : effectiveRoles(trust.role_ids, await allRoles(store));
}
