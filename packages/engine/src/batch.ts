/** What one round has changed, as one write of the store. Pure. */
import type { EngineBatch } from '@hearth/store';
import type { Pending, StackView } from './stack-view.ts';
import { type StackChange, stackEvent } from './verdict.ts';

export const isNothing = ({ dirty, removed, events }: Pending): boolean => dirty.size === 0 && removed.size === 0 && events.length === 0;

export function batchOf(view: StackView, pending: Pending, changes: readonly StackChange[], now: number): EngineBatch {
  const { stack } = view;
  const patch = Object.assign({}, ...changes.map((change) => change.patch));
  return {
    stack: changes.length === 0 ? null : { ifTraversal: stack.traversal, patch },
    resources: [...pending.dirty].flatMap((id) => view.rowOf(id) ?? []),
    removed: [...pending.removed],
    events: [...pending.events, ...changes.map((change) => stackEvent(stack, change, view.newEventId(), now))],
    children: pending.children,
    leftovers: pending.leftovers,
  };
}
