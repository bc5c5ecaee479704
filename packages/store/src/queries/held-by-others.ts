/** Which of these physical ids other resources stand for. Seldom asked, so that no index is kept for it. */
import type { ResourceId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { Row } from '../row-mapping.ts';

export async function heldByOthers(
  db: Queryable,
  { id, handler }: { readonly id: ResourceId; readonly handler: string },
  physicalIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await db.query<Row>({
    name: 'held-by-others',
    text: `select distinct physical_id from resource where physical_id = any ($1::text[]) and handler = $2 and id <> $3
      and replaced_by is null and not (action = 'DELETE' and status = 'COMPLETE') order by physical_id`,
    values: [physicalIds, handler, id],
  });
  return rows.map((row) => row['physical_id'] as string);
}
