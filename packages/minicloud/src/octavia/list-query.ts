/** Reads the query string of a list: filters, tags, order, page and chosen fields, as the load balancer service does. */
import { Refusal } from '@hearth/kernel';
import { pageLink, type ApiRequest, type Page } from '@hearth/http-kit';
import { PAGE } from '../faults/octavia-fault.ts';
import type { Condition } from '../store/conditions.ts';
import type { Sort } from '../store/documents.ts';
import { badRequest } from './attributes.ts';
import { withStatus } from './state.ts';

const STEERING = new Set(['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'fields', 'page_reverse', 'project_id', 'tenant_id']);
const TAGS = new Set(['tags', 'tags-any', 'not-tags', 'not-tags-any']);
const STANDARD = new Set(['id', 'name', 'created_at', 'updated_at']);
const MAX_FILTERS = 60;

export interface BalancerQuery {
  readonly where: readonly Condition[];
  readonly sort: readonly Sort[];
  readonly page: Page;
  readonly reverse: boolean;
  /** Null: all. */
  readonly fields: readonly string[] | null;
}

const page = (message: string): Refusal => new Refusal('invalid', PAGE, message);

/** `plain`: fields of the stored body that may be filtered and sorted by. */
export function readListQuery(request: ApiRequest, plain: ReadonlySet<string>, nowMs: number): BalancerQuery {
  const { query } = request;
  const names = [...new Set(query.keys())].filter((name) => !STEERING.has(name));
  if (names.length > MAX_FILTERS) throw badRequest(`A list takes at most ${MAX_FILTERS} filters.`);
  const where = names.flatMap((name) => (TAGS.has(name) ? tagConditions(name, query) : [filterOf(name, query.getAll(name), plain, nowMs)]));
  const reverse = query.get('page_reverse') === 'True';
  return { where, sort: sortOf(query, plain, reverse), page: pageOf(query), reverse, fields: fieldsOf(request) };
}

export function fieldsOf(request: ApiRequest): readonly string[] | null {
  const fields = request.query.getAll('fields').filter((name) => name !== '');
  return fields.length === 0 ? null : fields;
}

function filterOf(name: string, values: readonly string[], plain: ReadonlySet<string>, nowMs: number): Condition {
  if (name === 'provisioning_status') return { anyOf: values.map((status) => withStatus(status, nowMs)) };
  const field = name === 'load_balancer_id' ? 'loadbalancer_id' : name;
  if (!plain.has(field) && !STANDARD.has(field)) throw badRequest('One or more arguments are either duplicate or invalid');
  const truths = values.map((value) => (/^(true|false)$/i.test(value) ? value.toLowerCase() : value));
  return { field, in: [...new Set([...values, ...truths])] };
}

function tagConditions(name: string, query: URLSearchParams): readonly Condition[] {
  const tags = query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter((tag) => tag !== '')
    .slice(0, MAX_FILTERS);
  const has = (tag: string): Condition => ({ field: 'tags', contains: [tag] });
  if (tags.length === 0) return [];
  switch (name) {
    case 'tags':
      return tags.map(has);
    case 'tags-any':
      return [{ anyOf: tags.map(has) }];
    case 'not-tags':
      return [{ not: { field: 'tags', contains: tags } }];
    default:
      return tags.map((tag) => ({ not: has(tag) }));
  }
}

function pageOf(query: URLSearchParams): Page {
  const text = query.get('limit');
  const marker = query.get('marker');
  if (text === null || text === 'infinite') return { limit: null, marker };
  if (!/^-?\d{1,9}$/.test(text)) throw page(`Supplied pagination limit '${text.slice(0, 60)}' is not valid.`);
  return { limit: Number(text) < 1 ? null : Number(text), marker };
}

function sortOf(query: URLSearchParams, plain: ReadonlySet<string>, reverse: boolean): readonly Sort[] {
  const directions = (query.get('sort_dir') ?? '').split(',');
  const pairs =
    query
      .get('sort')
      ?.split(',')
      .map((pair) => pair.split(':')) ??
    query
      .get('sort_key')
      ?.split(',')
      .map((key, index) => [key, directions[index] || 'asc']) ??
    [];
  if (pairs.length > plain.size + STANDARD.size) throw badRequest('There are more sort keys than fields.');
  const keys = pairs.map(([key = '', said = 'asc']): Sort => {
    const direction = said.toLowerCase();
    if (direction !== 'asc' && direction !== 'desc') throw page(`Supplied sort direction '${direction.slice(0, 60)}' is not valid.`);
    if (!plain.has(key) && !STANDARD.has(key)) throw badRequest(`Supplied sort key '${key.slice(0, 60)}' is not valid.`);
    return { field: key, direction };
  });
  const sort = keys.length > 0 ? keys : reverse ? [{ field: 'seq', direction: 'asc' } satisfies Sort] : [];
  return reverse ? sort.map(({ field, direction }) => ({ field, direction: direction === 'asc' ? 'desc' : 'asc' })) : sort;
}

/** The service links to the next page whenever this one is full, and back whenever there was a marker. */
export function pageLinks(request: ApiRequest, query: BalancerQuery, ids: readonly string[]): readonly object[] {
  const { limit, marker } = query.page;
  const [first, last] = [ids[0], ids.at(-1)];
  if (limit === null || first === undefined || last === undefined) return [];
  return [
    ...(marker === null ? [] : [{ rel: 'previous', href: pageLink(request, { marker: first, page_reverse: 'True' }) }]),
    ...(ids.length < limit ? [] : [{ rel: 'next', href: pageLink(request, { marker: last, page_reverse: null }) }]),
  ];
}

export const badMarker = (marker: string): Refusal => badRequest(`Supplied pagination marker '${marker.slice(0, 60)}' is not valid.`);
