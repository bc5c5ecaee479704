/** How many stacks a filter finds. */
import type { ProjectId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { stackCondition, type StackFilter } from './stack-filter.ts';

export async function countStacks(db: Queryable, filter: StackFilter): Promise<number> {
  const { text, values } = stackCondition(filter);
  const rows = await db.query<{ count: number }>({ text: `select count(*)::integer as count from stack where ${text}`, values });
  return (rows[0] as { count: number }).count;
}

/** Live root stacks of a project: what the limit on stacks counts. */
export async function countLiveRootStacks(db: Queryable, projectId: ProjectId): Promise<number> {
  const rows = await db.query<{ count: number }>({
    name: 'count-live-root-stacks',
    text: 'select count(*)::integer as count from stack where project_id = $1 and deleted_at is null and parent_id is null',
    values: [projectId],
  });
  return (rows[0] as { count: number }).count;
}
