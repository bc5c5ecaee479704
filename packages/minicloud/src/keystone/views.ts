/** How the identity service shows its objects: the stored body plus id and links, without what stays inside. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import type { DomainBody, EndpointBody, ProjectBody, RoleBody, ServiceBody, TrustBody, UserBody } from './state.ts';
import { endpointUrl } from './catalog.ts';

const linkTo = (request: ApiRequest, path: string): JsonObject => ({ self: `${request.origin}${request.prefix}/v3${path}` });

export function listBody(plural: string, views: readonly JsonObject[], request: ApiRequest): JsonObject {
  return { [plural]: views, links: { next: null, self: `${request.origin}${request.target}`, previous: null } };
}

export const domainView = (domain: Document<DomainBody>, request: ApiRequest): JsonObject => ({
  id: domain.id,
  ...domain.body,
  tags: [],
  options: {},
  links: linkTo(request, `/domains/${domain.id}`),
});

export const projectView = (project: Document<ProjectBody>, request: ApiRequest): JsonObject => ({
  id: project.id,
  ...project.body,
  is_domain: false,
  options: {},
  links: linkTo(request, `/projects/${project.id}`),
});

export function userView(user: Document<UserBody>, request: ApiRequest): JsonObject {
  const { passwordHash: _hash, tokensValidFromMs: _from, default_project_id, description, email, ...shown } = user.body;
  const given: Record<string, Json> = {};
  if (default_project_id !== null) given['default_project_id'] = default_project_id;
  if (description !== null) given['description'] = description;
  if (email !== null) given['email'] = email;
  return { id: user.id, ...shown, ...given, password_expires_at: null, options: {}, links: linkTo(request, `/users/${user.id}`) };
}

export const roleView = (role: Pick<Document<RoleBody>, 'id' | 'body'>, request: ApiRequest): JsonObject => ({
  id: role.id,
  name: role.body.name,
  domain_id: null,
  description: role.body.description,
  options: {},
  links: linkTo(request, `/roles/${role.id}`),
});

export function serviceView(service: Document<ServiceBody>, request: ApiRequest): JsonObject {
  const { description, ...shown } = service.body;
  return { id: service.id, ...shown, ...(description === null ? {} : { description }), links: linkTo(request, `/services/${service.id}`) };
}

export const endpointView = (endpoint: Document<EndpointBody>, request: ApiRequest, cloudUrl: string): JsonObject => ({
  id: endpoint.id,
  ...endpoint.body,
  url: endpointUrl(endpoint.body.url, cloudUrl, '$(project_id)s') ?? endpoint.body.url,
  region: endpoint.body.region_id,
  links: linkTo(request, `/endpoints/${endpoint.id}`),
});

export const regionView = (
  region: Document<{ readonly description: string; readonly parent_region_id: string | null }>,
  request: ApiRequest,
): JsonObject => ({
  id: region.id,
  ...region.body,
  links: linkTo(request, `/regions/${region.id}`),
});

export function trustView(trust: Document<TrustBody>, request: ApiRequest): JsonObject {
  const { role_ids: _roles, expiresMs, ...shown } = trust.body;
  return {
    id: trust.id,
    ...shown,
    expires_at: expiresMs === null ? null : `${new Date(expiresMs).toISOString().slice(0, 19)}.000000Z`,
    deleted_at: null,
    redelegated_trust_id: null,
    redelegation_count: 0,
    links: linkTo(request, `/OS-TRUST/trusts/${trust.id}`),
  };
}
