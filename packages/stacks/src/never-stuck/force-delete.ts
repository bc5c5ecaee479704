/** Deleting a stack that will not go: what is named stays in the cloud, and by force so does whatever the cloud refuses to delete. */
import { requestDelete, type Exceptions, type StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { checkTimeout } from '../create-stack.ts';
import { refuseWhileImported } from '../exchange.ts';
import { lockOwnLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { beginning } from '../stack-event.ts';
import { refuseForbiddenStack } from '../stack-policy.ts';
import { checkPaths, pathsText } from './resource-paths.ts';

export interface ForceDelete {
  /** Paths of resources that stay in the cloud. */
  readonly retain: readonly string[];
  /** Whatever cannot be deleted is left behind, and the stack goes in any case. */
  readonly isForced: boolean;
  /** After so long nothing is waited for any more; null: as usual. */
  readonly timeoutMins: number | null;
}

/** Nobody who forces wants to wait for an hour. */
const FORCED_MINS = 10;
export const forcedMins = (stack: Pick<StackRecord, 'timeoutMins'>, given: number | null): number =>
  given || Math.min(stack.timeoutMins, FORCED_MINS);

/** From every state, also while the stack is being deleted already. */
export async function forceDeleteStack(ports: StackPorts, caller: Caller, key: StackKey, request: ForceDelete): Promise<StackRecord> {
  checkTimeout(request.timeoutMins);
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    await refuseForbiddenStack(ports, tx, caller, stack);
    const retained = [...new Set(request.retain)];
    await checkPaths(ports, tx, stack, retained);
    // What imports its exports has the values already.
    if (!request.isForced) await refuseWhileImported(tx, stack.projectId, stack.id);
    const exceptions: Exceptions = { skipped: [], retained, deletion: request.isForced ? 'force' : 'usual' };
    const timeoutMins = request.isForced ? forcedMins(stack, request.timeoutMins) : request.timeoutMins || stack.timeoutMins;
    const begun = beginning(ports, stack, 'DELETE', { reason: reasonOf(request.isForced, retained), timeoutMins });
    await requestDelete(tx, { ...begun, exceptions });
    const { statusReason, updatedAt, deadlineAt } = begun;
    return { ...stack, action: 'DELETE', status: 'IN_PROGRESS', statusReason, updatedAt, deadlineAt, exceptions };
  });
}

function reasonOf(isForced: boolean, retained: readonly string[]): string {
  const without = retained.length === 0 ? '' : ` without ${pathsText(retained)}, left in the cloud`;
  return `Stack DELETE started${isForced ? ' by force' : ''}${without}`;
}
