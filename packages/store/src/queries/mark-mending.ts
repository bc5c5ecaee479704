/** Notes that the traversal which has just been asked for brings back what drifted. In the transaction of that request, after it. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { storableText } from '../row-mapping.ts';

/** Everything is looked at anew first; `at` is when that was asked for. No paths: all of the stack. */
export async function markMending(tx: Queryable, stackId: StackId, paths: readonly string[], at: number): Promise<void> {
  await tx.query({
    name: 'mark-mending',
    text: `update stack set mending = json_build_object('traversal', traversal, 'paths', $2::text[]),
        looks_asked_at = greatest(looks_asked_at + 1, $3) where id = $1`,
    values: [stackId, paths.map(storableText), at],
  });
}
