/** Asking again: what a stack was last asked for is done once more, all of it or without some resources. Needs no template, and is possible from every failed state. */
import { isForced, requestAgain, type Exceptions, type Queryable, type StackRecord } from '@hearth/store';
import { Refusal } from '@hearth/kernel';
import type { Caller } from '../caller.ts';
import { lockOwnLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { beginning, startedReason } from '../stack-event.ts';
import { refuseForbiddenStack } from '../stack-policy.ts';
import { forcedMins } from './force-delete.ts';
import { checkPaths, pathsText } from './resource-paths.ts';

/** The same in a new traversal: what failed is tried again, what is under way is awaited. What was skipped or retained stays so. */
export async function retryStack(ports: StackPorts, caller: Caller, key: StackKey): Promise<StackRecord> {
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    refuseComplete(stack, 'to be done again');
    await refuseForbiddenStack(ports, tx, caller, stack);
    return again(tx, ports, stack, stack.exceptions);
  });
}

/** The same, as if the named resources were as they are wanted: they stay as they are, until the next update looks at them. */
export async function continueStack(ports: StackPorts, caller: Caller, key: StackKey, skip: readonly string[]): Promise<StackRecord> {
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    refuseComplete(stack, 'to go on with');
    await refuseForbiddenStack(ports, tx, caller, stack);
    await checkPaths(ports, tx, stack, skip);
    return again(tx, ports, stack, exceptionsOf(stack, [...new Set(skip)]));
  });
}

/** What is skipped in a deletion is what it leaves in the cloud. */
function exceptionsOf({ action, exceptions }: StackRecord, skip: readonly string[]): Exceptions | null {
  if (action !== 'DELETE') return skip.length === 0 ? null : { skipped: skip, retained: [], deletion: 'usual' };
  const deletion = exceptions?.deletion ?? 'usual';
  return skip.length === 0 && deletion === 'usual' ? null : { skipped: [], retained: skip, deletion };
}

async function again(tx: Queryable, ports: StackPorts, stack: StackRecord, exceptions: Exceptions | null): Promise<StackRecord> {
  const without = exceptions === null ? [] : [...exceptions.skipped, ...exceptions.retained];
  const reason = `${startedReason(stack.action)} again${without.length === 0 ? '' : ` without ${pathsText(without)}, left as they are`}`;
  const timeoutMins = isForced(exceptions) ? forcedMins(stack, null) : stack.timeoutMins;
  const begun = beginning(ports, stack, stack.action, { reason, timeoutMins });
  await requestAgain(tx, { ...begun, exceptions });
  const { statusReason, updatedAt, deadlineAt } = begun;
  return { ...stack, status: 'IN_PROGRESS', statusReason, traversal: stack.traversal + 1, updatedAt, deadlineAt, exceptions };
}

function refuseComplete({ name, action, status }: StackRecord, what: string): void {
  if (status !== 'COMPLETE') return;
  const undone = action === 'ROLLBACK' ? ' It was rolled back; to try that update again, roll forward to its version.' : '';
  throw new Refusal('conflict', 'NothingToRetry', `There is nothing ${what}: stack ${name} is ${action}_${status}.${undone}`);
}
