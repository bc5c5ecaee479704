/**
 * What follows a write to a resource's row that was asked for by a user: an event tells it, and whoever holds the stack, or takes it up, reads the row
 * anew. Part of the transaction that wrote it under the lock of the stack's row.
 */
import type { EventId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ResourceRecord } from '../records.ts';
import { appendEvent } from './append-event.ts';
import { wakeStack } from './wake-stack.ts';

export interface RowNotice {
  readonly at: number;
  readonly eventId: EventId;
  readonly reason: string;
}
export type NoticedRow = Pick<ResourceRecord, 'stackId' | 'name' | 'type' | 'physicalId' | 'action' | 'status'>;

export async function noticeRow(tx: Queryable, row: NoticedRow, { at, eventId, reason }: RowNotice): Promise<void> {
  await tx.query({
    name: 'notice-row',
    text: `update stack set wake_version = wake_version + 1, due_at = case when status = 'IN_PROGRESS' then now() else due_at end where id = $1`,
    values: [row.stackId],
  });
  const { stackId, name: resourceName, type: resourceType, physicalId, action, status } = row;
  await appendEvent(tx, { id: eventId, stackId, resourceName, resourceType, physicalId, action, status, reason, at });
  await wakeStack(tx, stackId);
}
