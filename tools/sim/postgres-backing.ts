/**
 * A life on PostgreSQL: every write and every look goes to the production port and to the memory, in the same order, and both must answer alike. So the
 * rules are asked of what PostgreSQL was told, and any difference between the two is found at the next look. Time is the life's: what a database
 * calls due now lies long before it, and claims are made by the life's clock.
 */
import type { MemoryStore } from '@hearth/engine/testing';
import { asId, type EventId, Failure, type HolderId, type Json, jsonEqual, type StackId } from '@hearth/kernel';
import {
  type Claim,
  createEngineStore,
  type Database,
  type EngineStore,
  doomSnapshots,
  insertSignal,
  insertSnapshot,
  insertStack,
  lockStackById,
  type NewEvent,
  type Queryable,
  requestAgain,
  requestDelete,
  requestHalt,
  requestLook,
  requestRollback,
  requestUpdate,
  requestVisit,
  type SecretBox,
  type StackRecord,
  type StackSnapshot,
  writeMark,
} from '@hearth/store';
import { randomUUID } from 'node:crypto';
import { type Backing, newSnapshot, requestInMemory } from './backing.ts';
import { credentialOf, patchOf, type Request } from './requests.ts';
import type { Watch } from './watch.ts';

/** By how much the clocks of those who wrote a time and of who reads it may differ. */
const CLOCKS_APART_MS = 10_000;
const SECONDS_BETWEEN_LOOKS = 60;

export function postgresBacking(database: Database, box: SecretBox, memory: MemoryStore, watch: Watch): Backing {
  const turns = new Turns();
  return {
    store: mirrored(createEngineStore(database, box), memory, watch, turns),
    insert: (stack, definition) =>
      turns.take(async () => {
        const event = startedEvent(stack, 'CREATE', stack.createdAt);
        await database.transaction((tx) => insertStack(tx, box, { stack, definition, credential: credentialOf(stack), event }));
        memory.insert(stack, definition, credentialOf(stack));
      }),
    request: (stackId, request, now) =>
      turns.take(async () => {
        const stack = memory.stack(stackId);
        await database.transaction((tx) => requestOn(tx, box, stack, request, now));
        requestInMemory(memory, stackId, request, now);
      }),
    mark: (row, now) =>
      turns.take(async () => {
        const eventId = asId<EventId>(randomUUID());
        await database.transaction(async (tx) => {
          await lockStackById(tx, null, row.stackId);
          await writeMark(tx, box, row, { at: now, eventId, reason: row.statusReason });
        });
        memory.mark(row, now);
      }),
    signal: (row, key, body, now) =>
      turns.take(async () => {
        // Its owner may have had its turn before.
        if (!memory.rows(row.stackId).some(({ id }) => id === row.id)) return;
        await database.transaction(async (tx) => {
          await lockStackById(tx, null, row.stackId);
          await insertSignal(tx, box, row, { id: randomUUID(), key, body, at: now }, null);
        });
        memory.signal(row.stackId, { resourceId: row.id, key, body, at: now });
      }),
    claim: (holderId, now, isPassed) => turns.take(() => claimBoth(database, memory, watch, holderId, now, isPassed)),
    settle: () => turns.rest(),
  };
}

/** The engine's port: what PostgreSQL says is what the engine hears, and the memory must say it too. */
function mirrored(port: EngineStore, memory: MemoryStore, watch: Watch, turns: Turns): EngineStore {
  const watched = watch.over(memory);
  const both = <T>(what: keyof EngineStore, ask: (store: EngineStore) => Promise<T>): Promise<T> =>
    turns.take(async () => {
      const answer = await outcomeOf(() => ask(port));
      if (answer.failure?.code === 'unavailable') throw answer.failure;
      const inTheMirror = await outcomeOf(() => ask(watched));
      const [here, there] = [answer.failure?.code ?? plain(answer.value), inTheMirror.failure?.code ?? plain(inTheMirror.value)];
      if (!jsonEqual(here, there)) watch.problem(`${what}: PostgreSQL says ${difference(here, there)}`);
      if (answer.failure !== undefined) throw answer.failure;
      return answer.value as T;
    });
  return {
    load: (id) => both('load', async (store) => named(await store.load(id))),
    childStates: (ids) => both('childStates', async (store) => briefly(await store.childStates(ids))),
    heldByOthers: (row, ids) => both('heldByOthers', (store) => store.heldByOthers(row, ids)),
    commit: (fence, batch) => both('commit', (store) => store.commit(fence, batch)),
    release: (fence, seen, dueAt) => both('release', (store) => store.release(fence, seen, dueAt)),
    letGoOfCredential: (fence, id) => both('letGoOfCredential', (store) => store.letGoOfCredential(fence, id)),
    deleteCredential: (fence, id) => both('deleteCredential', (store) => store.deleteCredential(fence, id)),
    signals: (resourceId) => both('signals', (store) => store.signals(resourceId)),
    forgetSignals: (fence, resourceId) => both('forgetSignals', (store) => store.forgetSignals(fence, resourceId)),
    pruneDefinitions: (fence, keep, newest) => both('pruneDefinitions', (store) => store.pruneDefinitions(fence, keep, newest)),
  };
}

/** One after the other, as they were asked for: so a life runs alike each time, and both stores see the same order. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  take<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#last.then(work).finally(() => {
      this.#waiting--;
    });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Until nothing is under way, and nothing follows from it. */
  async rest(): Promise<void> {
    do {
      await this.#last;
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#waiting > 0);
  }
}

interface Outcome<T> {
  readonly value?: T;
  readonly failure?: Failure;
}
async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}

/** Definitions that nothing names are no part of the answer; rows come in any order. */
function named(snapshot: StackSnapshot | null): StackSnapshot | null {
  if (snapshot === null) return null;
  const { targetDefinitionId, definitionId, rollbackDefinitionId } = snapshot.stack;
  const ids: readonly (string | null)[] = [targetDefinitionId, definitionId, rollbackDefinitionId];
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
  return {
    ...snapshot,
    definitions: snapshot.definitions.filter(({ id }) => ids.includes(id)).sort(byId),
    resources: [...snapshot.resources].sort(byId),
    snapshots: [...snapshot.snapshots].sort(byId),
  };
}

const briefly = (states: Awaited<ReturnType<EngineStore['childStates']>>) =>
  [...states]
    .map(({ id, action, status, statusReason, definitionId, deletedAt }) => ({ id, action, status, statusReason, definitionId, deletedAt }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** As JSON, with times in whole milliseconds, as PostgreSQL is given them. */
function plain(value: unknown): Json {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key.endsWith('At') && typeof inner === 'number' ? Math.floor(inner) : inner,
  );
  return text === undefined ? null : (JSON.parse(text) as Json);
}

/** The first place where they differ. */
function difference(here: Json, there: Json, path = ''): string {
  if (typeof here !== 'object' || typeof there !== 'object' || here === null || there === null)
    return `${path} = ${JSON.stringify(here)}, the memory ${JSON.stringify(there)}`;
  const [a, b] = [Object.entries(here), new Map(Object.entries(there))];
  for (const [key, value] of a) {
    const other = b.get(key) ?? null;
    b.delete(key);
    if (!jsonEqual(value, other)) return difference(value, other, `${path}.${key}`);
  }
  return `${path} without ${[...b.keys()].join(' ')}`;
}

const startedEvent = (stack: StackRecord, action: string, at: number): NewEvent => ({
  id: asId<EventId>(randomUUID()),
  stackId: stack.id,
  resourceName: stack.name,
  resourceType: 'OS::Heat::Stack',
  physicalId: stack.id,
  action,
  status: 'IN_PROGRESS',
  reason: '',
  at,
});

async function requestOn(tx: Queryable, box: SecretBox, stack: StackRecord, request: Request, now: number): Promise<void> {
  if (request.kind === 'look') return requestLook(tx, { stackId: stack.id, at: now });
  if (request.kind === 'forget') return doomSnapshots(tx, stack.id, request.id);
  const patch = patchOf(request, stack, now);
  const event = startedEvent(stack, patch.action ?? stack.action, now);
  const begun = { stackId: stack.id, statusReason: '', updatedAt: now, deadlineAt: patch.deadlineAt ?? now, event };
  switch (request.kind) {
    case 'update': {
      const { description, timeoutMins, disableRollback, tags } = stack;
      const rollbackDefinitionId = patch.rollbackDefinitionId ?? null;
      const { statusReason, updatedAt, deadlineAt } = begun;
      const wanted = { description, statusReason, rollbackDefinitionId, timeoutMins, disableRollback, tags, updatedAt, deadlineAt };
      const how = { ...(request.mends !== undefined && { mends: request.mends }), ...(request.restores && { restores: true as const }) };
      return requestUpdate(tx, box, request.definition, { ...wanted, ...how }, event);
    }
    case 'delete':
      return requestDelete(tx, { ...begun, exceptions: patch.exceptions ?? null });
    case 'again':
      return requestAgain(tx, { ...begun, exceptions: patch.exceptions ?? null });
    case 'rollback':
      return requestRollback(tx, { ...begun, targetDefinitionId: patch.targetDefinitionId ?? null });
    case 'halt':
      return requestHalt(tx, { stackId: stack.id, reason: request.reason });
    case 'visit':
      return requestVisit(tx, { ...begun, action: request.action });
    case 'snapshot': {
      const { projectId } = stack;
      await insertSnapshot(tx, box, { ...newSnapshot(stack.id, request.id), projectId, data: {}, createdAt: now });
      return requestVisit(tx, { ...begun, action: 'SNAPSHOT', snapshotId: request.id });
    }
  }
}

async function claimBoth(
  database: Database,
  memory: MemoryStore,
  watch: Watch,
  holderId: HolderId,
  now: number,
  isPassed: (holder: HolderId) => boolean,
): Promise<readonly Claim[]> {
  const ids = memory.stackIds();
  // Most seconds nothing is due; what only PostgreSQL holds for due is seen soon enough.
  const isDue = ids.some((id) => {
    const { holderId: holder, dueAt } = memory.ownership(id);
    return holder === null ? dueAt !== null && dueAt <= now + CLOCKS_APART_MS : isPassed(holder);
  });
  if (!isDue && Math.floor(now / 1_000) % SECONDS_BETWEEN_LOOKS !== 0) return [];
  const passed = [...new Set(ids.flatMap((id) => memory.ownership(id).holderId ?? []))].filter(isPassed);
  const rows = await database.query<{ id: StackId; epoch: number }>({
    name: 'claim-in-a-life',
    text: `update stack set holder_id = $1, epoch = epoch + 1
      where id = any ($2::uuid[]) and ((holder_id is null and due_at <= $3::timestamptz) or holder_id = any ($4::uuid[])) returning id, epoch`,
    values: [holderId, ids, new Date(now).toISOString(), passed],
  });
  // In the order in which they were made, as in memory.
  const found = new Map(rows.map(({ id, epoch }) => [id, epoch]));
  return ids
    .filter((id) => found.has(id))
    .map((id) => {
      const claim = memory.seize(id, holderId);
      if (claim.epoch !== found.get(id)) watch.problem(`claim: PostgreSQL is at epoch ${found.get(id)}, the memory at ${claim.epoch}`);
      return claim;
    });
}
