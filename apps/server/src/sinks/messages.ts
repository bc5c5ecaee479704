/** What events look like to those who are told: Heat's queue message and notification, and our own. Pure. */
import type { JsonObject } from '@hearth/kernel';
import type { EventRecord, StackRecord } from '@hearth/store';

const secondsText = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const dotsText = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');

/** As Heat puts it into queues. Properties of resources are left out: they may hold secrets, and an event is kept without them. */
export const queueMessage = (event: EventRecord): JsonObject => ({
  timestamp: secondsText(event.at),
  version: '0.1',
  type: 'os.heat.event',
  id: event.id,
  payload: {
    resource_name: event.resourceName,
    physical_resource_id: event.physicalId,
    stack_id: event.stackId,
    resource_action: event.action,
    resource_status: event.status,
    resource_status_reason: event.reason,
    resource_type: event.resourceType,
    resource_properties: {},
    version: '0.1',
  },
});

export const webhookEvent = (event: EventRecord): JsonObject => ({
  id: event.id,
  kind: event.physicalId === event.stackId ? 'stack' : 'resource',
  time: new Date(event.at).toISOString(),
  stack: event.stackId,
  resource: event.resourceName,
  resource_type: event.resourceType,
  physical_id: event.physicalId,
  action: event.action,
  status: event.status,
  reason: event.reason,
});

const SUFFIXES: Readonly<Record<string, string>> = { IN_PROGRESS: 'start', COMPLETE: 'end', FAILED: 'error' };

/** As Heat notifies its operator of what a stack goes through. */
export const notification = (event: EventRecord, stack: StackRecord | null, publisher: string): JsonObject => ({
  message_id: event.id,
  publisher_id: publisher,
  event_type: `orchestration.stack.${event.action.toLowerCase()}.${SUFFIXES[event.status] ?? 'error'}`,
  priority: event.status === 'FAILED' ? 'ERROR' : 'INFO',
  timestamp: dotsText(event.at),
  payload: {
    tenant_id: stack?.projectId ?? null,
    user_id: stack?.ownerName ?? null,
    user_identity: stack?.userId ?? null,
    username: stack?.ownerName ?? null,
    stack_identity: event.stackId,
    stack_name: stack?.name ?? event.resourceName,
    state: `${event.action}_${event.status}`,
    state_reason: event.reason,
    create_at: stack === null ? null : secondsText(stack.createdAt),
    updated_at: stack === null || stack.updatedAt === null ? null : secondsText(stack.updatedAt),
    description: stack?.description ?? null,
    tags: stack?.tags ?? null,
  },
});
