/**
 * A session with one cloud as one identity: logs in when needed, finds services in the catalogue, repeats what is safe to repeat, and
 * answers with a body or a `CloudFailure`. What may have taken effect without an answer is never repeated here.
 */
import {
  Failure,
  isJsonArray,
  isJsonObject,
  revealSecret,
  type Json,
  type JsonObject,
  type Log,
  type Secret,
  type Timers,
} from '@hearth/kernel';
import { endpointOf, versioned, type EndpointWish, type ServiceType } from './catalogue.ts';
import { failureOf } from './cloud-failure.ts';
import { currentGate } from './gate.ts';
import { sendRepeatedly } from './repeated-calls.ts';
import { sharedLooks, type SharedLooks } from './shared-observation.ts';
import { ticketsOf, type Ticket } from './tickets.ts';
import type { Auth, TokenFacts } from './token.ts';
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
  /** Shared with the other sessions of the same project and region; default: of its own. */
  readonly looks?: SharedLooks;
}

export interface CloudRequest {
  readonly service: ServiceType;
  readonly method: HttpRequest['method'];
  /** Below the service's base: `/servers/detail`. Parts that users named must be encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: Json;
  /** The answer's body is wanted as text, whatever it looks like. */
  readonly asText?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another region than the session's. */
  readonly region?: string;
  /** Doing it twice is refused, although the method says that it may be done again: after silence the caller looks first. */
  readonly isOnce?: true;
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
  /** The service's base URL in the catalogue; null when it has none. */
  endpoint(service: ServiceType): Promise<string | null>;
  /** Null: any. */
  readonly region: string | null;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly looks: SharedLooks;
}

const DEFAULT_CALL_TIMEOUT_MS = 30_000;
const MAX_PAGES = 100;

export function openSession(options: SessionOptions): Session {
  const { transport, auth, signal } = options;
  const { timers } = transport;
  const identityUrl = versioned('identity', options.authUrl);
  const deadline = (): number => timers.now() + (options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS);
  const tickets = ticketsOf({
    auth,
    identityUrl,
    timers,
    // Asking for a token leaves nothing behind, so that it may be repeated.
    send: (request, deadlineAt) => sendRepeatedly(transport, { request, deadlineAt, repeatable: true, signal }),
  });
  const endpoint = (held: Ticket, service: ServiceType, region = options.region): string | null =>
    endpointOf(held.facts.catalog ?? [], { service, interface: options.interface ?? 'public', region });

  function urlOf(request: CloudRequest, held: Ticket): string {
    const where = request.region ?? options.region;
    const base = endpoint(held, request.service, where) ?? (request.service === 'identity' ? identityUrl : null);
    if (base === null) {
      const region = where === null ? '' : ` in region ${where}`;
      throw new Failure('configuration', `the cloud's catalogue has no ${request.service} service${region}`);
    }
    return `${base}${request.path}${queryText(request.query)}`;
  }

  async function send(call: CloudRequest): Promise<HttpAnswer> {
    const deadlineAt = deadline();
    const repeatable = call.method !== 'POST' && call.method !== 'PATCH' && call.isOnce !== true;
    const { service, method, body } = call;
    for (let logins = 0; ; logins++) {
      const held = await tickets.current(deadlineAt);
      const headers = { 'x-auth-token': revealSecret(held.token), ...call.headers };
      const request = {
        service,
        method,
        url: urlOf(call, held),
        headers,
        ...(body !== undefined && { body }),
        ...(call.asText === true && { asText: true }),
        // Reading leaves nothing behind, and what is read is shared with others.
        gate: method === 'GET' || method === 'HEAD' ? undefined : currentGate(),
        share: held.facts.projectId ?? '',
      };
      const answer = await sendRepeatedly(transport, { request, deadlineAt, repeatable, signal });
      if (answer.status < 300) return answer;
      // Revoked before its time: one new login is enough, a second 401 is an answer.
      if (answer.status === 401 && logins === 0 && (await tickets.refused(held))) continue;
      throw failureOf(service, answer.status, answer.body, requestIdOf(answer), !repeatable);
    }
  }

  return {
    region: options.region,
    timers,
    transport,
    looks: options.looks ?? sharedLooks(timers),
    send,
    request: async (request) => (await send(request)).body,
    token: () => tickets.current(deadline()),
    endpoint: async (service) => endpoint(await tickets.current(deadline()), service),
    hasService: async (service) => endpoint(await tickets.current(deadline()), service) !== null,
    list: (request, key) => allPages(send, request, key),
  };
}

async function allPages(send: Session['send'], request: Parameters<Session['list']>[0], key: string): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let query = request.query;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { body } = await send({ ...request, ...(query !== undefined && { query }), method: 'GET' });
    const found = isJsonObject(body) && isJsonArray(body[key]) ? body[key].filter(isJsonObject) : [];
    items.push(...found);
    const marker = nextMarker(body, key);
    if (marker === null || found.length === 0) return items;
    query = { ...request.query, marker };
  }
  throw new Failure('unknown', `${request.service} lists more than ${MAX_PAGES} pages of ${key}`);
}

const requestIdOf = (answer: HttpAnswer): string | null =>
  answer.headers['x-openstack-request-id'] ?? answer.headers['x-compute-request-id'] ?? null;

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
