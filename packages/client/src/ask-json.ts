/** One HTTP request with JSON in and out; whatever goes wrong becomes a `Failure` that says where and what to do. */
import { Failure, type FailureCode, isJsonObject, type Json, type JsonObject, messageOf } from '@hearth/kernel';

export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Default 30 s. */
  readonly timeoutMs?: number;
}

export interface JsonAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly body: Json;
}

export interface StreamRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends it, also while bytes are waited for. */
  readonly signal: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Throws `Failure` when there is no answer, or one with a status of 400 or more. */
export async function askJson(request: JsonRequest): Promise<JsonAnswer> {
  const answer = await send(request);
  const text = await bodyText(answer, request);
  const body = parse(text);
  if (answer.status >= 400) throw new Failure(codeOf(answer.status), refusalText(request, answer.status, body, text));
  return { status: answer.status, header: (name) => answer.headers.get(name), body: body ?? null };
}

/** The bytes of a GET as they come. Throws as `askJson` does, and `Failure('not-found')` when what is there is no stream of events. */
export async function openStream({ url, headers = {}, signal }: StreamRequest): Promise<AsyncIterable<Uint8Array>> {
  let answer: Response;
  try {
    answer = await fetch(url, { headers, signal });
  } catch (error) {
    throw noAnswer(error, 'GET', url, DEFAULT_TIMEOUT_MS);
  }
  if (answer.ok && answer.body !== null && answer.headers.get('content-type')?.startsWith('text/event-stream') === true) return answer.body;
  const request: JsonRequest = { method: 'GET', url };
  const text = await bodyText(answer, request);
  if (answer.status < 400) throw new Failure('not-found', `${url} is no stream of events`);
  throw new Failure(codeOf(answer.status), refusalText(request, answer.status, parse(text), text));
}

async function send({ method, url, headers = {}, body, timeoutMs = DEFAULT_TIMEOUT_MS }: JsonRequest): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw noAnswer(error, method, url, timeoutMs);
  }
}

async function bodyText(answer: Response, { method, url, timeoutMs = DEFAULT_TIMEOUT_MS }: JsonRequest): Promise<string> {
  try {
    return await answer.text();
  } catch (error) {
    throw noAnswer(error, method, url, timeoutMs);
  }
}

function noAnswer(error: unknown, method: string, url: string, timeoutMs: number): Failure {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new Failure('unavailable', `${method} ${url}: no answer within ${timeoutMs / 1000} s; is the server overloaded?`, {
      cause: error,
    });
  }
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const origin = URL.canParse(url) ? new URL(url).origin : url;
  const remedy =
    code === 'ECONNREFUSED'
      ? `nothing listens at ${origin}; is the server running?`
      : `${origin} cannot be reached (${code === '' ? messageOf(cause) : code})`;
  return new Failure('unavailable', `${method} ${url}: ${remedy}`, { cause: error });
}

function codeOf(status: number): FailureCode {
  const codes: Readonly<Record<number, FailureCode>> = {
    400: 'invalid',
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    409: 'conflict',
    413: 'invalid',
    422: 'invalid',
    429: 'busy',
    502: 'unavailable',
    503: 'unavailable',
    504: 'unavailable',
  };
  return codes[status] ?? (status < 500 ? 'invalid' : 'unknown');
}

/** The server's own words where it has some (Heat's faults carry them in `error.message`), else the status. */
function refusalText({ method, url }: JsonRequest, status: number, body: Json | undefined, text: string): string {
  const fault = isJsonObject(body) ? body : {};
  const inner: JsonObject = isJsonObject(fault['error'] ?? null) ? (fault['error'] as JsonObject) : {};
  const said = [inner['message'], fault['message'], fault['explanation']].find((value) => typeof value === 'string' && value !== '');
  return typeof said === 'string' ? said : `${method} ${url} was answered with ${status}: ${text.slice(0, 200).trim() || 'no explanation'}`;
}

function parse(text: string): Json | undefined {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
