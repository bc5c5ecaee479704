/**
 * Drift, as far as rows and stacks go: which rows are to be looked at, what a look makes of them, and what a traversal brings back. Pure.
 */
import { asId, type JsonObject, type ResourceId, type StackId } from '@hearth/kernel';
import type { Change } from '@hearth/planner';
import { classifyChange, type Registry, type ResourceType } from '@hearth/resource-kit';
import {
  countedState,
  isMended,
  mendedBelow,
  mendedPaths,
  openDifferences,
  sameFinding,
  type ChildWrite,
  type Difference,
  type DriftFinding,
  type ResourceRecord,
  type StackRecord,
} from '@hearth/store';
import { typeOf } from './comparison.ts';
import { pendingHook } from './hooks.ts';

type Wish = Pick<StackRecord, 'looksAskedAt' | 'mending' | 'traversal' | 'action' | 'deletedAt'>;

/** What a look found, before it is compared with what was found before. */
export type Finding = Pick<DriftFinding, 'state' | 'differences' | 'reason'>;

/** It stands for something, and nothing is being done to it. */
const isAtRest = (row: ResourceRecord): boolean =>
  row.action !== 'DELETE' && row.replacedBy === null && row.status !== 'IN_PROGRESS' && pendingHook(row) === null;

/** Somebody wants it looked at, and nobody has since. */
export const isToBeSeen = (stack: Wish, row: ResourceRecord): boolean =>
  stack.looksAskedAt > row.lookedFor && stack.deletedAt === null && stack.action !== 'DELETE' && isAtRest(row);

/** What is brought back is looked at first: nothing is planned before. What the traversal has changed already needs no look. */
export const holdsUpPlan = (stack: Wish, row: ResourceRecord): boolean =>
  isToBeSeen(stack, row) && row.traversal < stack.traversal && isMended(mendedPaths(stack), row.name);

/** The row after a look that was begun for the wish of `askedAt`. Nothing but what is known of its drift changes. */
export function afterLook(row: ResourceRecord, finding: Finding, askedAt: number, at: number): ResourceRecord {
  const now: DriftFinding = { ...finding, at, since: at };
  const since = sameFinding(row.drift, now) ? (row.drift as DriftFinding).since : at;
  return { ...row, lookedFor: askedAt, drift: { ...now, since } };
}

/** What is to be told of a look; null: no news. */
export function newsOf(before: ResourceRecord, after: ResourceRecord): string | null {
  const state = countedState(after);
  const isSame = before.drift !== null && after.drift !== null && sameFinding(before.drift, after.drift);
  if (state === null || state === 'unknown' || isSame) return null;
  if (state === 'gone') return 'Drift: it is gone from the cloud';
  if (state === 'differs')
    return `Drift: not as it was applied: ${openDifferences(after)
      .map(({ property }) => property)
      .join(', ')}`;
  const was = countedState(before);
  return was === 'gone' || was === 'differs' ? 'Drift: it is as it was applied again' : null;
}

/** A row that is a stack of its own is seen by passing the wish on: to its child, unless that is brought back and so looks anyway. */
export function passedOn(
  stack: Wish & Pick<StackRecord, 'status'>,
  row: ResourceRecord,
): { readonly row: ResourceRecord; readonly write: ChildWrite | null } {
  const at = stack.looksAskedAt;
  const isTold = row.physicalId === null || (stack.status === 'IN_PROGRESS' && holdsUpPlan(stack, row));
  const write: ChildWrite | null = isTold ? null : { kind: 'look', stackId: asId<StackId>(row.physicalId), at };
  return { row: { ...row, lookedFor: at }, write };
}

/** The traversal brings the row back, and has not begun to: what gives its place to another one has only begun with that one. */
const isDueToMend = (stack: Wish, row: ResourceRecord): boolean =>
  (row.traversal < stack.traversal || row.handOver !== null) && isMended(mendedPaths(stack), row.name);

/** The properties that the traversal sets again, with the values that the cloud has now. */
export function mendedValues(stack: Wish, row: ResourceRecord): JsonObject {
  if (!isDueToMend(stack, row) || row.drift?.state !== 'differs') return {};
  return actualValues(openDifferences(row));
}
const actualValues = (differences: readonly Difference[]): JsonObject =>
  Object.fromEntries(differences.map(({ property, actual }) => [property, actual]));

/** How the row differs from what is wanted, where what drifted counts as well. */
export function mendedChange(change: Change, stack: Wish, row: ResourceRecord, registry: Registry): Change {
  if (change === 'replace' || !isDueToMend(stack, row)) return change;
  const type = typeOf(registry, row.handler);
  if (type.composite !== undefined) return 'update';
  if (row.drift?.state === 'gone') return 'replace';
  const actual = mendedValues(stack, row);
  if (Object.keys(actual).length === 0) return change;
  return classifyChange(type, { ...row.properties, ...actual }, row.properties).change === 'replace' ? 'replace' : 'update';
}

/** A row whose drifted properties are set again by the update that begins. */
export const withMended = (stack: Wish, row: ResourceRecord): ResourceRecord => ({
  ...row,
  uncertain: [...new Set([...row.uncertain, ...Object.keys(mendedValues(stack, row))])],
});

/** What an update finds: what was applied, but for what is known to be otherwise and is about to be set. */
export function presentProperties(row: ResourceRecord, type: Pick<ResourceType, 'properties'>): JsonObject {
  const drifted = (row.drift?.differences ?? []).filter(
    ({ property }) => row.uncertain.includes(property) && type.properties[property]?.updatable === true,
  );
  return { ...row.properties, ...actualValues(drifted) };
}

/** What a traversal of the stack brings back in the child of a resource; null: nothing. */
export const mendsBelow = (stack: Wish, name: string): readonly string[] | null => mendedBelow(mendedPaths(stack), name);

/** Those that a look is to be begun for. Most stacks were never asked, and cost nothing. */
export const rowsToSee = (stack: Wish, rows: ReadonlyMap<ResourceId, ResourceRecord>): readonly ResourceRecord[] =>
  stack.looksAskedAt === 0 ? [] : [...rows.values()].filter((row) => isToBeSeen(stack, row));

/** Something is still to be looked at before anything is planned. */
export const isHeldUp = (stack: Wish, rows: ReadonlyMap<ResourceId, ResourceRecord>): boolean =>
  mendedPaths(stack) !== null && [...rows.values()].some((row) => holdsUpPlan(stack, row));
