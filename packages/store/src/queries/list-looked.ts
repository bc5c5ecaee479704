/** Rows of resources as far as a report of drift needs them, of several stacks at once. */
import { asId, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ResourceRecord } from '../records.ts';
import { openObjectOrNull, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export type LookedRow = Pick<
  ResourceRecord,
  | 'id'
  | 'stackId'
  | 'name'
  | 'type'
  | 'handler'
  | 'physicalId'
  | 'action'
  | 'status'
  | 'replacedBy'
  | 'lookedFor'
  | 'drift'
  | 'accepted'
  | 'updatedAt'
>;

/** What is being deleted, or had something take its place, is left out. */
export async function listLooked(db: Queryable, box: SecretBox, stackIds: readonly StackId[]): Promise<readonly LookedRow[]> {
  const rows = await db.query<Row>({
    name: 'list-looked',
    text: `select id, stack_id, name, type, handler, physical_id, action, status, looked_for, drift, drift_accepted, updated_at
      from resource where stack_id = any ($1::uuid[]) and action <> 'DELETE' and replaced_by is null and snapshot_id is null order by name, created_at, id`,
    values: [stackIds],
  });
  return rows.map((row) => ({
    id: asId(row['id'] as string),
    stackId: asId(row['stack_id'] as string),
    name: row['name'] as string,
    type: row['type'] as string,
    handler: row['handler'] as string,
    physicalId: row['physical_id'] as string | null,
    action: row['action'] as LookedRow['action'],
    status: row['status'] as LookedRow['status'],
    replacedBy: null,
    lookedFor: row['looked_for'] as number,
    drift: openObjectOrNull(row['drift'], box) as unknown as LookedRow['drift'],
    accepted: openObjectOrNull(row['drift_accepted'], box) as unknown as LookedRow['accepted'],
    updatedAt: row['updated_at'] as number,
  }));
}
