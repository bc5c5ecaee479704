/**
 * A session with one cloud as one identity: logs in when needed, finds services in the catalogue, repeats what is safe to repeat, and answers
 * with a body or a `CloudFailure`. What may have taken effect without an answer is never repeated here.
 */
import { Failure, isJsonArray, isJsonObject, revealSecret, Secret, type Json, type JsonObject, type Log, type Timers } from '@hearth/kernel';
import { endpointOf, versioned, type EndpointWish, type ServiceType } from './catalogue.ts';
import { CloudFailure, failureOf, silenceOf } from './cloud-failure.ts';
import { loginBody, tokenFacts, type Auth, type TokenFacts } from './token.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

export interface SessionOptions {
  /** Keystone's address, with or without `/v3`. */
  readonly authUrl: string;
  readonly auth: Auth;
  /** Null: any. */
  readonly region: string | null;
  readonly interface?: EndpointWish['interface'];
  readonly transport: Transport;
  readonly log: Log;
  /** For one call with all its repetitions; default 30 s. A take-over waits as long before it looks for leftovers. */
  readonly callTimeoutMs?: number;
  /** Ends every call of the session. */
  readonly signal?: AbortSignal;
}

export interface CloudRequest {
  readonly service: ServiceType;
  readonly method: HttpRequest['method'];
  /** Below the service's base: `/servers/detail`. Parts that users named must be encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Session {
  /** The body of a 2xx answer. Throws `CloudFailure`. */
  request(request: CloudRequest): Promise<Json>;
  /** The same with status and headers. */
  send(request: CloudRequest): Promise<HttpAnswer>;
  /** All items of a collection, page by page. */
  list(request: Omit<CloudRequest, 'method' | 'body'>, key: string): Promise<readonly JsonObject[]>;
  /** A valid token with what it says. */
  token(): Promise<{ readonly token: Secret; readonly facts: TokenFacts }>;
  /** True when the catalogue has the service. */
  hasService(service: ServiceType): Promise<boolean>;
  readonly timers: Timers;
  readonly transport: Transport;
}

interface Ticket {
  readonly token: Secret;
  readonly facts: TokenFacts;
}
const RENEW_BEFORE_MS = 60_000;
const DEFAULT_CALL_TIMEOUT_MS = 30_000;
const PAUSES_MS = [200, 800];
const MAX_PAGES = 100;

export function openSession(options: SessionOptions): Session {
  const { transport, auth } = options;
  const { timers } = transport;
  const identityUrl = versioned('identity', options.authUrl);
  const callTimeoutMs = options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  let ticket: Promise<Ticket> | null = null;

  function currentTicket(deadlineAt: number): Promise<Ticket> {
    const fresh = ticket ?? login(deadlineAt);
    if (ticket === null) keep(fresh);
    return fresh.then((held) => {
      const isStale = auth.kind !== 'token' && held.facts.expiresAt - RENEW_BEFORE_MS <= timers.now();
      if (!isStale) return held;
      if (ticket === fresh) keep(login(deadlineAt));
      return ticket ?? login(deadlineAt);
    });
  }
  /** A failed login is forgotten, so that the next call tries again. */
  function keep(next: Promise<Ticket>): void {
    ticket = next;
    next.catch(() => {
      if (ticket === next) ticket = null;
    });
  }

  async function login(deadlineAt: number): Promise<Ticket> {
    const request =
      auth.kind === 'token'
        ? { method: 'GET' as const, headers: { 'x-auth-token': revealSecret(auth.token), 'x-subject-token': revealSecret(auth.token) } }
        : { method: 'POST' as const, headers: {}, body: loginBody(auth) };
    // Asking for a token leaves nothing behind, so that it may be repeated.
    const answer = await repeated({ service: 'identity', url: `${identityUrl}/auth/tokens`, ...request }, deadlineAt, true);
    if (answer.status === 404 && auth.kind === 'token') throw new CloudFailure('unauthorized', 'the token is not valid', { status: 401, requestId: null, outcomeUnknown: false });
    if (answer.status >= 300) throw failureOf('identity', answer.status, answer.body, requestIdOf(answer), false);
    const facts = tokenFacts(answer.body);
    const token = auth.kind === 'token' ? auth.token : answer.headers['x-subject-token'];
    if (facts === null || token === undefined) throw new Failure('unknown', `identity at ${originOf(identityUrl)} answered without a token`);
    return { token: typeof token === 'string' ? new Secret(token) : token, facts };
  }

  async function repeated(request: Omit<HttpRequest, 'deadlineAt' | 'signal'>, deadlineAt: number, repeatable: boolean): Promise<HttpAnswer> {
    for (let tries = 0; ; tries++) {
      const pauseMs = PAUSES_MS[tries];
      const mayPause = (ms: number | undefined): ms is number => ms !== undefined && timers.now() + ms < deadlineAt && options.signal?.aborted !== true;
      let answer: HttpAnswer;
      try {
        answer = await transport.send({ ...request, deadlineAt, signal: options.signal });
      } catch (error) {
        const failure = silenceOf(`${request.service} at ${originOf(request.url)}`, error, !repeatable);
        if (failure.outcomeUnknown || !mayPause(pauseMs)) throw failure;
        await timers.sleep(pauseMs);
        continue;
      }
      const waitMs = repeatAfterMs(answer, request.method, repeatable, pauseMs);
      if (!mayPause(waitMs)) return answer;
      await timers.sleep(waitMs);
    }
  }

  async function urlOf(request: CloudRequest, held: Ticket): Promise<string> {
    const base =
      endpointOf(held.facts.catalog ?? [], { service: request.service, interface: options.interface ?? 'public', region: options.region }) ??
      (request.service === 'identity' ? identityUrl : null);
    if (base === null) {
      const region = options.region === null ? '' : ` in region ${options.region}`;
      throw new Failure('configuration', `the cloud's catalogue has no ${request.service} service${region}`);
    }
    return `${base}${request.path}${queryText(request.query)}`;
  }

  async function send(request: CloudRequest): Promise<HttpAnswer> {
    const deadlineAt = timers.now() + callTimeoutMs;
    const repeatable = request.method !== 'POST' && request.method !== 'PATCH';
    for (let logins = 0; ; logins++) {
      const held = await currentTicket(deadlineAt);
      const answer = await repeated(
        {
          service: request.service,
          method: request.method,
          url: await urlOf(request, held),
          headers: { 'x-auth-token': revealSecret(held.token), ...request.headers },
          ...(request.body !== undefined && { body: request.body }),
        },
        deadlineAt,
        repeatable,
      );
      if (answer.status < 300) return answer;
      if (answer.status === 401 && logins === 0 && auth.kind !== 'token') {
        // Revoked before its time; once is enough, a second 401 is an answer.
        if ((await ticket?.catch(() => null)) === held) ticket = null;
        continue;
      }
      throw failureOf(request.service, answer.status, answer.body, requestIdOf(answer), !repeatable);
    }
  }

  return {
    timers,
    transport,
    send,
    request: async (request) => (await send(request)).body,
    token: () => currentTicket(timers.now() + callTimeoutMs),
    async hasService(service) {
      const { facts } = await currentTicket(timers.now() + callTimeoutMs);
      return endpointOf(facts.catalog ?? [], { service, interface: options.interface ?? 'public', region: options.region }) !== null;
    },
    async list(request, key) {
      const items: JsonObject[] = [];
      let query = request.query;
      for (let page = 0; page < MAX_PAGES; page++) {
        const body = await send({ ...request, ...(query !== undefined && { query }), method: 'GET' }).then((answer) => answer.body);
        const found = isJsonObject(body) && isJsonArray(body[key]) ? body[key].filter(isJsonObject) : [];
        items.push(...found);
        const marker = nextMarker(body, key);
        if (marker === null || found.length === 0) return items;
        query = { ...request.query, marker };
      }
      throw new Failure('unknown', `${request.service} lists more than ${MAX_PAGES} pages of ${key}`);
    },
  };
}

/** When to send again after an answer; undefined: it stands. Throttling says that nothing was done, whatever the method. */
function repeatAfterMs(answer: HttpAnswer, method: string, repeatable: boolean, pauseMs: number | undefined): number | undefined {
  if (pauseMs === undefined) return undefined;
  if (answer.status === 429) return Math.max(pauseMs, Number(answer.headers['retry-after'] ?? 0) * 1_000 || 0);
  const isPassing = answer.status === 502 || answer.status === 503 || answer.status === 504 || (answer.status === 500 && method === 'GET');
  return repeatable && isPassing ? pauseMs : undefined;
}

const requestIdOf = (answer: HttpAnswer): string | null => answer.headers['x-openstack-request-id'] ?? answer.headers['x-compute-request-id'] ?? null;
const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'a bad address');

function queryText(query: CloudRequest['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) params.append(name, String(item));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** Nova and Neutron: `<key>_links` with rel next; Glance: `next`. */
function nextMarker(body: Json, key: string): string | null {
  if (!isJsonObject(body)) return null;
  const links = body[`${key}_links`];
  const next = isJsonArray(links) ? links.find((link) => isJsonObject(link) && link.rel === 'next') : undefined;
  const href = isJsonObject(next) ? next.href : body.next;
  if (typeof href !== 'string') return null;
  return new URL(href, 'http://relative.invalid').searchParams.get('marker');
}
