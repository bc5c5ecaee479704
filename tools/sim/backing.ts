/** Where the stacks of a simulated life are kept: in memory, or on PostgreSQL with the memory as its mirror. */
import type { MemoryStore } from '@hearth/engine/testing';
import type { HolderId, JsonObject, SnapshotId, StackId } from '@hearth/kernel';
import type { Claim, DefinitionRecord, EngineStore, ResourceRecord, SnapshotState, StackRecord } from '@hearth/store';
import { credentialOf, patchOf, type Request } from './requests.ts';

export interface Backing {
  /** What the engines use. */
  readonly store: EngineStore;
  insert(stack: StackRecord, definition: DefinitionRecord): Promise<void>;
  request(stackId: StackId, request: Request, now: number): Promise<void>;
  /** A user's word on a resource: it is broken, or its hook is cleared. */
  mark(row: ResourceRecord, now: number): Promise<void>;
  /** What a resource is told, as its type took it. */
  signal(row: ResourceRecord, key: string | null, body: JsonObject, now: number): Promise<void>;
  /** Stacks that are due and free, or held by somebody whose lease has passed. */
  claim(holderId: HolderId, now: number, isPassed: (holder: HolderId) => boolean): Promise<readonly Claim[]>;
  /** Until nothing is under way outside this process. */
  settle(): Promise<void>;
}

export function memoryBacking(store: MemoryStore): Backing {
  return {
    store,
    insert: async (stack, definition) => store.insert(stack, definition, credentialOf(stack)),
    request: async (stackId, request, now) => requestInMemory(store, stackId, request, now),
    mark: async (row, now) => store.mark(row, now),
    signal: async ({ id, stackId }, key, body, now) => store.signal(stackId, { resourceId: id, key, body, at: now }),
    claim: async (holderId, now, isPassed) => store.claim(holderId, now, isPassed),
    settle: oneTurn,
  };
}

export function requestInMemory(store: MemoryStore, stackId: StackId, request: Request, now: number): void {
  if (request.kind === 'look') return store.askForLooks(stackId, now);
  if (request.kind === 'forget') return store.doomSnapshots(stackId, request.id, null, now);
  // As the statement has it.
  if (request.kind === 'halt' && store.stack(stackId).status !== 'IN_PROGRESS') return;
  if (request.kind === 'snapshot') store.addSnapshot(newSnapshot(stackId, request.id));
  const definition = request.kind === 'update' ? request.definition : null;
  store.request(stackId, patchOf(request, store.stack(stackId), now), definition, now);
  if (request.kind === 'update' && request.mends !== undefined) store.mend(stackId, request.mends, now);
  if (request.kind === 'again') store.mendAgain(stackId);
  if (request.kind === 'delete' && store.snapshots(stackId).length > 0) store.doomSnapshots(stackId, null, request.exceptions ?? null, now);
}

export const newSnapshot = (stackId: StackId, id: SnapshotId): SnapshotState => ({
  id,
  stackId,
  name: null,
  action: 'CREATE',
  status: 'IN_PROGRESS',
  statusReason: null,
  attempt: 0,
});

/** Promises need no more than one turn of the loop of events. */
const oneTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
