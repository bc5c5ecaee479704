/**
 * Requests under behaviours: refused, throttled, delayed, or left without an answer. What a request leads to within it (servers, volumes …) is
 * decided once for each object, however often its transaction is repeated, and counted when the request has done its work.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ByteStream, hangUp, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import { isJsonObject, messageOf, Refusal, type Json, type Log, type Timers } from '@hearth/kernel';
import type { Service } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import { fits, type Behaviour, type Effect, type EffectKind, type Occasion } from './behaviour.ts';
import type { BehaviourBook } from './behaviour-book.ts';
import { namedCollections, serviceNamed, type CloudService } from './service-names.ts';
import { steeringBy, type Beginning, type Steered, type Steering } from './steering.ts';
import { Throttle } from './throttle.ts';

export interface SteerParts {
  readonly book: BehaviourBook;
  readonly store: CloudStore;
  readonly timers: Timers;
  readonly log: Log;
}

export interface SteeredCloud {
  readonly steering: Steering;
  /** The service's routes under the behaviours that are in force when a request comes. */
  routes(service: Service, routes: readonly Route[]): readonly Route[];
  /** Requests that wait are refused now. */
  endWaits(): void;
}

/** One request: what it is, and what was decided on the way. */
interface Scope {
  readonly occasion: Occasion;
  readonly decided: Map<string, boolean>;
  readonly taken: string[];
}

const NOTHING: Steered = { seconds: null, fault: null };

export function steeredCloud(parts: SteerParts): SteeredCloud {
  const { book } = parts;
  const scopes = new AsyncLocalStorage<Scope>();
  const throttles = new Map<string, Throttle>();
  const pauses = pausesOn(parts.timers);

  const steerBeginning = (beginning: Beginning): Steered => {
    const active = book.active();
    if (active.length === 0) return NOTHING;
    const scope = scopes.getStore();
    const occasion = occasionOf(beginning, scope?.occasion);
    const found = <Kind extends EffectKind>(kind: Kind): Extract<Effect, { kind: Kind }> | null => {
      for (const behaviour of active) {
        if (behaviour.effect.kind !== kind || !fits(behaviour.criteria, occasion)) continue;
        if (isDecided(parts, scope, behaviour, `${behaviour.id} ${beginning.deed} ${beginning.name}`))
          return behaviour.effect as Extract<Effect, { kind: Kind }>;
      }
      return null;
    };
    if (!beginning.isBuild) return { ...NOTHING, seconds: found('transitionSeconds')?.seconds ?? null };
    return { seconds: found('buildSeconds')?.seconds ?? null, fault: found('errorAfterBuild')?.message ?? null };
  };

  const steered = async (service: Service, name: CloudService, route: Route, request: ApiRequest): Promise<Answer> => {
    const occasion = await occasionOfRequest(parts.store, name, request, book.active());
    const fitting = book.active().filter(({ criteria }) => fits(criteria, occasion));
    const first = async <Kind extends EffectKind>(kind: Kind): Promise<Extract<Effect, { kind: Kind }> | null> => {
      for (const behaviour of fitting)
        if (behaviour.effect.kind === kind && (await book.take(behaviour))) return behaviour.effect as Extract<Effect, { kind: Kind }>;
      return null;
    };
    const delay = await first('delaySeconds');
    if (delay !== null) await pauses.sleep(delay.seconds * 1000);
    const wait = await throttled(parts, throttles, fitting);
    if (wait !== null) return refusal(service, request, { status: 429, message: 'Too many requests.', retryAfterSeconds: wait });
    const refused = await first('refuse');
    if (refused !== null) return refusal(service, request, refused);
    const answer = await inScope(parts, scopes, occasion, () => route.handle(request));
    if (answer.status < 400 && (await first('loseReply')) !== null) return lost(answer);
    return answer;
  };

  return {
    steering: steeringBy(steerBeginning),
    routes(service, routes) {
      const name = serviceNamed(service.type);
      if (name === null) return routes;
      return routes.map((route) => ({
        ...route,
        handle: (request) => (book.active().length === 0 ? route.handle(request) : steered(service, name, route, request)),
      }));
    },
    endWaits: () => pauses.end(),
  };
}

/** Seconds to wait, where the rate is exceeded. */
async function throttled(
  { book, timers }: SteerParts,
  throttles: Map<string, Throttle>,
  fitting: readonly Behaviour[],
): Promise<number | null> {
  for (const behaviour of fitting) {
    if (behaviour.effect.kind !== 'throttle') continue;
    const nowMs = timers.now();
    const throttle = throttles.get(behaviour.id) ?? new Throttle(behaviour.effect.perSecond, nowMs);
    throttles.set(behaviour.id, throttle);
    const wait = throttle.ask(nowMs);
    if (wait > 0 && (await book.take(behaviour))) return wait;
  }
  return null;
}

async function inScope(
  { book }: SteerParts,
  scopes: AsyncLocalStorage<Scope>,
  occasion: Occasion,
  work: () => Promise<Answer> | Answer,
): Promise<Answer> {
  const scope: Scope = { occasion, decided: new Map(), taken: [] };
  let answer: Answer;
  try {
    answer = await scopes.run(scope, async () => work());
  } catch (error) {
    // Nothing came of it.
    for (const id of scope.taken) book.giveBack(id);
    throw error;
  }
  for (const id of scope.taken) await book.keepTaken(id);
  return answer;
}

/** Whether a behaviour applies to what begins within a request; outside of one it is written down at once. */
function isDecided({ book, log }: SteerParts, scope: Scope | undefined, behaviour: Behaviour, key: string): boolean {
  const known = scope?.decided.get(key);
  if (known !== undefined) return known;
  const isTaken = book.takeHere(behaviour);
  scope?.decided.set(key, isTaken);
  if (isTaken && scope !== undefined) scope.taken.push(behaviour.id);
  if (isTaken && scope === undefined)
    book.keepTaken(behaviour.id).catch((error: unknown) => log.warn('control.count-failed', { message: messageOf(error) }));
  return isTaken;
}

/** An object has its own project and name; the request's method and path count where the request is of the same service. */
function occasionOf({ service, projectId, name }: Beginning, request: Occasion | undefined): Occasion {
  const isOwn = request?.service === service;
  return { service, projectId, names: [name], method: isOwn ? request.method : null, paths: isOwn ? request.paths : [] };
}

/** Names are looked up only where a behaviour that fits otherwise asks for them. */
async function occasionOfRequest(
  store: CloudStore,
  service: CloudService,
  request: ApiRequest,
  active: readonly Behaviour[],
): Promise<Occasion> {
  const { method, path, prefix } = request;
  const plain = path.slice(prefix.length);
  const occasion = {
    service,
    method,
    paths: plain === path ? [path] : [path, plain],
    projectId: request.identityOrNull?.projectId ?? null,
    names: [],
  };
  const isNamed = active.some(({ criteria }) => criteria.name !== null && fits({ ...criteria, name: null }, occasion));
  return isNamed ? { ...occasion, names: await namesOf(store, service, request) } : occasion;
}

async function namesOf(store: CloudStore, service: CloudService, request: ApiRequest): Promise<readonly string[]> {
  const addressed = Object.values(request.params);
  const found = await Promise.all(
    addressed.flatMap((id) => namedCollections(service).map(async (collection) => (await store.documents.get(collection, id))?.name ?? [])),
  );
  return [...namesIn(request.body), ...addressed, ...found.flat()];
}

/** Of the object, or the objects, that a body describes. */
function namesIn(body: unknown): readonly string[] {
  if (!isJsonObject(body as Json)) return [];
  const parts = [body as Json, ...Object.values(body as Record<string, Json>).flat()];
  return parts.flatMap((part) => (isJsonObject(part) && typeof part.name === 'string' ? [part.name] : []));
}

interface SpokenRefusal {
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}

/** In the service's own words. */
function refusal(service: Service, request: ApiRequest, { status, message, retryAfterSeconds }: SpokenRefusal): Answer {
  const answer = service.fault(
    { kind: 'refusal', refusal: new Refusal('unavailable', 'RefusedByBehaviour', message, { status }) },
    request,
  );
  return retryAfterSeconds === null ? answer : { ...answer, headers: { ...answer.headers, 'Retry-After': String(retryAfterSeconds) } };
}

async function lost(answer: Answer): Promise<Answer> {
  // What would have been sent is let go of.
  if (answer.body instanceof ByteStream) await answer.body.bytes[Symbol.asyncIterator]().return?.(undefined);
  return hangUp();
}

interface Pauses {
  sleep(ms: number): Promise<void>;
  end(): void;
}

/** Pauses that end when the cloud does, with a refusal. */
function pausesOn(timers: Timers): Pauses {
  const ends = new Set<() => void>();
  return {
    sleep: (ms) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          cancel();
          ends.delete(end);
          reject(new Refusal('unavailable', 'ServiceUnavailable', 'The service is being stopped.'));
        };
        const cancel = timers.at(timers.now() + ms, () => {
          ends.delete(end);
          resolve();
        });
        ends.add(end);
      }),
    end() {
      for (const end of ends) end();
    },
  };
}
