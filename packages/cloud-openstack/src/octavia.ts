/** Octavia: the same few calls for every kind, and the one thing that is special: a load balancer takes one change at a time. */
import { Failure, isJsonArray, isJsonObject, isUuidLike, type JsonObject } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { CloudFailure } from './cloud-failure.ts';
import { itemOf, nullIfGone } from './nova.ts';
import type { CloudRequest, Session } from './session.ts';

/** Collections by the name of one item; members are below a pool, rules below a policy. */
const COLLECTIONS = {
  loadbalancer: '/lbaas/loadbalancers',
  listener: '/lbaas/listeners',
  pool: '/lbaas/pools',
  member: '/lbaas/pools/$parent/members',
  healthmonitor: '/lbaas/healthmonitors',
  l7policy: '/lbaas/l7policies',
  rule: '/lbaas/l7policies/$parent/rules',
  flavor: '/lbaas/flavors',
  flavorprofile: '/lbaas/flavorprofiles',
} as const;
const LABELS: Readonly<Record<OctaviaKind, string>> = {
  ...{ loadbalancer: 'load balancer', listener: 'listener', pool: 'pool', member: 'member', healthmonitor: 'health monitor' },
  ...{ l7policy: 'L7 policy', rule: 'L7 rule', flavor: 'flavor', flavorprofile: 'flavor profile' },
};

export type OctaviaKind = keyof typeof COLLECTIONS;
/** Which collection: `parentId` is a member's pool or a rule's policy, null for the others. */
export interface OctaviaPlace {
  readonly kind: OctaviaKind;
  readonly parentId: string | null;
}
/** What came of asking for a change: the answer, or why it cannot be made just now. */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly answer: T }
  /** `error`: the service's refusal. `isPassing`: because another change is under way; otherwise a conflict that may or may not pass. */
  | { readonly kind: 'busy'; readonly saw: string; readonly isPassing: boolean; readonly error: Failure | null };

export interface Octavia {
  create(place: OctaviaPlace, item: JsonObject): Promise<JsonObject>;
  /** Null when gone. */
  get(place: OctaviaPlace, id: string): Promise<JsonObject | null>;
  update(place: OctaviaPlace, id: string, changes: JsonObject): Promise<JsonObject>;
  delete(place: OctaviaPlace, id: string): Promise<void>;
  list(place: OctaviaPlace, query: NonNullable<CloudRequest['query']>): Promise<readonly JsonObject[]>;
  /** Id and statuses only. Shared: looks at about the same time become one list. Null when gone. */
  look(place: OctaviaPlace, id: string): Promise<JsonObject | null>;
  /** By id or name. Null when there is none; `Failure('invalid')` when a name is ambiguous. */
  find(kind: OctaviaKind, nameOrId: string): Promise<JsonObject | null>;
  /** The id for an id or name, kept for a few seconds; what looks like an id is taken as one. `Failure('not-found')` when there is none. */
  idOf(kind: OctaviaKind, nameOrId: string): Promise<string>;
  /** Id of the load balancer that something belongs to, which never changes. `Failure('not-found')` when it is gone. */
  balancerOf(kind: 'listener' | 'pool' | 'l7policy', id: string): Promise<string>;
  /**
   * Makes one change of a load balancer or of what belongs to it. Of those who want one at the same time only one calls; the others, and
   * whoever is refused with a conflict, learn that it is busy. `first`: nothing is known yet, so that the call itself is the look.
   */
  attempt<T>(balancerId: string, isFirst: boolean, change: () => Promise<T>): Promise<Attempt<T>>;
  /** Limits of a project, by their older names (`load_balancer`, `health_monitor`); `default`: those of one that has none of its own. */
  quota(projectId: string, which?: 'current' | 'default'): Promise<JsonObject>;
  setQuota(projectId: string, limits: JsonObject): Promise<void>;
  resetQuota(projectId: string): Promise<void>;
}

const KEPT_MS = 10_000;
const OWNER_KEPT_MS = 600_000;
const KEPT_LIMIT = 2_000;
const service = 'load-balancer';
const STATUSES = ['id', 'provisioning_status', 'operating_status'];

export function octaviaOf(session: Session): Octavia {
  const ids = new BoundedCache<string>(session.timers, KEPT_LIMIT, () => KEPT_MS);
  const balancers = new BoundedCache<string>(session.timers, KEPT_LIMIT, () => OWNER_KEPT_MS);
  const collection = ({ kind, parentId }: OctaviaPlace): string => COLLECTIONS[kind].replace('$parent', encodeURIComponent(parentId ?? ''));
  const pathOf = (place: OctaviaPlace, id: string): string => `${collection(place)}/${encodeURIComponent(id)}`;

  const get: Octavia['get'] = (place, id) =>
    nullIfGone(async () => itemOf(await session.request({ service, method: 'GET', path: pathOf(place, id) }), place.kind));
  const list: Octavia['list'] = (place, query) => session.list({ service, path: collection(place), query }, pluralOf(place.kind));
  const find: Octavia['find'] = async (kind, nameOrId) => {
    const place = { kind, parentId: null };
    if (isUuidLike(nameOrId)) {
      const byId = await get(place, nameOrId);
      if (byId !== null) return byId;
    }
    const named = await list(place, { name: nameOrId });
    if (named.length > 1)
      throw new Failure('invalid', `Multiple ${LABELS[kind]}s found for name '${nameOrId}', use an ID to be more specific.`);
    return named[0] ?? null;
  };
  const look = lookWith(session, get, list);

  return {
    get,
    list,
    find,
    look,
    async create(place, item) {
      const body = { [place.kind]: item };
      return itemOf(await session.request({ service, method: 'POST', path: collection(place), body }), place.kind);
    },
    async update(place, id, changes) {
      const body = { [place.kind]: changes };
      return itemOf(await session.request({ service, method: 'PUT', path: pathOf(place, id), body }), place.kind);
    },
    async delete(place, id) {
      await session.request({ service, method: 'DELETE', path: pathOf(place, id) });
    },
    async idOf(kind, nameOrId) {
      if (isUuidLike(nameOrId)) return nameOrId;
      return ids.get(`${kind} ${nameOrId}`, async () => {
        const found = await find(kind, nameOrId);
        if (typeof found?.id !== 'string') throw new Failure('not-found', octaviaNotFoundText(kind, nameOrId));
        return found.id;
      });
    },
    balancerOf: (kind, id) => balancers.get(`${kind} ${id}`, () => owner(get, kind, id)),
    attempt: attemptsWith((id) => look({ kind: 'loadbalancer', parentId: null }, id)),
    ...quotasOf(session),
  };
}

/** One shared look per collection. */
function lookWith(session: Session, get: Octavia['get'], list: Octavia['list']): Octavia['look'] {
  return (place, id) =>
    session.looks.of(`${place.kind} ${place.parentId ?? ''}`)(id, {
      one: (one) => get(place, one),
      all: () => list(place, { fields: STATUSES }),
    });
}

function quotasOf(session: Session): Pick<Octavia, 'quota' | 'setQuota' | 'resetQuota'> {
  const path = (projectId: string): string => `/lbaas/quotas/${encodeURIComponent(projectId)}`;
  return {
    async quota(projectId, which = 'current') {
      const suffix = which === 'default' ? '/default' : '';
      return itemOf(await session.request({ service, method: 'GET', path: `${path(projectId)}${suffix}` }), 'quota');
    },
    async setQuota(projectId, limits) {
      await session.request({ service, method: 'PUT', path: path(projectId), body: { quota: limits } });
    },
    async resetQuota(projectId) {
      await session.request({ service, method: 'DELETE', path: path(projectId) });
    },
  };
}

const pluralOf = (kind: OctaviaKind): string => (kind === 'l7policy' ? 'l7policies' : `${kind}s`);
export const octaviaNotFoundText = (kind: OctaviaKind, nameOrId: string): string =>
  `Unable to find ${LABELS[kind]} with name or id '${nameOrId}'`;

async function owner(get: Octavia['get'], kind: 'listener' | 'pool' | 'l7policy', id: string): Promise<string> {
  const item = await get({ kind, parentId: null }, id);
  if (item === null) throw new Failure('not-found', octaviaNotFoundText(kind, id));
  if (kind === 'l7policy') return owner(get, 'listener', String(item.listener_id));
  const [first] = isJsonArray(item.loadbalancers) ? item.loadbalancers : [];
  if (!isJsonObject(first ?? null)) throw new Failure('not-found', `the ${LABELS[kind]} ${id} belongs to no load balancer`);
  return String((first as JsonObject).id);
}

/** What the service says while another change is under way, and for good when the load balancer is in ERROR. */
const UNDER_WAY = /is immutable and cannot be updated|^Invalid state /;

function attemptsWith(look: (id: string) => Promise<JsonObject | null>): Octavia['attempt'] {
  const calling = new Set<string>();
  return async (balancerId, isFirst, change) => {
    const busy = (saw: string) => ({ kind: 'busy' as const, saw, isPassing: true, error: null });
    if (calling.has(balancerId)) return busy('another change');
    let status = 'unknown';
    if (!isFirst) {
      status = String((await look(balancerId))?.provisioning_status ?? 'gone');
      if (status.startsWith('PENDING_')) return busy(status);
      if (calling.has(balancerId)) return busy('another change');
    }
    calling.add(balancerId);
    try {
      return { kind: 'done', answer: await change() };
    } catch (error) {
      if (!(error instanceof CloudFailure) || error.status !== 409) throw error;
      return { kind: 'busy', saw: 'refused', isPassing: status !== 'ERROR' && UNDER_WAY.test(error.message), error };
    } finally {
      calling.delete(balancerId);
    }
  };
}
