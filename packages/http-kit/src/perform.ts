/** One request from token to answer: verify, read the body, handle, turn errors into the façade's fault, write the access log. */
import type { FastifyRequest } from 'fastify';
import { Bug, Failure, Refusal, Secret, messageOf, type Clock, type Log, type Random } from '@hearth/kernel';
import { bodyChunks, drainBody, readBytes, readJson } from './body.ts';
import type { Answer, ApiRequest } from './exchange.ts';
import type { Facade, Problem, Route } from './facade.ts';
import type { Identity } from './identity.ts';

/** Where a façade is mounted, and the ports it is served with. */
export interface Carrier {
  readonly prefix: string;
  readonly log: Log;
  readonly random: Random;
  readonly clock: Clock;
}

export type Target =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'not-allowed'; readonly allow: readonly string[] }
  | { readonly kind: 'options'; readonly allow: readonly string[] }
  | { readonly kind: 'no-route' };

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
const GLOBAL_ID = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HOST = /^[A-Za-z0-9._-]{1,253}(:\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?$/;
const NO_BYTES = new Uint8Array(0);
const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

export async function perform(facade: Facade, carrier: Carrier, target: Target, request: FastifyRequest): Promise<Answer> {
  const startedAt = carrier.clock.now();
  const draft = draftOf(request, carrier);
  const answer = await answerFor(facade, carrier, target, request, draft);
  const headers: Record<string, string> = { 'X-Openstack-Request-Id': draft.id, ...answer.headers };
  carrier.log.info('http.request', {
    api: facade.name,
    method: draft.method,
    // Without the query: signed URLs carry their signature there.
    path: draft.path,
    status: answer.status,
    ms: carrier.clock.now() - startedAt,
    requestId: draft.id,
    globalRequestId: draft.globalId,
    userId: draft.identityOrNull?.userId ?? null,
    projectId: draft.identityOrNull?.projectId ?? null,
  });
  const whole = { ...answer, headers };
  return facade.finish === undefined ? whole : facade.finish(whole, draft);
}

async function answerFor(facade: Facade, carrier: Carrier, target: Target, request: FastifyRequest, draft: Draft): Promise<Answer> {
  try {
    if (!(await isLetIn(facade, target, draft))) return facade.fault({ kind: 'unauthorized' }, draft);
    switch (target.kind) {
      case 'no-route':
        return facade.fault({ kind: 'no-route' }, draft);
      case 'options':
        return { status: 204, headers: { Allow: target.allow.join(', ') } };
      case 'not-allowed': {
        const answer = facade.fault({ kind: 'method-not-allowed', allow: target.allow }, draft);
        return { ...answer, headers: { Allow: target.allow.join(', '), ...answer.headers } };
      }
      case 'route': {
        const { route } = target;
        if (route.body === 'stream') {
          const body = draft.takeBody();
          try {
            return await route.handle(draft);
          } finally {
            await body.return(undefined);
            await drainBody(request.raw);
          }
        }
        if (draft.method !== 'GET' && draft.method !== 'HEAD') {
          draft.rawBody = await readBytes(request.raw, route.maxBodyBytes ?? facade.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
          if (route.body !== 'raw') draft.body = (facade.readBody ?? readJson)(draft.rawBody, draft.contentType);
        }
        return await route.handle(draft);
      }
    }
  } catch (error) {
    return faultOf(error, facade, carrier, draft);
  }
}

async function isLetIn(facade: Facade, target: Target, draft: Draft): Promise<boolean> {
  if (facade.verifier === undefined) return true;
  const token = draft.header('x-auth-token');
  if (token !== null && token !== '') draft.identityOrNull = await facade.verifier.verify(new Secret(token));
  if (draft.identityOrNull !== null) return true;
  if (target.kind === 'route') return target.route.access === 'public';
  return facade.hidesRoutes === false;
}

function faultOf(error: unknown, facade: Facade, carrier: Carrier, draft: Draft): Answer {
  let problem: Problem;
  if (error instanceof Refusal) problem = { kind: 'refusal', refusal: error };
  else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const data = { api: facade.name, method: draft.method, path: draft.path, requestId: draft.id };
    if (error instanceof Failure) {
      problem = { kind: 'failure', failure: error };
      carrier.log.warn('http.failure', { ...data, code: error.code, message: error.message });
    } else {
      problem = { kind: 'bug', requestId: draft.id };
      carrier.log.error('http.bug', { ...data, message: messageOf(error), stack });
    }
  }
  return facade.fault(problem, draft);
}

/** The request while it is being performed; handlers see it as the read-only `ApiRequest`. */
class Draft implements ApiRequest {
  readonly method: string;
  readonly prefix: string;
  readonly path: string;
  readonly target: string;
  readonly id: string;
  readonly globalId: string | null;
  readonly #source: FastifyRequest;
  #query: URLSearchParams | null = null;
  rawBody: Uint8Array = NO_BYTES;
  body: unknown = null;
  bodyStream: AsyncIterable<Uint8Array> = NOTHING;
  identityOrNull: Identity | null = null;

  constructor(source: FastifyRequest, prefix: string, id: string) {
    this.#source = source;
    this.method = source.method;
    this.prefix = prefix;
    this.target = source.raw.url ?? '/';
    const end = this.target.search(/[?#]/);
    this.path = end < 0 ? this.target : this.target.slice(0, end);
    this.id = id;
    const sent = this.header('x-openstack-request-id');
    this.globalId = sent !== null && GLOBAL_ID.test(sent) ? sent : null;
  }
  /** From now on the body is the handler's to read. */
  takeBody(): AsyncGenerator<Uint8Array> {
    const body = bodyChunks(this.#source.raw);
    this.bodyStream = body;
    return body;
  }
  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.target.slice(this.path.length + 1));
    return this.#query;
  }
  get params(): Readonly<Record<string, string>> {
    return (this.#source.params ?? {}) as Record<string, string>;
  }
  get origin(): string {
    const host = this.#source.headers.host;
    if (host !== undefined && HOST.test(host)) return `http://${host}`;
    const { localAddress, localPort } = this.#source.raw.socket;
    const name = localAddress ?? '127.0.0.1';
    return `http://${name.includes(':') ? `[${name}]` : name}:${localPort}`;
  }
  get contentType(): string | null {
    return this.header('x-hearth-content-type');
  }
  get identity(): Identity {
    if (this.identityOrNull === null) throw new Bug(`${this.method} ${this.path} is public, yet its handler asks who is calling`);
    return this.identityOrNull;
  }
  headers(): readonly (readonly [string, string])[] {
    const { headers } = this.#source.raw;
    return Object.keys(headers).flatMap((name) => {
      const value = this.header(name);
      return value === null || name === 'x-hearth-content-type' ? [] : [[name, value] as const];
    });
  }
  header(name: string): string | null {
    const value = this.#source.raw.headers[name.toLowerCase()];
    return value === undefined ? null : Array.isArray(value) ? (value[0] ?? null) : value;
  }
}

const draftOf = (request: FastifyRequest, carrier: Carrier): Draft => new Draft(request, carrier.prefix, `req-${carrier.random.uuid()}`);
