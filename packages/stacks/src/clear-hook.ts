/** A signal that lets a stopped resource go on: `{"unset_hook": "pre-create"}`. */
import { asId, Refusal, type EventId } from '@hearth/kernel';
import { clearedReason, pendingHook, withClearedHook } from '@hearth/engine';
import { listResourcesByName, writeMark } from '@hearth/store';
import { HOOKS, type Hook } from '@hearth/template';
import type { Caller } from './caller.ts';
import { lockOwnLiveStack, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { resourceNotFound } from './resources.ts';

const isHook = (word: string): word is Hook => HOOKS.some((hook) => hook === word);

export async function clearHook(ports: StackPorts, caller: Caller, key: StackKey, resource: string, hook: string): Promise<void> {
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    const rows = await listResourcesByName(tx, ports.secretBox, stack.id, resource);
    if (rows.length === 0) throw resourceNotFound(stack, resource);
    const wrong = (message: string): Refusal => new Refusal('invalid', 'InvalidBreakPointHook', message);
    if (!isHook(hook)) throw wrong(`Invalid hook type "${hook.slice(0, 100)}" for ${resource}`);
    const row = rows.find((one) => pendingHook(one) === hook);
    if (row === undefined) throw wrong(`The "${hook}" hook is not defined on ${resource}`);
    await writeMark(tx, ports.secretBox, withClearedHook(row, hook), {
      at: ports.clock.now(),
      eventId: asId<EventId>(ports.random.uuid()),
      reason: clearedReason(hook),
    });
  });
}
