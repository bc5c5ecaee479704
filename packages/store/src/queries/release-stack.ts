/** Giving a stack back, unless a request has arrived that its owner has not seen. */
import type { Queryable } from '../database.ts';
import type { Fence } from '../engine-store.ts';
import { FENCED, fenceValues, leaseLost } from './fence.ts';

const TEXT = `
with fence as (
  select id, wake_version = $4 as seen from stack where ${FENCED} for no key update
), released as (
  update stack s set holder_id = null,
    due_at = case when $6::timestamptz is null then $5::timestamptz else statement_timestamp() + ($5::timestamptz - $6::timestamptz) end
  from fence where s.id = fence.id and fence.seen
)
select seen from fence`;

const asTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** `now`: by the clock that `dueAt` is of; null: that is the database's. */
export async function releaseStack(
  database: Queryable,
  fence: Fence,
  seenWakeVersion: number,
  dueAt: number | null,
  now: number | null = null,
): Promise<boolean> {
  const rows = await database.query<{ seen: boolean }>({
    name: 'release-stack',
    text: TEXT,
    values: [...fenceValues(fence), seenWakeVersion, asTime(dueAt), asTime(now)],
  });
  if (rows[0] === undefined) throw leaseLost(fence);
  return rows[0].seen;
}
