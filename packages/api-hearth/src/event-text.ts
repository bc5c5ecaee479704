/** Events as JSON, and streams of them in the form of server-sent events. */
import { unreachable } from '@hearth/kernel';
import type { EventStream, StreamItem, ToldEvent } from '@hearth/stacks';

/** Times are UTC with milliseconds. */
export function shownEvent(event: ToldEvent) {
  return {
    id: event.cursor,
    event_id: event.id,
    sequence: event.sequence,
    kind: event.kind,
    time: new Date(event.at).toISOString(),
    stack_id: event.stackId,
    stack_name: event.stackName,
    stack_path: event.stackPath,
    resource_name: event.resourceName,
    resource_type: event.resourceType,
    physical_resource_id: event.physicalId,
    action: event.action,
    status: event.status,
    reason: event.reason,
  };
}

/** Bytes for each item when it is asked for, so that the pace is the reader's. */
export function eventStreamBytes(items: EventStream): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const item = await items.next();
        return item.done === true ? { done: true, value: undefined } : { done: false, value: encoder.encode(itemText(item.value)) };
      },
      async return() {
        await items.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** An id without data is no event, but readers keep it for when they come back. */
function itemText(item: StreamItem): string {
  switch (item.kind) {
    case 'event':
      return block(item.event.cursor, item.event.kind, shownEvent(item.event));
    case 'alive':
      return `: alive\nid: ${item.cursor}\n\n`;
    case 'end':
      return block(item.cursor, 'end', { message: 'The stack is gone, and all of it is told.' });
    case 'expired':
      return block(item.cursor, 'expired', { message: 'The token has expired; come back with a new one and the last id.' });
    default:
      return unreachable(item);
  }
}

const block = (id: string, event: string, data: object): string => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
