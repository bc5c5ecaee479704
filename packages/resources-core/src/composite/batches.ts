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

/**
 * Members that stay and differ are changed a batch at a time; extras beyond the wanted ones keep `min_in_service` meanwhile (`extra(n)` gives n
 * more). What is too many or too few is settled with the last batch.
 */
export function nextRolled(
  present: JsonObject,
  wanted: JsonObject,
  policy: BatchPolicy,
  extra: (count: number) => JsonObject,
): NextMembers {
  const names = Object.keys(wanted);
  const staying = names.filter((name) => present[name] !== undefined);
  const outdated = staying.filter((name) => !jsonEqual(present[name] as Json, wanted[name] as Json));
  if (outdated.length === 0) return { resources: wanted, more: false };
  const capacity = staying.length;
  const size = Math.min(policy.maxBatchSize, capacity);
  const inService = Math.min(policy.minInService, capacity);
  const extras = Math.max(capacity - size, inService) + size - capacity;
  if (outdated.length <= size && extras === 0) return { resources: wanted, more: false };
  const added = extras === 0 ? {} : extra(extras);
  // Extras that are still to be made are of the batch too; the newest members are changed first.
  const making = Object.keys(added).filter((name) => present[name] === undefined).length;
  const room = Math.max(0, size - making);
  const next = new Set(outdated.slice(outdated.length - Math.min(room, outdated.length)));
  const batch = Object.fromEntries(
    Object.entries(present).map(([name, member]) => [name, next.has(name) ? (wanted[name] as Json) : member] as const),
  );
  return { resources: { ...added, ...batch }, more: true };
}
