/**
 * Hooks: places where work on a resource stops until somebody clears them. A pending hook is in the row's data, so it outlives every process; a row with
 * one is under way for the planner and for nobody else. Pure.
 */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import type { ResourceRecord, StackAction } from '@hearth/store';
import { hooksOf, restrictedActionsOf, type Environment, type Hook, type RestrictedAction } from '@hearth/template';

const KEY = 'hook';

interface Held {
  readonly hook: Hook;
  readonly isCleared: boolean;
}

function heldBy({ data }: Pick<ResourceRecord, 'data'>): Held | null {
  const held = data[KEY];
  return isJsonObject(held) && typeof held['hook'] === 'string' ? (held as unknown as Held) : null;
}

/** The hook that the row waits for; null: none. */
export function pendingHook(row: Pick<ResourceRecord, 'data'>): Hook | null {
  const held = heldBy(row);
  return held === null || held.isCleared ? null : held.hook;
}
/** A hook that was cleared, and that its owner has not gone on from yet. */
export function clearedHook(row: Pick<ResourceRecord, 'data'>): Hook | null {
  const held = heldBy(row);
  return held?.isCleared === true ? held.hook : null;
}

export const withHook = (row: ResourceRecord, hook: Hook): ResourceRecord => ({
  ...row,
  data: { ...row.data, [KEY]: { hook, isCleared: false } },
});
export const withClearedHook = (row: ResourceRecord, hook: Hook): ResourceRecord => ({
  ...row,
  data: { ...row.data, [KEY]: { hook, isCleared: true } },
});
export function withoutHook(row: ResourceRecord): ResourceRecord {
  const { [KEY]: _held, ...data } = row.data;
  return { ...row, data };
}

/** Stopped before the first call of its step. */
export const stopped = (row: ResourceRecord, hook: Hook): ResourceRecord => ({ ...withHook(row, hook), phase: 'waiting', wakeAt: null });
/** The step begins now; nothing was called yet. */
export const goesOn = (row: ResourceRecord, now: number): ResourceRecord => ({
  ...withoutHook(row),
  phase: 'calling',
  startedAt: now,
  updatedAt: now,
});

/** Something else takes its place: it is waited for no more, and what stopped before its first call was never begun. */
export function leftAtHook(row: ResourceRecord, now: number): ResourceRecord {
  if (pendingHook(row) === null) return row;
  const free = withoutHook(row);
  if (row.status !== 'IN_PROGRESS') return free;
  const status = row.action === 'CREATE' ? 'FAILED' : 'COMPLETE';
  return {
    ...free,
    pending: null,
    status,
    statusReason: 'Stopped at its hook when a newer request came',
    phase: null,
    wakeAt: null,
    updatedAt: now,
  };
}
/** Nothing was made yet, and nothing is being made. */
export function isStoppedCreation(row: Pick<ResourceRecord, 'action' | 'data'>): boolean {
  const hook = pendingHook(row);
  return row.action === 'CREATE' && hook !== null && isBefore(hook);
}

export const isBefore = (hook: Hook): boolean => hook.startsWith('pre-');
/** The stock client looks for these very words, with the action of the hook. */
export const stoppedReason = (hook: Hook): string => `${(hook.split('-')[1] as string).toUpperCase()} paused until Hook ${hook} is cleared`;
export const clearedReason = (hook: Hook): string => `Hook ${hook} is cleared`;

const ACTIONS: Readonly<Record<string, string>> = { CREATE: 'create', UPDATE: 'update', DELETE: 'delete' };

/**
 * The hook that stops a step of a resource, or null. Creating and deleting stop only where the stack itself is created or deleted; an update of the
 * stack stops updates, and the creation of what takes another's place.
 */
export function hookFor(
  when: 'pre' | 'post',
  stackAction: StackAction,
  row: Pick<ResourceRecord, 'name' | 'action' | 'replaces'>,
  { resourceRegistry, globalRegistry = {} }: Pick<Environment, 'resourceRegistry' | 'globalRegistry'>,
): Hook | null {
  const isTakingOver = row.action === 'CREATE' && row.replaces !== null && stackAction === 'UPDATE';
  const step = isTakingOver ? 'UPDATE' : row.action;
  const word = step === stackAction ? ACTIONS[step] : undefined;
  if (word === undefined) return null;
  const hook = `${when}-${word}` as Hook;
  const isSet = [resourceRegistry, globalRegistry].some((registry: JsonObject) => hooksOf(registry, row.name).has(hook));
  return isSet ? hook : null;
}

/** What the environment forbids to do with the resource, as its failure tells it; null: nothing of the kind. */
export function restriction(
  action: RestrictedAction,
  name: string,
  { resourceRegistry, globalRegistry = {} }: Pick<Environment, 'resourceRegistry' | 'globalRegistry'>,
): string | null {
  const isForbidden = [resourceRegistry, globalRegistry].some((registry: JsonObject) => restrictedActionsOf(registry, name).has(action));
  return isForbidden ? `ResourceActionRestricted: ${action} is restricted for resource.` : null;
}
