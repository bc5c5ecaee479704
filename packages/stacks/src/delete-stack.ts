/** Deleting a stack: from now on nothing of it is wanted. */
import { requestDelete, type Exceptions, type Queryable, type StackRecord } from '@hearth/store';
import type { Caller } from './caller.ts';
import { refuseWhileImported } from './exchange.ts';
import { lockOwnLiveStack, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { refuseForbiddenStack } from './stack-policy.ts';
import { beginning } from './stack-event.ts';

/** Being asked again while the deletion runs changes nothing; after a failed one it begins anew. */
export async function deleteStack(ports: StackPorts, caller: Caller, key: StackKey): Promise<void> {
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    if (stack.action === 'DELETE' && stack.status === 'IN_PROGRESS') return;
    await refuseForbiddenStack(ports, tx, caller, stack);
    await writeDeletion(ports, tx, stack);
  });
}

/** Part of a transaction that has locked the stack. */
export async function writeDeletion(
  ports: StackPorts,
  tx: Queryable,
  stack: StackRecord,
  exceptions: Exceptions | null = null,
): Promise<void> {
  await refuseWhileImported(tx, stack.projectId, stack.id);
  await requestDelete(tx, { ...beginning(ports, stack, 'DELETE'), exceptions });
}
