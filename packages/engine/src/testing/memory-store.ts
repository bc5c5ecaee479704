/** The engine's port in memory, for the simulator: the same promises as on PostgreSQL, kept by the same contract suite. */
import {
  asId,
  Bug,
  jsonEqual,
  type CredentialId,
  type Json,
  type DefinitionId,
  Failure,
  type HolderId,
  type ResourceId,
  type SnapshotId,
  type StackId,
} from '@hearth/kernel';
import type {
  Accepted,
  ChildWrite,
  Claim,
  CommitResult,
  CredentialRecord,
  DefinitionRecord,
  EngineBatch,
  EngineStore,
  Exceptions,
  Fence,
  LeftoverRecord,
  NewEvent,
  ResourceRecord,
  SignalRecord,
  SnapshotState,
  SnapshotWrite,
  StackPatch,
  StackRecord,
  StackSnapshot,
} from '@hearth/store';

interface StackEntry {
  stack: StackRecord;
  holderId: HolderId | null;
  epoch: number;
  dueAt: number | null;
  readonly definitions: Map<DefinitionId, DefinitionRecord>;
  readonly rows: Map<ResourceId, ResourceRecord>;
  readonly events: NewEvent[];
  readonly signals: Map<ResourceId, SignalRecord[]>;
  readonly leftovers: Map<ResourceId, LeftoverRecord>;
  credential: CredentialRecord | null;
}

export interface MemoryStore extends EngineStore {
  insert(stack: StackRecord, definition: DefinitionRecord, credential?: CredentialRecord | null): void;
  /** A request: new desired state and a wake-up, as the use cases commit them. */
  request(stackId: StackId, patch: StackPatch, definition: DefinitionRecord | null, dueAt: number): void;
  /** A wish that the resources are looked at; an update that brings back what drifted, after its request; what a user takes for good. */
  askForLooks(stackId: StackId, at: number): void;
  mend(stackId: StackId, paths: readonly string[], at: number): void;
  /** What the traversal before was to bring back, the one that has just been asked for is to, too. */
  mendAgain(stackId: StackId): void;
  accept(stackId: StackId, rowId: ResourceId, accepted: Accepted | null): void;
  /** A signal, as the use case commits it. */
  signal(stackId: StackId, signal: SignalRecord): void;
  /** A user's word on a resource, as the use cases write it: the row, and a wake-up. */
  mark(row: ResourceRecord, now: number): void;
  /** Stacks that are due and free, or held by a holder for which `isDead` says so. */
  claim(holderId: HolderId, now: number, isDead: (holder: HolderId) => boolean): readonly Claim[];
  /** Makes the holder the owner, whoever had it before. */
  seize(stackId: StackId, holderId: HolderId): Claim;
  ownership(stackId: StackId): { readonly holderId: HolderId | null; readonly dueAt: number | null };
  definitionIds(stackId: StackId): readonly DefinitionId[];
  hasCredential(id: CredentialId): boolean;
  stack(stackId: StackId): StackRecord;
  rows(stackId: StackId): readonly ResourceRecord[];
  events(stackId: StackId): readonly NewEvent[];
  leftovers(stackId: StackId): readonly LeftoverRecord[];
  commits(): number;
  /** A snapshot as the use cases commit it, and the request that it is deleted. */
  addSnapshot(snapshot: SnapshotState): void;
  doomSnapshots(stackId: StackId, snapshotId: SnapshotId | null, exceptions: Exceptions | null, dueAt: number): void;
  snapshots(stackId: StackId): readonly SnapshotState[];
  /** Children and deleted ones too, in the order in which they were made. */
  stackIds(): readonly StackId[];
}

export function memoryStore(): MemoryStore {
  const stacks = new Map<StackId, StackEntry>();
  let commits = 0;
  const snapshots = new Map<SnapshotId, SnapshotState>();
  const copiesOf = (id: SnapshotId) =>
    [...stacks.values()].filter((entry) => [...entry.rows.values()].some((row) => row.snapshotId === id));
  const doom = (stackId: StackId, snapshotId: SnapshotId | null, exceptions: Exceptions | null, dueAt: number): void => {
    const doomed = [...snapshots.values()].filter((one) => one.stackId === stackId && (snapshotId === null || one.id === snapshotId));
    const holders = new Set([entryOf(stackId), ...doomed.flatMap(({ id }) => copiesOf(id))]);
    for (const entry of holders) request(entry, exceptions === null ? {} : { exceptions }, null, dueAt);
    for (const one of doomed)
      snapshots.set(one.id, { ...one, action: 'DELETE', status: 'IN_PROGRESS', statusReason: null, attempt: one.attempt + 1 });
  };
  const writeSnapshot = (write: SnapshotWrite): void => {
    const present = snapshots.get(write.id);
    if (present === undefined) return;
    if (write.kind === 'made' && present.action === 'CREATE' && present.status !== 'COMPLETE')
      snapshots.set(write.id, { ...present, status: write.status, statusReason: write.reason });
    if (write.kind === 'not-deleted' && present.action === 'DELETE' && present.attempt === write.attempt)
      snapshots.set(write.id, { ...present, status: 'FAILED', statusReason: write.reason });
    if (write.kind === 'gone' && present.action === 'DELETE' && copiesOf(write.id).length === 0) snapshots.delete(write.id);
  };

  const entryOf = (id: StackId): StackEntry => {
    const entry = stacks.get(id);
    if (entry === undefined) throw new Failure('not-found', `no stack ${id}`);
    return entry;
  };
  const fenced = (fence: Fence): StackEntry => {
    const entry = entryOf(fence.stackId);
    if (entry.holderId !== fence.holderId || entry.epoch !== fence.epoch)
      throw new Failure('lease-lost', `stack ${fence.stackId} has another owner`);
    return entry;
  };

  const insert = (stack: StackRecord, definition: DefinitionRecord, credential: CredentialRecord | null, dueAt: number): StackEntry => {
    const entry: StackEntry = {
      stack,
      holderId: null,
      epoch: 0,
      dueAt,
      definitions: new Map([[definition.id, definition]]),
      rows: new Map(),
      events: [],
      signals: new Map(),
      leftovers: new Map(),
      credential,
    };
    stacks.set(stack.id, entry);
    return entry;
  };
  const request = (entry: StackEntry, patch: StackPatch, definition: DefinitionRecord | null, dueAt: number): void => {
    if (definition !== null) entry.definitions.set(definition.id, definition);
    entry.stack = { ...entry.stack, ...patch, wakeVersion: entry.stack.wakeVersion + 1 };
    entry.dueAt = dueAt;
  };
  const nextWish = ({ stack }: StackEntry, at: number): number => Math.max(stack.looksAskedAt + 1, at);
  const askForLooks = (entry: StackEntry, at: number): void => {
    entry.stack = { ...entry.stack, looksAskedAt: nextWish(entry, at) };
    request(entry, {}, null, at);
  };
  // After the request that it belongs to, which wakes.
  const mend = (entry: StackEntry, paths: readonly string[], at: number): void => {
    entry.stack = { ...entry.stack, mending: { traversal: entry.stack.traversal, paths }, looksAskedAt: nextWish(entry, at) };
  };
  function writeChild(write: ChildWrite, credential: CredentialRecord | null): void {
    if (write.kind === 'create') {
      const { stack, definition, event } = write;
      if (!stacks.has(stack.id)) insert(stack, definition, credential, stack.createdAt).events.push(event);
      return;
    }
    const id = write.kind === 'update' ? write.definition.stackId : write.stackId;
    const entry = stacks.get(id);
    if (entry === undefined || entry.stack.deletedAt !== null) return;
    const { stack } = entry;
    if (write.kind === 'update') {
      const { definition, event } = write;
      const { mends, ...patch } = write.patch;
      if (stack.action === 'DELETE' || entry.definitions.has(definition.id)) return;
      const number = 1 + Math.max(0, ...[...entry.definitions.values()].map((one) => one.number));
      const wanted = { targetDefinitionId: definition.id, definitionId: definition.id, traversal: stack.traversal + 1 };
      request(
        entry,
        { action: 'UPDATE', status: 'IN_PROGRESS', haltReason: null, exceptions: null, ...patch, ...wanted },
        { ...definition, number },
        event.at,
      );
      if (mends != null) mend(entry, mends, event.at);
      entry.events.push(event);
      return;
    }
    if (write.kind === 'look') {
      if (stack.looksAskedAt < write.at) askForLooks(entry, write.at);
      return;
    }
    if (write.kind === 'halt') {
      if (stack.status === 'IN_PROGRESS') request(entry, { haltReason: write.reason }, null, stack.createdAt);
      return;
    }
    const exceptions = write.exceptions ?? null;
    const isSame = jsonEqual(stack.exceptions as unknown as Json, exceptions as unknown as Json);
    if (stack.action === 'DELETE' && (write.kind === 'visit' || (stack.status === 'IN_PROGRESS' && isSame))) return;
    if (entry.events.some((event) => event.id === write.event.id)) return;
    const { statusReason, updatedAt, deadlineAt, event } = write;
    const traversal = stack.traversal + 1;
    const begun = { status: 'IN_PROGRESS', statusReason, updatedAt, deadlineAt, haltReason: null, exceptions, traversal } as const;
    const nothing = { targetDefinitionId: null, rollbackDefinitionId: null };
    request(
      entry,
      write.kind === 'visit'
        ? { ...begun, action: write.action, snapshotId: write.snapshotId ?? null }
        : { ...begun, ...nothing, action: 'DELETE', adopting: write.adopting ?? stack.adopting },
      null,
      event.at,
    );
    entry.events.push(event);
  }

  return {
    async load(stackId): Promise<StackSnapshot | null> {
      const entry = stacks.get(stackId);
      if (entry === undefined) return null;
      return {
        stack: entry.stack,
        definitions: [...entry.definitions.values()],
        resources: [...entry.rows.values()],
        credential: entry.credential,
        snapshots: [...snapshots.values()].filter(
          (one) =>
            one.stackId === stackId ||
            one.id === entry.stack.snapshotId ||
            [...entry.rows.values()].some((row) => row.snapshotId === one.id),
        ),
      };
    },
    async commit(fence, batch: EngineBatch): Promise<CommitResult> {
      const entry = fenced(fence);
      if ([...batch.resources, ...batch.events].some((row) => row.stackId !== fence.stackId))
        throw new Bug('a batch holds rows of another stack');
      if (batch.ifWakeVersion !== undefined && batch.ifWakeVersion !== entry.stack.wakeVersion)
        throw new Failure('conflict', `stack ${fence.stackId} was told something since version ${batch.ifWakeVersion}`);
      commits++;
      const known = new Set(entry.events.map((event) => event.id));
      // What users took for good is theirs to write.
      for (const row of batch.resources) entry.rows.set(row.id, { ...row, accepted: entry.rows.get(row.id)?.accepted ?? null });
      for (const id of batch.removed) {
        entry.rows.delete(id);
        entry.signals.delete(id);
      }
      for (const event of batch.events) if (!known.has(event.id)) entry.events.push(event);
      for (const leftover of batch.leftovers ?? []) if (!entry.leftovers.has(leftover.id)) entry.leftovers.set(leftover.id, leftover);
      const stackPatched = batch.stack === null || batch.stack.ifTraversal === entry.stack.traversal;
      if (batch.stack !== null && stackPatched) entry.stack = { ...entry.stack, ...batch.stack.patch };
      for (const write of batch.children) writeChild(write, entry.credential);
      for (const write of batch.snapshots ?? []) writeSnapshot(write);
      if (stackPatched && batch.stack?.patch.adopting === false)
        for (const one of stacks.values())
          if (one.stack.rootId === fence.stackId && one.stack.adopting) one.stack = { ...one.stack, adopting: false };
      return { wakeVersion: entry.stack.wakeVersion, stackPatched };
    },
    async childStates(ids) {
      return ids.flatMap((id) => stacks.get(id)?.stack ?? []);
    },
    async heldByOthers({ id, handler }, physicalIds) {
      const others = [...stacks.values()]
        .flatMap(({ rows }) => [...rows.values()])
        .filter((row) => row.handler === handler && row.id !== id && row.replacedBy === null)
        .filter(({ action, status }) => !(action === 'DELETE' && status === 'COMPLETE'));
      return [...new Set(physicalIds)].filter((one) => others.some(({ physicalId }) => physicalId === one)).sort();
    },
    async release(fence, seenWakeVersion, dueAt) {
      const entry = fenced(fence);
      if (entry.stack.wakeVersion !== seenWakeVersion) return false;
      entry.holderId = null;
      entry.dueAt = dueAt;
      return true;
    },
    async letGoOfCredential(fence, credentialId) {
      const entry = fenced(fence);
      const isShared = [...stacks.values()].some((other) => other !== entry && other.stack.credentialId === credentialId);
      if (!isShared || entry.stack.credentialId !== credentialId) return false;
      entry.stack = { ...entry.stack, credentialId: null };
      entry.credential = null;
      return true;
    },
    async deleteCredential(fence, credentialId: CredentialId) {
      const entry = fenced(fence);
      if (entry.credential?.id === credentialId) entry.credential = null;
      entry.stack = { ...entry.stack, credentialId: null };
    },
    async signals(resourceId) {
      return [...stacks.values()].flatMap((entry) => entry.signals.get(resourceId) ?? []);
    },
    async forgetSignals(fence, resourceId) {
      fenced(fence).signals.delete(resourceId);
    },
    askForLooks: (stackId, at) => askForLooks(entryOf(stackId), at),
    mend: (stackId, paths, at) => mend(entryOf(stackId), paths, at),
    mendAgain(stackId) {
      const entry = entryOf(stackId);
      const { mending, traversal } = entry.stack;
      if (mending?.traversal === traversal - 1) entry.stack = { ...entry.stack, mending: { ...mending, traversal } };
    },
    accept(stackId, rowId, accepted) {
      const entry = entryOf(stackId);
      const row = entry.rows.get(rowId);
      if (row !== undefined) entry.rows.set(rowId, { ...row, accepted });
      request(entry, {}, null, entry.dueAt ?? entry.stack.createdAt);
    },
    signal(stackId, signal) {
      const { signals } = entryOf(stackId);
      const told = signals.get(signal.resourceId) ?? [];
      const at = signal.key === null ? -1 : told.findIndex((one) => one.key === signal.key);
      signals.set(signal.resourceId, at < 0 ? [...told, signal] : told.with(at, signal));
    },
    async pruneDefinitions(fence, keep, newest = 0) {
      const entry = fenced(fence);
      const { definitionId, targetDefinitionId, rollbackDefinitionId } = entry.stack;
      const named = [...keep, definitionId, targetDefinitionId, rollbackDefinitionId];
      const byNumber = [...entry.definitions.values()].sort((a, b) => b.number - a.number);
      for (const { id } of byNumber.slice(newest)) if (!named.includes(id)) entry.definitions.delete(id);
    },
    insert(stack, definition, credential = null) {
      insert(stack, definition, credential, stack.createdAt);
    },
    request: (stackId, patch, definition, dueAt) => request(entryOf(stackId), patch, definition, dueAt),
    mark(row, now) {
      const entry = entryOf(row.stackId);
      const { action, status, statusReason, data } = row;
      const before = entry.rows.get(row.id);
      if (before !== undefined) entry.rows.set(row.id, { ...before, action, status, statusReason, data, updatedAt: now });
      entry.stack = { ...entry.stack, wakeVersion: entry.stack.wakeVersion + 1 };
      if (entry.stack.status === 'IN_PROGRESS') entry.dueAt = now;
    },
    claim(holderId, now, isDead) {
      const claims: Claim[] = [];
      for (const [stackId, entry] of stacks) {
        const dead = entry.holderId !== null && isDead(entry.holderId);
        if (!dead && (entry.holderId !== null || entry.dueAt === null || entry.dueAt > now)) continue;
        entry.epoch++;
        entry.holderId = holderId;
        claims.push({ stackId: asId<StackId>(stackId), holderId, epoch: entry.epoch, tookOver: dead });
      }
      return claims;
    },
    seize(stackId, holderId) {
      const entry = entryOf(stackId);
      const tookOver = entry.holderId !== null;
      entry.epoch++;
      entry.holderId = holderId;
      return { stackId, holderId, epoch: entry.epoch, tookOver };
    },
    ownership: (stackId) => ({ holderId: entryOf(stackId).holderId, dueAt: entryOf(stackId).dueAt }),
    definitionIds: (stackId) => [...entryOf(stackId).definitions.keys()],
    hasCredential: (id) => [...stacks.values()].some((entry) => entry.credential?.id === id),
    stack: (stackId) => entryOf(stackId).stack,
    rows: (stackId) => [...entryOf(stackId).rows.values()],
    events: (stackId) => entryOf(stackId).events,
    leftovers: (stackId) => [...entryOf(stackId).leftovers.values()],
    addSnapshot(snapshot) {
      snapshots.set(snapshot.id, snapshot);
    },
    doomSnapshots: doom,
    snapshots: (stackId) => [...snapshots.values()].filter((one) => one.stackId === stackId),
    commits: () => commits,
    stackIds: () => [...stacks.keys()],
  };
}
