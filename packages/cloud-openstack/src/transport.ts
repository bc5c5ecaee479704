/** HTTP to the cloud: one pool of connections per origin, turns and a deadline for every call, bounded answers, counts by service and method. */
import { Failure, type Json, type Random, type Timers } from '@hearth/kernel';
import { Agent, type Dispatcher } from 'undici';
import { type EndpointFigures, endpointLimits } from './endpoint-limits.ts';
import { type Gate, GateClosed, gateOn } from './gate.ts';
import type { Reply } from './pressure.ts';

export interface TransportOptions {
  readonly timers: Timers;
  /** For jitter; without it there is none. */
  readonly random?: Random;
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
  /** Whose call it is, for even turns: the project. */
  readonly share?: string;
  /** Asked in the last moment before anything is sent. */
  readonly gate?: Gate | undefined;
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
  /** In [0, 1). */
  jitter(): number;
  /** What each service endpoint bears. */
  pressures(): Readonly<Record<string, EndpointFigures>>;
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
  const jitter = (): number => options.random?.next() ?? 0.5;
  const limits = endpointLimits(timers, jitter);
  return {
    timers,
    jitter,
    pressures: () => limits.figures(),
    counts: () => [...counts.values()],
    close: () => agent.close(),
    async send(request) {
      const url = new URL(request.url);
      const turn = await limits.turn(`${request.service} at ${url.origin}`, request.share ?? '', request.deadlineAt, request.signal);
      let reply: Reply | null = { kind: 'silent' };
      note(request);
      const late = new AbortController();
      const cancelTimer = timers.at(request.deadlineAt, () => late.abort(new Failure('unavailable', 'no answer in time')));
      const signal = request.signal === undefined ? late.signal : AbortSignal.any([late.signal, request.signal]);
      try {
        const answer = await gateOn(agent, request.gate).request({
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
        const headers = headersOf(answer.headers);
        const body = bodyOf(await answer.body.text(), request.asText === true);
        reply = replyOf(answer.statusCode, headers);
        return { status: answer.statusCode, headers, body };
      } catch (error) {
        // That nobody wants the answer any more says nothing of the service.
        if (error instanceof GateClosed || request.signal?.aborted === true) reply = null;
        throw error;
      } finally {
        cancelTimer();
        turn.end(reply);
      }
    },
  };
}

/** What a service says of its load. A gateway that had no answer says the same as no answer. */
function replyOf(status: number, headers: Readonly<Record<string, string>>): Reply {
  if (status === 429 || status === 503) return { kind: 'pushed-back', retryAfterMs: retryAfterMs(headers) };
  return { kind: status === 502 || status === 504 ? 'silent' : 'answered' };
}

/** Null: it does not say, or as a date, which no service of a cloud does. */
export function retryAfterMs(headers: Readonly<Record<string, string>>): number | null {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
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
