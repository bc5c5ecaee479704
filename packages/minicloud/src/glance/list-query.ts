/** Reads the query string of an image list: filters, visibility, order, page. */
import { Refusal } from '@hearth/kernel';
import { isAdmin, type ApiRequest, type Identity } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { ListQuery, Sort } from '../store/documents.ts';
import { VISIBILITIES } from './state.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;
const STEERING = new Set([
  'limit',
  'marker',
  'sort',
  'sort_key',
  'sort_dir',
  'tag',
  'visibility',
  'owner',
  'os_hidden',
  'size_min',
  'size_max',
  'member_status',
]);
const TIMES = new Set(['created_at', 'updated_at']);
const PLAIN = new Set(['id', 'name', 'status', 'disk_format', 'container_format', 'checksum', 'os_hash_value']);
const SORTABLE = new Set(['name', 'status', 'container_format', 'disk_format', 'size', 'id', 'created_at', 'updated_at']);
const invalid = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
/** Names are of the user's choosing, so their number is bounded. */
const MAX_FILTERS = 60;

export interface ImageQuery extends ListQuery {
  readonly limit: number;
}

/** An image that another project shares with the caller's. */
export interface Membership {
  readonly imageId: string;
  readonly status: string;
}

export function readImageQuery(request: ApiRequest, memberships: readonly Membership[]): ImageQuery {
  const { query, identity } = request;
  const names = [...new Set(query.keys())];
  if (names.length > MAX_FILTERS) throw invalid(`A list takes at most ${MAX_FILTERS} filters.`);
  const where: Condition[] = [...visibility(query.get('visibility'), identity, sharedWithMe(query.get('member_status'), memberships))];
  for (const name of names) {
    if (TIMES.has(name)) where.push(timeFilter(name, query.get(name) ?? ''));
    else if (!STEERING.has(name)) where.push(filter(name, query.get(name) ?? ''));
  }
  for (const tag of query.getAll('tag')) where.push({ field: 'tags', contains: [tag] });
  const owner = query.get('owner');
  if (owner !== null) where.push({ field: 'project_id', in: [owner] });
  where.push({ field: 'os_hidden', in: [/^true$/i.test(query.get('os_hidden') ?? '') ? 'true' : 'false'] });
  if (query.has('size_min')) where.push({ field: 'size', atLeast: wholeNumber('size_min', query.get('size_min')) });
  if (query.has('size_max')) where.push({ field: 'size', atMost: wholeNumber('size_max', query.get('size_max')) });
  const limit = query.has('limit') ? Math.min(MAX_LIMIT, wholeNumber('limit', query.get('limit'))) : DEFAULT_LIMIT;
  return { where, sort: sortOf(query), limit, marker: query.get('marker') };
}

function wholeNumber(name: string, text: string | null): number {
  if (text !== null && /^\d{1,15}$/.test(text)) return Number(text);
  throw invalid(`${name} param must be an integer`);
}

const MEMBER_STATUSES = ['pending', 'accepted', 'rejected', 'all'];

/** Accepted ones unless another status is asked for. */
function sharedWithMe(asked: string | null, memberships: readonly Membership[]): readonly string[] {
  const status = asked ?? 'accepted';
  if (!MEMBER_STATUSES.includes(status)) throw invalid(`Invalid status: ${status.slice(0, 60)}`);
  return memberships.filter((one) => status === 'all' || one.status === status).map((one) => one.imageId);
}

/** Own images, public ones and those shared with us; community images only when they are asked for. */
function visibility(asked: string | null, identity: Identity, shared: readonly string[]): readonly Condition[] {
  const own: Condition = { field: 'project_id', in: [identity.projectId ?? ''] };
  const open = (which: readonly string[]): Condition => ({ field: 'visibility', in: which });
  if (asked !== null && asked !== 'all' && !(VISIBILITIES as readonly string[]).includes(asked))
    throw invalid(`Invalid visibility value: ${asked.slice(0, 60)}`);
  const chosen: Condition[] = asked === null || asked === 'all' ? [] : [open([asked])];
  if (isAdmin(identity)) return asked === null ? [{ anyOf: [own, { not: open(['community']) }] }] : chosen;
  const readable = asked === null ? ['public'] : ['public', 'community'];
  return [...chosen, { anyOf: [own, open(readable), ...(shared.length === 0 ? [] : [{ field: 'id', in: shared }])] }];
}

/** `in:a,b` and `"quoted"` as Glance reads them; an unknown name is a property of the user's own. */
function filter(name: string, text: string): Condition {
  const values = text.startsWith('in:')
    ? text
        .slice(3)
        .split(',')
        .map((part) => part.replaceAll(/^"|"$/g, ''))
    : [text];
  if (PLAIN.has(name)) return { field: name, in: values };
  if (name === 'protected') return { field: name, in: [/^true$/i.test(text) ? 'true' : 'false'] };
  if (name === 'min_ram' || name === 'min_disk') return { field: name, in: values };
  return { anyOf: values.map((value) => ({ field: 'extra', contains: { [name]: value } })) };
}

/** `created_at=gte:2026-01-01T00:00:00Z`; without an operator: at that very second. */
function timeFilter(name: string, text: string): Condition {
  const wrong = (): Refusal => invalid(`Bad "${name}" query filter format. Use ISO 8601 DateTime notation.`);
  const [, operator = 'eq', instant = ''] = /^(?:(eq|neq|gt|gte|lt|lte):)?(\d{4}-\d{2}-\d{2}T.{5,30})$/.exec(text) ?? [];
  const ms = Date.parse(/[Zz]|[+-]\d{2}:?\d{2}$/.test(instant) ? instant : `${instant}Z`);
  if (Number.isNaN(ms)) throw wrong();
  const from = { field: name, atLeast: ms };
  const to = { field: name, atMost: ms + 999 };
  switch (operator) {
    case 'gt':
      return { field: name, atLeast: ms + 1_000 };
    case 'gte':
      return from;
    case 'lt':
      return { field: name, atMost: ms - 1 };
    case 'lte':
      return to;
    case 'neq':
      return {
        anyOf: [
          { field: name, atMost: ms - 1 },
          { field: name, atLeast: ms + 1_000 },
        ],
      };
    default:
      return {
        not: {
          anyOf: [
            { field: name, atMost: ms - 1 },
            { field: name, atLeast: ms + 1_000 },
          ],
        },
      };
  }
}

function sortOf(query: URLSearchParams): readonly Sort[] {
  const pairs =
    query
      .get('sort')
      ?.split(',')
      .map((pair) => pair.split(':')) ??
    query.getAll('sort_key').map((key, index) => [key, query.getAll('sort_dir')[index] ?? query.get('sort_dir') ?? 'desc']);
  if (pairs.length === 0) return [{ field: 'created_at', direction: 'desc' }];
  if (pairs.length > SORTABLE.size) throw invalid('There are more sort keys than fields.');
  return pairs.map(([field = '', direction = 'desc']) => {
    if (!SORTABLE.has(field))
      throw invalid(`Invalid sort key: ${field.slice(0, 60)}. It must be one of the following: ${[...SORTABLE].join(', ')}.`);
    if (direction !== 'asc' && direction !== 'desc') throw invalid(`Invalid sort direction: ${direction.slice(0, 60)}`);
    return { field, direction };
  });
}
