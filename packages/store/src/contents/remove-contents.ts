/** Contents that no definition and no listing names any more. Walks by id, some at a time; a listing goes before what it lists. */
import type { Database, Queryable, Statement } from '../database.ts';
import { sqlState } from '../postgres/connection-failure.ts';
import { REMOVING } from './content-lock.ts';

export interface RemovedContents {
  readonly removed: number;
  /** Where to go on, as hex digits; null: the last one has been looked at. */
  readonly next: string | null;
}

const UNUSED = `not exists (select from definition d where d.template_id = c.id) and not exists (select from definition d where d.files_id = c.id)
  and not exists (select from content_part p where p.part_id = c.id)`;
/** Who makes references waits meanwhile, so this is short. */
const LOCK_MS = 200;
const LOCK_NOT_AVAILABLE = '55P03';

export const unusedContentsStatement = (after: string | null, limit: number): Statement => ({
  name: 'unused-contents',
  text: `
with looked as (select id from content where id > coalesce($1::bytea, '') order by id limit $2)
select encode(c.id, 'hex') as id, ${UNUSED} as unused from looked c order by c.id`,
  values: [after === null ? null : Buffer.from(after, 'hex'), limit],
});

/** Looks at so many contents. When the lock is not to be had at once, they stay for the next round. */
export async function removeContents(db: Database, after: string | null, limit: number): Promise<RemovedContents> {
  const looked = await db.query<{ id: string; unused: boolean }>(unusedContentsStatement(after, limit));
  const unused = looked.filter((row) => row.unused).map((row) => row.id);
  const removed = unused.length === 0 ? 0 : await removeUnused(db, unused);
  return { removed, next: looked.length < limit ? null : (looked.at(-1)?.id ?? null) };
}

async function removeUnused(db: Database, ids: readonly string[]): Promise<number> {
  try {
    return await db.transaction(async (tx: Queryable) => {
      await tx.query({ text: `set local lock_timeout = ${LOCK_MS}`, values: [] });
      await tx.query({ text: REMOVING, values: [] });
      const rows = await tx.query<{ removed: number }>({
        name: 'remove-contents',
        text: `with removed as (delete from content c where c.id = any ($1::bytea[]) and ${UNUSED} returning 1) select count(*) as removed from removed`,
        values: [ids.map((id) => Buffer.from(id, 'hex'))],
      });
      return rows[0]?.removed ?? 0;
    });
  } catch (error) {
    if (sqlState(error) === LOCK_NOT_AVAILABLE) return 0;
    throw error;
  }
}
