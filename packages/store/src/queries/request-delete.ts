/** Writes down that nothing of a stack is wanted any more. The caller holds the row's lock. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { exceptionsValue, type Exceptions } from '../exceptions.ts';
import type { NewEvent } from '../records.ts';
import { appendEvent } from './append-event.ts';
import { doomSnapshots } from './doom-snapshots.ts';
import { wakeStack } from './wake-stack.ts';

export interface DeleteRequest {
  readonly stackId: StackId;
  readonly statusReason: string;
  readonly updatedAt: number;
  readonly deadlineAt: number;
  readonly event: NewEvent;
  /** What stays in the cloud. Absent: nothing. */
  readonly exceptions?: Exceptions | null;
  /** Whether what it adopted stays. Absent: as it was. */
  readonly adopting?: boolean;
}

export async function requestDelete(tx: Queryable, request: DeleteRequest): Promise<void> {
  const [stack] = await tx.query<{ has_snapshots: boolean }>({
    name: 'request-delete',
    text: `update stack set action = 'DELETE', status = 'IN_PROGRESS', status_reason = $2, traversal = traversal + 1, target_definition_id = null,
        rollback_definition_id = null, updated_at = $3, deadline_at = $4, wake_version = wake_version + 1, due_at = now(), halt_reason = null,
        exceptions = $5, adopting = coalesce($6, adopting)
      where id = $1
      returning exists (select from snapshot n where n.stack_id = stack.id) as has_snapshots`,
    values: [
      request.stackId,
      request.statusReason,
      new Date(request.updatedAt),
      new Date(request.deadlineAt),
      exceptionsValue(request.exceptions),
      request.adopting ?? null,
    ],
  });
  if (stack?.has_snapshots === true) await doomSnapshots(tx, request.stackId, null, request.exceptions);
  await appendEvent(tx, request.event);
  await wakeStack(tx, request.stackId);
}
