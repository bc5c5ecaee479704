/** Lists of the block storage: filters of stored fields in the database, of computed ones afterwards; order, pages and the count of all. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, pageLink, type ApiRequest } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { Document, Sort } from '../store/documents.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { isGone, type Passing } from './machine.ts';
import { projectOf } from './microversions.ts';
import type { Stored } from './records.ts';
import { badRequest, invalidInput, missing } from './refusals.ts';
import { settledDocument } from './volumes.ts';

const MAX_PAGE = 1000;
const STEERING = new Set(['limit', 'marker', 'offset', 'sort', 'sort_key', 'sort_dir', 'all_tenants', 'with_count']);

export interface ListRules {
  readonly collection: string;
  /** `Volume`: for the message about a marker that is none. */
  readonly label: string;
  /** `volumes` */
  readonly plural: string;
  /** Filters of everybody; administrators may use any of `columns` too. */
  readonly filters: readonly string[];
  /** Names of filters and sort keys, with the stored field. */
  readonly columns: Readonly<Record<string, string>>;
  /** From this minor version on, filters that are not known are refused; before it they are ignored. */
  readonly strictSince: number;
}

export interface Found<T extends Passing> {
  readonly documents: readonly Document<Stored<T>>[];
  /** `{volumes_links: …, count: …}`: what goes beside the list. */
  readonly extras: JsonObject;
}

type Test = (body: Passing & JsonObject, createdMs: number) => boolean;
interface Selection {
  readonly where: readonly Condition[];
  readonly tests: readonly Test[];
}

const isTrue = (text: string | null): boolean => text !== null && !['', '0', 'false', 'no', 'off', 'f', 'n'].includes(text.toLowerCase());

export async function listed<T extends Passing>(
  store: CloudStore,
  rules: ListRules,
  request: ApiRequest,
  minor: number,
  nowMs: number,
): Promise<Found<T>> {
  const { query } = request;
  const limit = limitOf(query);
  const marker = query.get('marker');
  const { where, tests } = selectionOf(rules, request, minor);
  const sort = sortOf(rules, query);
  if (marker !== null && (await store.documents.get(rules.collection, marker)) === null)
    throw missing(`${rules.label} ${marker} could not be found.`);
  const documents: Document<Stored<T>>[] = [];
  const gone: string[] = [];
  const fits = (document: Document<Stored<T>>): boolean => tests.every((test) => test(document.body, document.createdMs));
  let last = marker;
  let offset = offsetOf(query);
  // What is filtered out here makes a page short; further ones are read until it is full or nothing is left.
  for (let isEnd = limit === 0; !isEnd && documents.length < limit; ) {
    const page = await store.documents.list<Stored<T>>(rules.collection, { where, sort, limit: MAX_PAGE, marker: last });
    isEnd = page.length < MAX_PAGE;
    last = page.at(-1)?.id ?? last;
    for (const document of page) {
      const now = settledDocument<T>(document, nowMs);
      if (now.body.status === 'deleted') gone.push(document.id);
      else if (fits(now) && offset-- <= 0 && documents.length < limit) documents.push(now);
    }
  }
  if (gone.length > 0) await store.documents.removeWhere(rules.collection, [{ field: 'id', in: gone }]);
  const isFull = documents.length > 0 && documents.length === limit && (query.has('limit') || limit === MAX_PAGE);
  const next = isFull
    ? { [`${rules.plural}_links`]: [{ rel: 'next', href: pageLink(request, { marker: documents.at(-1)?.id ?? '' }) }] }
    : {};
  const isCounted = minor >= 45 && isTrue(query.get('with_count'));
  const count = isCounted ? { count: await countOf(store, rules, where, fits, nowMs) } : {};
  return { documents, extras: { ...next, ...count } };
}

async function countOf<T extends Passing>(
  store: CloudStore,
  rules: ListRules,
  where: readonly Condition[],
  fits: (document: Document<Stored<T>>) => boolean,
  nowMs: number,
): Promise<number> {
  const all = await store.documents.list<Stored<T>>(rules.collection, { where });
  return all.filter((document) => !isGone(document.body, nowMs) && fits(settledDocument<T>(document, nowMs))).length;
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null || text === '') return MAX_PAGE;
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest('limit param must be an integer');
  if (Number(text) < 0) throw badRequest('limit param must be positive');
  return Math.min(Number(text), MAX_PAGE);
}

function offsetOf(query: URLSearchParams): number {
  const text = query.get('offset');
  if (text === null || text === '') return 0;
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest('offset param must be an integer');
  if (Number(text) < 0) throw badRequest('offset param must be positive');
  return Number(text);
}

function sortOf(rules: ListRules, query: URLSearchParams): readonly Sort[] {
  const text = query.get('sort');
  const pairs =
    text === null
      ? query.getAll('sort_key').map((key, index) => [key, query.getAll('sort_dir')[index] ?? query.get('sort_dir') ?? 'desc'])
      : text.split(',').map((pair) => pair.trim().split(':'));
  if (pairs.length === 0) return [{ field: 'created_at', direction: 'desc' }];
  if (pairs.length > 10) throw invalidInput('Too many sort keys');
  return pairs.map(([key = '', direction = 'desc']) => {
    const field = key === 'created_at' || key === 'updated_at' || key === 'id' ? key : rules.columns[key];
    if (field === undefined || !Object.hasOwn({ ...rules.columns, created_at: '', updated_at: '', id: '' }, key))
      throw invalidInput('Invalid sort key');
    if (direction !== 'asc' && direction !== 'desc') throw invalidInput("Unknown sort direction, must be 'desc' or 'asc'.");
    return { field, direction };
  });
}

function selectionOf(rules: ListRules, request: ApiRequest, minor: number): Selection {
  const { query, identity } = request;
  const forAll = isAdmin(identity);
  const where: Condition[] = [];
  const tests: Test[] = [];
  const names = [...new Set(query.keys())].filter((name) => !STEERING.has(name));
  const isKnown = (name: string): boolean =>
    rules.filters.includes(name) ||
    name === 'display_name' ||
    (forAll && (name === 'project_id' || name === 'id' || Object.hasOwn(rules.columns, name)));
  const unknown = names.filter((name) => !isKnown(name));
  if (unknown.length > 0 && minor >= rules.strictSince && !forAll)
    throw badRequest(`Invalid filters ${unknown.slice(0, 10).join(',')} are found in query options.`);
  const isEverywhere = forAll && isTrue(query.get('all_tenants'));
  if (!isEverywhere) where.push({ field: 'project_id', in: [projectOf(request)] });
  for (const name of names.filter(isKnown)) {
    const values = query.getAll(name);
    if (name === 'metadata') where.push({ field: 'metadata', contains: mapIn(values[0] ?? '') });
    else if (name === 'status') tests.push((body) => values.some((value) => value === body.status));
    else if (name === 'created_at' || name === 'updated_at') tests.push(timeTest(name, values[0] ?? ''));
    else if (name === 'bootable') where.push({ field: 'bootable', in: values.map((value) => String(isTrue(value))) });
    else if (name === 'consumes_quota') tests.push(() => isTrue(values[0] ?? ''));
    else if (name === 'migration_status' || name === 'group_id') tests.push(() => false);
    else where.push({ field: fieldOf(rules, name), in: values });
  }
  return { where, tests };
}

const fieldOf = (rules: ListRules, name: string): string =>
  name === 'display_name' || name === 'name' ? 'name' : (rules.columns[name] ?? name);

/** A map as JSON, or as Python prints it, which is what the stock client sends. */
function mapIn(text: string): JsonObject {
  for (const candidate of [text, text.replaceAll(/\bu?'/g, '"').replaceAll("'", '"')]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (isJsonObject(value as Json)) return value as JsonObject;
    } catch {
      // The other form is tried.
    }
  }
  throw badRequest(`Invalid filter: metadata must be a map, but is ${text.slice(0, 200)}`);
}

/** `gt:<time>,lte:<time>`; without an operator: exactly then. */
function timeTest(name: 'created_at' | 'updated_at', text: string): Test {
  const parts = text.split(',').map((part) => {
    const [operator, time] = /^(gt|gte|lt|lte|eq|neq):(.*)$/.exec(part)?.slice(1) ?? ['eq', part];
    const atMs = Date.parse(`${time ?? ''}${/[zZ]|[+-]\d\d:?\d\d$/.test(time ?? '') ? '' : 'Z'}`);
    if (Number.isNaN(atMs)) throw badRequest(`Filter ${name} has an invalid time: ${(time ?? '').slice(0, 60)}`);
    return { operator: operator ?? 'eq', atMs };
  });
  return (body, createdMs) => {
    const value = name === 'created_at' ? createdMs : body.updatedAtMs;
    if (value === null) return false;
    const seconds = Math.floor(value / 1000) * 1000;
    return parts.every(({ operator, atMs }) => compare(operator, seconds, atMs));
  };
}

function compare(operator: string, left: number, right: number): boolean {
  switch (operator) {
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'neq':
      return left !== right;
    default:
      return left === right;
  }
}
