/** What has come of a call or a look becomes the row's state, with its events and what follows from it. No I/O. */
import type { ResourceId } from '@hearth/kernel';
import type { ResourceRecord } from '@hearth/store';
import { afterFailure } from './breaking-off.ts';
import { stopAfter } from './hook-stops.ts';
import type { Outcome } from './outcome.ts';
import type { Pending, StackView } from './stack-view.ts';
import { afterOutcome, isWorthWriting } from './transitions.ts';

interface Step {
  /** What the row requires once it is done; null: as it is. */
  readonly requires: readonly ResourceId[] | null;
  /** A call whose answer was lost may have made something that can be looked for. */
  readonly canBeFound: boolean;
  readonly lateCallMs: number;
}

export function settle(view: StackView, row: ResourceRecord, outcome: Outcome, step: Step, now: number, pending: Pending): void {
  const next = afterOutcome(row, outcome, now, step.requires);
  if (next === null) return gone(view, row, outcome, now, pending);
  if (outcome.kind === 'cleared') return view.cleared(next, now, pending);
  if (outcome.kind === 'wait') {
    if (outcome.child !== undefined) pending.children.push(outcome.child);
    if (isWorthWriting(row, outcome)) view.put(next, pending);
    else view.keep(next);
    return;
  }
  const mayLand = outcome.kind === 'trying' && outcome.mayLand && step.canBeFound;
  view.put(mayLand ? { ...next, verifyAt: now + step.lateCallMs } : next, pending);
  const isOver = outcome.kind === 'done' || outcome.kind === 'failed';
  if (isOver) view.event(next, now, pending);
  if (row.snapshotId !== null) return isOver ? view.copies.ended(view, next, now, pending) : undefined;
  if (outcome.kind === 'done') stopAfter(view, next, now, pending);
  if (outcome.kind === 'failed') afterFailure(view, next, now, step.lateCallMs, pending);
}

/** Nothing is left of it. */
function gone(view: StackView, row: ResourceRecord, outcome: Outcome, now: number, pending: Pending): void {
  const last: ResourceRecord = { ...row, status: 'COMPLETE', phase: null, statusReason: 'state changed', updatedAt: now };
  if (outcome.kind !== 'verified') view.event(last, now, pending);
  if (row.snapshotId !== null) return view.copies.forget(row.id, pending);
  if (outcome.kind === 'done' && stopAfter(view, last, now, pending)) return;
  view.rows.delete(row.id);
  pending.removed.add(row.id);
  pending.dirty.delete(row.id);
}
