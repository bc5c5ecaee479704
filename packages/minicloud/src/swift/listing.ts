/** Names in the order of bytes, with what lies below a delimiter rolled up; and the three formats of a listing. */
import type { Answer } from '@hearth/http-kit';
import type { Condition } from '../store/conditions.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { JsonObject } from '@hearth/kernel';
import type { Listing } from './list-query.ts';

export type Entry<B extends JsonObject> = { readonly subdir: string } | { readonly found: Document<B>; readonly name: string };
const BATCH = 1_000;
/** Sorts after every name that begins with what stands before it. */
const AFTER_ALL = '\u{10FFFF}';

/** Entries below a parent (an account's containers, a container's objects), at most `limit`. */
export async function entriesOf<B extends JsonObject>(
  store: CloudStore,
  collection: string,
  parent: string,
  listing: Listing,
): Promise<readonly Entry<B>[]> {
  const { prefix, delimiter, isReversed, limit } = listing;
  const base = `${parent}/`;
  const entries: Entry<B>[] = [];
  let [low, high] = isReversed ? [listing.endMarker, listing.marker] : [listing.marker, listing.endMarker];
  while (entries.length < limit) {
    const where: Condition[] = [
      { field: 'parent_id', in: [parent] },
      { field: 'id', above: low === '' ? base : `${base}${low}` },
      ...(high === '' ? [] : [{ field: 'id', below: `${base}${high}` }]),
      ...(prefix === '' ? [] : [{ field: 'id', startsWith: `${base}${prefix}` }]),
    ];
    const take = Math.min(BATCH, limit - entries.length + 1);
    const sort = [{ field: 'id bytes', direction: isReversed ? 'desc' : 'asc' }] as const;
    const batch = await store.documents.list<B>(collection, { where, sort, limit: take });
    let rolledUp: string | null = null;
    for (const found of batch) {
      if (entries.length >= limit) break;
      const name = found.id.slice(base.length);
      const at = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
      if (at >= 0 && listing.path !== null && name !== listing.path && at < name.length - delimiter.length) {
        rolledUp = name.slice(0, at + delimiter.length);
        break;
      }
      if (at < 0 || listing.path !== null) {
        if (name !== listing.path) entries.push({ found, name });
        [low, high] = isReversed ? [low, name] : [name, high];
        continue;
      }
      rolledUp = name.slice(0, at + delimiter.length);
      if (rolledUp !== (isReversed ? listing.marker : listing.marker)) entries.push({ subdir: rolledUp });
      break;
    }
    // What lies below the delimiter is stepped over, however much it is.
    if (rolledUp !== null) [low, high] = isReversed ? [low, rolledUp] : [`${rolledUp}${AFTER_ALL}`, high];
    else if (batch.length < take) break;
  }
  return entries;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (c) => ESCAPES[c] ?? c);

interface Words {
  /** `account` or `container`, with its name. */
  readonly whole: readonly [string, string];
  /** What one entry is in XML. */
  readonly item: string;
}

/** `views` are the entries' fields in order; a `subdir` has only that field. */
export function listed(listing: Listing, headers: Record<string, string>, views: readonly JsonObject[], words: Words): Answer {
  switch (listing.format) {
    case 'json':
      return { status: 200, headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(views) };
    case 'xml':
      return { status: 200, headers: { ...headers, 'Content-Type': 'application/xml; charset=utf-8' }, body: xmlOf(views, words) };
    case 'plain': {
      const type = { 'Content-Type': 'text/plain; charset=utf-8' };
      if (views.length === 0) return { status: 204, headers: { ...headers, ...type } };
      const body = views.map((view) => `${String(view['name'] ?? view['subdir'])}\n`).join('');
      return { status: 200, headers: { ...headers, ...type }, body };
    }
  }
}

function xmlOf(views: readonly JsonObject[], { whole: [tag, name], item }: Words): string {
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<${tag} name="${escaped(name)}"`;
  if (views.length === 0) return `${head} />`;
  const body = views.map((view) => {
    const subdir = view['subdir'];
    if (typeof subdir === 'string') return `<subdir name="${escaped(subdir)}"><name>${escaped(subdir)}</name></subdir>`;
    const fields = XML_ORDER.filter((field) => view[field] !== undefined).map(
      (field) => `<${field}>${escaped(String(view[field]))}</${field}>`,
    );
    return `<${item}>${fields.join('')}</${item}>`;
  });
  return `${head}>${body.join('')}</${tag}>`;
}
const XML_ORDER = ['name', 'count', 'hash', 'bytes', 'content_type', 'last_modified'];
