/** One stack by id (deleted ones too) or by name (live ones only), within a project or, for administrators, anywhere. */
import type { ProjectId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { StackRecord } from '../records.ts';
import { STACK_COLUMNS, stackFromRow, storableText, type Row } from '../row-mapping.ts';

/** `projectId` null: of any project. */
export async function findStackById(db: Queryable, projectId: ProjectId | null, id: StackId): Promise<StackRecord | null> {
  const rows = await db.query<Row>({
    name: 'find-stack-by-id',
    text: `select ${STACK_COLUMNS} from stack where id = $1 and ($2::text is null or project_id = $2)`,
    values: [id, projectId],
  });
  return first(rows);
}

/** The same, locked until the transaction ends. */
export async function lockStackById(tx: Queryable, projectId: ProjectId | null, id: StackId): Promise<StackRecord | null> {
  const rows = await tx.query<Row>({
    name: 'lock-stack-by-id',
    text: `select ${STACK_COLUMNS} from stack where id = $1 and ($2::text is null or project_id = $2) for no key update`,
    values: [id, projectId],
  });
  return first(rows);
}

/** A root stack first: a nested one may bear the same name. */
export async function findStackByName(db: Queryable, projectId: ProjectId, name: string): Promise<StackRecord | null> {
  const rows = await db.query<Row>({
    name: 'find-stack-by-name',
    text: `select ${STACK_COLUMNS} from stack where project_id = $1 and name = $2 and deleted_at is null order by parent_id nulls first limit 1`,
    values: [projectId, storableText(name)],
  });
  return first(rows);
}

function first(rows: readonly Row[]): StackRecord | null {
  const row = rows[0];
  return row === undefined ? null : stackFromRow(row);
}
