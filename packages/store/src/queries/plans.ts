/** Plans: kept, found, marked as applied, and removed once they have expired or there are too many of a project. */
import { asId, isUuidLike, type PlanId, type ProjectId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { PlanRecord } from '../plan-record.ts';
import { openObject, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

/** Keeps at most `most` plans of the project: the oldest go. */
export async function insertPlan(db: Queryable, box: SecretBox, plan: PlanRecord, most: number): Promise<void> {
  await db.query({
    name: 'insert-plan',
    text: `with surplus as (
        delete from plan where id in (select id from plan where project_id = $2 order by made_at desc, id offset greatest($9 - 1, 0))
      )
      insert into plan (id, project_id, stack_id, stack_name, kind, made_at, expires_at, content) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      plan.id,
      plan.projectId,
      plan.stackId,
      plan.stackName,
      plan.kind,
      new Date(plan.madeAt),
      new Date(plan.expiresAt),
      box.seal(plan.content),
      most,
    ],
  });
}

const COLUMNS = 'id, project_id, stack_id, stack_name, kind, made_at, expires_at, applied_at, content';

/** Also one that has expired and was not removed yet. `projectId` null: anybody's. */
export async function findPlan(db: Queryable, box: SecretBox, projectId: ProjectId | null, id: string): Promise<PlanRecord | null> {
  if (!isUuidLike(id)) return null;
  const [row] = await db.query<Row>({
    name: 'find-plan',
    text: `select ${COLUMNS} from plan where id = $1::uuid and ($2::text is null or project_id = $2)`,
    values: [id, projectId],
  });
  return row === undefined ? null : planFromRow(row, box);
}

function planFromRow(row: Row, box: SecretBox): PlanRecord {
  return {
    id: asId(row['id'] as string),
    projectId: asId(row['project_id'] as string),
    stackId: asId(row['stack_id'] as string),
    stackName: row['stack_name'] as string,
    kind: row['kind'] as PlanRecord['kind'],
    madeAt: row['made_at'] as number,
    expiresAt: row['expires_at'] as number,
    appliedAt: row['applied_at'] as number | null,
    content: openObject(row['content'], box),
  };
}

/** False: somebody else has applied it, or it is gone. Of two at once the second waits for the first. */
export async function markPlanApplied(tx: Queryable, id: PlanId, at: number): Promise<boolean> {
  const rows = await tx.query<{ id: string }>({
    name: 'mark-plan-applied',
    text: 'update plan set applied_at = $2 where id = $1 and applied_at is null returning id',
    values: [id, new Date(at)],
  });
  return rows.length > 0;
}

/** How many were removed. */
export async function removeExpiredPlans(db: Queryable, limit: number): Promise<number> {
  const [row] = await db.query<{ removed: number }>({
    name: 'remove-expired-plans',
    text: `with gone as (
        delete from plan where id = any (array (select id from plan where expires_at < statement_timestamp() limit $1)) returning 1
      ) select count(*) as removed from gone`,
    values: [limit],
  });
  return row?.removed ?? 0;
}
