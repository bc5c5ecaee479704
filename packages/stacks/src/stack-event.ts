/** What is written of a stack whose action begins: reason, event, deadline. */
import { asId, type EventId, type StackId } from '@hearth/kernel';
import type { NewEvent, StackAction, StackRecord } from '@hearth/store';
import type { StackPorts } from './ports.ts';

const STACK_TYPE = 'OS::Heat::Stack';
export const startedReason = (action: StackAction): string => `Stack ${action} started`;

export function startedEvent(
  ports: StackPorts,
  stack: { readonly id: StackId; readonly name: string },
  action: StackAction,
  at: number,
): NewEvent {
  return {
    id: asId<EventId>(ports.random.uuid()),
    stackId: stack.id,
    resourceName: stack.name,
    resourceType: STACK_TYPE,
    physicalId: stack.id,
    action,
    status: 'IN_PROGRESS',
    reason: startedReason(action),
    at,
  };
}

export const deadline = (now: number, timeoutMins: number): number => now + timeoutMins * 60_000;

interface Beginning {
  readonly reason?: string;
  readonly timeoutMins?: number;
}

/** All that requests for an action have in common. */
export function beginning(
  ports: StackPorts,
  stack: StackRecord,
  action: StackAction,
  { reason = startedReason(action), timeoutMins = stack.timeoutMins }: Beginning = {},
) {
  const now = ports.clock.now();
  const event: NewEvent = { ...startedEvent(ports, stack, action, now), reason };
  return { stackId: stack.id, statusReason: reason, updatedAt: now, deadlineAt: deadline(now, timeoutMins), event };
}
