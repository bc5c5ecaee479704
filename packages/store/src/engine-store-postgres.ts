/** The engine's port on PostgreSQL. The statements are in `queries`; here is only what must hold before they run. */
import { assert, type StackId } from '@hearth/kernel';
import type { Database } from './database.ts';
import type { EngineBatch, EngineStore, Fence } from './engine-store.ts';
import { announcer, CHILD_CHANNEL, EVENT_CHANNEL } from './queries/announce-stacks.ts';
import { childStates } from './queries/child-states.ts';
import { type Committed, commitBatch } from './queries/commit-batch.ts';
import { deleteCredential, letGoOfCredential } from './queries/use-credential.ts';
import { STACK_DUE } from './queries/due-table.ts';
import { heldByOthers } from './queries/held-by-others.ts';
import { loadStack } from './queries/load-stack.ts';
import { pruneDefinitions } from './queries/prune-definitions.ts';
import { releaseStack } from './queries/release-stack.ts';
import { forgetSignals, listSignals } from './queries/signals.ts';
import { settleAdoption } from './queries/settle-adoption.ts';
import { writeChildren } from './queries/write-children.ts';
import { writeSnapshots } from './queries/write-snapshots.ts';
import { rowCache } from './row-cache.ts';
import { columnSealer, type SealColumn } from './row-mapping.ts';
import type { SecretBox } from './secret-box.ts';

/** Some 3 kB each. */
const KEPT_ROWS = 25_000;

export function createEngineStore(database: Database, secretBox: SecretBox): EngineStore {
  const seal = columnSealer(secretBox);
  const rows = rowCache(KEPT_ROWS);
  const announce = announcer(database, EVENT_CHANNEL);
  const announceDue = announcer(database, STACK_DUE.channel);
  const announceEnd = announcer(database, CHILD_CHANNEL);
  return {
    load: (stackId) => loadStack(database, secretBox, stackId, rows),
    childStates: (ids) => childStates(database, ids),
    heldByOthers: (row, physicalIds) => heldByOthers(database, row, physicalIds),
    async commit(fence, batch) {
      assertSound(fence, batch);
      const { parentId, lookAgain, ...result } = await writeBatch(database, secretBox, seal, fence, batch);
      announce(fence.stackId);
      for (const id of lookAgain) announceDue(id);
      for (const child of batch.children) {
        // The others are told of by their requests.
        if (child.kind !== 'create') continue;
        announceDue(child.stack.id);
        announce(child.stack.id);
      }
      if (parentId !== null && result.stackPatched && hasEnded(batch)) announceEnd(`${parentId} ${fence.stackId}`);
      return result;
    },
    release: (fence, seenWakeVersion, dueAt, now) => releaseStack(database, fence, seenWakeVersion, dueAt, now),
    letGoOfCredential: (fence, credentialId) => letGoOfCredential(database, fence, credentialId),
    deleteCredential: (fence, credentialId) => deleteCredential(database, fence, credentialId),
    signals: (resourceId) => listSignals(database, secretBox, resourceId),
    forgetSignals: (fence, resourceId) => forgetSignals(database, fence, resourceId),
    pruneDefinitions: (fence, keep, newest = 0) => pruneDefinitions(database, fence, keep, newest),
  };
}

async function writeBatch(
  database: Database,
  secretBox: SecretBox,
  seal: SealColumn,
  fence: Fence,
  batch: EngineBatch,
): Promise<Committed & { readonly lookAgain: readonly StackId[] }> {
  const snapshots = batch.snapshots ?? [];
  const endsAdoption = batch.stack?.patch.adopting === false;
  if (batch.children.length > 0 || snapshots.length > 0 || endsAdoption) {
    return database.transaction(async (tx) => {
      const committed = await commitBatch(tx, seal, fence, batch);
      await writeChildren(tx, secretBox, batch.children);
      if (endsAdoption && committed.stackPatched) await settleAdoption(tx, fence.stackId);
      return { ...committed, lookAgain: await writeSnapshots(tx, snapshots) };
    });
  }
  const committed = await commitBatch(database, seal, fence, batch);
  // One statement that is a transaction of its own, but reads like a select to the connection's count.
  database.counters.commits++;
  return { ...committed, lookAgain: [] };
}

const hasEnded = ({ stack }: EngineBatch): boolean => stack?.patch.status === 'COMPLETE' || stack?.patch.status === 'FAILED';

/** The parts of a batch run as one statement in no particular order, so no row may be named twice, nor one of another stack. */
function assertSound(fence: Fence, batch: EngineBatch): void {
  const named = new Set<string>(batch.removed);
  for (const resource of batch.resources) {
    assert(resource.stackId === fence.stackId, `resource ${resource.id} of stack ${resource.stackId} in a batch of stack ${fence.stackId}`);
    assert(!named.has(resource.id), `resource ${resource.id} is named twice in a batch of stack ${fence.stackId}`);
    named.add(resource.id);
  }
  for (const event of batch.events) {
    assert(event.stackId === fence.stackId, `event ${event.id} of stack ${event.stackId} in a batch of stack ${fence.stackId}`);
  }
}
