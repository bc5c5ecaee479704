/** Turns a list request's query string into conditions, order, page and field selection, as Neutron reads them. */
import { Refusal } from '@hearth/kernel';
import { isAdmin, readPage, type ApiRequest, type Identity, type Page } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { Sort } from '../store/documents.ts';
import type { CollectionRules } from './rules.ts';

/** Query parameters that steer the list instead of filtering it. */
const STEERING = new Set([
  'fields',
  'sort_key',
  'sort_dir',
  'limit',
  'marker',
  'page_reverse',
  'tags',
  'tags-any',
  'not-tags',
  'not-tags-any',
]);
const STANDARD = new Set(['id', 'project_id', 'tenant_id', 'name', 'created_at', 'updated_at']);
/** More than any client asks for; keeps the statement small. */
const MAX_CONDITIONS = 100;

export interface CollectionQuery {
  readonly where: readonly Condition[];
  readonly sort: readonly Sort[];
  readonly page: Page;
  readonly reverse: boolean;
  /** Null: every field. */
  readonly fields: readonly string[] | null;
}

/** What a reader may see: everything for an administrator, else the own project's and what is shared. */
export function visibleTo(rules: Pick<CollectionRules, 'sharedBy'>, identity: Identity): readonly Condition[] {
  if (isAdmin(identity)) return [];
  const own: Condition = { field: 'project_id', in: [identity.projectId ?? ''] };
  return [{ anyOf: [own, ...(rules.sharedBy ?? []).map((field) => ({ field, in: ['true'] }))] }];
}

export function readCollectionQuery(rules: CollectionRules, request: ApiRequest): CollectionQuery {
  const { query } = request;
  const where: Condition[] = [...visibleTo(rules, request.identity)];
  for (const name of new Set(query.keys())) {
    if (STEERING.has(name)) continue;
    const condition = filterOf(rules, name, query.getAll(name));
    if (condition !== null) where.push(condition);
  }
  where.push(...tagConditions(query));
  if (where.length > MAX_CONDITIONS) throw new Refusal('invalid', 'HTTPBadRequest', `A list takes at most ${MAX_CONDITIONS} filters.`);
  const page = readPage(query);
  const fields = query.getAll('fields').filter((name) => name !== '');
  const reverse = isTrue(query.get('page_reverse'));
  return { where, sort: sortOf(rules, query, page, reverse), page, reverse, fields: fields.length === 0 ? null : fields };
}

const isTrue = (text: string | null): boolean => text !== null && /^(true|1)$/i.test(text);

function filterOf(rules: CollectionRules, name: string, values: readonly string[]): Condition | null {
  const own = rules.filter?.(name, values);
  if (own !== undefined) return own;
  const rule = rules.fields[name];
  if (rule === undefined && !STANDARD.has(name)) {
    throw new Refusal('invalid', 'HTTPBadRequest', `[${JSON.stringify(name)}] is not a valid attribute for filtering ${rules.plural}.`);
  }
  if (rules.computed?.includes(name) === true) return null;
  if (rule?.type === 'boolean')
    return { field: name, in: values.map((value) => (isTrue(value) ? 'true' : /^(false|0)$/i.test(value) ? 'false' : value)) };
  const present = values.filter((value) => value !== '');
  if (present.length === values.length) return { field: name, in: values };
  return {
    anyOf: [
      { field: name, in: values },
      { field: name, isNull: true },
    ],
  };
}

/** The four filters by tags that every service of this dialect has. */
export function tagConditions(query: URLSearchParams): readonly Condition[] {
  const words = (name: string): string[] => (query.get(name) ?? '').split(',').filter((tag) => tag !== '');
  const has = (tag: string): Condition => ({ field: 'tags', contains: [tag] });
  const conditions: Condition[] = words('tags').map(has);
  const any = words('tags-any');
  if (any.length > 0) conditions.push({ anyOf: any.map(has) });
  const all = words('not-tags');
  if (all.length > 0) conditions.push({ not: { field: 'tags', contains: all } });
  return [...conditions, ...words('not-tags-any').map((tag): Condition => ({ not: has(tag) }))];
}

function sortOf(rules: CollectionRules, query: URLSearchParams, page: Page, reverse: boolean): readonly Sort[] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  if (directions.length > 0 && directions.length !== keys.length) {
    throw new Refusal('invalid', 'HTTPBadRequest', 'The number of sort_keys and sort_dirs must be same');
  }
  const sort = keys.map((field, index): Sort => {
    if (!STANDARD.has(field) && !Object.hasOwn(rules.fields, field)) {
      throw new Refusal('invalid', 'HTTPBadRequest', `'${field}' is an invalid attribute for sort keys`);
    }
    const direction = directions[index] ?? 'asc';
    if (direction !== 'asc' && direction !== 'desc')
      throw new Refusal('invalid', 'HTTPBadRequest', `'${direction}' is not a valid sort direction`);
    return { field, direction: reverse ? (direction === 'asc' ? 'desc' : 'asc') : direction };
  });
  if (sort.length > 0) return sort;
  return page.limit === null && page.marker === null && !reverse ? [] : [{ field: 'id', direction: reverse ? 'desc' : 'asc' }];
}
