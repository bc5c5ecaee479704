/** Snapshots as users name them: inserting, listing and finding them, and what was kept for one. */
import { asId, type JsonObject, type SnapshotId, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ResourceRecord, SnapshotRecord } from '../records.ts';
import { openObject, RESOURCE_COLUMNS, resourceFromRow, type Row, snapshotStateFromRow, storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export async function insertSnapshot(tx: Queryable, box: SecretBox, snapshot: SnapshotRecord): Promise<void> {
  await tx.query({
    name: 'insert-snapshot',
    text: `insert into snapshot (id, stack_id, project_id, name, action, status, status_reason, attempt, data, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      snapshot.id,
      snapshot.stackId,
      snapshot.projectId,
      snapshot.name === null ? null : storableText(snapshot.name),
      snapshot.action,
      snapshot.status,
      snapshot.statusReason,
      snapshot.attempt,
      box.seal(snapshot.data),
      new Date(snapshot.createdAt),
    ],
  });
}

/** Without what they hold. */
export type SnapshotSummary = Omit<SnapshotRecord, 'data'>;

const COLUMNS = 'id, stack_id, project_id, name, action, status, status_reason, attempt, created_at';

const summaryFromRow = (row: Row): SnapshotSummary => ({
  ...snapshotStateFromRow(row),
  projectId: asId(row['project_id'] as string),
  createdAt: row['created_at'] as number,
});

/** The oldest first. */
export async function listSnapshots(db: Queryable, stackId: StackId): Promise<readonly SnapshotSummary[]> {
  const rows = await db.query<Row>({
    name: 'list-snapshots',
    text: `select ${COLUMNS} from snapshot where stack_id = $1 order by created_at, id`,
    values: [stackId],
  });
  return rows.map(summaryFromRow);
}

export async function findSnapshot(db: Queryable, box: SecretBox, stackId: StackId, id: SnapshotId): Promise<SnapshotRecord | null> {
  const [row] = await db.query<Row>({
    name: 'find-snapshot',
    text: `select ${COLUMNS}, data from snapshot where stack_id = $1 and id = $2`,
    values: [stackId, id],
  });
  return row === undefined ? null : { ...summaryFromRow(row), data: openObject(row['data'], box) };
}

export async function countSnapshots(db: Queryable, stackId: StackId): Promise<number> {
  const [row] = await db.query<{ count: number }>({
    name: 'count-snapshots',
    text: 'select count(*)::integer as count from snapshot where stack_id = $1',
    values: [stackId],
  });
  return row?.count ?? 0;
}

/** A copy with the place of its stack: the names of the resources that lead there from the snapshot's own stack. */
export interface PlacedCopy {
  readonly row: ResourceRecord;
  readonly path: readonly string[];
}

/** In all of the tree, deleted stacks included. */
export async function listCopies(db: Queryable, box: SecretBox, snapshotId: SnapshotId): Promise<readonly PlacedCopy[]> {
  const columns = RESOURCE_COLUMNS.split(', ').map((column) => `r.${column}`);
  const rows = await db.query<Row & JsonObject>({
    name: 'list-copies',
    text: `
with recursive above (holder, id, parent_id, path) as (
  select s.id, s.id, s.parent_id, array[]::text[] from stack s
  where s.id = any (array (select stack_id from resource where snapshot_id = $1))
  union all
  select a.holder, p.id, p.parent_id, c.parent_resource || a.path
  from above a join stack c on c.id = a.id join stack p on p.id = a.parent_id
  where a.id <> (select stack_id from snapshot where id = $1)
)
select ${columns.join(', ')}, a.path
from resource r join above a on a.holder = r.stack_id and a.id = (select stack_id from snapshot where id = $1)
where r.snapshot_id = $1 order by a.path, r.name, r.id`,
    values: [snapshotId],
  });
  return rows.map((row) => ({ row: resourceFromRow(row, box), path: row['path'] as unknown as readonly string[] }));
}
