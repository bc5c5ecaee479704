/** From what an administrator sends to a behaviour, or a refusal that says which field is wrong; and back to what is shown. */
import type { Json, JsonObject } from '@hearth/kernel';
import { SCHEDULE_EFFECTS, type Behaviour, type Criteria, type Effect, type EffectKind } from './behaviour.ts';
import { MAX_PATTERN_LENGTH } from './patterns.ts';
import { fieldsOf, invalid, numberOf, textOf, trueOf } from './read-fields.ts';
import { CLOUD_SERVICES, serviceNamed, type CloudService } from './service-names.ts';

const CRITERIA = ['service', 'method', 'path', 'project', 'name'] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'COPY'];
const MAX_SECONDS = 86_400;
/** A request that waits keeps a connection. */
const MAX_DELAY_SECONDS = 600;
const MAX_TIMES = 1_000_000;
/** So that nobody who may take the behaviour away is locked out for good. */
const MAX_TIMES_OF_IDENTITY = 1_000;
const BUILDING: readonly CloudService[] = ['compute', 'block-storage', 'load-balancer'];

const readers: { readonly [Kind in EffectKind]: (value: Json) => Extract<Effect, { kind: Kind }> } = {
  buildSeconds: (value) => ({ kind: 'buildSeconds', seconds: secondsOf(value, 'buildSeconds', MAX_SECONDS) }),
  transitionSeconds: (value) => ({ kind: 'transitionSeconds', seconds: secondsOf(value, 'transitionSeconds', MAX_SECONDS) }),
  errorAfterBuild: (value) => ({ kind: 'errorAfterBuild', message: textOf(value, 'errorAfterBuild', 1000) }),
  refuse: (value) => {
    const { status, message, retryAfter } = fieldsOf(value, ['status', 'message', 'retryAfter'], 'refuse');
    if (status === undefined) throw invalid('refuse needs a status from 400 to 599');
    return {
      kind: 'refuse',
      status: numberOf(status, 'refuse.status', { least: 400, most: 599, isWhole: true }),
      message: message === undefined ? 'Refused by a behaviour of this cloud.' : textOf(message, 'refuse.message', 1000),
      retryAfterSeconds:
        retryAfter === undefined ? null : numberOf(retryAfter, 'refuse.retryAfter', { least: 0, most: 3600, isWhole: true }),
    };
  },
  loseReply: (value) => {
    trueOf(value, 'loseReply');
    return { kind: 'loseReply' };
  },
  delaySeconds: (value) => ({ kind: 'delaySeconds', seconds: secondsOf(value, 'delaySeconds', MAX_DELAY_SECONDS) }),
  throttle: (value) => {
    const { perSecond } = fieldsOf(value, ['perSecond'], 'throttle');
    return { kind: 'throttle', perSecond: numberOf(perSecond ?? null, 'throttle.perSecond', { least: 0.01, most: 10_000 }) };
  },
};
const EFFECTS = Object.keys(readers) as readonly EffectKind[];

const secondsOf = (value: Json, field: string, most: number): number => numberOf(value, field, { least: 0, most });

/** `project` is as it was given: an id or a name, to be looked up. */
export type BehaviourWish = Pick<Behaviour, 'times' | 'chance' | 'effect'> & {
  readonly criteria: Omit<Criteria, 'projectId'>;
  readonly project: string | null;
  readonly seed: number | null;
};

export function readBehaviour(body: unknown): BehaviourWish {
  const given = fieldsOf(body, [...CRITERIA, 'times', 'chance', 'seed', ...EFFECTS], 'a behaviour');
  const kinds = EFFECTS.filter((kind) => kind in given);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    throw invalid(
      `a behaviour has exactly one effect of: ${EFFECTS.join(', ')}${kind === undefined ? '' : `; this one has ${kinds.join(' and ')}`}`,
    );
  const effect = readers[kind](given[kind] as Json);
  const criteria = readCriteria(given);
  const times =
    given.times === undefined || given.times === null ? null : numberOf(given.times, 'times', { least: 1, most: MAX_TIMES, isWhole: true });
  if (SCHEDULE_EFFECTS.includes(kind) && criteria.service !== null && !BUILDING.includes(criteria.service))
    throw invalid(`${kind} is for what takes time to make: the service must be one of ${BUILDING.join(', ')}, or be left out`);
  if (criteria.service === 'identity' && (times === null || times > MAX_TIMES_OF_IDENTITY))
    throw invalid(
      `a behaviour of identity needs times, at most ${MAX_TIMES_OF_IDENTITY}: whoever may take it away must be able to log in again`,
    );
  return {
    criteria,
    project: given.project === undefined ? null : textOf(given.project, 'project', 255),
    times,
    chance: given.chance === undefined ? 1 : numberOf(given.chance, 'chance', { least: 0, most: 1 }),
    seed: given.seed === undefined ? null : numberOf(given.seed, 'seed', { least: 0, most: 0xffff_ffff, isWhole: true }),
    effect,
  };
}

function readCriteria(given: JsonObject): Omit<Criteria, 'projectId'> {
  const { service, method, path, name } = given;
  const named = service === undefined ? null : serviceNamed(textOf(service, 'service', 50));
  if (service !== undefined && named === null)
    throw invalid(`there is no service "${String(service)}"; there are: ${CLOUD_SERVICES.join(', ')}`);
  if (method !== undefined && (typeof method !== 'string' || !METHODS.includes(method)))
    throw invalid(`method must be one of ${METHODS.join(', ')}`);
  const pattern = path === undefined ? null : textOf(path, 'path', MAX_PATTERN_LENGTH);
  if (pattern !== null && !/^[/*]/.test(pattern)) throw invalid('path must begin with a slash, or with * for anything');
  return {
    service: named,
    method: method === undefined ? null : method,
    path: pattern,
    name: name === undefined ? null : textOf(name, 'name', MAX_PATTERN_LENGTH),
  };
}

/** As it was sent, with what became of it. */
export function shownBehaviour(behaviour: Behaviour): JsonObject {
  const { service, method, path, projectId, name } = behaviour.criteria;
  const criteria = { service, method, path, project: projectId, name };
  return {
    id: behaviour.id,
    ...Object.fromEntries(Object.entries(criteria).filter(([, value]) => value !== null)),
    times: behaviour.times,
    used: behaviour.used,
    chance: behaviour.chance,
    seed: behaviour.seed,
    [behaviour.effect.kind]: shownEffect(behaviour.effect),
    created: new Date(behaviour.createdMs).toISOString(),
  };
}

function shownEffect(effect: Effect): Json {
  switch (effect.kind) {
    case 'buildSeconds':
    case 'transitionSeconds':
    case 'delaySeconds':
      return effect.seconds;
    case 'errorAfterBuild':
      return effect.message;
    case 'refuse': {
      const { status, message, retryAfterSeconds } = effect;
      return { status, message, ...(retryAfterSeconds === null ? {} : { retryAfter: retryAfterSeconds }) };
    }
    case 'loseReply':
      return true;
    case 'throttle':
      return { perSecond: effect.perSecond };
  }
}
