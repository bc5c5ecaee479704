/** Reading objects: whole, in parts, on condition, and what a manifest stands for. */
import { ByteStream, empty, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { swiftPage } from '../faults/swift-fault.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { contentOf, manifestView, partBytes, type Content, type MayRead } from './large-objects.ts';
import { metadataHeaders } from './metadata.ts';
import { existing, type ObjectPath } from './object-write.ts';
import { preconditionStatus, readRanges, type Range } from './preconditions.ts';
import { httpDate, refused, timestamp, type Stored } from './state.ts';
import { disposition, type SignedUse } from './temp-url.ts';

/** `content-disposition` → `Content-Disposition` */
const titled = (name: string): string =>
  name.replaceAll(/(^|-)([a-z])/g, (_all, dash: string, letter: string) => dash + letter.toUpperCase());

export async function showObject(
  context: ServiceContext,
  request: ApiRequest,
  path: ObjectPath,
  access: { readonly mayRead: MayRead; readonly signed: SignedUse | null },
): Promise<Answer> {
  const nowMs = context.clock.now();
  const object = await existing(context.store, path, nowMs);
  if (object === null) throw refused(404);
  if (request.query.get('multipart-manifest') === 'get' && object.body.segments !== null) return manifest(request, object);
  const content = await contentOf(context.store, path.account, object, nowMs, access.mayRead);
  const headers = { ...objectHeaders(object, content, access.signed !== null), ...signedHeaders(path, object, access.signed) };
  const status = preconditionStatus(request, content.etag, object.body.changedMs);
  if (status !== null) return empty(status, status === 412 ? { ...headers, 'Content-Type': 'text/html; charset=UTF-8' } : headers);
  const ranges = readRanges(request.header('range'), content.size);
  if (ranges === null) {
    const refusal = { ...headers, 'Content-Range': `bytes */${content.size}` };
    return request.method === 'HEAD' ? empty(416, refusal) : { status: 416, headers: refusal, body: swiftPage(416) };
  }
  if (request.method === 'HEAD') return empty(200, { ...headers, 'Content-Length': String(content.size) });
  return ranges === 'whole' || ranges.length === 1
    ? onePart(context.store, content, ranges, headers)
    : manyParts(context.store, content, ranges, { headers, boundary: context.random.uuid().replaceAll('-', '') });
}

function manifest(request: ApiRequest, object: Stored): Answer {
  const text = JSON.stringify(manifestView(object.body.segments ?? []));
  const headers = {
    ...metadataHeaders('object', object.body.meta),
    'Content-Type': 'application/json; charset=utf-8',
    'X-Static-Large-Object': 'True',
    Etag: object.body.etag,
    'Last-Modified': httpDate(object.body.changedMs),
    'X-Timestamp': timestamp(object.body.changedMs),
    'Accept-Ranges': 'bytes',
    'Content-Length': String(Buffer.byteLength(text)),
  };
  return request.method === 'HEAD' ? empty(200, headers) : { status: 200, headers, body: text };
}

function objectHeaders({ body }: Stored, content: Content, isSigned: boolean): Record<string, string> {
  const isLarge = body.segments !== null || body.manifest !== null;
  // Holders of a signed URL see only what the owner calls public.
  const meta = isSigned ? Object.fromEntries(Object.entries(body.meta).filter(([name]) => name.startsWith('public-'))) : body.meta;
  return {
    'Content-Type': body.type,
    ...metadataHeaders('object', meta),
    ...Object.fromEntries(Object.entries(body.headers).map(([name, value]) => [titled(name), value])),
    ...(body.deleteAt === null ? {} : { 'X-Delete-At': String(body.deleteAt) }),
    ...(body.manifest === null ? {} : { 'X-Object-Manifest': encodeURI(body.manifest) }),
    ...(body.segments === null ? {} : { 'X-Static-Large-Object': 'True', 'X-Manifest-Etag': body.etag }),
    Etag: isLarge ? `"${content.etag}"` : content.etag,
    'Last-Modified': httpDate(body.changedMs),
    'X-Timestamp': timestamp(body.changedMs),
    'Accept-Ranges': 'bytes',
  };
}

function signedHeaders(path: ObjectPath, object: Stored, signed: SignedUse | null): Record<string, string> {
  if (signed === null) return {};
  return {
    'Content-Disposition': disposition(signed, path.object, object.body.headers['content-disposition']),
    Expires: new Date(signed.expires * 1000).toUTCString(),
  };
}

function onePart(store: CloudStore, content: Content, ranges: readonly Range[] | 'whole', headers: Record<string, string>): Answer {
  const [range] = ranges === 'whole' ? [undefined] : ranges;
  const { start, end } = range ?? { start: 0, end: content.size };
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'Content-Length': String(end - start),
      ...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${content.size}` }),
    },
    body: new ByteStream(partBytes(store, content.parts, start, end)),
  };
}

function manyParts(
  store: CloudStore,
  content: Content,
  ranges: readonly Range[],
  { headers, boundary }: { readonly headers: Record<string, string>; readonly boundary: string },
): Answer {
  const heads = ranges.map(({ start, end }) =>
    Buffer.from(
      `--${boundary}\r\nContent-Type: ${headers['Content-Type']}\r\nContent-Range: bytes ${start}-${end - 1}/${content.size}\r\n\r\n`,
    ),
  );
  const tail = Buffer.from(`--${boundary}--`);
  const length = ranges.reduce((sum, { start, end }, index) => sum + (heads[index]?.length ?? 0) + (end - start) + 2, tail.length);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const [index, { start, end }] of ranges.entries()) {
      yield heads[index] ?? tail;
      yield* partBytes(store, content.parts, start, end);
      yield Buffer.from('\r\n');
    }
    yield tail;
  }
  const type = `multipart/byteranges;boundary=${boundary}`;
  return { status: 206, headers: { ...headers, 'Content-Type': type, 'Content-Length': String(length) }, body: new ByteStream(bytes()) };
}
