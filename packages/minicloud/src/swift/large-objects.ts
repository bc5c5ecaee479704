/** Objects made of others: dynamic ones (all names below a prefix) and static ones (a list of parts, checked when it is put). */
import { createHash } from 'node:crypto';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { CloudStore } from '../store/cloud-store.ts';
import { readBytes } from '../store/byte-chunks.ts';
import { isExpired } from './expiry.ts';
import { entriesOf } from './listing.ts';
import { readTarget } from './path.ts';
import {
  MAX_LISTED,
  MAX_SEGMENTS,
  OBJECTS,
  containerKey,
  listedDate,
  objectKey,
  refused,
  type ObjectBody,
  type Segment,
  type Stored,
} from './state.ts';

/** Bytes of one stored object that follow each other. */
export interface Part {
  readonly data: string;
  readonly start: number;
  readonly end: number;
}
export interface Content {
  readonly parts: readonly Part[];
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
}
/** Throws where the caller may not read the container. */
export type MayRead = (container: string) => Promise<void>;

const partsSize = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + part.end - part.start, 0);
const digestOf = (words: readonly string[]): string => createHash('md5').update(words.join('')).digest('hex');

/** What a reader of the object gets. */
export async function contentOf(store: CloudStore, account: string, object: Stored, nowMs: number, mayRead: MayRead): Promise<Content> {
  const { body } = object;
  if (body.segments !== null) return staticContent(store, account, body.segments, mayRead);
  if (body.manifest !== null) return dynamicContent(store, account, body.manifest, nowMs, mayRead);
  return { parts: [{ data: body.data, start: 0, end: body.size }], size: body.size, etag: body.etag };
}

async function dynamicContent(store: CloudStore, account: string, manifest: string, nowMs: number, mayRead: MayRead): Promise<Content> {
  const slash = manifest.indexOf('/');
  const container = manifest.slice(0, slash);
  await mayRead(container);
  const listing = {
    prefix: manifest.slice(slash + 1),
    delimiter: '',
    marker: '',
    endMarker: '',
    limit: MAX_LISTED,
    isReversed: false,
    format: 'plain',
    path: null,
  } as const;
  const entries = await entriesOf<ObjectBody>(store, OBJECTS, containerKey(account, container), listing);
  const bodies = entries.flatMap((entry) => ('found' in entry && !isExpired(entry.found.body, nowMs) ? [entry.found.body] : []));
  const parts = bodies.map((body) => ({ data: body.data, start: 0, end: body.size }));
  return { parts, size: partsSize(parts), etag: digestOf(bodies.map((body) => body.etag)) };
}

/** A part that was changed or removed since breaks the whole: 409, as Swift says it. */
async function staticContent(store: CloudStore, account: string, segments: readonly Segment[], mayRead: MayRead): Promise<Content> {
  const parts: Part[] = [];
  const seen = new Set<string>();
  for (const segment of segments) {
    const target = readPlainTarget(segment.path);
    if (!seen.has(target.container)) await mayRead(target.container);
    seen.add(target.container);
    const found = await store.documents.get<ObjectBody>(OBJECTS, objectKey(account, target.container, target.object));
    if (found === null || found.body.etag !== segment.etag) throw refused(409);
    parts.push({ data: found.body.data, start: segment.start, end: segment.end });
  }
  return { parts, size: partsSize(parts), etag: staticEtag(segments) };
}

export const staticEtag = (segments: readonly Segment[]): string =>
  digestOf(segments.map(({ etag, start, end, size }) => (start === 0 && end === size ? etag : `${etag}:${start}-${end - 1};`)));

function readPlainTarget(path: string): { readonly container: string; readonly object: string } {
  const [, container = '', ...rest] = path.split('/');
  return { container, object: rest.join('/') };
}

/** The bytes from `start` up to and without `end` of all parts together. */
export async function* partBytes(store: CloudStore, parts: readonly Part[], start: number, end: number): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (const part of parts) {
    const length = part.end - part.start;
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, length);
    if (from < to) yield* readBytes(store, part.data, part.start + from, part.start + to);
    offset += length;
    if (offset >= end) return;
  }
}

interface Wish {
  readonly path: string;
  readonly etag: string | null;
  readonly size: number | null;
  readonly range: string | null;
}

/** The manifest that a client puts, each part looked at; 400 with one line for every part that is not as it says. */
export async function checkedSegments(store: CloudStore, account: string, text: string, mayRead: MayRead): Promise<readonly Segment[]> {
  const wishes = readManifest(text);
  const errors: string[] = [];
  const segments: Segment[] = [];
  for (const wish of wishes) {
    const result = await segmentFor(store, account, wish, mayRead);
    if (typeof result === 'string') errors.push(`${wish.path}, ${result}`);
    else segments.push(result);
  }
  if (errors.length > 0) throw refused(400, `Errors:\n${errors.join('\n')}\n`);
  return segments;
}

async function segmentFor(store: CloudStore, account: string, wish: Wish, mayRead: MayRead): Promise<Segment | string> {
  const target = readTarget(encodeURI(wish.path));
  if (target === null) return 'path must be like /container/object';
  await mayRead(target.container);
  const found = await store.documents.get<ObjectBody>(OBJECTS, objectKey(account, target.container, target.object));
  if (found === null) return '404 Not Found';
  const { body } = found;
  if (body.segments !== null || body.manifest !== null) return 'a part must be a plain object';
  if (wish.size !== null && wish.size !== body.size) return 'Size Mismatch';
  if (wish.etag !== null && wish.etag !== body.etag) return 'Etag Mismatch';
  const span = rangeWithin(wish.range, body.size);
  if (span === null) return 'Unsatisfiable Range';
  return {
    path: `/${target.container}/${target.object}`,
    etag: body.etag,
    size: body.size,
    type: body.type,
    modifiedMs: body.changedMs,
    ...span,
  };
}

function rangeWithin(range: string | null, size: number): { readonly start: number; readonly end: number } | null {
  if (range === null) return size === 0 ? null : { start: 0, end: size };
  const [, from = '', to = ''] = /^(\d{0,15})-(\d{0,15})$/.exec(range) ?? [];
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1);
  return (from === '' && to === '') || start >= end ? null : { start, end };
}

function readManifest(text: string): readonly Wish[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(400, 'Manifest must be valid JSON.\n');
  }
  if (!isJsonArray(value)) throw refused(400, 'Manifest must be a list.\n');
  if (value.length === 0) throw refused(400, 'Manifest must contain at least one segment.\n');
  if (value.length > MAX_SEGMENTS) throw refused(413, `Number of segments must be <= ${MAX_SEGMENTS}`);
  return value.map(readWish);
}

const KNOWN = new Set(['path', 'etag', 'size_bytes', 'range']);

function readWish(item: Json, index: number): Wish {
  const wrong = (what: string): Error => refused(400, `Index ${index}: ${what}\n`);
  if (!isJsonObject(item)) throw wrong('not a JSON object');
  const extra = Object.keys(item).filter((name) => !KNOWN.has(name));
  if (extra.length > 0) throw wrong(`extraneous keys ${extra.slice(0, 5).join(', ').slice(0, 200)}`);
  const { path, etag = null, size_bytes = null, range = null } = item;
  if (typeof path !== 'string') throw wrong('missing key "path"');
  const size = size_bytes === null ? null : Number(size_bytes);
  if (size !== null && !(Number.isInteger(size) && size >= 1)) throw wrong('too small; each segment must be at least 1 byte.');
  if (etag !== null && typeof etag !== 'string') throw wrong('etag must be a string');
  if (range !== null && typeof range !== 'string') throw wrong('invalid range');
  return { path, etag, size, range };
}

/** What `?multipart-manifest=get` shows. */
export const manifestView = (segments: readonly Segment[]): readonly JsonObject[] =>
  segments.map((segment) => ({
    name: segment.path,
    bytes: segment.size,
    hash: segment.etag,
    content_type: segment.type,
    last_modified: listedDate(Math.ceil(segment.modifiedMs / 1000) * 1000),
    ...(segment.start === 0 && segment.end === segment.size ? {} : { range: `${segment.start}-${segment.end - 1}` }),
  }));
