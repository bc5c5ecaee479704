/** What can be done with a whole stack that changes no definition: visits of all its resources, and breaking off what is under way. */
import { Refusal } from '@hearth/kernel';
import { requestHalt, requestRollback, requestVisit, type StackRecord, type VisitAction } from '@hearth/store';
import type { Caller } from './caller.ts';
import { lockOwnLiveStack, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { notSupported } from './refusals.ts';
import { refuseForbiddenStack } from './stack-policy.ts';
import { beginning } from './stack-event.ts';

export type StackVisit = Exclude<VisitAction, 'SNAPSHOT'>;

/** Suspends, resumes or checks. What is so already stays so, and nothing happens. */
export async function visitStack(ports: StackPorts, caller: Caller, key: StackKey, action: StackVisit): Promise<void> {
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    refuseWhileBusy(stack);
    if (stack.action === 'DELETE') throw notSupported(`${VISIT_NAMES[action]} a stack when it is ${stateOf(stack)}`);
    if (action !== 'CHECK' && stack.action === action && stack.status === 'COMPLETE') return;
    if (action === 'RESUME' && stack.action !== 'SUSPEND' && stack.action !== 'RESUME')
      throw notSupported(`Resuming a stack when it is ${stateOf(stack)}`);
    if (action !== 'CHECK') await refuseForbiddenStack(ports, tx, caller, stack);
    await requestVisit(tx, { ...beginning(ports, stack, action), action });
  });
}

const VISIT_NAMES: Readonly<Record<StackVisit, string>> = { SUSPEND: 'Suspending', RESUME: 'Resuming', CHECK: 'Checking' };
const stateOf = (stack: StackRecord): string => `${stack.action}_${stack.status}`;

export function refuseWhileBusy(stack: StackRecord): void {
  if (stack.status !== 'IN_PROGRESS') return;
  throw new Refusal('conflict', 'ActionInProgress', `Stack ${stack.name} already has an action (${stack.action}) in progress.`);
}

/** With `rollsBack` the stack becomes again what it last completed with; without, it stays as far as it came, and has failed. */
export async function cancelUpdate(ports: StackPorts, caller: Caller, key: StackKey, rollsBack: boolean): Promise<void> {
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    const mayCancel = stack.status === 'IN_PROGRESS' && (stack.action === 'UPDATE' || (stack.action === 'CREATE' && !rollsBack));
    if (!mayCancel) throw notSupported(`Cancelling update when stack is ${stateOf(stack)}`);
    if (!rollsBack) return requestHalt(tx, { stackId: stack.id, reason: `Stack ${stack.action} cancelled` });
    await requestRollback(tx, { ...beginning(ports, stack, 'ROLLBACK'), targetDefinitionId: stack.rollbackDefinitionId });
  });
}
