/** A user's word on a resource: it is broken, and the next update replaces it; or it is well after all. */
import { asId, Refusal, type EventId } from '@hearth/kernel';
import { isUnhealthy, referenceIdOf, UNHEALTHY, visibleRows } from '@hearth/engine';
import { listResourcesByName, listResources, writeMark, type Queryable, type ResourceRecord, type StackRecord } from '@hearth/store';
import type { Caller } from './caller.ts';
import { lockOwnLiveStack, type StackKey } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid } from './refusals.ts';
import { resourceNotFound } from './resources.ts';

export interface MarkResource {
  readonly isUnhealthy: boolean;
  /** Null: that it was marked. */
  readonly reason: string | null;
}

/** Characters: events and lists show it. */
const REASON_LENGTH = 1_000;

/** `nameOrId`: the logical name, or the physical id. Marking what is well as well changes nothing. */
export async function markResource(ports: StackPorts, caller: Caller, key: StackKey, nameOrId: string, mark: MarkResource): Promise<void> {
  const length = mark.reason?.length ?? 0;
  if (length > REASON_LENGTH)
    throw invalid(`"resource_status_reason" may have ${REASON_LENGTH} characters; it has ${length}.`, 'HTTPBadRequest');
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    const named = visibleRows(await listResourcesByName(tx, ports.secretBox, stack.id, nameOrId)).get(nameOrId);
    const row = named ?? (await withId(tx, ports, stack, nameOrId));
    if (row.status === 'IN_PROGRESS')
      throw new Refusal('conflict', 'ActionInProgress', `Stack ${stack.name} already has an action (${stack.action}) in progress.`);
    if (row.action === 'DELETE' || (!mark.isUnhealthy && !canBeMarkedWell(row))) return;
    const after = marked(row, mark);
    const eventId = asId<EventId>(ports.random.uuid());
    await writeMark(tx, ports.secretBox, after, { at: ports.clock.now(), eventId, reason: after.statusReason });
  });
}

/** By what the cloud calls it, or by what `get_resource` gives. */
async function withId(tx: Queryable, ports: StackPorts, stack: StackRecord, id: string): Promise<ResourceRecord> {
  const rows = [...visibleRows(await listResources(tx, ports.secretBox, stack.id)).values()].filter((row) => row.physicalId !== null);
  const found = rows.filter((row) => row.physicalId === id || referenceIdOf(row, ports.registry) === id);
  if (found.length > 1) throw invalid(`More than one resource is called ${id}: ${found.map(({ name }) => name).join(', ')}; use its name.`);
  if (found[0] === undefined) throw resourceNotFound(stack, id);
  return found[0];
}

/** What was never made does not become well by anybody's word. */
const canBeMarkedWell = (row: ResourceRecord): boolean =>
  row.physicalId !== null && (isUnhealthy(row) || (row.action === 'CHECK' && row.status === 'FAILED'));

function marked(row: ResourceRecord, { isUnhealthy, reason }: MarkResource): ResourceRecord {
  const { [UNHEALTHY]: _before, ...data } = row.data;
  return {
    ...row,
    action: 'CHECK',
    status: isUnhealthy ? 'FAILED' : 'COMPLETE',
    statusReason: reason ?? 'state changed by resource_mark_unhealthy api',
    data: isUnhealthy ? { ...data, [UNHEALTHY]: true } : data,
  };
}
