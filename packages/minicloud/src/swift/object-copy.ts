/** Copying an object on the server: `COPY` with a destination, or `PUT` with a source. */
import type { Answer, ApiRequest } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import { contentOf, partBytes, type MayRead } from './large-objects.ts';
import { metadataHeaders } from './metadata.ts';
import { draftOf, existing, keptHeaders, storeObject, type Draft, type ObjectPath } from './object-write.ts';
import { preconditionStatus } from './preconditions.ts';
import { encodedPath, readTarget } from './path.ts';
import { httpDate, refused, type Stored } from './state.ts';

const TRUE = new Set(['true', '1', 'yes', 'on', 't', 'y']);

/** The other object that a header names: the source of a PUT, or the destination of a COPY. */
export function otherPath(path: ObjectPath, target: string | null, account: string | null, words: string): ObjectPath {
  const found = target === null ? null : readTarget(target);
  if (found === null) throw refused(412, words);
  if (account !== null && (account === '' || account.includes('/'))) throw refused(412, 'Account name cannot contain slashes');
  return { account: account ?? path.account, ...found, whole: '' };
}

export async function copyObject(
  context: ServiceContext,
  request: ApiRequest,
  paths: { readonly source: ObjectPath; readonly target: ObjectPath },
  rules: { readonly maxBytes: number; readonly mayRead: MayRead },
): Promise<Answer> {
  const { source, target } = paths;
  const nowMs = context.clock.now();
  const from = await existing(context.store, source, nowMs);
  if (from === null) throw refused(404);
  const content = await contentOf(context.store, source.account, from, nowMs, rules.mayRead);
  if (preconditionStatus(request, content.etag, from.body.changedMs) === 412) throw refused(412);
  if (content.size > rules.maxBytes) throw refused(413);
  const { draft, kept } = draftFor(request, target, from, nowMs);
  const stream = partBytes(context.store, content.parts, 0, content.size);
  const body = await storeObject(context, target, draft, stream, { maxBytes: rules.maxBytes, etag: null });
  return {
    status: 201,
    headers: {
      'Content-Type': 'text/html; charset=UTF-8',
      Etag: body.etag,
      'Last-Modified': httpDate(body.changedMs),
      'X-Copied-From-Account': encodedPath(source.account),
      'X-Copied-From': encodedPath(source.container, source.object),
      'X-Copied-From-Last-Modified': httpDate(from.body.changedMs),
      ...metadataHeaders('object', kept),
    },
  };
}

/** The source's metadata with the request's over it, or the request's alone where fresh metadata is asked for. */
function draftFor(
  request: ApiRequest,
  target: ObjectPath,
  { body }: Stored,
  nowMs: number,
): { readonly draft: Draft; readonly kept: Draft['meta'] } {
  const own = draftOf(request, target, nowMs);
  const isFresh = TRUE.has((request.header('x-fresh-metadata') ?? '').toLowerCase());
  const meta = isFresh ? own.meta : { ...body.meta, ...own.meta };
  const type = request.contentType ?? body.type;
  const headers = isFresh ? keptHeaders(request) : { ...body.headers, ...own.headers };
  const deleteAt = own.deleteAt ?? (isFresh ? null : body.deleteAt);
  return { draft: { type, meta, headers, deleteAt, manifest: null }, kept: meta };
}
