/** Putting, changing and deleting objects. Bytes come in first, outside of transactions; then object and container's totals change at once. */
import { empty, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { swiftPage } from '../faults/swift-fault.ts';
import { dropBytes, keepBytes, writeBytes, type WrittenBytes } from '../store/byte-chunks.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { ContainerPath } from './containers.ts';
import { isExpired, readDeleteAt, removeObject } from './expiry.ts';
import { checkedSegments, staticEtag, type MayRead } from './large-objects.ts';
import { givenMetadata, sentMetadata } from './metadata.ts';
import {
  CONTAINERS,
  DATA_PREFIX,
  MAX_OBJECT_NAME,
  OBJECTS,
  containerKey,
  httpDate,
  objectKey,
  refused,
  type ContainerBody,
  type Metadata,
  type ObjectBody,
  type Stored,
} from './state.ts';

export interface ObjectPath extends ContainerPath {
  readonly object: string;
}
export const keyOf = (path: ObjectPath): string => objectKey(path.account, path.container, path.object);
const HTML = { 'Content-Type': 'text/html; charset=UTF-8' };
const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;

/** Headers that are kept with an object and come back with it. */
const KEPT = ['content-disposition', 'content-encoding', 'content-language', 'cache-control', 'expires', 'x-robots-tag'];
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  gif: 'image/gif',
  gz: 'application/gzip',
  html: 'text/html',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  md: 'text/markdown',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  txt: 'text/plain',
  xml: 'text/xml',
  zip: 'application/zip',
};

export function keptHeaders(request: ApiRequest): Metadata {
  return Object.fromEntries(KEPT.flatMap((name) => (request.header(name) === null ? [] : [[name, request.header(name) ?? '']])));
}

const typeOf = (request: ApiRequest, object: string): string =>
  request.contentType ?? TYPES[object.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';

/** What the headers of a PUT say of the object to be. */
export type Draft = Pick<ObjectBody, 'type' | 'meta' | 'headers' | 'deleteAt' | 'manifest'>;

export function draftOf(request: ApiRequest, path: ObjectPath, nowMs: number): Draft {
  const length = Buffer.byteLength(path.object);
  if (length > MAX_OBJECT_NAME) throw refused(400, `Object name length of ${length} longer than ${MAX_OBJECT_NAME}`);
  return {
    type: typeOf(request, path.object),
    meta: givenMetadata(sentMetadata(request, 'object')),
    headers: keptHeaders(request),
    deleteAt: readDeleteAt(request, nowMs),
    manifest: readManifestHeader(request),
  };
}

function readManifestHeader(request: ApiRequest): string | null {
  const header = request.header('x-object-manifest');
  if (header === null || header === '') return null;
  let plain = '';
  try {
    plain = decodeURIComponent(header).replace(/^\//, '');
  } catch {
    // Not percent-encoded at all is as wrong as without a slash.
  }
  if (!/^[^/]+\/[^?&]+$/.test(plain)) throw refused(400, 'X-Object-Manifest must be in the format container/prefix');
  return plain;
}

/** True when there is such an object for readers. */
export async function existing(store: CloudStore, path: ObjectPath, nowMs: number): Promise<Stored | null> {
  const found = await store.documents.get<ObjectBody>(OBJECTS, keyOf(path));
  return found === null || isExpired(found.body, nowMs) ? null : found;
}

export async function putObject(
  context: ServiceContext,
  request: ApiRequest,
  path: ObjectPath,
  rules: { readonly maxBytes: number; readonly mayRead: MayRead },
): Promise<Answer> {
  const nowMs = context.clock.now();
  const draft = draftOf(request, path, nowMs);
  if (request.header('content-length') === null && request.header('transfer-encoding') === null)
    throw refused(411, 'Missing Content-Length header.');
  if (Number(request.header('content-length') ?? 0) > rules.maxBytes) throw refused(413, 'Your request is too large.');
  await mayBePut(context, request, path, nowMs);
  if (request.query.get('multipart-manifest') === 'put') return putManifest(context, request, path, draft, rules.mayRead);
  const wanted = request.header('etag')?.replaceAll('"', '').toLowerCase() ?? null;
  const body = await storeObject(context, path, draft, request.bodyStream, { maxBytes: rules.maxBytes, etag: wanted });
  return { status: 201, headers: { ...HTML, Etag: body.etag, 'Last-Modified': httpDate(body.changedMs) } };
}

async function mayBePut(context: ServiceContext, request: ApiRequest, path: ObjectPath, nowMs: number): Promise<void> {
  const noneMatch = request.header('if-none-match');
  if (noneMatch !== null && noneMatch !== '*') throw refused(400, 'If-None-Match only supports *');
  if ((await context.store.documents.get(CONTAINERS, containerKey(path.account, path.container))) === null) throw refused(404);
  if (noneMatch === '*' && (await existing(context.store, path, nowMs)) !== null) throw refused(412);
}

/** Takes the bytes in and makes the object of them, in the place of one that was there. */
export async function storeObject(
  context: ServiceContext,
  path: ObjectPath,
  draft: Draft,
  source: AsyncIterable<Uint8Array>,
  limits: { readonly maxBytes: number; readonly etag: string | null },
): Promise<ObjectBody> {
  const data = `${DATA_PREFIX}${context.random.uuid()}`;
  const written = await writeBytes(context.store, data, source, {
    algorithms: ['md5'],
    maxBytes: limits.maxBytes,
    tooLarge: () => refused(413, 'Your request is too large.'),
  });
  const etag = written.digests['md5'] ?? '';
  if (limits.etag !== null && limits.etag !== etag) {
    await dropBytes(context.store, data, written.size);
    throw refused(422);
  }
  return settle(context, path, data, written, { ...draft, size: written.size, etag, data, changedMs: context.clock.now(), segments: null });
}

async function settle(
  context: ServiceContext,
  path: ObjectPath,
  data: string,
  written: WrittenBytes,
  body: ObjectBody,
): Promise<ObjectBody> {
  try {
    await context.store.transaction(async (tx) => {
      await keepBytes(tx, data);
      await place(tx, path, body);
    });
  } catch (error) {
    await dropBytes(context.store, data, written.size);
    throw error;
  }
  return body;
}

async function place(tx: CloudStore, path: ObjectPath, body: ObjectBody): Promise<void> {
  const id = containerKey(path.account, path.container);
  const container = await tx.documents.get<ContainerBody>(CONTAINERS, id, { lock: true });
  if (container === null) throw refused(404);
  const before = await tx.documents.get<ObjectBody>(OBJECTS, keyOf(path), { lock: true });
  if (before !== null) await removeObject(tx, before);
  await tx.documents.insert<ObjectBody>(OBJECTS, { id: keyOf(path), parentId: id, name: path.object, body }, body.changedMs);
  const totals = {
    count: container.body.count + (before === null ? 1 : 0),
    bytes: container.body.bytes + body.size - (before?.body.size ?? 0),
    expires: container.body.expires || body.deleteAt !== null,
  };
  await tx.documents.replace<ContainerBody>(CONTAINERS, { id, body: { ...container.body, ...totals } }, body.changedMs);
}

async function putManifest(
  context: ServiceContext,
  request: ApiRequest,
  path: ObjectPath,
  draft: Draft,
  mayRead: MayRead,
): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.bodyStream) {
    size += chunk.length;
    if (size > MAX_MANIFEST_BYTES) throw refused(413, `Manifest File > ${MAX_MANIFEST_BYTES} bytes`);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks);
  const segments = await checkedSegments(context.store, path.account, text.toString('utf8'), mayRead);
  const etag = staticEtag(segments);
  const wanted = request.header('etag')?.replaceAll('"', '').toLowerCase() ?? null;
  if (wanted !== null && wanted !== etag) throw refused(422);
  const data = `${DATA_PREFIX}${context.random.uuid()}`;
  const rules = { algorithms: ['md5'], maxBytes: MAX_MANIFEST_BYTES, tooLarge: () => refused(413) };
  const written = await writeBytes(context.store, data, once(text), rules);
  const body = { ...draft, size: written.size, etag: written.digests['md5'] ?? '', data, changedMs: context.clock.now(), segments };
  await settle(context, path, data, written, body);
  return { status: 201, headers: { ...HTML, Etag: `"${etag}"`, 'Last-Modified': httpDate(body.changedMs) } };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** New metadata in the place of all the old; the content type stays unless it is given. */
export async function postObject(context: ServiceContext, request: ApiRequest, path: ObjectPath): Promise<Answer> {
  const nowMs = context.clock.now();
  const meta = givenMetadata(sentMetadata(request, 'object'));
  const deleteAt = readDeleteAt(request, nowMs);
  const headers = keptHeaders(request);
  await context.store.transaction(async (tx) => {
    const id = containerKey(path.account, path.container);
    const container = await tx.documents.get<ContainerBody>(CONTAINERS, id, { lock: true });
    const object = await tx.documents.get<ObjectBody>(OBJECTS, keyOf(path), { lock: true });
    if (container === null || object === null || isExpired(object.body, nowMs)) throw refused(404);
    const type = request.contentType ?? object.body.type;
    const manifest = readManifestHeader(request) ?? object.body.manifest;
    const body: ObjectBody = { ...object.body, type, meta, headers, deleteAt, manifest, changedMs: nowMs };
    await tx.documents.replace<ObjectBody>(OBJECTS, { id: object.id, body }, nowMs);
    if (deleteAt !== null && !container.body.expires)
      await tx.documents.replace<ContainerBody>(CONTAINERS, { id, body: { ...container.body, expires: true } }, nowMs);
  });
  return { status: 202, headers: HTML, body: swiftPage(202) };
}

export async function deleteObject(context: ServiceContext, request: ApiRequest, path: ObjectPath): Promise<Answer> {
  const object = await existing(context.store, path, context.clock.now());
  if (object !== null && object.body.segments !== null && request.query.get('multipart-manifest') === 'delete') {
    return deleteWithParts(context, path, object);
  }
  if (!(await removeOne(context, path))) throw refused(404);
  return empty(204);
}

async function removeOne(context: ServiceContext, path: ObjectPath): Promise<boolean> {
  const nowMs = context.clock.now();
  return context.store.transaction(async (tx) => {
    const id = containerKey(path.account, path.container);
    const container = await tx.documents.get<ContainerBody>(CONTAINERS, id, { lock: true });
    const object = await tx.documents.get<ObjectBody>(OBJECTS, keyOf(path), { lock: true });
    if (container === null || object === null) return false;
    await removeObject(tx, object);
    const body = { ...container.body, count: container.body.count - 1, bytes: container.body.bytes - object.body.size };
    await tx.documents.replace<ContainerBody>(CONTAINERS, { id, body }, nowMs);
    return !isExpired(object.body, nowMs);
  });
}

async function deleteWithParts(context: ServiceContext, path: ObjectPath, object: Stored): Promise<Answer> {
  let deleted = 0;
  let missing = 0;
  for (const segment of object.body.segments ?? []) {
    const [, container = '', ...rest] = segment.path.split('/');
    if (await removeOne(context, { ...path, container, object: rest.join('/') })) deleted++;
    else missing++;
  }
  if (await removeOne(context, path)) deleted++;
  const body = `Number Deleted: ${deleted}\nNumber Not Found: ${missing}\nResponse Body: \nResponse Status: 200 OK\nErrors:\n`;
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body };
}
