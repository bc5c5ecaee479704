/** How children stand, for the parents that wait for them. */
import { asId, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ChildState } from '../engine-store.ts';
import type { Row } from '../row-mapping.ts';

export async function childStates(db: Queryable, ids: readonly StackId[]): Promise<readonly ChildState[]> {
  const rows = await db.query<Row>({
    name: 'child-states',
    text: 'select id, action, status, status_reason, definition_id, deleted_at from stack where id = any ($1::uuid[])',
    values: [ids],
  });
  return rows.map((row) => ({
    id: asId<StackId>(row['id'] as string),
    action: row['action'] as ChildState['action'],
    status: row['status'] as ChildState['status'],
    statusReason: row['status_reason'] as string,
    definitionId: asId(row['definition_id'] as string),
    deletedAt: row['deleted_at'] as number | null,
  }));
}
