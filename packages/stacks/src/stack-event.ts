/** The event and status reason of a stack whose action begins. */
import { asId, type EventId, type StackId } from '@hearth/kernel';
import type { NewEvent, StackAction } from '@hearth/store';
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
