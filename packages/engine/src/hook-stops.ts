/** Where the work on one stack stops at a hook, and goes on from it. */
import type { ResourceRecord } from '@hearth/store';
import type { Environment, Hook } from '@hearth/template';
import { clearedHook, goesOn, hookFor, isBefore, stopped, stoppedReason, withHook, withoutHook } from './hooks.ts';
import { isForcedDeletion } from './left-behind.ts';
import type { Pending, StackView } from './stack-view.ts';

/** A step that was just begun may have to stop before its first call. True: it stopped. */
export function stopBefore(view: StackView, row: ResourceRecord, now: number, pending: Pending): boolean {
  const hook = hasHandedOverTo(view, row) ? null : hookAt(view, 'pre', row);
  if (hook !== null) stop(view, stopped(row, hook), hook, now, pending);
  return hook !== null;
}
/** A replacement stops once: before the hand-over, where there is one. */
function hasHandedOverTo(view: StackView, { replaces, traversal }: ResourceRecord): boolean {
  const before = replaces === null ? undefined : view.rows.get(replaces);
  return before?.handOver === 'given' && before.traversal === traversal;
}

/** A step has ended well: it may have to stop here before others go on. True: it stopped. */
export function stopAfter(view: StackView, row: ResourceRecord, now: number, pending: Pending): boolean {
  const hook = row.handOver === null ? hookAt(view, 'post', row) : null;
  if (hook !== null) stop(view, withHook(row, hook), hook, now, pending);
  return hook !== null;
}

/** What was cleared goes on; what was stopped after its deletion is gone, or stays unseen while a late call may still land. */
export function goOn(view: StackView, now: number, pending: Pending): void {
  for (const row of [...view.rows.values()]) {
    const hook = clearedHook(row);
    if (hook === null) continue;
    if (isBefore(hook) && row.status === 'IN_PROGRESS') {
      view.put(goesOn(row, now), pending);
      pending.started.push({ rowId: row.id, requires: null });
    } else if (row.action === 'DELETE' && row.status === 'COMPLETE' && row.verifyAt === null) {
      view.rows.delete(row.id);
      pending.removed.add(row.id);
    } else view.put(withoutHook(row), pending);
  }
}

function hookAt(view: StackView, when: 'pre' | 'post', row: ResourceRecord): Hook | null {
  if (isForcedDeletion(view.stack)) return null;
  const definition = view.definition();
  return definition === undefined ? null : hookFor(when, view.stack.action, row, definition.environment as unknown as Environment);
}
function stop(view: StackView, row: ResourceRecord, hook: Hook, now: number, pending: Pending): void {
  view.put(row, pending);
  view.event({ ...row, statusReason: stoppedReason(hook) }, now, pending);
}
