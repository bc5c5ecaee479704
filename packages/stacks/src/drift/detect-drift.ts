/** Wanting to know of drift: everything of a stack is looked at anew, by its owner; and how often that happens by itself. */
import { requestLook, setDriftSchedule } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { lockOwnLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { invalid, notSupported } from '../refusals.ts';

/** What is under way is looked at once it has settled. */
export async function detectDrift(ports: StackPorts, caller: Caller, key: StackKey): Promise<void> {
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    if (stack.action === 'DELETE') throw notSupported(`Looking for drift in a stack when it is ${stack.action}_${stack.status}`);
    await requestLook(tx, { stackId: stack.id, at: ports.clock.now() });
  });
}

const LONGEST_MINS = 365 * 24 * 60;

/** Minutes from look to look; 0: never; null: as the operator says. Of root stacks: those below are looked at with them. */
export async function scheduleDrift(ports: StackPorts, caller: Caller, key: StackKey, everyMins: number | null): Promise<void> {
  if (everyMins !== null && (!Number.isInteger(everyMins) || everyMins < 0 || everyMins > LONGEST_MINS))
    throw invalid(`"every_minutes" must be a whole number from 0 (never) to ${LONGEST_MINS}, or null for the usual.`, 'InvalidSchedule');
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    if (stack.parentId !== null) throw notSupported('A schedule of its own for a nested stack');
    await setDriftSchedule(tx, stack.id, everyMins);
  });
}
