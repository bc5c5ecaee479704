/** Writes down that every resource of a stack is to be visited. The caller holds the row's lock, and has checked that it may. */
import type { SnapshotId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { exceptionsValue, type Exceptions } from '../exceptions.ts';
import type { NewEvent, VisitAction } from '../records.ts';
import { appendEvent } from './append-event.ts';
import { wakeStack } from './wake-stack.ts';

export interface VisitRequest {
  readonly stackId: StackId;
  readonly action: VisitAction;
  readonly statusReason: string;
  readonly updatedAt: number;
  readonly deadlineAt: number;
  readonly event: NewEvent;
  /** What SNAPSHOT makes. */
  readonly snapshotId?: SnapshotId;
  /** What is passed by. Absent: nothing. */
  readonly exceptions?: Exceptions | null;
}

/** What is wanted stays as it is. */
export async function requestVisit(tx: Queryable, request: VisitRequest): Promise<void> {
  await tx.query({
    name: 'request-visit',
    text: `update stack set action = $2, status = 'IN_PROGRESS', status_reason = $3, traversal = traversal + 1, updated_at = $4, deadline_at = $5,
        halt_reason = null, snapshot_id = $7, exceptions = $6, wake_version = wake_version + 1, due_at = now()
      where id = $1`,
    values: [
      request.stackId,
      request.action,
      request.statusReason,
      new Date(request.updatedAt),
      new Date(request.deadlineAt),
      exceptionsValue(request.exceptions),
      request.snapshotId ?? null,
    ],
  });
  await appendEvent(tx, request.event);
  await wakeStack(tx, request.stackId);
}
