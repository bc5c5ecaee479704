/** The stacks below one, down to a depth. */
import type { Queryable } from '../database.ts';
import type { StackRecord } from '../records.ts';
import { STACK_COLUMNS, stackFromRow, type Row } from '../row-mapping.ts';

/** Parents before their children, the oldest first. `levels`: 1 is the children alone. */
export async function listDescendants(
  db: Queryable,
  stack: Pick<StackRecord, 'id' | 'rootId' | 'depth'>,
  levels: number,
  withDeleted: boolean,
): Promise<readonly StackRecord[]> {
  if (levels <= 0) return [];
  const rows = await db.query<Row>({
    name: 'list-descendants',
    text: `select ${STACK_COLUMNS} from stack
      where root_id = $1 and parent_id is not null and depth between $2 and $3 and ($4 or deleted_at is null)
      order by depth, created_at, id`,
    values: [stack.rootId, stack.depth + 1, stack.depth + levels, withDeleted],
  });
  const below = new Set<string>([stack.id]);
  return rows.map(stackFromRow).filter((one) => {
    const isBelow = one.parentId !== null && below.has(one.parentId);
    if (isBelow) below.add(one.id);
    return isBelow;
  });
}
