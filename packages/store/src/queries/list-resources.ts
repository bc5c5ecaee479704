/** Rows of a stack's resources: all, or those of one logical name. Replaced and deleted ones are the caller's to leave out; copies kept for snapshots are none. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ResourceRecord } from '../records.ts';
import { RESOURCE_COLUMNS, resourceFromRow, storableText, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export async function listResources(db: Queryable, box: SecretBox, stackId: StackId): Promise<readonly ResourceRecord[]> {
  const rows = await db.query<Row>({
    name: 'list-resources',
    text: `select ${RESOURCE_COLUMNS} from resource where stack_id = $1 and snapshot_id is null order by created_at, id`,
    values: [stackId],
  });
  return rows.map((row) => resourceFromRow(row, box));
}

/** Those for which one of the types acts. */
export async function listResourcesByHandler(
  db: Queryable,
  box: SecretBox,
  stackId: StackId,
  handlers: readonly string[],
): Promise<readonly ResourceRecord[]> {
  const rows = await db.query<Row>({
    name: 'list-resources-by-handler',
    text: `select ${RESOURCE_COLUMNS} from resource where stack_id = $1 and handler = any ($2::text[]) order by created_at, id`,
    values: [stackId, handlers],
  });
  return rows.map((row) => resourceFromRow(row, box));
}

export async function listResourcesByName(
  db: Queryable,
  box: SecretBox,
  stackId: StackId,
  name: string,
): Promise<readonly ResourceRecord[]> {
  const rows = await db.query<Row>({
    name: 'list-resources-by-name',
    text: `select ${RESOURCE_COLUMNS} from resource where stack_id = $1 and name = $2 and snapshot_id is null order by created_at, id`,
    values: [stackId, storableText(name)],
  });
  return rows.map((row) => resourceFromRow(row, box));
}
