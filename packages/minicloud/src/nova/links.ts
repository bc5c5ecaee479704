/** Links and pages as the compute service writes them. */
import type { JsonObject } from '@hearth/kernel';
import type { ApiRequest } from '@hearth/http-kit';
import { badRequest } from './refusals.ts';

export const baseUrl = (request: ApiRequest): string => `${request.origin}${request.prefix}`;
export const selfLink = (request: ApiRequest, plural: string, id: string): string => `${baseUrl(request)}/v2.1/${plural}/${id}`;
export const bookmark = (request: ApiRequest, plural: string, id: string): JsonObject => ({
  rel: 'bookmark',
  href: `${baseUrl(request)}/${plural}/${id}`,
});
export const linksOf = (request: ApiRequest, plural: string, id: string): readonly JsonObject[] => [
  { rel: 'self', href: selfLink(request, plural, id) },
  bookmark(request, plural, id),
];

export const MAX_PAGE = 1000;

/** `limit` (at most 1,000, which is the page without one) and `marker`. */
export function pageOf(query: URLSearchParams): { readonly limit: number; readonly marker: string | null } {
  const text = query.get('limit');
  if (text !== null && !/^\d{0,9}$/.test(text))
    throw badRequest(`Invalid input for query parameters limit. Value: ${text}. '${text}' does not match '^[0-9]*$'`);
  const asked = text === null || text === '' ? MAX_PAGE : Number(text);
  return { limit: Math.min(asked, MAX_PAGE), marker: query.get('marker') };
}

const toSeconds = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
export const isoSeconds = (ms: number): string => `${toSeconds(ms)}Z`;
export const isoMicroseconds = (ms: number): string => `${toSeconds(ms)}.000000`;
