/** Writes what a user says of a resource, with the event that tells it. The caller holds the lock of the stack's row, so no owner writes meanwhile. */
import type { EventId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ResourceRecord } from '../records.ts';
import { storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import { appendEvent } from './append-event.ts';
import { wakeStack } from './wake-stack.ts';

export interface MarkEvent {
  readonly at: number;
  readonly eventId: EventId;
  readonly reason: string;
}

/** Action, status, reason and data of the row; whoever holds the stack, or takes it up, reads them anew. */
export async function writeMark(tx: Queryable, box: SecretBox, row: ResourceRecord, { at, eventId, reason }: MarkEvent): Promise<void> {
  await tx.query({
    name: 'write-mark',
    text: `update resource set action = $2, status = $3, status_reason = $4, data = $5, updated_at = $6 where id = $1`,
    values: [row.id, row.action, row.status, storableText(row.statusReason), box.seal(row.data), new Date(at)],
  });
  await tx.query({
    name: 'notice-mark',
    text: `update stack set wake_version = wake_version + 1, due_at = case when status = 'IN_PROGRESS' then now() else due_at end where id = $1`,
    values: [row.stackId],
  });
  const { stackId, name: resourceName, type: resourceType, physicalId, action, status } = row;
  await appendEvent(tx, { id: eventId, stackId, resourceName, resourceType, physicalId, action, status, reason, at });
  await wakeStack(tx, stackId);
}
