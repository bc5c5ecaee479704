/** Dropping definitions that neither the owner nor the stack row names any more, and that are too old to be kept as versions. */
import type { DefinitionId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { Fence } from '../engine-store.ts';
import { FENCED, fenceValues, leaseLost } from './fence.ts';

// The fence row is read as it is after the lock, so a request that has just moved the target keeps its definition.
const TEXT = `
with fence as (
  select id, target_definition_id, definition_id, rollback_definition_id from stack
  where ${FENCED} for no key update
), pruned as (
  delete from definition d using fence
  where d.stack_id = fence.id and d.id <> all ($4::uuid[]) and d.id <> fence.definition_id
    and d.id is distinct from fence.target_definition_id and d.id is distinct from fence.rollback_definition_id
    and d.number < all (select n.number from definition n where n.stack_id = $1 order by n.number desc limit $5)
)
select id from fence`;

export async function pruneDefinitions(database: Queryable, fence: Fence, keep: readonly DefinitionId[], newest: number): Promise<void> {
  const rows = await database.query<{ id: string }>({
    name: 'prune-definitions',
    text: TEXT,
    values: [...fenceValues(fence), keep, newest],
  });
  if (rows[0] === undefined) throw leaseLost(fence);
}
