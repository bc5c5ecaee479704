/** An adoption is complete: what was adopted in the whole tree is its stacks' own from now on. In the transaction of the root's batch. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';

export async function settleAdoption(tx: Queryable, rootId: StackId): Promise<void> {
  await tx.query({
    name: 'settle-adoption',
    text: 'update stack set adopting = false where root_id = $1 and id <> $1 and parent_id is not null and adopting',
    values: [rootId],
  });
}
