/** Writes down that what a stack was last asked for is to be done again, in a new traversal. The caller holds the row's lock, and has checked that it may. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { exceptionsValue, type Exceptions } from '../exceptions.ts';
import type { NewEvent } from '../records.ts';
import { appendEvent } from './append-event.ts';
import { wakeStack } from './wake-stack.ts';

export interface AgainRequest {
  readonly stackId: StackId;
  readonly statusReason: string;
  readonly updatedAt: number;
  readonly deadlineAt: number;
  readonly exceptions: Exceptions | null;
  readonly event: NewEvent;
}

/** Action and target stay as they are, and what was to be brought back still is. */
export async function requestAgain(tx: Queryable, request: AgainRequest): Promise<void> {
  await tx.query({
    name: 'request-again',
    text: `update stack set status = 'IN_PROGRESS', status_reason = $2, traversal = traversal + 1, updated_at = $3, deadline_at = $4, exceptions = $5,
        mending = case when (mending ->> 'traversal')::integer = traversal
          then json_build_object('traversal', traversal + 1, 'paths', mending -> 'paths') else mending end,
        halt_reason = null, wake_version = wake_version + 1, due_at = now()
      where id = $1`,
    values: [
      request.stackId,
      request.statusReason,
      new Date(request.updatedAt),
      new Date(request.deadlineAt),
      exceptionsValue(request.exceptions),
    ],
  });
  await appendEvent(tx, request.event);
  await wakeStack(tx, request.stackId);
}
