/** Going back to a snapshot: an update to the definition of then, in which what types have kept takes the place of what they were made from. */
import { asId, Refusal, type DefinitionId, type JsonObject } from '@hearth/kernel';
import { listCopies, type DefinitionRecord, type SnapshotRecord, type StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { lockOwnLiveStack, ownLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { invalid } from '../refusals.ts';
import { AS_IT_IS, checkMayUpdate, preparedUpdate, writeUpdate } from '../update-stack.ts';
import { keptCopies, restoredResources } from './kept-copies.ts';
import { ownSnapshot } from './snapshots.ts';

const ATTEMPTS = 5;

export async function restoreSnapshot(ports: StackPorts, caller: Caller, key: StackKey, id: string): Promise<StackRecord> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const restored = await tryRestore(ports, caller, key, id);
    if (restored !== null) return restored;
  }
  throw new Refusal('conflict', 'ActionInProgress', `The Stack (${key.name ?? key.id}) is being changed by other requests; try again.`);
}

/** Null when the stack's definition changed while this was being checked. */
async function tryRestore(ports: StackPorts, caller: Caller, key: StackKey, id: string): Promise<StackRecord | null> {
  const stack = await ownLiveStack(ports.database, caller, key);
  const snapshot = await ownSnapshot(ports, ports.database, stack, id);
  refuseIncomplete(snapshot);
  const prepared = await preparedUpdate(ports, caller, key, AS_IT_IS, definitionOf(snapshot));
  return ports.database.transaction(async (tx) => {
    const locked = await lockOwnLiveStack(tx, caller, key);
    checkMayUpdate(locked);
    if (locked.definitionId !== prepared.stack.definitionId) return null;
    refuseIncomplete(await ownSnapshot(ports, tx, locked, id));
    const copies = keptCopies(ports, await listCopies(tx, ports.secretBox, snapshot.id));
    const { contents } = prepared;
    const environment: JsonObject = { ...contents.environment, restored: restoredResources(copies) as unknown as JsonObject };
    const restored = { ...prepared, contents: { ...contents, environment } };
    return writeUpdate(ports, tx, { locked, by: caller.userName }, restored, { ...AS_IT_IS, restores: true });
  });
}

function refuseIncomplete({ id, action, status }: SnapshotRecord): void {
  if (action === 'CREATE' && status === 'COMPLETE') return;
  throw invalid(`Snapshot ${id} is ${action}_${status}: only one that is complete can be restored.`, 'NotSupported');
}

function definitionOf({ stackId, data }: SnapshotRecord): DefinitionRecord {
  const definition = data['definition'] as unknown as Pick<DefinitionRecord, 'template' | 'environment' | 'files'>;
  return { id: asId<DefinitionId>(''), stackId, number: 0, ...definition };
}
