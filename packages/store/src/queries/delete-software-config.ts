/** Removing a software config. */
import { isUuidLike, type ProjectId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';

/** `projectId`: whose config it must be; null: anybody's. False when there is none. */
export async function deleteSoftwareConfig(db: Queryable, projectId: ProjectId | null, id: string): Promise<boolean> {
  if (!isUuidLike(id)) return false;
  const rows = await db.query<{ id: string }>({
    name: 'delete-software-config',
    text: 'delete from software_config where id = $1::uuid and ($2::text is null or project_id = $2) returning id',
    values: [id, projectId],
  });
  return rows.length > 0;
}
