/** Keeping a software config, once per mark. */
import { asId, type SoftwareConfigId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { SoftwareConfigRecord } from '../software-config-record.ts';
import { storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export interface NewSoftwareConfig extends SoftwareConfigRecord {
  /** Names the resource that makes it; null: the user does. */
  readonly mark: string | null;
}

const INSERT = `
insert into software_config (id, project_id, name, group_name, mark, content, created_at)
select $1, $2, $3, $4, $5, $6, $7
where $8 < 0 or (select count(*) from (select from software_config where project_id = $2 limit greatest($8, 0)) taken) < $8
on conflict (project_id, mark) where mark is not null do nothing
returning id`;

/**
 * The id of the new config, or of the one that has the mark already; null when the project has `limit` configs (-1: no limit) or more.
 * The limit is a soft one: those who come at the same time may pass it together.
 */
export async function insertSoftwareConfig(
  db: Queryable,
  box: SecretBox,
  config: NewSoftwareConfig,
  limit: number,
): Promise<SoftwareConfigId | null> {
  const rows = await db.query<{ id: string }>({
    name: 'insert-software-config',
    text: INSERT,
    values: [
      config.id,
      config.projectId,
      config.name === null ? null : storableText(config.name),
      config.group === null ? null : storableText(config.group),
      config.mark,
      box.seal(config.content),
      new Date(config.createdAt),
      limit,
    ],
  });
  const [inserted] = rows;
  if (inserted !== undefined) return asId(inserted.id);
  return config.mark === null ? null : findSoftwareConfigId(db, config.projectId, config.mark);
}

/** By mark. */
export async function findSoftwareConfigId(db: Queryable, projectId: string, mark: string): Promise<SoftwareConfigId | null> {
  const [row] = await db.query<{ id: string }>({
    name: 'find-software-config-id',
    text: 'select id from software_config where project_id = $1 and mark = $2',
    values: [projectId, mark],
  });
  return row === undefined ? null : asId(row.id);
}
