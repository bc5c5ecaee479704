/**
 * Deleted stacks that have been kept long enough, with all that hangs on them. A few at a time, from the leaves up: those below go before those
 * above, and none while something below is left. A nested one is not older than its root may be, and stays as long as the parent's row stands for it.
 */
import type { StackId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';

export interface PurgeBatch {
  readonly keepDays: number;
  readonly stacks: number;
  readonly events: number;
}
export interface Purged {
  readonly stacks: number;
  readonly events: number;
  /** Nothing more is old enough. */
  readonly isDone: boolean;
}

// `due_at`: a deleted stack may have work left, as looking for what a lost call made. The root is asked for by a value: as a condition it would be
// hashed from the whole table.
export const passedStacksStatement = (keepDays: number, limit: number): Statement => ({
  name: 'passed-stacks',
  text: `
select s.id from stack s
where s.deleted_at < statement_timestamp() - $1 * interval '1 day' and s.holder_id is null and s.due_at is null
  and coalesce((select r.deleted_at from stack r where r.id = s.root_id), '-infinity') < statement_timestamp() - $1 * interval '1 day'
  and not exists (select from stack c where c.parent_id = s.id)
  and not exists (select from resource k where k.stack_id = s.id and k.snapshot_id is not null)
  and not exists (select from resource w join stack p on p.id = w.stack_id where w.id = s.id and p.deleted_at is null)
order by s.deleted_at limit $2`,
  values: [keepDays, limit],
});

export const purgeEventsStatement = (stackIds: readonly StackId[], limit: number): Statement => ({
  name: 'purge-events',
  text: `
with chosen as (
  select e.id from unnest($1::uuid[]) as s (id) cross join lateral (select id from event where stack_id = s.id order by sequence limit $2) e limit $2
), removed as (
  delete from event where id = any (array (select id from chosen)) returning 1
)
select count(*) as removed from removed`,
  values: [stackIds, limit],
});

// Definitions, rows, exports and imports go by their foreign keys. A credential that no other stack uses was not ended, or is gone from the cloud.
export const purgeStacksStatement = (stackIds: readonly StackId[]): Statement => ({
  name: 'purge-stacks',
  text: `
with gone as (
  delete from stack s where s.id = any ($1::uuid[]) and s.deleted_at is not null and s.holder_id is null and s.due_at is null
    and not exists (select from event e where e.stack_id = s.id)
  returning s.id, s.credential_id
), unused as (
  delete from credential c
  where c.id = any (array (select credential_id from gone))
    and not exists (select from stack s where s.credential_id = c.id and s.id <> all ($1::uuid[]))
)
select count(*) as removed from gone`,
  values: [stackIds],
});

/** Events first and in bounded number: a stack goes once it has none. Every step may be repeated, and done by two at once. */
export async function purgeStacks(db: Queryable, { keepDays, stacks, events }: PurgeBatch): Promise<Purged> {
  const passed = (await db.query<{ id: StackId }>(passedStacksStatement(keepDays, stacks))).map(({ id }) => id);
  if (passed.length === 0) return { stacks: 0, events: 0, isDone: true };
  const removed = await count(db, purgeEventsStatement(passed, events));
  if (removed >= events) return { stacks: 0, events: removed, isDone: false };
  // Leaves of a tree lay its next level bare: not done until nothing is found.
  const gone = await count(db, purgeStacksStatement(passed));
  return { stacks: gone, events: removed, isDone: gone === 0 };
}

async function count(db: Queryable, statement: Statement): Promise<number> {
  const rows = await db.query<{ removed: number }>(statement);
  return rows[0]?.removed ?? 0;
}
