/** Writes what a user takes for good of a resource, with the event that tells it. The caller holds the lock of the stack's row. */
import type { EventId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { asColumn, type Accepted } from '../drift.ts';
import type { ResourceRecord } from '../records.ts';
import type { SecretBox } from '../secret-box.ts';
import { appendEvent } from './append-event.ts';
import { wakeStack } from './wake-stack.ts';

export interface AcceptanceEvent {
  readonly at: number;
  readonly eventId: EventId;
  readonly reason: string;
}

type Row = Pick<ResourceRecord, 'id' | 'stackId' | 'name' | 'type' | 'physicalId' | 'action' | 'status'>;

/** Null: nothing is taken for good any more. An owner that holds the stack reads its rows anew. */
export async function writeAcceptance(
  tx: Queryable,
  box: SecretBox,
  row: Row,
  accepted: Accepted | null,
  { at, eventId, reason }: AcceptanceEvent,
): Promise<void> {
  await tx.query({
    name: 'write-acceptance',
    text: 'update resource set drift_accepted = $2 where id = $1',
    values: [row.id, accepted === null ? null : box.seal(asColumn(accepted))],
  });
  await tx.query({
    name: 'notice-acceptance',
    text: `update stack set wake_version = wake_version + 1, due_at = case when status = 'IN_PROGRESS' then now() else due_at end where id = $1`,
    values: [row.stackId],
  });
  const { stackId, name: resourceName, type: resourceType, physicalId, action, status } = row;
  await appendEvent(tx, { id: eventId, stackId, resourceName, resourceType, physicalId, action, status, reason, at });
  await wakeStack(tx, stackId);
}
