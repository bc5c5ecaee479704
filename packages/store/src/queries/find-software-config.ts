/** One software config, decrypted. */
import { asId, isUuidLike, type ProjectId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { SoftwareConfigRecord } from '../software-config-record.ts';
import { openObject, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

/** `projectId`: whose config it must be; null: anybody's. */
export async function findSoftwareConfig(
  db: Queryable,
  box: SecretBox,
  projectId: ProjectId | null,
  id: string,
): Promise<SoftwareConfigRecord | null> {
  if (!isUuidLike(id)) return null;
  const [row] = await db.query<Row>({
    name: 'find-software-config',
    text: `select id, project_id, name, group_name, content, created_at from software_config
      where id = $1::uuid and ($2::text is null or project_id = $2)`,
    values: [id, projectId],
  });
  if (row === undefined) return null;
  return {
    id: asId(row['id'] as string),
    projectId: asId(row['project_id'] as string),
    name: row['name'] as string | null,
    group: row['group_name'] as string | null,
    createdAt: row['created_at'] as number,
    content: openObject(row['content'], box),
  };
}
