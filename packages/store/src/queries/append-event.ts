/** One event, in the transaction of the change that it tells of; the row of its stack is there already. */
import type { Queryable } from '../database.ts';
import type { NewEvent } from '../records.ts';
import { storableText } from '../row-mapping.ts';

export async function appendEvent(tx: Queryable, event: NewEvent): Promise<void> {
  await tx.query({
    name: 'append-event',
    text: `insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, physical_id, action, status, reason, at)
      select $1, id, root_id, project_id, $3, $4, $5, $6, $7, $8, $9 from stack where id = $2`,
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
