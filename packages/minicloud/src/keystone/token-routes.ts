/** `/auth/*`: making, showing and revoking tokens, and what a token's holder may ask about itself. */
import { Secret, revealSecret } from '@hearth/kernel';
import { empty, hasRole, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { catalogFor } from './catalog.ts';
import { domainsOf, projectsOf, rolesOf } from './directory.ts';
import { inIdentityChange, type IdentityContext } from './identity-context.ts';
import { catalogOf } from './issue-token.ts';
import { login } from './login.ts';
import { forbidden, notAuthorized, notFound } from './refusals.ts';
import { collections } from './state.ts';
import type { TokenHolder } from './token-holder.ts';
import { tokenView } from './token-view.ts';
import { domainView, linkTo, listBody, projectView } from './views.ts';

export function tokenRoutes(context: IdentityContext): readonly Route[] {
  return [
    { method: 'POST', path: '/v3/auth/tokens', access: 'public', handle: (request) => login(context, request) },
    { method: 'GET', path: '/v3/auth/tokens', handle: (request) => show(context, request) },
    { method: 'DELETE', path: '/v3/auth/tokens', handle: (request) => revoke(context, request) },
    {
      method: 'GET',
      path: '/v3/auth/tokens/OS-PKI/revoked',
      handle: () => {
        throw notAuthorized();
      },
    },
    {
      method: 'GET',
      path: '/v3/auth/catalog',
      handle: async (request) => {
        const { projectId } = request.identity;
        if (projectId === null) throw notAuthorized();
        const catalog = await catalogFor(context.store, context.cloudUrl(), projectId);
        return json(200, { catalog, links: linkTo(request, '/auth/catalog') });
      },
    },
    ...['/v3/auth/projects', '/v3/OS-FEDERATION/projects'].map(
      (path): Route => ({ method: 'GET', path, handle: (request) => ownProjects(context, request) }),
    ),
    ...['/v3/auth/domains', '/v3/OS-FEDERATION/domains'].map(
      (path): Route => ({ method: 'GET', path, handle: (request) => ownDomains(context, request) }),
    ),
    {
      method: 'GET',
      path: '/v3/auth/system',
      handle: async (request) => {
        const roles = await rolesOf(context.store, request.identity.userId, { kind: 'system' });
        return json(200, { system: roles.length > 0 ? [{ all: true }] : [], links: linkTo(request, '/auth/system') });
      },
    },
  ];
}

async function subject(context: IdentityContext, request: ApiRequest): Promise<{ token: Secret; holder: TokenHolder }> {
  const text = request.header('x-subject-token') ?? '';
  if (text === '') throw notFound('No token in the request');
  const token = new Secret(text);
  const holder = await context.tokens.holder(token);
  if (holder === null) throw notFound('Failed to validate token');
  return { token, holder };
}

/** Services and administrators may look at every token, everybody at its own. */
async function show(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { identity } = request;
  const mayAll = isAdmin(identity) || hasRole(identity, 'service');
  const action = request.method === 'HEAD' ? 'check_token' : 'validate_token';
  const { token, holder } = await subject(context, request);
  if (!mayAll && holder.user.id !== identity.userId) throw forbidden(`identity:${action}`);
  // Who does not say that it minds access rules must not take a token that has them for a whole one.
  if (holder.accessRules !== null && request.header('openstack-identity-access-rules') === null) throw notFound('Failed to validate token');
  const headers = { 'X-Subject-Token': revealSecret(token), Vary: 'X-Auth-Token' };
  return json(200, { token: tokenView(holder, await catalogOf(context, request, holder)) }, headers);
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

async function ownProjects(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const projects = await projectsOf(context.store, request.identity.userId);
  const views = projects.filter((project) => project.body.enabled).map((project) => projectView(project, request));
  return json(200, listBody('projects', views, request));
}

async function ownDomains(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const domains = await domainsOf(context.store, request.identity.userId);
  const views = domains.filter((domain) => domain.body.enabled).map((domain) => domainView(domain, request));
  return json(200, listBody('domains', views, request));
}
