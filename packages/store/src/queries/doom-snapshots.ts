/**
 * Writes down that snapshots of a stack are to go: whoever owns a stack with copies for them deletes those, and the stack's own owner removes the rows when
 * none is left. The caller holds the lock of the stack's row.
 */
import type { SnapshotId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { exceptionsValue, type Exceptions } from '../exceptions.ts';
import { wakeStack } from './wake-stack.ts';

/** `snapshotId` null: all of them. With `exceptions` the copies are dealt with as these say. Stacks are locked before snapshots, here and by their owners. */
export async function doomSnapshots(
  tx: Queryable,
  stackId: StackId,
  snapshotId: SnapshotId | null,
  exceptions: Exceptions | null = null,
): Promise<void> {
  const holders = await tx.query<{ id: StackId }>({
    name: 'wake-copy-holders',
    text: `update stack set wake_version = wake_version + 1, due_at = now(), exceptions = coalesce($3::jsonb, exceptions)
      where id = any (array (
        select r.stack_id from resource r join snapshot n on n.id = r.snapshot_id where n.stack_id = $1 and ($2::uuid is null or n.id = $2)
        union select $1))
      returning id`,
    values: [stackId, snapshotId, exceptionsValue(exceptions)],
  });
  await tx.query({
    name: 'doom-snapshots',
    text: `update snapshot set action = 'DELETE', status = 'IN_PROGRESS', status_reason = null, attempt = attempt + 1
      where stack_id = $1 and ($2::uuid is null or id = $2)`,
    values: [stackId, snapshotId],
  });
  for (const { id } of holders) await wakeStack(tx, id);
}
