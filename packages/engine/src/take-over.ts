/** What a new owner finds: every call that may be under way is begun again, and its leftovers are looked for once more later. No I/O. */
import type { ResourceId } from '@hearth/kernel';
import { canBeFound, isToldOfEnd, mayBeMaking } from './facts-of-types.ts';
import type { Pending, StackView } from './stack-view.ts';

interface TakenOver {
  readonly toLookAt: readonly ResourceId[];
  readonly calling: readonly ResourceId[];
}

export function takeOver(view: StackView, lateCallMs: number, now: number, pending: Pending): TakenOver {
  const rows = view.everyRow();
  const calling = rows.filter((row) => row.phase === 'calling');
  for (const row of calling) {
    const verifyAt = canBeFound(row, view.registry) ? now + lateCallMs : row.verifyAt;
    view.put({ ...row, attempts: row.attempts + 1, verifyAt, updatedAt: now }, pending);
    pending.started.push({ rowId: row.id, requires: null });
  }
  // Looks make things too, where the first call only prepares.
  for (const row of rows)
    if (row.phase === 'waiting' && mayBeMaking(row, view.registry))
      view.put({ ...row, verifyAt: now + lateCallMs, updatedAt: now }, pending);
  // The hint that its child has ended, or that a signal has come, may have gone to the owner before.
  const told = rows.filter((row) => row.phase === 'waiting' && isToldOfEnd(row, view.registry));
  return { toLookAt: told.map(({ id }) => id), calling: calling.map(({ id }) => id) };
}
