/** A list's query string as conditions, order and page: filters by declared attributes only, refused in Neutron's words. */
import { isAdmin, readPage, type ApiRequest, type Identity, type Page } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { Sort } from '../store/documents.ts';
import { badRequest, badRequestFor, checked, truth } from './attributes.ts';
import type { Collection } from './collection.ts';

export interface ListQuery {
  readonly where: readonly Condition[];
  readonly sort: readonly Sort[];
  readonly page: Page;
  readonly isReversed: boolean;
  /** Names of filters to compare with what is shown. */
  readonly computed: readonly string[];
}

const STEERING = new Set('fields sort_key sort_dir limit marker page_reverse tags tags-any not-tags not-tags-any'.split(' '));
const OWNERS = ['project_id', 'tenant_id'];
/** More than any client asks for; keeps the statement small. */
const MAX_CONDITIONS = 100;
const isTrue = (text: string | null): boolean => text !== null && /^(true|1)$/i.test(text);

export function readListQuery(collection: Collection, request: ApiRequest): ListQuery {
  const { query, identity } = request;
  const names = [...new Set(query.keys())].filter((name) => !STEERING.has(name));
  const unknown = names.filter((name) => !isFilter(collection, name));
  if (unknown.length > 0) throw badRequest(`[${unknown.map((name) => `'${name}'`).join(', ')}] is invalid attribute for filtering`);
  const computed = names.filter((name) => collection.computed?.includes(name) === true);
  const where = [
    ...visibleTo(collection, identity),
    ...names.filter((name) => !computed.includes(name)).map((name) => filterOf(collection, name, query.getAll(name), identity)),
    ...tagConditions(query),
    // Nothing has the tag of no letters.
    ...(query.get('tags') === '' ? [{ anyOf: [] }] : []),
  ];
  if (where.length > MAX_CONDITIONS) throw badRequest(`A list takes at most ${MAX_CONDITIONS} filters.`);
  const limit = query.get('limit');
  if (limit !== null && limit !== '' && !/^\d{1,9}$/.test(limit))
    throw badRequestFor('limit', `Limit must be an integer 0 or greater and not '${limit}'`);
  const page = readPage(query);
  const isReversed = isTrue(query.get('page_reverse'));
  return { where, sort: sortOf(collection, query, page, isReversed), page, isReversed, computed };
}

function isFilter(collection: Collection, name: string): boolean {
  const attribute = Object.hasOwn(collection.attributes, name) ? collection.attributes[name] : undefined;
  return OWNERS.includes(name) || (attribute !== undefined && attribute.isUnfiltered !== true);
}

/** What a reader may see: everything for an administrator, else the own project's and what is shared. */
function visibleTo({ sharedBy = [], sharedWith = [] }: Collection, identity: Identity): readonly Condition[] {
  if (isAdmin(identity)) return [];
  const projectId = identity.projectId ?? '';
  const open = sharedBy.map((field): Condition => ({ field, in: ['true'] }));
  return [{ anyOf: [{ field: 'project_id', in: [projectId] }, ...open, ...sharedWith.map((field) => ({ field, contains: [projectId] }))] }];
}

function filterOf(collection: Collection, name: string, values: readonly string[], identity: Identity): Condition {
  const own = collection.filter?.(name, values, identity);
  if (own !== undefined) return own;
  if (collection.attributes[name]?.check === truth)
    return { field: name, in: values.map((value) => String(checked(name, { check: truth }, value))) };
  const condition: Condition = { field: name, in: values };
  return values.includes('') ? { anyOf: [condition, { field: name, isNull: true }] } : condition;
}

function sortOf(collection: Collection, query: URLSearchParams, page: Page, isReversed: boolean): readonly Sort[] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  const wrong = directions.filter((direction) => direction !== 'asc' && direction !== 'desc');
  if (wrong.length > 0)
    throw badRequest(`[${wrong.map((one) => `'${one}'`).join(', ')}] is invalid value for sort_dirs, valid value is 'asc' and 'desc'`);
  if (directions.length !== keys.length) throw badRequest('The number of sort_keys and sort_dirs must be same');
  const sort = keys.map((field, i): Sort => {
    if (!isFilter(collection, field)) throw badRequest(`'${field}' is not a valid attribute for sorting`);
    return { field, direction: (directions[i] === 'desc') !== isReversed ? 'desc' : 'asc' };
  });
  if (sort.length > 0) return sort;
  return page.limit === null && page.marker === null && !isReversed ? [] : [{ field: 'id', direction: isReversed ? 'desc' : 'asc' }];
}

/** The four filters by tags that every service of this dialect has. */
function tagConditions(query: URLSearchParams): readonly Condition[] {
  const words = (name: string): string[] => (query.get(name) ?? '').split(',').filter((tag) => tag !== '');
  const has = (tag: string): Condition => ({ field: 'tags', contains: [tag] });
  const conditions: Condition[] = words('tags').map(has);
  const any = words('tags-any');
  if (any.length > 0) conditions.push({ anyOf: any.map(has) });
  const all = words('not-tags');
  if (all.length > 0) conditions.push({ not: { field: 'tags', contains: all } });
  return [...conditions, ...words('not-tags-any').map((tag): Condition => ({ not: has(tag) }))];
}
