/** The port in memory under the suite that PostgreSQL's implementation keeps: what the simulator proves holds for both. */
import { engineStoreContract } from '@hearth/store/testing';
import * as vitest from 'vitest';
import { memoryStore } from './memory-store.ts';

engineStoreContract(vitest, 'in memory', async () => {
  const store = memoryStore();
  return {
    store,
    insert: async (stack, definition, credential) => store.insert(stack, definition, credential),
    claim: async (stackId, holderId) => store.seize(stackId, holderId),
    request: async (stackId, definition) =>
      store.request(
        stackId,
        { targetDefinitionId: definition.id, definitionId: definition.id, traversal: store.stack(stackId).traversal + 1 },
        definition,
        0,
      ),
    events: async (stackId) => store.events(stackId),
    leftovers: async (stackId) => store.leftovers(stackId).map(({ physicalId }) => physicalId),
    ownership: async (stackId) => store.ownership(stackId),
    definitionIds: async (stackId) => store.definitionIds(stackId),
    hasCredential: async (id) => store.hasCredential(id),
    signal: async (stackId, signal) => store.signal(stackId, signal),
    close: async () => {},
  };
});
