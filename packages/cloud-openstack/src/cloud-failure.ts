/** What a service's refusal or silence means: HTTP statuses and socket errors as `Failure` codes, with the service's own words. */
import { Failure, isJsonObject, type FailureCode, type Json } from '@hearth/kernel';
import { NoTurn } from './endpoint-limits.ts';

export interface FailureFacts {
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** The call may have taken effect although no good answer came: look before calling again. */
  readonly outcomeUnknown: boolean;
  readonly cause?: unknown;
}

export class CloudFailure extends Failure {
  override readonly name = 'CloudFailure';
  readonly status: number | null;
  readonly requestId: string | null;
  readonly outcomeUnknown: boolean;
  constructor(code: FailureCode, message: string, facts: FailureFacts) {
    super(code, message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.outcomeUnknown = facts.outcomeUnknown;
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof Failure && error.code === 'not-found';

const MAX_MESSAGE = 1_000;

/** From an answer that is not a success. */
export function failureOf(service: string, status: number, body: Json, requestId: string | null, mayHaveActed: boolean): CloudFailure {
  const text = (serviceMessage(body) ?? `${service} answered without an explanation`).slice(0, MAX_MESSAGE);
  const code = codeOf(status, text, body);
  const id = requestId === null ? '' : ` (Request-ID: ${requestId})`;
  return new CloudFailure(code, `${text} (HTTP ${status})${id}`, { status, requestId, outcomeUnknown: mayHaveActed && status >= 500 });
}

function codeOf(status: number, text: string, body: Json): FailureCode {
  if (isOverQuota(status, text, body)) return 'over-quota';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'not-found';
    case 409:
      // Nova: another action on the same server has not ended; passes by itself.
      return /task_state/.test(text) ? 'busy' : 'conflict';
    case 423:
    case 429:
      return 'busy';
    case 408:
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return status >= 500 ? 'unknown' : 'invalid';
  }
}

/** Nova and Octavia answer 403 (older ones 413) and Neutron 409 when a quota is used up. */
function isOverQuota(status: number, text: string, body: Json): boolean {
  if (status !== 403 && status !== 409 && status !== 413) return false;
  const words = /quota exceeded|exceeded for quota|over ?quota|quota has been met|exceeds allowed .{0,60}quota|LimitExceeded/i;
  return words.test(text) || JSON.stringify(body).includes('"OverQuota"');
}

/** Services wrap their message in one key of their own: `{itemNotFound: {message}}`, `{NeutronError: {message}}`, `{error: {message}}`. */
function serviceMessage(body: Json): string | null {
  if (typeof body === 'string') return plainText(body);
  if (!isJsonObject(body)) return null;
  for (const candidate of [body, ...Object.values(body)]) {
    if (isJsonObject(candidate) && typeof candidate.message === 'string') return candidate.message;
    if (isJsonObject(candidate) && typeof candidate.faultstring === 'string') return candidate.faultstring;
  }
  const only = Object.values(body);
  return only.length === 1 && typeof only[0] === 'string' ? only[0] : null;
}

/** Glance and proxies answer with a small HTML page. */
function plainText(text: string): string | null {
  const bare = text
    .replace(/<(title|style)[^>]*>[^<]*<\/\1>/gi, ' ')
    .replace(/<[^>]{0,200}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return bare === '' ? null : bare;
}

/** Errors that come before a request has left this machine: calling again cannot double anything. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** From a call without an answer. `place` is the service and its origin, never a whole URL. */
export function silenceOf(place: string, error: unknown, mayHaveActed: boolean): CloudFailure {
  if (error instanceof NoTurn)
    return new CloudFailure('unavailable', error.message, { status: null, requestId: null, outcomeUnknown: false, cause: error });
  const code = errorCode(error);
  const neverSent = code !== null && BEFORE_SENDING.has(code);
  return new CloudFailure('unavailable', `${place} cannot be reached: ${code ?? (error instanceof Error ? error.message : 'no answer')}`, {
    status: null,
    requestId: null,
    outcomeUnknown: mayHaveActed && !neverSent,
    cause: error,
  });
}

function errorCode(error: unknown): string | null {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return null;
}
