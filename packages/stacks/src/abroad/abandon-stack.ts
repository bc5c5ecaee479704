/** Letting a stack go without touching the cloud, and telling what it would leave with. */
import type { JsonObject } from '@hearth/kernel';
import { listCopies, listSnapshots, type Queryable, type StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { writeDeletion } from '../delete-stack.ts';
import { lockOwnLiveStack, ownLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { notSupported } from '../refusals.ts';
import { keptCopies } from '../snapshots/kept-copies.ts';
import { refuseWhileBusy } from '../stack-actions.ts';
import { refuseForbiddenStack } from '../stack-policy.ts';
import { stackAbroad } from './stack-abroad.ts';

/** From the answer on nothing of it is ours: rows and delegation go, whatever stands in the cloud stays. */
export async function abandonStack(ports: StackPorts, caller: Caller, key: StackKey): Promise<JsonObject> {
  refuseUnlessAllowed(ports);
  return ports.database.transaction(async (tx) => {
    const stack = await lockOwnLiveStack(tx, caller, key);
    // What is just being made has no id yet that could be told.
    refuseWhileBusy(stack);
    await refuseForbiddenStack(ports, tx, caller, stack);
    const told = await toldOf(ports, tx, stack);
    await writeDeletion(ports, tx, stack, { skipped: [], retained: [], deletion: 'keep' });
    return told;
  });
}

export async function exportStack(ports: StackPorts, caller: Caller, key: StackKey): Promise<JsonObject> {
  refuseUnlessAllowed(ports);
  return toldOf(ports, ports.database, await ownLiveStack(ports.database, caller, key));
}

function refuseUnlessAllowed({ limits }: StackPorts): void {
  if (!limits.abandons) throw notSupported('Stack Abandon');
}

/** Images and backups of snapshots stay too: where they are is told with the rest. */
async function toldOf(ports: StackPorts, db: Queryable, stack: StackRecord): Promise<JsonObject> {
  const told = await stackAbroad(ports, db, stack, 'sealed');
  const snapshots = [];
  for (const { id, name, action, status } of await listSnapshots(db, stack.id)) {
    const copies = keptCopies(ports, await listCopies(db, ports.secretBox, id));
    snapshots.push({ id, name, action, status, copies: copies.map((copy) => ({ resource: copy.path.join('/'), [copy.key]: copy.id })) });
  }
  return snapshots.length === 0 ? told : { ...told, snapshots };
}
