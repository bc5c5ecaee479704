/** Breaking off whatever is under way. */
import { requestHalt, requestRollback, type StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { lockOwnLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { notSupported } from '../refusals.ts';
import { beginning } from '../stack-event.ts';

/** Where there is something to go back to. */
const ROLLS_BACK: ReadonlySet<StackRecord['action']> = new Set(['CREATE', 'UPDATE', 'RESTORE', 'ADOPT']);

/**
 * With `rollsBack` the stack becomes again what it last completed with (nothing, if it never did); without, nothing more is begun, what is under way
 * has failed, and so has the stack. Unlike Heat's cancelling it is for every action.
 */
export async function cancelStack(ports: StackPorts, caller: Caller, key: StackKey, rollsBack: boolean): Promise<StackRecord> {
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    const state = `${stack.action}_${stack.status}`;
    if (stack.status !== 'IN_PROGRESS') throw notSupported(`Cancelling what a stack does when it is ${state}`);
    if (!rollsBack) {
      const haltReason = `Stack ${stack.action} cancelled`;
      await requestHalt(tx, { stackId: stack.id, reason: haltReason });
      return { ...stack, haltReason };
    }
    if (!ROLLS_BACK.has(stack.action)) throw notSupported(`Cancelling with rollback when a stack is ${state}`);
    const targetDefinitionId = stack.action === 'CREATE' || stack.action === 'ADOPT' ? null : stack.rollbackDefinitionId;
    const begun = beginning(ports, stack, 'ROLLBACK');
    await requestRollback(tx, { ...begun, targetDefinitionId });
    const { statusReason, updatedAt, deadlineAt } = begun;
    return { ...stack, action: 'ROLLBACK', statusReason, updatedAt, deadlineAt };
  });
}
