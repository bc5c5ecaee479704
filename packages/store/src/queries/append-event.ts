/** One event, in the transaction of the change that it tells of. */
import type { Queryable } from '../database.ts';
import type { NewEvent } from '../records.ts';
import { storableText } from '../row-mapping.ts';

export async function appendEvent(tx: Queryable, event: NewEvent): Promise<void> {
  await tx.query({
    name: 'append-event',
    text: `insert into event (id, stack_id, resource_name, resource_type, physical_id, action, status, reason, at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      event.id,
      event.stackId,
      event.resourceName,
      event.resourceType,
      event.physicalId,
      event.action,
      event.status,
      storableText(event.reason),
      new Date(event.at),
    ],
  });
}
