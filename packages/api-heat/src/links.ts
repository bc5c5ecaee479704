/** URLs in answers, as the client sees this server: from the Host header, or from what a proxy in front says of it. */
import type { ApiRequest } from '@hearth/http-kit';
import type { StackRecord } from '@hearth/stacks';

const HOST = /^(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

export function originOf(request: ApiRequest): string {
  const proto = first(request.header('x-forwarded-proto'));
  const host = first(request.header('x-forwarded-host'));
  const scheme = proto === 'http' || proto === 'https' ? proto : request.origin.slice(0, request.origin.indexOf(':'));
  const authority = host !== null && HOST.test(host) ? host : request.origin.slice(request.origin.indexOf('//') + 2);
  return `${scheme}://${authority}`;
}

const first = (header: string | null): string | null => header?.split(',')[0]?.trim() ?? null;

export interface Link {
  readonly href: string;
  readonly rel: string;
}

const projectUrl = (request: ApiRequest, project: string): string =>
  `${originOf(request)}${request.prefix}/v1/${encodeURIComponent(project)}`;

/** The stack's owner's project: that is why administrators can follow it into another one. */
export const stackUrl = (request: ApiRequest, stack: Pick<StackRecord, 'projectId' | 'name'> & { readonly id: string }): string =>
  `${projectUrl(request, stack.projectId)}/stacks/${encodeURIComponent(stack.name)}/${stack.id}`;
export const resourceUrl = (request: ApiRequest, stack: StackRecord, resource: string): string =>
  `${stackUrl(request, stack)}/resources/${encodeURIComponent(resource)}`;
export const link = (rel: string, href: string): Link => ({ href, rel });

/** The same list from after `marker` on. */
export function nextLink(request: ApiRequest, marker: string): Link {
  const query = new URLSearchParams(request.query);
  query.set('marker', marker);
  return link('next', `${originOf(request)}${request.path}?${query.toString()}`);
}
