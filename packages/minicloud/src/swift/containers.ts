/** Containers: made, shown with their objects, changed, removed when empty. */
import { empty, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { swiftPage } from '../faults/swift-fault.ts';
import { cleanAcl } from './acl.ts';
import { ensureAccount } from './accounts.ts';
import type { Grant } from './authorize.ts';
import { removeExpired } from './expiry.ts';
import { staticEtag } from './large-objects.ts';
import { readListing } from './list-query.ts';
import { entriesOf, listed } from './listing.ts';
import { mergedMetadata, metadataHeaders, sentMetadata } from './metadata.ts';
import type { SwiftPath } from './path.ts';
import {
  CONTAINERS,
  MAX_CONTAINER_NAME,
  OBJECTS,
  containerKey,
  httpDate,
  listedDate,
  refused,
  timestamp,
  type Container,
  type ContainerBody,
  type ObjectBody,
  type Stored,
} from './state.ts';

export interface ContainerPath extends SwiftPath {
  readonly container: string;
}
const keyOf = (path: ContainerPath): string => containerKey(path.account, path.container);

/** What a request sets: metadata and ACLs. */
interface Settings {
  readonly meta: Readonly<Record<string, string>>;
  readonly read: string | undefined;
  readonly write: string | undefined;
}

function sentSettings(request: ApiRequest): Settings {
  const acl = (kind: 'read' | 'write'): string | undefined => {
    const sent = request.header(`x-container-${kind}`);
    if (sent !== null) return cleanAcl(kind, sent);
    return request.header(`x-remove-container-${kind}`) === null ? undefined : '';
  };
  return { meta: sentMetadata(request, 'container'), read: acl('read'), write: acl('write') };
}

const withSettings = (body: ContainerBody, sent: Settings, nowMs: number): ContainerBody => ({
  ...body,
  meta: mergedMetadata(body.meta, sent.meta),
  read: sent.read ?? body.read,
  write: sent.write ?? body.write,
  changedMs: nowMs,
});

export async function putContainer(context: ServiceContext, request: ApiRequest, path: ContainerPath): Promise<Answer> {
  const length = Buffer.byteLength(path.container);
  if (length > MAX_CONTAINER_NAME) throw refused(400, `Container name length of ${length} longer than ${MAX_CONTAINER_NAME}`);
  const sent = sentSettings(request);
  const nowMs = context.clock.now();
  const blank: ContainerBody = { meta: {}, read: '', write: '', count: 0, bytes: 0, changedMs: nowMs, expires: false };
  const isNew = await context.store.transaction(async (tx) => {
    await ensureAccount(tx, context, path.account);
    const document = { id: keyOf(path), parentId: path.account, name: path.container, body: withSettings(blank, sent, nowMs) };
    if ((await tx.documents.insert<ContainerBody>(CONTAINERS, document, nowMs)) !== null) return true;
    await change(tx, path, nowMs, (body) => withSettings(body, sent, nowMs));
    return false;
  });
  const headers = { 'Content-Type': 'text/html; charset=UTF-8' };
  return isNew ? { status: 201, headers } : { status: 202, headers, body: swiftPage(202) };
}

export async function postContainer(context: ServiceContext, request: ApiRequest, path: ContainerPath): Promise<Answer> {
  const sent = sentSettings(request);
  const nowMs = context.clock.now();
  await context.store.transaction((tx) => change(tx, path, nowMs, (body) => withSettings(body, sent, nowMs)));
  return empty(204);
}

/** Under lock; 404 without such a container. */
export async function change(
  tx: CloudStore,
  path: ContainerPath,
  nowMs: number,
  next: (body: ContainerBody) => ContainerBody,
): Promise<void> {
  const container = await tx.documents.get<ContainerBody>(CONTAINERS, keyOf(path), { lock: true });
  if (container === null) throw refused(404);
  await tx.documents.replace<ContainerBody>(CONTAINERS, { id: container.id, body: next(container.body) }, nowMs);
}

export async function deleteContainer(context: ServiceContext, path: ContainerPath): Promise<Answer> {
  await removeExpired(context, path);
  await context.store.transaction(async (tx) => {
    const container = await tx.documents.get<ContainerBody>(CONTAINERS, keyOf(path), { lock: true });
    if (container === null) throw refused(404);
    if (container.body.count > 0) throw refused(409);
    await tx.documents.remove(CONTAINERS, container.id);
  });
  return empty(204);
}

export async function showContainer(context: ServiceContext, request: ApiRequest, path: ContainerPath, grant: Grant): Promise<Answer> {
  const listing = readListing(request);
  await removeExpired(context, path);
  const container = await context.store.documents.get<ContainerBody>(CONTAINERS, keyOf(path));
  if (container === null) throw refused(404);
  const headers = containerHeaders(container, grant);
  if (request.method === 'HEAD') return empty(204, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' });
  const entries = await entriesOf<ObjectBody>(context.store, OBJECTS, container.id, listing);
  const views = entries.map((entry) => ('subdir' in entry ? { subdir: entry.subdir } : objectView(entry.found, entry.name)));
  return listed(listing, headers, views, { whole: ['container', path.container], item: 'object' });
}

function containerHeaders({ body, createdMs }: Container, grant: Grant): Record<string, string> {
  const keys = ['temp-url-key', 'temp-url-key-2'];
  // Keys and ACLs are the owner's business.
  const meta = grant.isOwner ? body.meta : Object.fromEntries(Object.entries(body.meta).filter(([name]) => !keys.includes(name)));
  return {
    'X-Container-Object-Count': String(body.count),
    'X-Container-Bytes-Used': String(body.bytes),
    'X-Timestamp': timestamp(createdMs),
    ...metadataHeaders('container', meta),
    ...(grant.isOwner && body.read !== '' ? { 'X-Container-Read': body.read } : {}),
    ...(grant.isOwner && body.write !== '' ? { 'X-Container-Write': body.write } : {}),
    'Last-Modified': httpDate(body.changedMs),
    'Accept-Ranges': 'bytes',
    'X-Storage-Policy': 'Policy-0',
    Vary: 'Accept',
  };
}

function objectView({ body }: Stored, name: string): Record<string, string | number> {
  const { segments } = body;
  return {
    bytes: segments === null ? body.size : segments.reduce((sum, part) => sum + part.end - part.start, 0),
    hash: body.etag,
    name,
    content_type: body.type,
    last_modified: listedDate(body.changedMs),
    ...(segments === null ? {} : { slo_etag: `"${staticEtag(segments)}"` }),
  };
}
