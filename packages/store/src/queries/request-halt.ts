/** Writes down that the running traversal of a stack is to start nothing more. The caller holds the row's lock, and has checked that it may. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { storableText } from '../row-mapping.ts';
import { wakeStack } from './wake-stack.ts';

export interface HaltRequest {
  readonly stackId: StackId;
  /** Becomes the stack's status reason. */
  readonly reason: string;
}

export async function requestHalt(tx: Queryable, { stackId, reason }: HaltRequest): Promise<void> {
  await tx.query({
    name: 'request-halt',
    text: `update stack set halt_reason = $2, wake_version = wake_version + 1, due_at = now() where id = $1 and status = 'IN_PROGRESS'`,
    values: [stackId, storableText(reason)],
  });
  await wakeStack(tx, stackId);
}
