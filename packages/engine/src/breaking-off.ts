/** What is ended before its time: by a cancellation, a deadline, a request that skips it, or a deletion that ends in any case. */
import { asId, type ResourceId, type StackId } from '@hearth/kernel';
import { exceptionsBelow, type ResourceRecord } from '@hearth/store';
import { typeOf } from './comparison.ts';
import { lateLookAt } from './facts-of-types.ts';
import { pendingHook, withClearedHook, withoutHook } from './hooks.ts';
import { isForcedDeletion, leftBehind, leftoverOf, RETAINED, staysInCloud, TIME_IS_UP } from './left-behind.ts';
import type { Pending, StackView } from './stack-view.ts';
import { failedRow, isTombstone } from './transitions.ts';
import { isVisitAction } from './visits.ts';

export interface BrokenOff {
  /** Nothing more is begun in this traversal. */
  readonly halted: boolean;
  /** Rows that nothing is to be done for any more. */
  readonly dropped: readonly ResourceId[];
}

/** Before anything is planned: what is skipped is let be, and everything once the traversal was cancelled or its deadline has passed. */
export function breakOff(view: StackView, now: number, lateCallMs: number, pending: Pending): BrokenOff {
  const { haltReason, deadlineAt } = view.stack;
  const isLate = deadlineAt !== null && now >= deadlineAt;
  if (isLate && isForcedDeletion(view.stack)) return { halted: false, dropped: giveUp(view, now, lateCallMs, pending) };
  const reason = haltReason ?? (isLate ? 'Timed out' : null);
  const rows = [...view.rows.values()];
  if (reason !== null)
    return { halted: true, dropped: halt(view, rows, { reason, tellsBelow: haltReason !== null }, now, lateCallMs, pending) };
  const letBe = letBeWhatIsUnderWay(view, now, lateCallMs, pending);
  const skipped = view.skipped();
  if (skipped.size === 0) return { halted: false, dropped: letBe };
  const passedBy = rows.filter((row) => skipped.has(row.name));
  const skippedRows = halt(view, passedBy, { reason: 'Skipped', tellsBelow: true }, now, lateCallMs, pending);
  return { halted: false, dropped: [...letBe, ...skippedRows] };
}

/** What is under way has failed; what a broken-off call leaves is looked for later. */
function halt(
  view: StackView,
  rows: readonly ResourceRecord[],
  { reason, tellsBelow }: { readonly reason: string; readonly tellsBelow: boolean },
  now: number,
  lateCallMs: number,
  pending: Pending,
): readonly ResourceId[] {
  const dropped: ResourceId[] = [];
  for (const row of rows) {
    if (row.status !== 'IN_PROGRESS') {
      const hook = pendingHook(row);
      if (hook !== null) view.put(withClearedHook(row, hook), pending);
      continue;
    }
    dropped.push(row.id);
    const verifyAt = lateLookAt(row, view.registry, now + lateCallMs);
    view.ended({ ...failedRow(withoutHook(row), reason, now), verifyAt }, now, pending);
    const isNested = row.physicalId !== null && typeOf(view.registry, row.handler).composite !== undefined;
    if (tellsBelow && isNested) pending.children.push({ kind: 'halt', stackId: asId<StackId>(row.physicalId), reason });
  }
  return dropped;
}

/**
 * A deletion or a visit was asked for again without some resources while it went on: what is to stay in the cloud is waited for no longer, and stacks below, which
 * know of the older request only, are told anew. (Where a definition is wanted, the plan takes over what waits.)
 */
function letBeWhatIsUnderWay(view: StackView, now: number, lateCallMs: number, pending: Pending): readonly ResourceId[] {
  const { action, traversal, exceptions } = view.stack;
  if (exceptions === null || (action !== 'DELETE' && !isVisitAction(action))) return [];
  const isOlder = (row: ResourceRecord) => row.action === action && row.status === 'IN_PROGRESS' && row.traversal !== traversal;
  return [...view.rows.values()].filter(isOlder).flatMap((row) => {
    if (isNestedIn(view, row)) {
      if (row.phase !== 'waiting' || exceptionsBelow(exceptions, row.name) === null) return [];
      view.put({ ...row, phase: 'calling', token: null, wakeAt: null, traversal, updatedAt: now }, pending);
      pending.started.push({ rowId: row.id, requires: action === 'DELETE' ? null : row.requires });
    } else if (staysInCloud(view.stack, row)) leaveBehind(view, row, RETAINED, now, lateCallMs, pending);
    else return [];
    return [row.id];
  });
}

/** Time is up for a deletion that ends in any case. Nested stacks have the same deadline, and give up by themselves. */
function giveUp(view: StackView, now: number, lateCallMs: number, pending: Pending): readonly ResourceId[] {
  const given = [...view.rows.values()].filter((row) => !isTombstone(row) && !isNestedIn(view, row));
  for (const row of given) leaveBehind(view, row, row.status === 'FAILED' ? row.statusReason : TIME_IS_UP, now, lateCallMs, pending);
  return given.map(({ id }) => id);
}

/** A step has failed. Where the stack goes in any case, what cannot be deleted is left behind. */
export function afterFailure(view: StackView, row: ResourceRecord, now: number, lateCallMs: number, pending: Pending): void {
  if (row.action === 'DELETE' && !isNestedIn(view, row) && isForcedDeletion(view.stack))
    leaveBehind(view, row, row.statusReason, now, lateCallMs, pending);
}

const isNestedIn = (view: StackView, row: ResourceRecord): boolean => view.registry.get(row.handler)?.composite !== undefined;

/** The row goes, and what it stood for stays in the cloud and is listed. */
export function leaveBehind(view: StackView, row: ResourceRecord, reason: string, now: number, lateCallMs: number, pending: Pending): void {
  const leftover = leftoverOf(row, reason, now);
  if (leftover !== null) pending.leftovers.push(leftover);
  const left = leftBehind(row, reason, now, lateLookAt(row, view.registry, now + lateCallMs));
  view.event(left, now, pending);
  if (left.verifyAt !== null) return view.put(left, pending);
  view.rows.delete(row.id);
  pending.dirty.delete(row.id);
  pending.removed.add(row.id);
}
