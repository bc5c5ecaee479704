/** `/auth/*`: making, showing and revoking tokens, and what a token's holder may ask about itself. */
import { Refusal, Secret, revealSecret, type JsonObject } from '@hearth/kernel';
import { empty, hasRole, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { readAuthRequest, unauthorized, type AskedScope, type AuthRequest } from './auth-request.ts';
import { catalogFor } from './catalog.ts';
import { findDomain, findProject, findUser, grantsOf, rolesOf } from './directory.ts';
import { forbidden, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { afterUse, trustFlaw } from './machine.ts';
import { projectView, domainView, listBody } from './views.ts';
import { collections, type DomainBody, type ProjectBody, type TrustBody, type UserBody } from './state.ts';
import { signToken, type Scope, type TokenClaims } from './tokens.ts';
import { tokenHolder, type TokenHolder } from './token-holder.ts';

const LIFETIME_MS = 24 * 3600 * 1000;

export function tokenRoutes(context: IdentityContext): readonly Route[] {
  return [
    { method: 'POST', path: '/v3/auth/tokens', access: 'public', handle: (request) => issue(context, request) },
    { method: 'GET', path: '/v3/auth/tokens', handle: (request) => show(context, request) },
    { method: 'DELETE', path: '/v3/auth/tokens', handle: (request) => revoke(context, request) },
    {
      method: 'GET',
      path: '/v3/auth/catalog',
      handle: async (request) => {
        const catalog = await catalogFor(context.store, context.cloudUrl(), request.identity.projectId);
        return json(200, { catalog, links: { next: null, self: `${request.origin}${request.path}`, previous: null } });
      },
    },
    { method: 'GET', path: '/v3/auth/projects', handle: (request) => scopes(context, request, 'projects') },
    { method: 'GET', path: '/v3/auth/domains', handle: (request) => scopes(context, request, 'domains') },
    { method: 'GET', path: '/v3/auth/system', handle: () => json(200, { system: [] }) },
  ];
}

async function issue(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const asked = readAuthRequest(request.body);
  const nowMs = context.clock.now();
  const proof = await proven(context, asked);
  const scope = await scopeOf(context, proof.userId, asked.scope);
  if (proof.through?.trust != null) throw forbidden('a token of a trust cannot be exchanged for another');
  const claims: TokenClaims = {
    userId: proof.userId,
    methods: proof.methods,
    scope,
    auditId: Buffer.from(context.random.bytes(16)).toString('base64url'),
    issuedMs: nowMs,
    expiresMs: proof.through?.claims.expiresMs ?? nowMs + LIFETIME_MS,
  };
  const holder = scope.kind === 'trust' ? await useTrust(context, claims, scope.trustId) : await tokenHolder(context.store, claims, nowMs);
  if (holder === null) throw unauthorized();
  const wantsCatalog = request.query.get('nocatalog') === null;
  const catalog =
    wantsCatalog && scope.kind !== 'unscoped' ? await catalogFor(context.store, context.cloudUrl(), holder.project?.id ?? null) : null;
  return json(
    201,
    { token: tokenView(holder, catalog) },
    { 'X-Subject-Token': signToken(context.tokenKey(), claims), Vary: 'X-Auth-Token' },
  );
}

/** Who the request proves to be; every flaw gives the same 401, so that nobody learns which accounts exist. */
async function proven(
  context: IdentityContext,
  asked: AuthRequest,
): Promise<{ userId: string; methods: readonly string[]; through: TokenHolder | null }> {
  let userId: string | null = null;
  let through: TokenHolder | null = null;
  if (asked.password !== null) {
    const user = await findUser(context.store, asked.password.user);
    const hash = user?.body.passwordHash ?? null;
    if (user === null || hash === null || !(await context.passwords.matches(asked.password.password, hash))) throw unauthorized();
    userId = user.id;
  }
  if (asked.token !== null) {
    through = await context.tokens.holder(asked.token);
    if (through === null || (userId !== null && userId !== through.claims.userId)) throw unauthorized();
    userId = through.claims.userId;
  }
  if (userId === null) throw unauthorized();
  return { userId, methods: [...new Set([...asked.methods, ...(through?.claims.methods ?? [])])], through };
}

async function scopeOf(context: IdentityContext, userId: string, asked: AskedScope): Promise<Scope> {
  switch (asked.kind) {
    case 'unscoped':
      return { kind: 'unscoped' };
    case 'system':
      // No system roles are kept, so nobody holds one; Keystone says no more than this either.
      throw unauthorized();
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
      const user = await context.store.documents.get<UserBody>(collections.users, userId);
      const projectId = user?.body.default_project_id ?? null;
      if (projectId === null || (await rolesOf(context.store, userId, projectId)).length === 0) return { kind: 'unscoped' };
      return { kind: 'project', projectId };
    }
  }
}

/** Counts one use of the trust; the row is locked, so that a trust for one use serves once. */
function useTrust(context: IdentityContext, claims: TokenClaims, trustId: string): Promise<TokenHolder | null> {
  const use = async (tx: CloudStore): Promise<TokenHolder | null> => {
    const trust = await tx.documents.get<TrustBody>(collections.trusts, trustId, { lock: true });
    if (trust === null || trust.body.trustee_user_id !== claims.userId) return null;
    const roleIds = (await rolesOf(tx, trust.body.trustor_user_id, trust.body.project_id)).map((role) => role.id);
    if (trustFlaw(trust.body, roleIds, claims.issuedMs) !== null) return null;
    const holder = await tokenHolder(tx, claims, claims.issuedMs);
    if (holder !== null && trust.body.remaining_uses !== null) {
      await tx.documents.replace(collections.trusts, { id: trustId, body: afterUse(trust.body) }, claims.issuedMs);
    }
    return holder;
  };
  return context.store.transaction(use);
}

async function subject(context: IdentityContext, request: ApiRequest): Promise<{ token: Secret; holder: TokenHolder }> {
  const token = new Secret(request.header('x-subject-token') ?? '');
  const holder = await context.tokens.holder(token);
  if (holder === null) throw new Refusal('not-found', 'TokenNotFound', 'Could not find token: it is not known, revoked or expired.');
  return { token, holder };
}

async function show(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { token, holder } = await subject(context, request);
  const { identity } = request;
  if (holder.user.id !== identity.userId && !isAdmin(identity) && !hasRole(identity, 'service')) throw forbidden('identity:validate_token');
  const headers = { 'X-Subject-Token': revealSecret(token), Vary: 'X-Auth-Token' };
  const wantsCatalog = request.query.get('nocatalog') === null && holder.claims.scope.kind !== 'unscoped';
  const catalog = wantsCatalog ? await catalogFor(context.store, context.cloudUrl(), holder.project?.id ?? null) : null;
  return json(200, { token: tokenView(holder, catalog) }, headers);
}

async function revoke(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { holder } = await subject(context, request);
  if (holder.user.id !== request.identity.userId && !isAdmin(request.identity)) throw forbidden('identity:revoke_token');
  const { auditId, expiresMs } = holder.claims;
  await inIdentityChange(context, async (tx) => {
    await tx.documents.insert(collections.revocations, { id: auditId, body: { expiresMs } }, context.clock.now());
  });
  return empty(204);
}

async function scopes(context: IdentityContext, request: ApiRequest, kind: 'projects' | 'domains'): Promise<Answer> {
  const { documents } = context.store;
  const grants = await grantsOf(context.store, request.identity.userId);
  const ids = grants.flatMap((grant) => (kind === 'projects' ? grant.body.project_id : grant.body.domain_id) ?? []);
  const where = [
    { field: 'id', in: ids },
    { field: 'enabled', in: ['true'] },
  ];
  const views =
    kind === 'projects'
      ? (await documents.list<ProjectBody>(collections.projects, { where })).map((project) => projectView(project, request))
      : (await documents.list<DomainBody>(collections.domains, { where })).map((domain) => domainView(domain, request));
  return json(200, listBody(kind, views, request));
}

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;

export function tokenView(holder: TokenHolder, catalog: readonly JsonObject[] | null): JsonObject {
  const { user, userDomain, project, projectDomain, domain, trust, claims } = holder;
  const view: Record<string, JsonObject[string]> = {
    methods: claims.methods,
    user: { id: user.id, name: user.body.name, domain: { id: userDomain.id, name: userDomain.body.name }, password_expires_at: null },
    audit_ids: [claims.auditId],
    expires_at: instant(claims.expiresMs),
    issued_at: instant(claims.issuedMs),
  };
  if (trust !== null) {
    view['OS-TRUST:trust'] = {
      id: trust.id,
      trustor_user: { id: trust.body.trustor_user_id },
      trustee_user: { id: trust.body.trustee_user_id },
      impersonation: trust.body.impersonation,
    };
  }
  if (project !== null && projectDomain !== null) {
    view['project'] = { id: project.id, name: project.body.name, domain: { id: projectDomain.id, name: projectDomain.body.name } };
    view['is_domain'] = false;
  }
  if (domain !== null) view['domain'] = { id: domain.id, name: domain.body.name };
  if (claims.scope.kind !== 'unscoped') view['roles'] = holder.roles.map((role) => ({ id: role.id, name: role.body.name }));
  if (catalog !== null) view['catalog'] = catalog;
  return view;
}
