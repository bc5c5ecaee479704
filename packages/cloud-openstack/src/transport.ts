/** HTTP to the cloud: one pool of connections per origin, a deadline for every call, bounded answers, counts by service and method. */
import { Failure, type Json, type Timers } from '@hearth/kernel';
import { Agent, type Dispatcher } from 'undici';

export interface TransportOptions {
  readonly timers: Timers;
  /** Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Connections per origin; default 64. */
  readonly connections?: number;
}
export interface HttpRequest {
  /** For the counts: `compute`. */
  readonly service: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** The answer's body is text even when it could be read as JSON. */
  readonly asText?: boolean;
  readonly deadlineAt: number;
  readonly signal?: AbortSignal | undefined;
}
export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null when empty; text when it is not JSON. */
  readonly body: Json;
}
export interface CallCount {
  readonly service: string;
  readonly method: HttpRequest['method'];
  readonly count: number;
}
export interface Transport {
  /** Rejects with the socket's own error when there is no answer. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  readonly timers: Timers;
  /** Requests sent so far. */
  counts(): readonly CallCount[];
  close(): Promise<void>;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export function createTransport(options: TransportOptions): Transport {
  const { timers } = options;
  const agent = new Agent({
    connections: options.connections ?? 64,
    connect: { timeout: options.connectTimeoutMs ?? 5_000 },
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  const counts = new Map<string, CallCount>();
  function note({ service, method }: HttpRequest): void {
    const key = `${service} ${method}`;
    counts.set(key, { service, method, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return {
    timers,
    counts: () => [...counts.values()],
    close: () => agent.close(),
    async send(request) {
      note(request);
      const late = new AbortController();
      const cancelTimer = timers.at(request.deadlineAt, () => late.abort(new Failure('unavailable', 'no answer in time')));
      const signal = request.signal === undefined ? late.signal : AbortSignal.any([late.signal, request.signal]);
      try {
        const url = new URL(request.url);
        const answer = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method,
          headers: {
            accept: 'application/json',
            ...(request.body !== undefined && { 'content-type': 'application/json' }),
            ...request.headers,
          },
          ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
          signal,
        });
        return {
          status: answer.statusCode,
          headers: headersOf(answer.headers),
          body: bodyOf(await answer.body.text(), request.asText === true),
        };
      } finally {
        cancelTimer();
      }
    },
  };
}

function headersOf(raw: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function bodyOf(text: string, asText: boolean): Json {
  if (text === '' || asText) return asText ? text : null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
