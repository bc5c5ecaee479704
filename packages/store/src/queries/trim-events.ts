/**
 * The oldest events of live stacks that have too many. Walks from stack to stack by id, some at a time. What is young stays however much there
 * is: a batch whose outcome was lost finds its events told already, and readers who come back soon find all they missed.
 */
import type { StackId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';

export interface EventsKept {
  /** The newest of each stack, however old. */
  readonly newest: number;
  /** Those younger than this, however many. */
  readonly days: number;
}
export interface TrimBatch {
  /** Stacks behind this one; null: from the first. */
  readonly after: StackId | null;
  readonly stacks: number;
  readonly events: number;
}
export interface Trimmed {
  readonly removed: number;
  /** Where to go on; null: the last stack has been looked at. */
  readonly next: StackId | null;
  readonly isDone: boolean;
}

// Only the oldest few of a stack are looked at, so that a stack with many young ones costs no more. The removal goes by an array, so that no
// plan can prefer to scan the table.
export function trimEventsStatement(kept: EventsKept, { after, stacks, events }: TrimBatch): Statement {
  return {
    name: 'trim-events',
    text: `
with chosen as (
  select id from stack where id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') and deleted_at is null order by id limit $2
), surplus as (
  select o.id from chosen c
  cross join lateral (select e.sequence from event e where e.stack_id = c.id order by e.sequence desc offset $3 limit 1) bound
  cross join lateral (select e.id, e.at from event e where e.stack_id = c.id and e.sequence <= bound.sequence order by e.sequence limit $5) o
  where o.at < statement_timestamp() - $4 * interval '1 day'
  limit $5
), removed as (
  delete from event e where e.id = any (array (select id from surplus)) returning 1
)
select (select count(*) from removed) as removed, (select count(*) from chosen) as looked, (select id from chosen order by id desc limit 1) as last`,
    values: [after, stacks, kept.newest, kept.days, events],
  };
}

export async function trimEvents(db: Queryable, kept: EventsKept, batch: TrimBatch): Promise<Trimmed> {
  const rows = await db.query<{ removed: number; looked: number; last: StackId | null }>(trimEventsStatement(kept, batch));
  const { removed, looked, last } = rows[0] ?? { removed: 0, looked: 0, last: null };
  // As many as were allowed: there may be more of the same stacks.
  if (removed >= batch.events) return { removed, next: batch.after, isDone: false };
  const isDone = looked < batch.stacks;
  return { removed, next: isDone ? null : last, isDone };
}
