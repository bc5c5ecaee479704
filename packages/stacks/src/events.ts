/** What happened to a stack and its resources. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { MAX_DEPTH } from '@hearth/engine';
import { hiddenProperties } from '@hearth/resource-kit';
import {
  findEvent,
  listDescendants,
  listEvents as selectEvents,
  listResourcesByName,
  type EventRecord,
  type EventSortKey,
  type StackRecord,
} from '@hearth/store';
import type { Caller } from './caller.ts';
import { ownStack, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';

export interface ListEvents {
  /** Events of this resource only; there must be some. */
  readonly resource: string | null;
  readonly resourceNames: readonly string[] | null;
  readonly resourceTypes: readonly string[] | null;
  readonly actions: readonly string[] | null;
  readonly statuses: readonly string[] | null;
  /** Null: as many as the server gives at once. */
  readonly limit: number | null;
  readonly marker: string | null;
  readonly sortKeys: readonly EventSortKey[];
  /** Null: newest first without sort keys, ascending with them. */
  readonly descending: boolean | null;
  /** How many levels of nested stacks come along. */
  readonly nestedDepth: number;
}
export interface StackEvents {
  readonly stack: StackRecord;
  readonly events: readonly EventRecord[];
  /** The stack of each event, by id. */
  readonly stacks: ReadonlyMap<string, StackRecord>;
}

/** Events of deleted stacks are kept with them. */
export async function listEvents(ports: StackPorts, caller: Caller, key: StackKey, request: ListEvents): Promise<StackEvents> {
  const stack = await ownStack(ports.database, caller, key);
  const { resource, sortKeys } = request;
  const descending = request.descending ?? sortKeys.length === 0;
  const keys: readonly EventSortKey[] = sortKeys.length === 0 ? ['time'] : [...new Set(sortKeys)];
  const levels = Math.min(request.nestedDepth, MAX_DEPTH);
  const stacks = [stack, ...(await listDescendants(ports.database, stack, levels, true))];
  const filter = {
    stackIds: stacks.map(({ id }) => id),
    resourceNames: resource === null ? request.resourceNames : [resource],
    resourceTypes: request.resourceTypes,
    actions: request.actions,
    statuses: request.statuses,
  };
  const limit = Math.min(request.limit ?? ports.limits.listRows, ports.limits.listRows);
  const events = await selectEvents(ports.database, filter, {
    limit,
    marker: request.marker,
    sort: keys.map((sortKey) => ({ key: sortKey, descending })),
  });
  if (events.length === 0 && resource !== null) throw new Refusal('not-found', 'HTTPNotFound', `No events found for resource ${resource}`);
  return { stack, events, stacks: new Map(stacks.map((one) => [one.id, one])) };
}

export interface EventView {
  readonly stack: StackRecord;
  readonly event: EventRecord;
  /** Of the resource as it is now, secrets masked; empty once it is gone. */
  readonly properties: JsonObject;
}

export async function showEvent(ports: StackPorts, caller: Caller, key: StackKey, resource: string, id: string): Promise<EventView> {
  const stack = await ownStack(ports.database, caller, key);
  const event = await findEvent(ports.database, [stack.id], id);
  if (event === null || event.resourceName !== resource) throw new Refusal('not-found', 'HTTPNotFound', `No event ${id} found`);
  return { stack, event, properties: await propertiesOf(ports, stack, event) };
}

async function propertiesOf(ports: StackPorts, stack: StackRecord, event: EventRecord): Promise<JsonObject> {
  const type = ports.registry.get(event.resourceType);
  if (type === null) return {};
  const rows = await listResourcesByName(ports.database, ports.secretBox, stack.id, event.resourceName);
  const row = rows.find(
    (candidate) => candidate.type === event.resourceType && (event.physicalId === null || candidate.physicalId === event.physicalId),
  );
  if (row === undefined) return {};
  // Properties that nobody set are no news.
  return Object.fromEntries(Object.entries(hiddenProperties(type, row.properties)).filter(([, value]) => value !== null));
}
