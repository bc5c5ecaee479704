/** Snapshots of a stack: what it was, kept to go back to. Types that can keep copies of what they stand for. */
import { asId, isUuidLike, Refusal, type JsonObject, type SnapshotId } from '@hearth/kernel';
import {
  countSnapshots,
  doomSnapshots,
  findSnapshot,
  insertSnapshot,
  listCopies,
  listSnapshots,
  requestVisit,
  type Queryable,
  type SnapshotRecord,
  type SnapshotSummary,
  type StackRecord,
} from '@hearth/store';
import { isAdministrator, type Caller } from '../caller.ts';
import { lockOwnLiveStack, ownLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { invalid, notSupported } from '../refusals.ts';
import { refuseWhileBusy } from '../stack-actions.ts';
import { beginning } from '../stack-event.ts';
import { storedDefinition } from '../stack-reading.ts';
import { keptCopies, withCopies } from './kept-copies.ts';
import { stackAbroad } from '../abroad/stack-abroad.ts';

export type { SnapshotSummary } from '@hearth/store';

/** A snapshot with what it holds, in the form of an exported stack. */
export interface SnapshotView extends SnapshotSummary {
  readonly data: JsonObject;
}

const NAME_LENGTH = 255;

export async function createSnapshot(ports: StackPorts, caller: Caller, key: StackKey, name: string | null): Promise<SnapshotSummary> {
  if (name !== null && name.length > NAME_LENGTH)
    throw invalid(`The name of a snapshot may have ${NAME_LENGTH} characters.`, 'HTTPBadRequest');
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    refuseWhileBusy(stack);
    if (stack.action === 'DELETE' || stack.targetDefinitionId === null)
      throw notSupported(`Snapshotting a stack when it is ${stack.action}_${stack.status}`);
    await checkRoom(tx, ports, caller, stack);
    const id = asId<SnapshotId>(ports.random.uuid());
    const begun = beginning(ports, stack, 'SNAPSHOT');
    const { template, environment, files } = await storedDefinition(ports, stack, tx);
    const snapshot: SnapshotRecord = {
      id,
      stackId: stack.id,
      projectId: stack.projectId,
      name,
      action: 'CREATE',
      status: 'IN_PROGRESS',
      statusReason: null,
      attempt: 0,
      data: { definition: { template, environment, files }, shown: await stackAbroad(ports, tx, stack, 'masked') },
      createdAt: begun.updatedAt,
    };
    await insertSnapshot(tx, ports.secretBox, snapshot);
    await requestVisit(tx, { ...begun, action: 'SNAPSHOT', snapshotId: id });
    return snapshot;
  });
}

async function checkRoom(tx: Queryable, ports: StackPorts, caller: Caller, stack: StackRecord): Promise<void> {
  const limit = ports.limits.snapshotsPerStack;
  if (limit < 0 || isAdministrator(caller) || (await countSnapshots(tx, stack.id)) < limit) return;
  throw invalid(`You have reached the maximum snapshots per stack, ${limit}. Please delete some snapshots.`, 'RequestLimitExceeded');
}

export async function listStackSnapshots(ports: StackPorts, caller: Caller, key: StackKey): Promise<readonly SnapshotSummary[]> {
  const stack = await ownLiveStack(ports.database, caller, key);
  return listSnapshots(ports.database, stack.id);
}

export async function showSnapshot(ports: StackPorts, caller: Caller, key: StackKey, id: string): Promise<SnapshotView> {
  const stack = await ownLiveStack(ports.database, caller, key);
  const snapshot = await ownSnapshot(ports, ports.database, stack, id);
  const copies = await listCopies(ports.database, ports.secretBox, snapshot.id);
  return { ...snapshot, data: withCopies(snapshot.data['shown'] as JsonObject, keptCopies(ports, copies)) };
}

/** The copies are deleted first, and the snapshot is gone when they are. */
export async function deleteSnapshot(ports: StackPorts, caller: Caller, key: StackKey, id: string): Promise<void> {
  await ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    const snapshot = await ownSnapshot(ports, tx, stack, id);
    if (snapshot.status === 'IN_PROGRESS') {
      if (snapshot.action === 'DELETE') return;
      throw notSupported('Deleting in-progress snapshot');
    }
    await doomSnapshots(tx, stack.id, snapshot.id);
  });
}

export async function ownSnapshot(ports: StackPorts, db: Queryable, stack: StackRecord, id: string): Promise<SnapshotRecord> {
  const found = isUuidLike(id) ? await findSnapshot(db, ports.secretBox, stack.id, asId<SnapshotId>(id)) : null;
  if (found === null) throw new Refusal('not-found', 'NotFound', `Snapshot with id ${id.slice(0, 100)} not found`);
  return found;
}
