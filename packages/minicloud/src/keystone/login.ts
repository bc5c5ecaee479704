/** `POST /auth/tokens`: proving who one is by password, token or application credential, and choosing where the new token is for. */
import type { Answer, ApiRequest } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { readAuthRequest, type AskedScope, type AuthRequest, type CredentialReference } from './auth-request.ts';
import { findDomain, findProject, findUser, rolesOf } from './directory.ts';
import type { IdentityContext } from './identity-context.ts';
import { LIFETIME_MS, issueToken, newAuditId } from './issue-token.ts';
import { optionOf } from './kind.ts';
import { forbidden, missing, notFound, unauthorized } from './refusals.ts';
import { collections, type ApplicationCredentialBody, type UserBody } from './state.ts';
import type { TokenHolder } from './token-holder.ts';
import type { Scope, TokenClaims } from './tokens.ts';

export async function login(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const asked = readAuthRequest(request.body);
  const nowMs = context.clock.now();
  const proof = await proven(context, asked, nowMs);
  const { through, credential } = proof;
  const scope: Scope =
    credential === null
      ? await scopeOf(context, proof.user, asked.scope, through)
      : { kind: 'project', projectId: credential.body.project_id };
  const claims: TokenClaims = {
    userId: proof.user.id,
    methods: [...new Set([...asked.methods, ...(through?.claims.methods ?? [])])],
    scope,
    auditId: newAuditId(context),
    ...(through === null ? {} : { parentAuditId: through.claims.parentAuditId ?? through.claims.auditId }),
    ...(credential === null ? {} : { applicationCredentialId: credential.id }),
    issuedMs: nowMs,
    expiresMs: Math.min(through?.claims.expiresMs ?? nowMs + LIFETIME_MS, credential?.body.expiresMs ?? Infinity),
  };
  return issueToken(context, request, claims, 201);
}

interface Proof {
  readonly user: Document<UserBody>;
  readonly through: TokenHolder | null;
  readonly credential: Document<ApplicationCredentialBody> | null;
}

/** Who the request proves to be; flaws of a password all give the same 401, so that nobody learns which accounts exist. */
async function proven(context: IdentityContext, asked: AuthRequest, nowMs: number): Promise<Proof> {
  const byPassword = asked.password === null ? null : await passwordUser(context, asked.password);
  const through = asked.token === null ? null : await exchanged(context, asked.token);
  const credential = asked.applicationCredential === null ? null : await credentialOf(context, asked.applicationCredential, nowMs);
  const byToken = through === null ? null : await userOf(context, through.claims.userId);
  const byCredential = credential === null ? null : await userOf(context, credential.body.user_id);
  const users = [byPassword, byToken, byCredential].filter((user) => user !== null);
  const [user] = users;
  if (user === undefined || !users.every((one) => one.id === user.id)) throw unauthorized();
  if (!satisfiesRules(user.body, [...asked.methods, ...(through?.claims.methods ?? [])])) throw unauthorized();
  return { user, through, credential };
}

async function passwordUser(
  context: IdentityContext,
  { user, password }: NonNullable<AuthRequest['password']>,
): Promise<Document<UserBody>> {
  const found = await findUser(context.store, user);
  const hash = found?.body.passwordHash ?? null;
  if (found === null || hash === null || !found.body.enabled || !(await context.passwords.matches(password, hash))) throw unauthorized();
  return found;
}

async function userOf(context: IdentityContext, id: string): Promise<Document<UserBody>> {
  const user = await context.store.documents.get<UserBody>(collections.users, id);
  if (user === null) throw unauthorized();
  return user;
}

async function exchanged(context: IdentityContext, token: NonNullable<AuthRequest['token']>): Promise<TokenHolder> {
  const holder = await context.tokens.holder(token);
  // A token of an application credential cannot be exchanged: the new one would no longer be bound to it.
  if (holder === null || holder.applicationCredential !== null) throw notFound('Failed to validate token');
  if (holder.trust !== null) throw forbidden('Using trust-scoped token to create another token. Create a new trust-scoped token instead');
  return holder;
}

async function credentialOf(
  context: IdentityContext,
  { credential, secret }: NonNullable<AuthRequest['applicationCredential']>,
  nowMs: number,
): Promise<Document<ApplicationCredentialBody>> {
  const found = await findCredential(context, credential);
  if (found === null && 'id' in credential) throw missing('Application Credential', credential.id);
  if (found === null || (found.body.expiresMs !== null && found.body.expiresMs <= nowMs)) throw unauthorized();
  if (!(await context.passwords.matches(secret, found.body.secretHash))) throw unauthorized();
  return found;
}

async function findCredential(
  context: IdentityContext,
  reference: CredentialReference,
): Promise<Document<ApplicationCredentialBody> | null> {
  const { documents } = context.store;
  if ('id' in reference) return documents.get<ApplicationCredentialBody>(collections.applicationCredentials, reference.id);
  const user = await findUser(context.store, reference.user);
  if (user === null) return null;
  const where = [
    { field: 'parent_id', in: [user.id] },
    { field: 'name', in: [reference.name] },
  ];
  const [found] = await documents.list<ApplicationCredentialBody>(collections.applicationCredentials, { where, limit: 1 });
  return found ?? null;
}

/** Rules for several methods at once: one of the sets must have been used whole. */
function satisfiesRules(user: UserBody, methods: readonly string[]): boolean {
  const rules = optionOf(user, 'multi_factor_auth_rules');
  if (!Array.isArray(rules) || rules.length === 0 || optionOf(user, 'multi_factor_auth_enabled') === false) return true;
  return (rules as readonly (readonly string[])[]).some((set) => set.every((method) => methods.includes(method)));
}

async function scopeOf(context: IdentityContext, user: Document<UserBody>, asked: AskedScope, through: TokenHolder | null): Promise<Scope> {
  if (through?.isSystem === true && (asked.kind === 'project' || asked.kind === 'domain'))
    throw forbidden('Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed.');
  switch (asked.kind) {
    case 'unscoped':
    case 'system':
      return asked;
    case 'trust':
      return { kind: 'trust', trustId: asked.trustId };
    case 'project': {
      const project = await findProject(context.store, asked.project);
      if (project === null) throw unauthorized();
      return { kind: 'project', projectId: project.id };
    }
    case 'domain': {
      const domain = await findDomain(context.store, asked.domain);
      if (domain === null) throw unauthorized();
      return { kind: 'domain', domainId: domain.id };
    }
    case 'default': {
      const projectId = user.body.default_project_id;
      if (projectId === null || through !== null) return { kind: 'unscoped' };
      const roles = await rolesOf(context.store, user.id, { kind: 'project', id: projectId });
      return roles.length === 0 ? { kind: 'unscoped' } : { kind: 'project', projectId };
    }
  }
}
