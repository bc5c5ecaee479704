/** Where stacks stand: their names from the root down, by which watchers of a tree or a project put events into their place. */
import type { ProjectId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { Row } from '../row-mapping.ts';

export interface StackPlace {
  readonly id: StackId;
  readonly name: string;
  readonly projectId: ProjectId;
  readonly rootId: StackId;
  readonly parentId: StackId | null;
  /** The root's name, then the names of the resources that lead here. */
  readonly path: readonly string[];
}

/** Deleted ones too. Ids that there are no stacks of are left out. */
export async function findStackPlaces(db: Queryable, ids: readonly StackId[]): Promise<readonly StackPlace[]> {
  if (ids.length === 0) return [];
  const rows = await db.query<Row>({
    name: 'find-stack-places',
    text: `with recursive up (leaf, id, parent_id, step, height) as (
        select id, id, parent_id, coalesce(parent_resource, name), 0 from stack where id = any ($1::uuid[])
        union all
        select up.leaf, s.id, s.parent_id, coalesce(s.parent_resource, s.name), up.height + 1 from up join stack s on s.id = up.parent_id
      )
      select s.id, s.name, s.project_id, s.root_id, s.parent_id, array_agg(up.step order by up.height desc) as path
      from up join stack s on s.id = up.leaf group by s.id`,
    values: [ids],
  });
  return rows.map((row) => ({
    id: row['id'] as StackId,
    name: row['name'] as string,
    projectId: row['project_id'] as ProjectId,
    rootId: row['root_id'] as StackId,
    parentId: row['parent_id'] as StackId | null,
    path: row['path'] as readonly string[],
  }));
}
