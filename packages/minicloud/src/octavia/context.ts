/** What every change of a load balancer works with, and the few steps that all changes share. */
import { Bug, type Json, type JsonObject } from '@hearth/kernel';
import type { Identity } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Condition } from '../store/conditions.ts';
import { kinds, type Kind } from './kinds.ts';
import type { BalancerDeed, BalancerSchedule, BalancerScheduler } from './schedule.ts';
import {
  immutable,
  isGone,
  living,
  missing,
  statusAt,
  textOf,
  type Balancer,
  type BalancerBody,
  type Part,
  type PartBody,
} from './state.ts';

export interface BalancerContext {
  readonly service: ServiceContext;
  readonly schedule: BalancerScheduler;
}
export interface BalancerChange extends BalancerContext {
  readonly tx: CloudStore;
  readonly identity: Identity;
  readonly nowMs: number;
}

export const inBalancerChange = <T>(
  context: BalancerContext,
  identity: Identity,
  work: (change: BalancerChange) => Promise<T>,
): Promise<T> => context.service.store.transaction((tx) => work({ ...context, tx, identity, nowMs: context.service.clock.now() }));

/** A part by id, if it is (still) there. */
export async function part(store: CloudStore, kind: Kind, id: string, nowMs: number): Promise<Part> {
  const found = await store.documents.get<PartBody>(kind.storage, id);
  if (found === null || isGone(found, nowMs)) throw missing(kind, id);
  return found;
}

/** Locks the whole: everything that belongs to it stays as it is read afterwards. */
export async function lockedBalancer(change: Pick<BalancerChange, 'tx' | 'nowMs'>, id: string): Promise<Balancer> {
  const found = await change.tx.documents.get<BalancerBody>(kinds.loadbalancer.storage, id, { lock: true });
  if (found === null || isGone(found, change.nowMs)) throw missing(kinds.loadbalancer, id);
  return found;
}

/** Parts of one kind that belong to these load balancers, in order of creation. */
export const partsOf = (
  store: CloudStore,
  kind: Kind,
  loadBalancerIds: readonly string[],
  nowMs: number,
  where: readonly Condition[] = [],
): Promise<readonly Part[]> =>
  loadBalancerIds.length === 0
    ? Promise.resolve([])
    : store.documents.list<PartBody>(kind.storage, {
        where: [{ field: 'parent_id', in: loadBalancerIds }, living(nowMs), ...where],
      });

export function refuseImmutable(balancer: Balancer, nowMs: number): void {
  if (statusAt(balancer, nowMs) !== 'ACTIVE') throw immutable('Load Balancer', balancer.id);
}

export const tagsOf = (body: JsonObject): readonly string[] => (body.tags ?? []) as readonly string[];

export function scheduleOf(
  change: BalancerChange,
  deed: BalancerDeed,
  kind: Kind,
  object: { readonly id: string; readonly projectId: string | null; readonly loadBalancerId: string; readonly body: JsonObject },
): BalancerSchedule {
  const { id, projectId, loadBalancerId, body } = object;
  const facts = { kind: kind.name, id, projectId: projectId ?? '', loadBalancerId, name: textOf(body.name) ?? '', tags: tagsOf(body) };
  return change.schedule(deed, facts, change.nowMs);
}

/** Those that a change touches show it until it is through, and are as they were before afterwards. */
export async function touch(change: BalancerChange, touched: readonly (readonly [Kind, Part])[], doneAtMs: number): Promise<void> {
  for (const [kind, one] of touched) {
    await save(change, kind, one, { pending_status: 'PENDING_UPDATE', settles_at_ms: doneAtMs, settled_status: 'ACTIVE' });
  }
}

export async function save(change: BalancerChange, kind: Kind, before: Part, fields: JsonObject): Promise<Part> {
  const body: PartBody = { ...before.body, ...fields };
  const named = typeof fields.name === 'string' ? { name: fields.name } : {};
  const after = await change.tx.documents.replace<PartBody>(kind.storage, { id: before.id, body, ...named }, change.nowMs);
  if (after === null) throw missing(kind, before.id);
  return after;
}

export async function insert(
  change: BalancerChange,
  kind: Kind,
  made: { readonly id: string; readonly projectId: string | null; readonly body: PartBody },
): Promise<Part> {
  const { id, projectId, body } = made;
  const document = { id, projectId, name: (body.name as Json as string | null) ?? null, parentId: body.loadbalancer_id, body };
  const done = await change.tx.documents.insert<PartBody>(kind.storage, document, change.nowMs);
  if (done === null) throw new Bug(`the id ${id} of a new ${kind.singular} is taken`);
  return done;
}
