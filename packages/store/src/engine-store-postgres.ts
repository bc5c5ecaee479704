/** The engine's port on PostgreSQL. The statements are in `queries`; here is only what must hold before they run. */
import { assert } from '@hearth/kernel';
import type { Database } from './database.ts';
import type { EngineBatch, EngineStore, Fence } from './engine-store.ts';
import { announcer } from './queries/announce-stacks.ts';
import { commitBatch } from './queries/commit-batch.ts';
import { deleteCredential } from './queries/delete-credential.ts';
import { loadStack } from './queries/load-stack.ts';
import { pruneDefinitions } from './queries/prune-definitions.ts';
import { releaseStack } from './queries/release-stack.ts';
import { columnSealer } from './row-mapping.ts';
import type { SecretBox } from './secret-box.ts';

export function createEngineStore(database: Database, secretBox: SecretBox): EngineStore {
  const seal = columnSealer(secretBox);
  const announce = announcer(database);
  return {
    load: (stackId) => loadStack(database, secretBox, stackId),
    async commit(fence, batch) {
      assertSound(fence, batch);
      const result = await commitBatch(database, seal, fence, batch);
      // One statement that is a transaction of its own, but reads like a select to the connection's count.
      database.counters.commits++;
      announce(fence.stackId);
      return result;
    },
    release: (fence, seenWakeVersion, dueAt) => releaseStack(database, fence, seenWakeVersion, dueAt),
    deleteCredential: (fence, credentialId) => deleteCredential(database, fence, credentialId),
    pruneDefinitions: (fence, keep) => pruneDefinitions(database, fence, keep),
  };
}

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
