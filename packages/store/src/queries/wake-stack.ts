/** Announces that a stack's desired state has changed, to its owner and to watchers. The row itself is due; a lost hint only costs time. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { EVENT_CHANNEL } from './announce-stacks.ts';
import { STACK_DUE } from './due-table.ts';

export async function wakeStack(tx: Queryable, stackId: StackId): Promise<void> {
  await tx.query({
    name: 'wake-stack',
    text: 'select pg_notify($1, $3), pg_notify($2, $3)',
    values: [STACK_DUE.channel, EVENT_CHANNEL, stackId],
  });
}
