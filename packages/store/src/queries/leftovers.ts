/** What deletions left in the cloud, of one tree of stacks or of a whole project. */
import { asId, type ProjectId, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { LeftoverRecord } from '../records.ts';
import type { Row } from '../row-mapping.ts';

export interface PlacedLeftover extends LeftoverRecord {
  readonly rootId: StackId;
  readonly stackName: string;
}

/** The newest first. `root` null: of all stacks of the project. */
export async function listLeftovers(
  db: Queryable,
  projectId: ProjectId,
  root: StackId | null,
  limit: number,
): Promise<readonly PlacedLeftover[]> {
  const rows = await db.query<Row>({
    name: root === null ? 'list-leftovers' : 'list-leftovers-of-stack',
    text: `select l.id, l.stack_id, l.root_id, l.resource_name, l.resource_type, l.physical_name, l.physical_id, l.reason, l.at, s.name as stack_name
      from leftover l join stack s on s.id = l.stack_id
      where l.project_id = $1 and ${root === null ? '$2::uuid is null' : '(l.root_id = $2 or l.stack_id = $2)'} order by l.at desc, l.id limit $3`,
    values: [projectId, root, limit],
  });
  return rows.map((row) => ({
    id: asId(row['id'] as string),
    stackId: asId(row['stack_id'] as string),
    rootId: asId(row['root_id'] as string),
    stackName: row['stack_name'] as string,
    resourceName: row['resource_name'] as string,
    resourceType: row['resource_type'] as string,
    physicalName: row['physical_name'] as string,
    physicalId: row['physical_id'] as string | null,
    reason: row['reason'] as string,
    at: row['at'] as number,
  }));
}
