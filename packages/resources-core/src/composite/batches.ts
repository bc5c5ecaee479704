/**
 * The way of a group from the members it has to those that are wanted, a batch at a time. Pure: what is there and what is wanted in, the next
 * members out. Rules as Heat's groups follow them: existing members are changed before the size is, and `min_in_service` may need passing extras.
 */
import { isJsonObject, jsonEqual, type Json, type JsonObject } from '@hearth/kernel';
import { c, p } from '@hearth/resource-kit';

export interface BatchPolicy {
  readonly maxBatchSize: number;
  readonly minInService: number;
  readonly pauseMs: number;
}

const BATCH = p.integer('How many members at most are made or changed at once.', { default: 1, constraints: [c.range(1, null)] });
const PAUSE = p.number('Seconds between batches.', { default: 0, constraints: [c.range(0, null)] });

/** What the update policy of a group may say. */
export const GROUP_POLICY = {
  rolling_update: p.mapOf({
    min_in_service: p.integer('How many members stay as they are at any time.', { default: 0, constraints: [c.range(0, null)] }),
    max_batch_size: BATCH,
    pause_time: PAUSE,
  })('How members are changed.'),
  batch_create: p.mapOf({ max_batch_size: BATCH, pause_time: PAUSE })('How members are made.'),
};

/** `batch_create` or `rolling_update` of an update policy; null when it says nothing of the kind. */
export function batchPolicy(policy: JsonObject, action: 'CREATE' | 'UPDATE'): BatchPolicy | null {
  const section = policy[action === 'CREATE' ? 'batch_create' : 'rolling_update'];
  if (!isJsonObject(section)) return null;
  const number = (name: string, otherwise: number): number => {
    const value = Number(section[name] ?? otherwise);
    return Number.isFinite(value) && value >= 0 ? value : otherwise;
  };
  return {
    maxBatchSize: Math.max(1, Math.floor(number('max_batch_size', 1))),
    minInService: Math.floor(number('min_in_service', 0)),
    pauseMs: Math.round(number('pause_time', 0) * 1000),
  };
}

export interface NextMembers {
  readonly resources: JsonObject;
  /** Another batch follows. */
  readonly more: boolean;
}

/** New members, a batch at a time. */
export function nextCreated(present: JsonObject, wanted: JsonObject, policy: BatchPolicy): NextMembers {
  const missing = Object.keys(wanted).filter((name) => present[name] === undefined);
  if (missing.length <= policy.maxBatchSize) return { resources: wanted, more: false };
  const next = new Set(missing.slice(0, policy.maxBatchSize));
  const resources = Object.entries(wanted).filter(([name]) => present[name] !== undefined || next.has(name));
  return { resources: Object.fromEntries(resources), more: true };
}

/** The size of the group and how many members may get the new definition, made or changed. */
function nextSize(target: number, current: number, upToDate: number, { maxBatchSize, minInService }: BatchPolicy) {
  const least = Math.min(minInService, target, current);
  const batch = Math.min(maxBatchSize, Math.max(target - upToDate, 0));
  return { size: batch + Math.max(Math.min(current, target - batch), least), batch };
}

/**
 * One batch of a rolling update: members beyond the batch's size go at once, new ones are made first, then those that are there are changed, the
 * newest first; extras beyond the wanted ones keep `min_in_service` meanwhile. `membersOf(n)` are the first n members as they are to be.
 */
export function nextRolled(
  present: JsonObject,
  target: number,
  policy: BatchPolicy,
  membersOf: (count: number) => JsonObject,
): NextMembers {
  const wanted = membersOf(target);
  const isDone = (members: JsonObject): boolean =>
    Object.keys(members).length === target && Object.keys(wanted).every((name) => isSame(members[name], wanted[name]));
  const isOutdated = Object.keys(present).some((name) => wanted[name] !== undefined && !isSame(present[name], wanted[name]));
  if (!isOutdated) return { resources: wanted, more: false };
  const upToDate = Object.keys(wanted).filter((name) => isSame(present[name], wanted[name])).length;
  const { size, batch } = nextSize(target, Object.keys(present).length, upToDate, policy);
  const resources = afterBatch(present, membersOf(size), { target, size, batch });
  // Nothing left to do in batches: the rest at once.
  if (isDone(resources) || jsonEqual(resources, present)) return { resources: wanted, more: false };
  return { resources, more: true };
}

const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  one !== undefined && other !== undefined && jsonEqual(one, other);

interface BatchSize {
  readonly target: number;
  readonly size: number;
  readonly batch: number;
}

function afterBatch(present: JsonObject, next: JsonObject, { target, size, batch }: BatchSize): JsonObject {
  const names = Object.keys(next);
  // First who goes, then the newest; extras last.
  const priority = (name: string): number => {
    const index = names.indexOf(name);
    return index < 0 ? 0 : index < target ? target - index : size;
  };
  const kept = Object.keys(present)
    .map((name) => ({ name, order: priority(name) }))
    .sort((a, b) => a.order - b.order)
    .slice(Math.max(0, Object.keys(present).length - size))
    .map(({ name }) => name);
  const made = names.filter((name) => present[name] === undefined).slice(0, size - kept.length);
  const outdated = kept.filter((name) => next[name] !== undefined && !isSame(present[name], next[name]));
  const changed = new Set([...made, ...outdated.slice(0, Math.max(0, batch - made.length))]);
  const entries = [...kept, ...made].map((name) => [name, (changed.has(name) ? next[name] : present[name]) as Json] as const);
  return Object.fromEntries(entries);
}
