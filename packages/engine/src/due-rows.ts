/** Which rows of a stack are to be looked at now, and when the next one is. Pure. */
import type { ResourceId } from '@hearth/kernel';
import type { ResourceRecord } from '@hearth/store';
import { awaitedCopy } from './copies.ts';
import { pendingHook } from './hooks.ts';
import { isResting } from './retries.ts';

interface Due {
  readonly now: readonly ResourceId[];
  /** Infinite: none has a time. */
  readonly next: number;
}

/** `toLookAt`: rows that something was told of, whatever their time; those that are looked at are taken off it. */
export function dueRows(rows: readonly ResourceRecord[], toLookAt: Set<ResourceId>, now: number): Due {
  const due: ResourceId[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (pendingHook(row) !== null || awaitedCopy(row) !== null) continue;
    const at = timeOf(row, toLookAt, now);
    if (at === null) continue;
    if (at <= now && !isResting(row)) due.push(row.id);
    else next = Math.min(next, at);
  }
  return { now: due, next };
}

/** A wait has its next look; what is settled may have one left, for what may still land. */
function timeOf(row: ResourceRecord, toLookAt: Set<ResourceId>, now: number): number | null {
  if (row.phase === 'waiting') return toLookAt.delete(row.id) ? now : (row.wakeAt ?? now);
  return row.status === 'IN_PROGRESS' ? null : row.verifyAt;
}
