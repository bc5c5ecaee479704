/**
 * The hot statement: an owner's whole batch in one round trip and one transaction. Everything hangs on the `fence` row, which is
 * locked first and exists only for the present owner who knows what was asked last; without it nothing is written.
 */
import { Failure, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { CommitResult, EngineBatch, Fence } from '../engine-store.ts';
import type { VisitAction } from '../records.ts';
import { eventToRow, leftoverToRow, RESOURCE_COLUMNS, resourceToRow, type SealColumn, stackPatchToRow } from '../row-mapping.ts';
import { FENCED, fenceValues, leaseLost } from './fence.ts';

const PATCHABLE =
  'action, status, status_reason, target_definition_id, definition_id, rollback_definition_id, traversal, updated_at, deadline_at, deleted_at, halt_reason, exceptions, adopting, snapshot_id, credential_id';

/** They bring a stack to no definition. */
const VISITS: readonly VisitAction[] = ['SUSPEND', 'RESUME', 'CHECK', 'SNAPSHOT'];

/** Columns that never change once the row is there, or are not the owner's, are left alone when it is written again. */
const OVERWRITTEN = RESOURCE_COLUMNS.split(', ')
  .filter((column) => !['id', 'stack_id', 'created_at', 'drift_accepted'].includes(column))
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

const GIVEN = RESOURCE_COLUMNS.split(', ').map((column) => {
  if (column === 'stack_id') return 'fence.id';
  return ['metadata', 'token', 'retry'].includes(column) ? `r.${column}::json` : `r.${column}`;
});

// json columns travel as text inside the record set: its parser unescapes nested strings and would refuse \u0000 there.
const TEXT = `
with owned as (
  select id, parent_id, root_id, project_id, wake_version, traversal from stack where ${FENCED} for no key update
), fence as (
  select * from owned where $10::bigint is null or wake_version = $10
), patched as (
  update stack s set (${PATCHABLE}) = (select ${PATCHABLE} from jsonb_populate_record(s, $5::jsonb))
  from fence where s.id = fence.id and fence.traversal = $4
  returning s.id, s.parent_id, s.action, s.status, s.target_definition_id
), completed as (
  update definition d set completed_at = coalesce(d.completed_at, now()) from patched p
  where p.parent_id is null and p.status = 'COMPLETE' and p.action <> all ($11::text[]) and d.id = p.target_definition_id
), left_behind as (
  insert into leftover (id, stack_id, root_id, project_id, resource_name, resource_type, physical_name, physical_id, reason, at)
  select l.id, fence.id, fence.root_id, fence.project_id, l.resource_name, l.resource_type, l.physical_name, l.physical_id, l.reason, l.at
  from fence, json_to_recordset($9::json) as l (
    id uuid, resource_name text, resource_type text, physical_name text, physical_id text, reason text, at timestamptz)
  on conflict (id) do nothing
), written as (
  insert into resource as kept (${RESOURCE_COLUMNS})
  select ${GIVEN.join(', ')}
  from fence, json_to_recordset($6::json) as r (
    id uuid, name text, type text, handler text, physical_name text, physical_id text, action text, status text, status_reason text, phase text,
    requires uuid[], replaces uuid, replaced_by uuid, traversal integer, digest text, properties bytea, pending bytea, uncertain text[], attributes bytea,
    data bytea, metadata text, deletion_policy text, token text, attempts integer, started_at timestamptz, wake_at timestamptz,
    verify_at timestamptz, creation bytea, looked_for bigint, drift bytea, drift_accepted bytea, created_at timestamptz, updated_at timestamptz, snapshot_id uuid, retry text, hand_over text)
  on conflict (id) do update set ${OVERWRITTEN} where kept.stack_id = excluded.stack_id
), removed as (
  delete from resource r using fence where r.stack_id = fence.id and r.id = any ($7::uuid[])
), told as (
  insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, physical_id, action, status, reason, at)
  select e.id, fence.id, fence.root_id, fence.project_id, e.resource_name, e.resource_type, e.physical_id, e.action, e.status, e.reason, e.at
  from fence, rows from (json_to_recordset($8::json) as (
    id uuid, resource_name text, resource_type text, physical_id text, action text, status text, reason text, at timestamptz)
  ) with ordinality as e (id, resource_name, resource_type, physical_id, action, status, reason, at, place)
  order by e.place
  on conflict (id) do nothing
)
select parent_id, wake_version, $4::integer is null or exists (select from patched) as stack_patched, exists (select from fence) as is_written
from owned`;

export interface Committed extends CommitResult {
  readonly parentId: StackId | null;
}

/** Repeating a batch whose outcome was lost with the connection is harmless: rows are overwritten, known events are left out. */
export async function commitBatch(database: Queryable, seal: SealColumn, fence: Fence, batch: EngineBatch): Promise<Committed> {
  const rows = await database.query<{ parent_id: StackId | null; wake_version: number; stack_patched: boolean; is_written: boolean }>({
    name: 'commit-batch',
    text: TEXT,
    values: [
      ...fenceValues(fence),
      batch.stack === null ? null : batch.stack.ifTraversal,
      batch.stack === null ? '{}' : JSON.stringify(stackPatchToRow(batch.stack.patch)),
      JSON.stringify(batch.resources.map((resource) => resourceToRow(resource, seal))),
      batch.removed,
      JSON.stringify(batch.events.map(eventToRow)),
      JSON.stringify((batch.leftovers ?? []).map(leftoverToRow)),
      batch.ifWakeVersion ?? null,
      VISITS,
    ],
  });
  const row = rows[0];
  if (row === undefined) throw leaseLost(fence);
  if (!row.is_written)
    throw new Failure('conflict', `stack ${fence.stackId} was told something since version ${batch.ifWakeVersion}; nothing was written`);
  return { parentId: row.parent_id, wakeVersion: row.wake_version, stackPatched: row.stack_patched };
}
