/** Load balancers as a whole: creation (with everything in it, if wished), change, failover, deletion. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { mayAdminister, mayWrite } from './access.ts';
import { badRequest, invalid } from './attributes.ts';
import { insert, lockedBalancer, partsOf, save, scheduleOf, type BalancerChange } from './context.ts';
import { refuseUnusableFlavor } from './flavors.ts';
import { childKinds, kinds } from './kinds.ts';
import { makeListener, makePolicy, makePoolTree, poolFor, type Site } from './parts.ts';
import { PROVIDERS } from './providers.ts';
import { refuseOverQuota } from './quotas.ts';
import { beginning, conflict, gone, statusAt, textOf, type Balancer, type BalancerBody } from './state.ts';
import { releaseVip, takeVip } from './vip.ts';

export async function createBalancer(change: BalancerChange, values: JsonObject): Promise<Balancer> {
  const { identity, service, tx } = change;
  const projectId = textOf(values.project_id) ?? textOf(values.tenant_id) ?? identity.projectId;
  if (projectId === null) throw invalid('Missing project ID in request where one is required.');
  mayWrite(identity, projectId);
  await sweep(change);
  const id = service.random.uuid();
  const vip = await takeVip(change, values, id, projectId);
  const flavorProvider = await refuseUnusableFlavor(tx, values.flavor_id);
  if (textOf(values.availability_zone) !== null) throw invalid('Invalid availability zone.');
  if (Array.isArray(values.additional_vips) && values.additional_vips.length > 0)
    throw invalid('Additional VIPs are not offered by this deployment.');
  if (textOf(values.vip_qos_policy_id) !== null) throw invalid('VIP QoS policy is not allowed in this deployment.');
  const provider = providerOf(values, flavorProvider);
  await refuseOverQuota(change, kinds.loadbalancer, projectId);
  const { listeners, pools, project_id: _project, tenant_id: _tenant, ...rest } = values;
  const schedule = scheduleOf(change, 'create', kinds.loadbalancer, { id, projectId, loadBalancerId: id, body: rest });
  const body = { ...rest, ...vip, provider, ...beginning(id, schedule) } as unknown as BalancerBody;
  const balancer = (await insert(change, kinds.loadbalancer, { id, projectId, body })) as Balancer;
  await makeTree(change, { balancer, schedule }, objects(listeners), objects(pools));
  return balancer;
}

const objects = (list: Json | undefined): readonly JsonObject[] =>
  Array.isArray(list) ? (list as readonly Json[]).filter(isJsonObject) : [];

function providerOf(values: JsonObject, flavorProvider: string | null): string {
  const asked = textOf(values.provider);
  if (asked !== null && flavorProvider !== null && asked !== flavorProvider)
    throw badRequest(`Flavor '${String(values.flavor_id)}' is not compatible with provider '${asked}'`);
  const provider = asked ?? flavorProvider ?? 'amphora';
  if (!Object.hasOwn(PROVIDERS, provider)) throw badRequest(`Provider '${provider.slice(0, 64)}' is not enabled.`);
  return provider;
}

/** Everything the request described: pools first, which listeners and policies refer to by name. */
async function makeTree(
  change: BalancerChange,
  site: Site,
  listeners: readonly JsonObject[],
  givenPools: readonly JsonObject[],
): Promise<void> {
  if (listeners.length === 0 && givenPools.length === 0) return;
  const { projectId } = site.balancer;
  const pools = describedPools(listeners, givenPools);
  if (pools.length > 0) await refuseOverQuota(change, kinds.pool, projectId, pools.length);
  const ids = new Map<Json | undefined, string>();
  for (const pool of pools) {
    for (const name of ['protocol', 'lb_algorithm'] as const) {
      if (pool[name] === null) throw invalid(`Pool definition for '${String(pool.name)}' missing required attribute: ${name}`);
    }
    ids.set(pool.name, (await makePoolTree(change, site, pool)).id);
  }
  if (listeners.length > 0) await refuseOverQuota(change, kinds.listener, projectId, listeners.length);
  for (const given of listeners) {
    const { default_pool: pool, l7policies, ...listener } = given;
    const poolId = isJsonObject(pool) ? (ids.get(pool.name) ?? null) : textOf(listener.default_pool_id);
    if (poolId !== null) await poolFor(change, site.balancer, poolId, listener.protocol);
    const { part } = await makeListener(change, site, { ...listener, default_pool_id: poolId });
    for (const policy of objects(l7policies)) {
      const target = isJsonObject(policy.redirect_pool) ? { redirect_pool_id: ids.get(policy.redirect_pool.name) ?? null } : {};
      await makePolicy(change, site, part, { ...policy, redirect_pool: null, redirect_pool_id: null, ...target });
    }
  }
}

/** A pool that says more than its name is described; one that does not must be described elsewhere. */
function describedPools(listeners: readonly JsonObject[], given: readonly JsonObject[]): readonly JsonObject[] {
  const mentioned = listeners.flatMap((listener) => [
    ...[listener.default_pool].filter(isObject),
    ...objects(listener.l7policies).flatMap((policy) => [policy.redirect_pool].filter(isObject)),
  ]);
  if (mentioned.some((pool) => pool.name === '')) throw invalid('Pools must be named when creating a fully populated loadbalancer.');
  const isDescribed = (pool: JsonObject): boolean => pool.protocol !== null || pool.lb_algorithm !== null;
  const all = [...given, ...mentioned.filter(isDescribed)];
  const names = new Set(all.map((pool) => pool.name));
  if (names.size !== all.length) throw invalid('Pool names must be unique when creating a fully populated loadbalancer.');
  const lost = mentioned.find((pool) => !names.has(pool.name));
  if (lost !== undefined) throw invalid(`Pool '${String(lost.name)}' was referenced but no full definition was found.`);
  return all;
}
const isObject = (value: Json | undefined): value is JsonObject => value !== undefined && isJsonObject(value);

export async function writableBalancer(change: BalancerChange, id: string): Promise<Balancer> {
  const balancer = await lockedBalancer(change, id);
  mayWrite(change.identity, balancer.projectId);
  return balancer;
}

function refuseState(balancer: Balancer, nowMs: number, allowed: readonly string[]): void {
  const status = statusAt(balancer, nowMs);
  if (!allowed.includes(status)) throw conflict(`Invalid state ${status} of loadbalancer resource ${balancer.id}`);
}

const subject = (balancer: Balancer) => ({
  id: balancer.id,
  projectId: balancer.projectId,
  loadBalancerId: balancer.id,
  body: balancer.body,
});

export async function updateBalancer(change: BalancerChange, id: string, values: JsonObject): Promise<Balancer> {
  const balancer = await writableBalancer(change, id);
  if ((values.vip_qos_policy_id ?? null) !== null) throw invalid('VIP QoS policy is not allowed in this deployment.');
  refuseState(balancer, change.nowMs, ['ACTIVE']);
  return renewed(change, balancer, 'update', values);
}

export async function failOver(change: BalancerChange, id: string): Promise<void> {
  const balancer = await lockedBalancer(change, id);
  mayAdminister(change.identity);
  refuseState(balancer, change.nowMs, ['ACTIVE', 'ERROR']);
  await renewed(change, balancer, 'failover', {});
}

async function renewed(change: BalancerChange, balancer: Balancer, deed: 'update' | 'failover', values: JsonObject): Promise<Balancer> {
  const schedule = scheduleOf(change, deed, kinds.loadbalancer, subject(balancer));
  return (await save(change, kinds.loadbalancer, balancer, {
    ...values,
    pending_status: 'PENDING_UPDATE',
    settles_at_ms: schedule.doneAtMs,
    settled_status: schedule.isFailing ? 'ERROR' : 'ACTIVE',
    online_at_ms: balancer.body.online_at_ms ?? (schedule.isFailing ? null : schedule.doneAtMs),
  })) as Balancer;
}

export async function deleteBalancer(change: BalancerChange, id: string, isCascade: boolean): Promise<void> {
  const balancer = await writableBalancer(change, id);
  if (!isCascade) {
    for (const kind of [kinds.listener, kinds.pool]) {
      if ((await partsOf(change.tx, kind, [id], change.nowMs)).length > 0)
        throw invalid(`Cannot delete Load Balancer ${id} - it has children`);
    }
  }
  refuseState(balancer, change.nowMs, ['ACTIVE', 'ERROR']);
  const schedule = scheduleOf(change, 'delete', kinds.loadbalancer, subject(balancer));
  const goneAt = schedule.isFailing ? null : schedule.doneAtMs;
  const end = { pending_status: 'PENDING_DELETE', settles_at_ms: schedule.doneAtMs, settled_status: 'ERROR', gone_at_ms: goneAt };
  await save(change, kinds.loadbalancer, balancer, end);
  if (goneAt === null) return;
  await releaseVip(change, balancer);
  for (const kind of childKinds) {
    for (const part of await partsOf(change.tx, kind, [id], change.nowMs)) await save(change, kind, part, { gone_at_ms: goneAt });
  }
}

/** Rows of what is gone, with everything that was in it. */
async function sweep({ tx, nowMs }: BalancerChange): Promise<void> {
  const ids = await tx.documents.removeWhere(kinds.loadbalancer.storage, [gone(nowMs)]);
  if (ids.length === 0) return;
  for (const kind of childKinds) await tx.documents.removeWhere(kind.storage, [{ field: 'parent_id', in: ids }]);
}
