/**
 * Headers that each real service puts on all of its answers, or on all that are empty: what its web framework does, not what a handler
 * decides. A handler's own headers stay.
 */
import type { Answer, ApiRequest } from '@hearth/http-kit';

type Headers = Readonly<Record<string, string>>;

const HTML = 'text/html; charset=UTF-8';
const REQUEST_ID = 'x-openstack-request-id';

/** The answer with these headers where it has none of that name. */
function withHeaders(answer: Answer, added: Headers): Answer {
  const present = new Set(Object.keys(answer.headers ?? {}).map((name) => name.toLowerCase()));
  const missing = Object.entries(added).filter(([name]) => !present.has(name.toLowerCase()));
  return { ...answer, headers: { ...answer.headers, ...Object.fromEntries(missing) } };
}

function withoutHeader(answer: Answer, unwanted: string): Answer {
  const kept = Object.entries(answer.headers ?? {}).filter(([name]) => name.toLowerCase() !== unwanted);
  return { ...answer, headers: Object.fromEntries(kept) };
}

const isRoot = ({ path, prefix }: ApiRequest): boolean => path === prefix || path === `${prefix}/`;

export const identityHeaders = (answer: Answer): Answer => withHeaders(answer, { Vary: 'X-Auth-Token' });

export function imageHeaders(answer: Answer, request: ApiRequest): Answer {
  // Deletions of members alone name no type.
  const isTyped = answer.body === undefined && !/\/members\/[^/]+$/.test(request.path);
  const dressed = isTyped ? withHeaders(answer, { 'Content-Type': HTML }) : answer;
  return isRoot(request) ? withoutHeader(dressed, REQUEST_ID) : dressed;
}

/** The list of versions is answered before the part that gives out request ids. */
export const networkHeaders = (answer: Answer, request: ApiRequest): Answer =>
  isRoot(request) ? withoutHeader(answer, REQUEST_ID) : answer;

export function computeHeaders(answer: Answer, request: ApiRequest): Answer {
  if (isRoot(request)) return withoutHeader(answer, REQUEST_ID);
  const named = withHeaders(answer, { 'X-Compute-Request-Id': request.id });
  if (answer.body === undefined) return withHeaders(named, { 'Content-Type': 'application/json' });
  const isFault = answer.status >= 400 && answer.status !== 401;
  return isFault ? withHeaders(named, { 'Content-Type': 'application/json; charset=UTF-8' }) : named;
}

/** Empty answers come from handlers that write them past the part that knows JSON and request ids. */
export function storageHeaders(answer: Answer, request: ApiRequest): Answer {
  if (answer.body !== undefined) return withHeaders(answer, { 'X-Compute-Request-Id': request.id });
  const isTyped = Object.keys(answer.headers ?? {}).some((name) => name.toLowerCase() === 'content-type');
  if (isTyped || /\/(volumes|snapshots)\/[^/]+\/action$|\/extra_specs\//.test(request.path))
    return withHeaders(answer, { 'Content-Type': 'application/json', 'X-Compute-Request-Id': request.id });
  return withoutHeader(withHeaders(answer, { 'Content-Type': HTML }), 'x-compute-request-id');
}

/** A listing whose format is in its address does not vary by what the client accepts. */
export function objectHeaders(answer: Answer, request: ApiRequest): Answer {
  if (request.query.has('format')) return withoutHeader(answer, 'vary');
  const isDone = answer.status === 204 && (request.method === 'POST' || request.method === 'DELETE');
  return isDone ? withHeaders(answer, { 'Content-Type': HTML }) : answer;
}
