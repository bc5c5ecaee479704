/** Creating, changing and deleting one part of a load balancer: which whole it belongs to, what else the change touches. */
import { Bug, type JsonObject } from '@hearth/kernel';
import { badRequest, invalid } from './attributes.ts';
import { writableBalancer } from './balancers.ts';
import { part, partsOf, refuseImmutable, save, scheduleOf, touch, type BalancerChange } from './context.ts';
import { kinds, type Kind } from './kinds.ts';
import { consistentPolicy, refuseRule } from './l7-rules.ts';
import { refuseChangedListener, refuseChildrenOf, refuseMismatch, refuseStrangeCidrs } from './listener-rules.ts';
import {
  emptyAsNull,
  makeListener,
  makeMember,
  makeMonitor,
  makePolicy,
  makePool,
  makeRule,
  MAX_RULES,
  place,
  poolFor,
  type Made,
} from './parts.ts';
import { changedMonitor, refuseChangedPool } from './pool-rules.ts';
import { refuseOverQuota } from './quotas.ts';
import { conflict, gone, immutable, statusAt, textOf, type Balancer, type Part } from './state.ts';
import { refuseStrangeSubnet } from './vip.ts';
import { listenersOfPool, relatedTo } from './views.ts';

/** The part above it that the path names: a member's pool, a rule's policy. */
export type Parent = string | null;
type Touched = readonly (readonly [Kind, Part])[];

async function settledWith(change: BalancerChange, balancer: Balancer, made: Made, others: Touched): Promise<Part> {
  await touch(change, [[kinds.loadbalancer, balancer], ...others], made.schedule.doneAtMs);
  return made.part;
}
const whole = (balancer: Balancer) => ({ balancer, schedule: null });
const wholeOf = (one: Part): string => one.body.loadbalancer_id;

/** Listeners that send to a pool show what happens to it. */
async function listenersAround(change: BalancerChange, pool: Part): Promise<Touched> {
  const related = await relatedTo(change.tx, kinds.pool, [pool], change.nowMs, ['listener', 'l7policy']);
  return listenersOfPool(related, pool).map((one) => [kinds.listener, one] as const);
}
async function poolAround(change: BalancerChange, pool: Part): Promise<Touched> {
  return [[kinds.pool, pool], ...(await listenersAround(change, pool))];
}
function refuseBusyPool(change: BalancerChange, pool: Part): void {
  if (statusAt(pool, change.nowMs) !== 'ACTIVE') throw immutable('Pool', pool.id);
}
async function policyAround(change: BalancerChange, policy: Part): Promise<Touched> {
  return [[kinds.listener, await fresh(change, kinds.listener, String(policy.body.listener_id))]];
}
/** As it is now that the whole is locked. */
const fresh = (change: BalancerChange, kind: Kind, id: string): Promise<Part> => part(change.tx, kind, id, change.nowMs);

/** Locks the whole that a part belongs to, and reads the part again. */
async function locked(change: BalancerChange, kind: Kind, id: string): Promise<{ readonly balancer: Balancer; readonly own: Part }> {
  const balancer = await writableBalancer(change, wholeOf(await fresh(change, kind, id)));
  return { balancer, own: await fresh(change, kind, id) };
}

export async function createPart(change: BalancerChange, kind: Kind, values: JsonObject, parent: Parent): Promise<Part> {
  switch (kind.name) {
    case 'listener':
      return createListener(change, values);
    case 'pool':
      return createPool(change, values);
    case 'member':
      return createMember(change, values, parent ?? '');
    case 'healthmonitor':
      return createMonitor(change, values);
    case 'l7policy':
      return createPolicy(change, values);
    case 'l7rule':
      return createRule(change, values, parent ?? '');
    default:
      throw new Bug(`${kind.name} is no part of a load balancer`);
  }
}

async function createListener(change: BalancerChange, values: JsonObject): Promise<Part> {
  const balancer = await writableBalancer(change, String(values.loadbalancer_id));
  await refuseOverQuota(change, kinds.listener, balancer.projectId);
  const poolId = textOf(values.default_pool_id);
  if (poolId !== null) {
    refuseChildrenOf(values.protocol);
    await poolFor(change, balancer, poolId, values.protocol);
  }
  refuseImmutable(balancer, change.nowMs);
  return settledWith(change, balancer, await makeListener(change, whole(balancer), values), []);
}

async function createPool(change: BalancerChange, values: JsonObject): Promise<Part> {
  const [wholeId, listenerId] = [textOf(values.loadbalancer_id), textOf(values.listener_id)];
  if (wholeId === null && listenerId === null) throw invalid('Must provide at least one of: loadbalancer_id, listener_id');
  const balancer = await writableBalancer(change, wholeId ?? wholeOf(await fresh(change, kinds.listener, String(listenerId))));
  const listener = listenerId === null ? null : await fresh(change, kinds.listener, listenerId);
  if (listener !== null) {
    refuseChildrenOf(listener.body.protocol);
    refuseMismatch(listener.body.protocol, values.protocol);
  }
  await refuseOverQuota(change, kinds.pool, balancer.projectId);
  if (listener !== null && textOf(listener.body.default_pool_id) !== null) throw conflict('This listener already has a default pool');
  refuseImmutable(balancer, change.nowMs);
  const made = await makePool(change, whole(balancer), values);
  if (listener === null) return settledWith(change, balancer, made, []);
  const sending = await save(change, kinds.listener, listener, { default_pool_id: made.part.id });
  return settledWith(change, balancer, made, [[kinds.listener, sending]]);
}

async function createMember(change: BalancerChange, values: JsonObject, poolId: string): Promise<Part> {
  const { balancer, own: pool } = await locked(change, kinds.pool, poolId);
  await refuseStrangeSubnet(change, values.subnet_id);
  await refuseOverQuota(change, kinds.member, balancer.projectId);
  refuseBusyPool(change, pool);
  refuseImmutable(balancer, change.nowMs);
  return settledWith(change, balancer, await makeMember(change, whole(balancer), pool, values), await poolAround(change, pool));
}

async function createMonitor(change: BalancerChange, values: JsonObject): Promise<Part> {
  const { balancer, own: pool } = await locked(change, kinds.pool, String(values.pool_id));
  await refuseOverQuota(change, kinds.healthmonitor, balancer.projectId);
  refuseBusyPool(change, pool);
  refuseImmutable(balancer, change.nowMs);
  return settledWith(change, balancer, await makeMonitor(change, whole(balancer), pool, values), await poolAround(change, pool));
}

async function createPolicy(change: BalancerChange, values: JsonObject): Promise<Part> {
  const { balancer, own: listener } = await locked(change, kinds.listener, String(values.listener_id));
  refuseChildrenOf(listener.body.protocol);
  const target = textOf(values.redirect_pool_id);
  if (target !== null) await poolFor(change, balancer, target, listener.body.protocol);
  await refuseOverQuota(change, kinds.l7policy, balancer.projectId);
  const consistent = consistentPolicy(values);
  refuseImmutable(balancer, change.nowMs);
  const made = await makePolicy(change, whole(balancer), listener, consistent);
  return settledWith(change, balancer, made, [[kinds.listener, listener]]);
}

async function createRule(change: BalancerChange, values: JsonObject, policyId: string): Promise<Part> {
  const { balancer, own: policy } = await locked(change, kinds.l7policy, policyId);
  refuseRule(values);
  const rules = await partsOf(change.tx, kinds.l7rule, [balancer.id], change.nowMs, [{ field: 'l7policy_id', in: [policyId] }]);
  if (rules.length >= MAX_RULES) throw conflict(`Too many rules on L7 policy ${policyId}`);
  await refuseOverQuota(change, kinds.l7rule, balancer.projectId);
  refuseBusyPolicy(change, policy);
  refuseImmutable(balancer, change.nowMs);
  const made = await makeRule(change, whole(balancer), policy, values);
  return settledWith(change, balancer, made, [[kinds.l7policy, policy], ...(await policyAround(change, policy))]);
}
function refuseBusyPolicy(change: BalancerChange, policy: Part): void {
  if (statusAt(policy, change.nowMs) !== 'ACTIVE') throw immutable('L7Policy', policy.id);
}

/** What else a change of an existing part touches; throws when one of them is busy. */
async function around(change: BalancerChange, kind: Kind, own: Part): Promise<Touched> {
  switch (kind.name) {
    case 'pool':
      return listenersAround(change, own);
    case 'member':
    case 'healthmonitor': {
      const pool = await fresh(change, kinds.pool, String(own.body.pool_id));
      refuseBusyPool(change, pool);
      return poolAround(change, pool);
    }
    case 'l7policy':
      return policyAround(change, own);
    case 'l7rule': {
      const policy = await fresh(change, kinds.l7policy, String(own.body.l7policy_id));
      refuseBusyPolicy(change, policy);
      return [[kinds.l7policy, policy], ...(await policyAround(change, policy))];
    }
    default:
      return [];
  }
}

export async function updatePart(change: BalancerChange, kind: Kind, id: string, sent: JsonObject): Promise<Part> {
  const { balancer, own } = await locked(change, kind, id);
  const values = await acceptable(change, kind, balancer, own, sent);
  const touched = await around(change, kind, own);
  refuseImmutable(balancer, change.nowMs);
  const schedule = scheduleOf(change, 'update', kind, {
    id,
    projectId: own.projectId,
    loadBalancerId: balancer.id,
    body: { ...own.body, ...values },
  });
  await touch(change, [[kinds.loadbalancer, balancer], ...touched], schedule.doneAtMs);
  const { position, ...fields } = values;
  const saved = await save(change, kind, own, {
    ...fields,
    pending_status: 'PENDING_UPDATE',
    settles_at_ms: schedule.doneAtMs,
    settled_status: schedule.isFailing ? 'ERROR' : 'ACTIVE',
    online_at_ms: own.body.online_at_ms ?? (schedule.isFailing ? null : schedule.doneAtMs),
  });
  if (typeof position !== 'number') return saved;
  await place(change, saved, position);
  return fresh(change, kind, id);
}

/** The values to store; throws when they do not go with what is there. */
async function acceptable(change: BalancerChange, kind: Kind, balancer: Balancer, own: Part, sent: JsonObject): Promise<JsonObject> {
  switch (kind.name) {
    case 'listener': {
      refuseChangedListener(sent, own);
      refuseStrangeCidrs(sent.allowed_cidrs, balancer.body.vip_address);
      const poolId = textOf(sent.default_pool_id);
      if (poolId !== null) {
        refuseChildrenOf(own.body.protocol);
        await poolFor(change, balancer, poolId, own.body.protocol);
      }
      return 'allowed_cidrs' in sent ? { ...sent, allowed_cidrs: emptyAsNull(sent.allowed_cidrs) } : sent;
    }
    case 'pool': {
      const values = withPersistenceType(sent, own);
      refuseChangedPool(values, own.body);
      return values;
    }
    case 'healthmonitor':
      return changedMonitor(sent, own.body, (await fresh(change, kinds.pool, String(own.body.pool_id))).body.protocol);
    case 'l7policy': {
      const values = consistentPolicy(sent);
      const target = textOf(values.redirect_pool_id);
      const listener = await fresh(change, kinds.listener, String(own.body.listener_id));
      if (target !== null) await poolFor(change, balancer, target, listener.body.protocol);
      return values;
    }
    case 'l7rule':
      refuseRule({ ...own.body, ...sent });
      return sent;
    default:
      return sent;
  }
}

/** A change of persistence may leave its type out. */
function withPersistenceType(sent: JsonObject, own: Part): JsonObject {
  const given = sent.session_persistence as JsonObject | null | undefined;
  if (given === undefined || given === null || given.type !== null) return sent;
  const before = own.body.session_persistence as JsonObject | null;
  return { ...sent, session_persistence: { ...given, type: before?.type ?? null } };
}

export async function deletePart(change: BalancerChange, kind: Kind, id: string): Promise<void> {
  const { balancer, own } = await locked(change, kind, id);
  const below = await belongings(change, kind, own);
  const touched = await around(change, kind, own);
  refuseImmutable(balancer, change.nowMs);
  await change.tx.documents.removeWhere(kind.storage, [{ field: 'parent_id', in: [balancer.id] }, gone(change.nowMs)]);
  const schedule = scheduleOf(change, 'delete', kind, { id, projectId: own.projectId, loadBalancerId: balancer.id, body: own.body });
  await touch(change, [[kinds.loadbalancer, balancer], ...touched], schedule.doneAtMs);
  await leave(change, kind, own, schedule);
  if (schedule.isFailing) return;
  for (const [one, child] of below) await save(change, one, child, { gone_at_ms: schedule.doneAtMs });
  if (kind.name === 'pool') await forgetPool(change, own);
  if (kind.name === 'l7policy') await place(change, await fresh(change, kind, id), Number.MAX_SAFE_INTEGER);
}

async function leave(
  change: BalancerChange,
  kind: Kind,
  own: Part,
  schedule: { readonly doneAtMs: number; readonly isFailing: boolean },
): Promise<void> {
  await save(change, kind, own, {
    pending_status: 'PENDING_DELETE',
    settles_at_ms: schedule.doneAtMs,
    settled_status: 'ERROR',
    gone_at_ms: schedule.isFailing ? null : schedule.doneAtMs,
  });
}

/** What goes with a part; throws when something else needs it. */
async function belongings(change: BalancerChange, kind: Kind, own: Part): Promise<Touched> {
  const { tx, nowMs } = change;
  const below = async (child: Kind, field: string, ids: readonly string[]): Promise<Touched> =>
    (await partsOf(tx, child, [wholeOf(own)], nowMs, [{ field, in: ids }])).map((one) => [child, one] as const);
  switch (kind.name) {
    case 'listener': {
      const policies = await below(kinds.l7policy, 'listener_id', [own.id]);
      return [
        ...policies,
        ...(await below(
          kinds.l7rule,
          'l7policy_id',
          policies.map(([, one]) => one.id),
        )),
      ];
    }
    case 'l7policy':
      return below(kinds.l7rule, 'l7policy_id', [own.id]);
    case 'pool': {
      const [user] = await below(kinds.l7policy, 'redirect_pool_id', [own.id]);
      if (user !== undefined) throw conflict(`Pool ${own.id} is in use by L7 policy ${user[1].id}`);
      return [...(await below(kinds.member, 'pool_id', [own.id])), ...(await below(kinds.healthmonitor, 'pool_id', [own.id]))];
    }
    default:
      return [];
  }
}

async function forgetPool(change: BalancerChange, pool: Part): Promise<void> {
  const users = await partsOf(change.tx, kinds.listener, [wholeOf(pool)], change.nowMs, [{ field: 'default_pool_id', in: [pool.id] }]);
  for (const listener of users) await save(change, kinds.listener, listener, { default_pool_id: null });
}

/** The whole list of a pool's members at once: what is new is made, what is there is changed, the rest goes (unless told to stay). */
export async function replaceMembers(
  change: BalancerChange,
  poolId: string,
  wanted: readonly JsonObject[],
  isAdditive: boolean,
): Promise<void> {
  const { balancer, own: pool } = await locked(change, kinds.pool, poolId);
  refuseBusyPool(change, pool);
  refuseImmutable(balancer, change.nowMs);
  const keyOf = (one: JsonObject): string => `${String(one.address)} ${String(one.protocol_port)}`;
  const present = await partsOf(change.tx, kinds.member, [balancer.id], change.nowMs, [{ field: 'pool_id', in: [poolId] }]);
  const byKey = new Map(present.map((one) => [keyOf(one.body), one]));
  const keys = new Set(wanted.map(keyOf));
  if (keys.size !== wanted.length) throw badRequest('The list names a member twice.');
  const fresh = wanted.filter((one) => !byKey.has(keyOf(one)));
  const leaving = isAdditive ? [] : present.filter((one) => !keys.has(keyOf(one.body)));
  if (fresh.length + leaving.length === 0 && wanted.length === 0) return;
  if (fresh.length > leaving.length) await refuseOverQuota(change, kinds.member, balancer.projectId, fresh.length - leaving.length);
  for (const one of fresh) await refuseStrangeSubnet(change, one.subnet_id);
  const touched = await poolAround(change, pool);
  const schedule = scheduleOf(change, 'update', kinds.pool, {
    id: poolId,
    projectId: pool.projectId,
    loadBalancerId: balancer.id,
    body: pool.body,
  });
  for (const one of leaving) await leave(change, kinds.member, one, schedule);
  for (const one of fresh) await makeMember(change, { balancer, schedule }, pool, one);
  const status = { pending_status: 'PENDING_UPDATE', settles_at_ms: schedule.doneAtMs, settled_status: 'ACTIVE' };
  for (const one of wanted) {
    const before = byKey.get(keyOf(one));
    if (before === undefined) continue;
    const { project_id: _project, tenant_id: _tenant, ...fields } = one;
    await save(change, kinds.member, before, { ...fields, ...status });
  }
  await touch(change, [[kinds.loadbalancer, balancer], ...touched], schedule.doneAtMs);
}
