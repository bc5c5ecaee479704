/** Where the stacks of a simulated life are kept: in memory, or on PostgreSQL with the memory as its mirror. */
import type { MemoryStore } from '@hearth/engine/testing';
import type { HolderId, StackId } from '@hearth/kernel';
import type { Claim, DefinitionRecord, EngineStore, ResourceRecord, StackRecord } from '@hearth/store';
import { patchOf, type Request } from './requests.ts';

export interface Backing {
  /** What the engines use. */
  readonly store: EngineStore;
  insert(stack: StackRecord, definition: DefinitionRecord): Promise<void>;
  request(stackId: StackId, request: Request, now: number): Promise<void>;
  /** A user's word on a resource: it is broken, or its hook is cleared. */
  mark(row: ResourceRecord, now: number): Promise<void>;
  /** Stacks that are due and free, or held by somebody whose lease has passed. */
  claim(holderId: HolderId, now: number, isPassed: (holder: HolderId) => boolean): Promise<readonly Claim[]>;
  /** Until nothing is under way outside this process. */
  settle(): Promise<void>;
}

export function memoryBacking(store: MemoryStore): Backing {
  return {
    store,
    insert: async (stack, definition) => store.insert(stack, definition),
    request: async (stackId, request, now) => requestInMemory(store, stackId, request, now),
    mark: async (row, now) => store.mark(row, now),
    claim: async (holderId, now, isPassed) => store.claim(holderId, now, isPassed),
    settle: oneTurn,
  };
}

export function requestInMemory(store: MemoryStore, stackId: StackId, request: Request, now: number): void {
  // As the statement has it.
  if (request.kind === 'halt' && store.stack(stackId).status !== 'IN_PROGRESS') return;
  const definition = request.kind === 'update' ? request.definition : null;
  store.request(stackId, patchOf(request, store.stack(stackId), now), definition, now);
}

/** Promises need no more than one turn of the loop of events. */
const oneTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
