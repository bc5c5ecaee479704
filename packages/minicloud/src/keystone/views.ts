/** How the identity service shows its objects: the stored body plus id and links, without what stays inside. */
import type { JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import {
  CLOUD_URL,
  type DomainBody,
  type EndpointBody,
  type GroupBody,
  type ProjectBody,
  type RegionBody,
  type RoleBody,
  type ServiceBody,
  type UserBody,
} from './state.ts';

export const selfLink = (request: ApiRequest, path: string): string => `${request.origin}${request.prefix}/v3${path}`;
export const linkTo = (request: ApiRequest, path: string): JsonObject => ({ self: selfLink(request, path) });

export function listBody(plural: string, views: readonly JsonObject[], request: ApiRequest): JsonObject {
  return { [plural]: views, links: { next: null, self: `${request.origin}${request.target}`, previous: null } };
}

/** Times as tokens and trusts show them, with the fraction of a second that is always zero. */
export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;

export const domainView = (domain: Document<DomainBody>, request: ApiRequest): JsonObject => ({
  id: domain.id,
  name: domain.body.name,
  description: domain.body.description,
  enabled: domain.body.enabled,
  tags: domain.body.tags ?? [],
  options: domain.body.options ?? {},
  ...domain.body.extra,
  links: linkTo(request, `/domains/${domain.id}`),
});

export const projectView = (project: Document<ProjectBody>, request: ApiRequest): JsonObject => ({
  id: project.id,
  name: project.body.name,
  domain_id: project.body.domain_id,
  description: project.body.description,
  enabled: project.body.enabled,
  parent_id: project.body.parent_id,
  is_domain: false,
  tags: project.body.tags,
  options: project.body.options ?? {},
  ...project.body.extra,
  links: linkTo(request, `/projects/${project.id}`),
});

/** A domain, seen through the project API. */
export const domainAsProject = (domain: Document<DomainBody>, request: ApiRequest): JsonObject => ({
  ...domainView(domain, request),
  domain_id: null,
  parent_id: null,
  is_domain: true,
  links: linkTo(request, `/projects/${domain.id}`),
});

export function userView(user: Document<UserBody>, request: ApiRequest): JsonObject {
  const { default_project_id, description, email } = user.body;
  return {
    id: user.id,
    name: user.body.name,
    domain_id: user.body.domain_id,
    enabled: user.body.enabled,
    ...(default_project_id === null ? {} : { default_project_id }),
    ...(description === null ? {} : { description }),
    ...(email === null ? {} : { email }),
    password_expires_at: null,
    options: user.body.options ?? {},
    ...user.body.extra,
    links: linkTo(request, `/users/${user.id}`),
  };
}

export const groupView = (group: Document<GroupBody>, request: ApiRequest): JsonObject => ({
  id: group.id,
  name: group.body.name,
  domain_id: group.body.domain_id,
  description: group.body.description,
  ...group.body.extra,
  links: linkTo(request, `/groups/${group.id}`),
});

export const roleView = (role: Pick<Document<RoleBody>, 'id' | 'body'>, request: ApiRequest): JsonObject => ({
  id: role.id,
  name: role.body.name,
  domain_id: role.body.domain_id ?? null,
  description: role.body.description,
  options: role.body.options ?? {},
  ...role.body.extra,
  links: linkTo(request, `/roles/${role.id}`),
});

export function serviceView(service: Document<ServiceBody>, request: ApiRequest): JsonObject {
  const { description, name, type, enabled, extra } = service.body;
  return {
    ...(name === '' ? {} : { name }),
    id: service.id,
    type,
    enabled,
    ...(description === null ? {} : { description }),
    ...extra,
    links: linkTo(request, `/services/${service.id}`),
  };
}

export const endpointView = (endpoint: Document<EndpointBody>, request: ApiRequest, cloudUrl: string): JsonObject => ({
  id: endpoint.id,
  interface: endpoint.body.interface,
  region_id: endpoint.body.region_id,
  service_id: endpoint.body.service_id,
  url: endpoint.body.url.replace(CLOUD_URL, () => cloudUrl),
  enabled: endpoint.body.enabled,
  ...endpoint.body.extra,
  region: endpoint.body.region_id,
  links: linkTo(request, `/endpoints/${endpoint.id}`),
});

export const regionView = (region: Document<RegionBody>, request: ApiRequest): JsonObject => ({
  id: region.id,
  description: region.body.description,
  parent_region_id: region.body.parent_region_id,
  ...region.body.extra,
  links: linkTo(request, `/regions/${region.id}`),
});
