/** What owners of stacks make of snapshots, in the transaction of a batch, which holds the fence. Each write may be repeated. */
import type { StackId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';
import type { SnapshotWrite } from '../engine-store.ts';
import { storableText } from '../row-mapping.ts';

/** The stacks whose snapshots have changed: their owners are to look. */
export async function writeSnapshots(tx: Queryable, writes: readonly SnapshotWrite[]): Promise<readonly StackId[]> {
  const changed = new Set<StackId>();
  for (const write of [...writes].sort((a, b) => (a.id < b.id ? -1 : 1)))
    for (const { stack_id: id } of await tx.query<{ stack_id: StackId }>(statementOf(write))) changed.add(id);
  return [...changed];
}

function statementOf(write: SnapshotWrite): Statement {
  switch (write.kind) {
    case 'made':
      return {
        name: 'snapshot-made',
        text: `update snapshot set status = $2, status_reason = $3 where id = $1 and action = 'CREATE' and status <> 'COMPLETE' returning stack_id`,
        values: [write.id, write.status, write.reason === null ? null : storableText(write.reason)],
      };
    case 'not-deleted':
      return {
        name: 'snapshot-not-deleted',
        text: `update snapshot set status = 'FAILED', status_reason = $3 where id = $1 and action = 'DELETE' and attempt = $2 returning stack_id`,
        values: [write.id, write.attempt, storableText(write.reason)],
      };
    case 'cleared':
      return { name: 'snapshot-to-clear', text: 'select stack_id from snapshot where id = $1', values: [write.id] };
    case 'gone':
      return {
        name: 'snapshot-gone',
        text: `delete from snapshot n where n.id = $1 and n.action = 'DELETE' and not exists (select from resource r where r.snapshot_id = n.id)
          returning stack_id`,
        values: [write.id],
      };
  }
}
