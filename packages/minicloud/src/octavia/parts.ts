/** Making the parts of a load balancer, alone or within a whole tree: what both ways check and store. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { refuseOverQuota } from './quotas.ts';
import { insert, partsOf, save, scheduleOf, type BalancerChange } from './context.ts';
import { kinds, MAX_POSITION, type Kind } from './kinds.ts';
import { consistentPolicy, ordered, refuseRule } from './l7-rules.ts';
import {
  refuseChildrenOf,
  refuseMismatch,
  refuseNewListener,
  refuseStrangeCidrs,
  refuseTakenPort,
  withTlsDefaults,
} from './listener-rules.ts';
import { newMonitor, refuseNewPool } from './pool-rules.ts';
import type { BalancerSchedule } from './schedule.ts';
import { beginning, conflict, missing, type Balancer, type Part, type PartBody } from './state.ts';

/** Where a part is made: its load balancer, and when it will be there; null asks for a schedule of its own. */
export interface Site {
  readonly balancer: Balancer;
  readonly schedule: BalancerSchedule | null;
}
export interface Made {
  readonly part: Part;
  readonly schedule: BalancerSchedule;
}

async function make(change: BalancerChange, kind: Kind, site: Site, values: JsonObject): Promise<Made> {
  const { balancer } = site;
  const { project_id: _project, tenant_id: _tenant, loadbalancer_id: _whole, ...rest } = values;
  const id = change.service.random.uuid();
  const object = { id, projectId: balancer.projectId, loadBalancerId: balancer.id, body: rest };
  const schedule = site.schedule ?? scheduleOf(change, 'create', kind, object);
  const body = { ...rest, ...beginning(balancer.id, schedule) } as PartBody;
  return { part: await insert(change, kind, { id, projectId: balancer.projectId, body }), schedule };
}

export async function makeListener(change: BalancerChange, site: Site, values: JsonObject): Promise<Made> {
  const { balancer } = site;
  refuseNewListener(values);
  refuseTakenPort(values, await partsOf(change.tx, kinds.listener, [balancer.id], change.nowMs));
  refuseStrangeCidrs(values.allowed_cidrs, balancer.body.vip_address);
  const tls = values.protocol === 'TERMINATED_HTTPS' ? withTlsDefaults(values) : values;
  return make(change, kinds.listener, site, { ...tls, allowed_cidrs: emptyAsNull(tls.allowed_cidrs) });
}
export const emptyAsNull = (list: Json | undefined): Json => (Array.isArray(list) && list.length === 0 ? null : (list ?? null));

/** The pool that a listener of this protocol may send to. */
export async function poolFor(change: BalancerChange, balancer: Balancer, poolId: string, protocol: Json | undefined): Promise<Part> {
  const [pool] = await partsOf(change.tx, kinds.pool, [balancer.id], change.nowMs, [{ field: 'id', in: [poolId] }]);
  if (pool === undefined) throw missing(kinds.pool, poolId);
  refuseMismatch(protocol, pool.body.protocol);
  return pool;
}

export function makePool(change: BalancerChange, site: Site, values: JsonObject): Promise<Made> {
  const { listener_id: _listener, members: _members, healthmonitor: _monitor, ...rest } = values;
  refuseNewPool(rest);
  return make(change, kinds.pool, site, rest.tls_enabled === true ? withTlsDefaults(rest) : rest);
}

export async function makeMember(change: BalancerChange, site: Site, pool: Part, values: JsonObject): Promise<Made> {
  const others = await partsOf(change.tx, kinds.member, [site.balancer.id], change.nowMs, [{ field: 'pool_id', in: [pool.id] }]);
  if (others.some(({ body }) => body.address === values.address && body.protocol_port === values.protocol_port))
    throw conflict(
      `Another member on this pool is already using ip ${String(values.address)} on protocol_port ${String(values.protocol_port)}`,
    );
  return make(change, kinds.member, site, { ...values, pool_id: pool.id });
}

export async function makeMonitor(change: BalancerChange, site: Site, pool: Part, values: JsonObject): Promise<Made> {
  const kept = newMonitor(values, pool.body.protocol);
  const others = await partsOf(change.tx, kinds.healthmonitor, [site.balancer.id], change.nowMs, [{ field: 'pool_id', in: [pool.id] }]);
  if (others.length > 0) throw conflict('This pool already has a health monitor');
  return make(change, kinds.healthmonitor, site, { ...kept, pool_id: pool.id });
}

/** With its rules. The policies behind it move on by one. */
export async function makePolicy(change: BalancerChange, site: Site, listener: Part, values: JsonObject): Promise<Made> {
  refuseChildrenOf(listener.body.protocol);
  const { rules, redirect_pool: _pool, ...policy } = consistentPolicy(values);
  const given = Array.isArray(rules) ? (rules as readonly JsonObject[]) : [];
  if (given.length > MAX_RULES) throw conflict('Too many rules on L7 policy');
  const made = await make(change, kinds.l7policy, site, { ...policy, listener_id: listener.id });
  await place(change, made.part, Number(policy.position ?? MAX_POSITION));
  for (const rule of given) await makeRule(change, { ...site, schedule: made.schedule }, made.part, rule);
  return made;
}

export const MAX_RULES = 50;

/** Gives a policy its position; the others keep their order around it. */
export async function place(change: BalancerChange, policy: Part, position: number): Promise<void> {
  const { loadbalancer_id: balancerId, listener_id: listenerId } = policy.body;
  const all = await partsOf(change.tx, kinds.l7policy, [balancerId], change.nowMs, [{ field: 'listener_id', in: [String(listenerId)] }]);
  const byPosition = [...all].sort((a, b) => Number(a.body.position) - Number(b.body.position));
  const order = ordered(
    byPosition.map((one) => one.id),
    policy.id,
    position,
  );
  for (const one of all) {
    const wanted = order.indexOf(one.id) + 1;
    if (one.body.position !== wanted) await save(change, kinds.l7policy, one, { position: wanted });
  }
}

export async function makeRule(change: BalancerChange, site: Site, policy: Part, values: JsonObject): Promise<Made> {
  refuseRule(values);
  return make(change, kinds.l7rule, site, { ...values, l7policy_id: policy.id });
}

/** A pool with its members and its monitor, as a whole tree describes it. */
export async function makePoolTree(change: BalancerChange, site: Site, values: JsonObject): Promise<Part> {
  const members = Array.isArray(values.members) ? (values.members as readonly JsonObject[]) : [];
  const { projectId } = site.balancer;
  const { part } = await makePool(change, site, values);
  if (isJsonObject(values.healthmonitor)) {
    await refuseOverQuota(change, kinds.healthmonitor, projectId);
    await makeMonitor(change, site, part, values.healthmonitor);
  }
  if (members.length > 0) await refuseOverQuota(change, kinds.member, projectId, members.length);
  for (const member of members) await makeMember(change, site, part, member);
  return part;
}
