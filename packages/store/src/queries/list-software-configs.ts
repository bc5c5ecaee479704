/** A page of a project's software configs, newest first. */
import { asId, isUuidLike, type ProjectId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { SoftwareConfigSummary } from '../software-config-record.ts';
import type { Row } from '../row-mapping.ts';

export interface SoftwareConfigPage {
  readonly limit: number;
  /** Id of the last config of the page before; one that does not exist is ignored, as Heat does. */
  readonly marker: string | null;
}

export async function listSoftwareConfigs(
  db: Queryable,
  projectId: ProjectId,
  page: SoftwareConfigPage,
): Promise<readonly SoftwareConfigSummary[]> {
  const rows = await db.query<Row>(listSoftwareConfigsStatement(projectId, page));
  return rows.map((row) => ({
    id: asId(row['id'] as string),
    projectId: asId(row['project_id'] as string),
    name: row['name'] as string | null,
    group: row['group_name'] as string | null,
    createdAt: row['created_at'] as number,
  }));
}

/** Separate, so that its plan can be looked at. */
export function listSoftwareConfigsStatement(
  projectId: ProjectId,
  { limit, marker }: SoftwareConfigPage,
): { readonly text: string; readonly values: readonly unknown[] } {
  const isAfter = marker !== null && isUuidLike(marker);
  // Without the marked row the bounds are those that every row keeps.
  const after = isAfter
    ? ` and (created_at, id) < (
      coalesce((select created_at from software_config where id = $3::uuid and project_id = $1), 'infinity'),
      coalesce((select id from software_config where id = $3::uuid and project_id = $1), 'ffffffff-ffff-ffff-ffff-ffffffffffff'))`
    : '';
  return {
    text: `select id, project_id, name, group_name, created_at from software_config
      where project_id = $1${after} order by created_at desc, id desc limit $2`,
    values: isAfter ? [projectId, limit, marker] : [projectId, limit],
  };
}
