/** Writes down that a stack is to become again what it last completed with. The caller holds the row's lock, and has checked that it may. */
import type { DefinitionId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { NewEvent } from '../records.ts';
import { appendEvent } from './append-event.ts';
import { wakeStack } from './wake-stack.ts';

export interface RollbackRequest {
  readonly stackId: StackId;
  /** Null: nothing. */
  readonly targetDefinitionId: DefinitionId | null;
  readonly statusReason: string;
  readonly updatedAt: number;
  readonly deadlineAt: number;
  readonly event: NewEvent;
}

export async function requestRollback(tx: Queryable, request: RollbackRequest): Promise<void> {
  await tx.query({
    name: 'request-rollback',
    text: `update stack set action = 'ROLLBACK', status = 'IN_PROGRESS', status_reason = $2, traversal = traversal + 1, target_definition_id = $3,
        definition_id = coalesce($3, definition_id), updated_at = $4, deadline_at = $5, halt_reason = null, exceptions = null, wake_version = wake_version + 1,
        due_at = now()
      where id = $1`,
    values: [request.stackId, request.statusReason, request.targetDefinitionId, new Date(request.updatedAt), new Date(request.deadlineAt)],
  });
  await appendEvent(tx, request.event);
  await wakeStack(tx, request.stackId);
}
