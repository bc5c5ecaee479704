/** The engine's port on a real PostgreSQL: the contract, and what only a database with several connections can get wrong. */
import { asId, type CredentialId, type DefinitionId, type HolderId, type StackId } from '@hearth/kernel';
import { testDatabase } from '@hearth/testkit';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vitest from 'vitest';
import { insertDefinitions } from './contents/insert-definitions.ts';
import type { EngineBatch, Fence } from './engine-store.ts';
import { createEngineStore } from './engine-store-postgres.ts';
import { CHILD_CHANNEL, EVENT_CHANNEL } from './queries/announce-stacks.ts';
import { lockStackById } from './queries/find-stack.ts';
import { insertStack } from './queries/insert-stack.ts';
import { listResources } from './queries/list-resources.ts';
import { insertSignal, SIGNAL_CHANNEL } from './queries/signals.ts';
import type { NewEvent, StackRecord } from './records.ts';
import { createSecretBox } from './secret-box.ts';
import { engineStoreContract } from './testing/engine-store-contract.ts';
import type { EngineStoreHarness } from './testing/engine-store-suite.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleResource, sampleStack } from './testing/sample-records.ts';

const { afterAll, expect, test } = vitest;

const place = await testDatabase({ poolSize: 6 });
const { database } = place;
const secretBox = createSecretBox(randomBytes(32));
const store = createEngineStore(database, secretBox);
afterAll(() => place.drop());

const harness: EngineStoreHarness = {
  store,
  async insert(stack, definition, credential) {
    await database.transaction((tx) => insertStack(tx, secretBox, { stack, definition, credential, event: sampleEvent(stack.id) }));
    await database.query({ text: 'delete from event where stack_id = $1', values: [stack.id] });
  },
  async claim(stackId, holderId): Promise<Fence> {
    const rows = await database.query<{ epoch: number }>({
      text: 'update stack set holder_id = $2, epoch = epoch + 1 where id = $1 returning epoch',
      values: [stackId, holderId],
    });
    return { stackId, holderId, epoch: rows[0]?.epoch ?? -1 };
  },
  async request(stackId, definition) {
    await database.transaction(async (tx) => {
      await insertDefinitions(tx, secretBox, [definition], 'plain');
      await tx.query({
        text: `update stack set target_definition_id = $2, definition_id = $2, traversal = traversal + 1, wake_version = wake_version + 1, due_at = now()
               where id = $1`,
        values: [stackId, definition.id],
      });
    });
  },
  events: (stackId) =>
    database.query<NewEvent>({
      text: `select id, stack_id as "stackId", resource_name as "resourceName", resource_type as "resourceType", physical_id as "physicalId",
               action, status, reason, at from event where stack_id = $1 order by sequence`,
      values: [stackId],
    }),
  leftovers: async (stackId) =>
    (
      await database.query<{ id: string | null }>({ text: 'select physical_id as id from leftover where stack_id = $1', values: [stackId] })
    ).map(({ id }) => id),
  async ownership(stackId) {
    const rows = await database.query<{ holder_id: HolderId | null; due_at: number | null }>({
      text: 'select holder_id, due_at from stack where id = $1',
      values: [stackId],
    });
    return { holderId: rows[0]?.holder_id ?? null, dueAt: rows[0]?.due_at ?? null };
  },
  definitionIds: async (stackId) =>
    (await database.query<{ id: DefinitionId }>({ text: 'select id from definition where stack_id = $1', values: [stackId] })).map(
      (row) => row.id,
    ),
  hasCredential: async (id: CredentialId) =>
    (await database.query({ text: 'select 1 from credential where id = $1', values: [id] })).length > 0,
  async signal(stackId, signal) {
    await database.transaction(async (tx) => {
      await lockStackById(tx, null, stackId);
      const [row] = (await listResources(tx, secretBox, stackId)).filter(({ id }) => id === signal.resourceId);
      if (row === undefined) throw new Error('there is no such resource');
      await insertSignal(tx, secretBox, row, { ...signal, id: randomUUID() }, null);
    });
  },
  close: async () => {},
};

engineStoreContract(vitest, 'PostgreSQL', async () => harness);

const owned = async (): Promise<{ stack: StackRecord; fence: Fence }> => {
  const stack = sampleStack();
  await harness.insert(stack, sampleDefinition(stack), null);
  return { stack, fence: await harness.claim(stack.id, newHolderId()) };
};
const EMPTY: EngineBatch = { stack: null, resources: [], removed: [], events: [], children: [] };

/** Holds back `hold`'s row changes until `meanwhile` has been begun and must be waiting for them. */
async function whileLocked(stackId: StackId, change: string, meanwhile: () => Promise<unknown>): Promise<unknown> {
  let running: Promise<unknown> = Promise.resolve();
  await database.transaction(async (tx) => {
    await tx.query({ text: `update stack set ${change} where id = $1`, values: [stackId] });
    running = meanwhile().catch((error: unknown) => error);
    // Over another connection: within a transaction the view stays as it was first seen.
    for (;;) {
      const waiting = await database.query({
        text: "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        values: [],
      });
      if (waiting.length > 0) return;
      await sleep(5);
    }
  });
  return running;
}

test('a commit that had to wait for a request sees it: the patch is left out and the new wake version told', async () => {
  const { stack, fence } = await owned();
  const outcome = await whileLocked(stack.id, 'traversal = traversal + 1, wake_version = wake_version + 1', () =>
    store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { status: 'COMPLETE' } }, events: [sampleEvent(stack.id)] }),
  );
  expect(outcome).toEqual({ wakeVersion: 2, stackPatched: false });
  expect((await store.load(stack.id))?.stack).toMatchObject({ traversal: 2, status: 'IN_PROGRESS' });
  expect(await harness.events(stack.id)).toHaveLength(1);
});

test('a commit that had to wait for a wake-up keeps it, and its patch is applied to the row as it is then', async () => {
  const { stack, fence } = await owned();
  const outcome = await whileLocked(stack.id, "wake_version = wake_version + 1, description = 'newer'", () =>
    store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { status: 'COMPLETE' } } }),
  );
  expect(outcome).toEqual({ wakeVersion: 2, stackPatched: true });
  expect((await store.load(stack.id))?.stack).toMatchObject({ status: 'COMPLETE', description: 'newer', wakeVersion: 2 });
});

test('a commit that had to wait for a take-over is refused', async () => {
  const { stack, fence } = await owned();
  const outcome = await whileLocked(stack.id, 'epoch = epoch + 1', () =>
    store.commit(fence, { ...EMPTY, events: [sampleEvent(stack.id)] }),
  );
  expect(outcome).toMatchObject({ code: 'lease-lost' });
  expect(await harness.events(stack.id)).toEqual([]);
});

test('a release that had to wait for a request is refused', async () => {
  const { stack, fence } = await owned();
  expect(await whileLocked(stack.id, 'wake_version = wake_version + 1, due_at = now()', () => store.release(fence, 1, null))).toBe(false);
  expect((await harness.ownership(stack.id)).holderId).toBe(fence.holderId);
});

test('a signal is unreadable in the table, is told to the owner and to watchers, and its resource cannot go without it', async () => {
  const { stack, fence } = await owned();
  const row = sampleResource(stack.id);
  await store.commit(fence, { ...EMPTY, resources: [row] });
  const heard: string[] = [];
  const stops = await Promise.all(
    [SIGNAL_CHANNEL, EVENT_CHANNEL].map((channel) => database.listen(channel, (payload) => heard.push(payload))),
  );
  const word = 'correct-horse-battery';
  await harness.signal(stack.id, { resourceId: row.id, key: word, body: { word }, at: 1 });
  await expect.poll(() => heard).toEqual(expect.arrayContaining([`${stack.id} ${row.id}`, stack.id]));
  const [kept] = await database.query<{ text: string }>({
    text: 'select g::text as text from signal g where resource_id = $1',
    values: [row.id],
  });
  expect(kept?.text).not.toContain(word);
  expect(kept?.text).not.toContain(Buffer.from(word).toString('hex'));
  await store.commit(fence, { ...EMPTY, removed: [row.id] });
  expect(await database.query({ text: 'select 1 from signal where resource_id = $1', values: [row.id] })).toEqual([]);
  await Promise.all(stops.map((stop) => stop()));
});

test('secret columns are unreadable in the table', async () => {
  const { stack, fence } = await owned();
  const word = 'correct-horse-battery';
  const hidden = { password: word };
  await store.commit(fence, {
    ...EMPTY,
    resources: [sampleResource(stack.id, { properties: hidden, pending: hidden, attributes: hidden, data: hidden })],
  });
  const rows = await database.query<{ text: string; bytes: Buffer }>({
    text: 'select r::text as text, properties || pending || attributes || data as bytes from resource r where stack_id = $1',
    values: [stack.id],
  });
  expect(rows).toHaveLength(1);
  expect(rows[0]?.text).not.toContain(word);
  expect(rows[0]?.bytes.includes(word)).toBe(false);
});

test('watchers are told of every stack committed, and not of refused commits', async () => {
  const [one, two, refused] = [await owned(), await owned(), await owned()];
  const heard: string[] = [];
  // What the tests before committed may still be told.
  const own = [one, two, refused].map(({ stack }) => stack.id as string);
  const stop = await database.listen(EVENT_CHANNEL, (payload) => own.includes(payload) && heard.push(payload));
  await store.commit({ ...refused.fence, epoch: 99 }, EMPTY).catch(() => {});
  await Promise.all([one, two].map(({ fence }) => store.commit(fence, EMPTY)));
  await expect.poll(() => new Set(heard)).toEqual(new Set([one.stack.id, two.stack.id]));
  await store.commit(one.fence, EMPTY);
  await expect.poll(() => heard.filter((id) => id === one.stack.id).length).toBe(2);
  expect(heard).not.toContain(refused.stack.id);
  await stop();
});

test('a credential that another stack uses is only detached', async () => {
  const parent = sampleStack({ credentialId: asId<CredentialId>(randomUUID()) });
  const credential = { id: parent.credentialId as CredentialId, projectId: parent.projectId, kind: 'trust' as const, data: {} };
  await harness.insert(parent, sampleDefinition(parent), credential);
  const child = sampleStack({ credentialId: credential.id, parentId: parent.id });
  await harness.insert(child, sampleDefinition(child), null);
  await store.deleteCredential(await harness.claim(child.id, newHolderId()), credential.id);
  expect((await store.load(child.id))?.stack.credentialId).toBeNull();
  expect((await store.load(parent.id))?.credential).toEqual(credential);
});

test('a batch of 1,000 rows is one statement', async () => {
  const { stack, fence } = await owned();
  const rows = Array.from({ length: 1000 }, (_, i) => sampleResource(stack.id, { name: `r${i}`, properties: { name: `r${i}`, size: i } }));
  const before = database.counters.statements;
  await store.commit(fence, { ...EMPTY, resources: rows, events: rows.map((row) => sampleEvent(stack.id, { resourceName: row.name })) });
  // The second one tells the watchers.
  expect(database.counters.statements - before).toBeLessThanOrEqual(2);
});

test('a parent is told when a child has come to an end, and only then', async () => {
  const { stack: parent } = await owned();
  const child = sampleStack({ parentId: parent.id, parentResource: 'r', rootId: parent.id, depth: 1 });
  const holder = await harness.claim(parent.id, newHolderId());
  const create = { kind: 'create', stack: child, definition: sampleDefinition(child), event: sampleEvent(child.id) } as const;
  await store.commit(holder, { ...EMPTY, children: [create] });
  const heard: string[] = [];
  const stop = await database.listen(CHILD_CHANNEL, (payload) => heard.push(payload));
  const fence = await harness.claim(child.id, newHolderId());
  await store.commit(fence, { ...EMPTY, resources: [sampleResource(child.id)] });
  await store.commit(fence, { ...EMPTY, stack: { ifTraversal: 7, patch: { status: 'COMPLETE' } } });
  await store.commit(fence, { ...EMPTY, stack: { ifTraversal: 1, patch: { status: 'COMPLETE' } } });
  await expect.poll(() => heard).toEqual([`${parent.id} ${child.id}`]);
  await stop();
});

test('what a hidden value went into is unreadable in a child’s definition too', async () => {
  const { stack: parent, fence } = await owned();
  const child = sampleStack({ parentId: parent.id, parentResource: 'r', rootId: parent.id, depth: 1 });
  const template = { heat_template_version: '2018-08-31', resources: { 0: { type: 'T', properties: { password: 'open sesame' } } } };
  const definition = sampleDefinition(child, { template });
  await store.commit(fence, { ...EMPTY, children: [{ kind: 'create', stack: child, definition, event: sampleEvent(child.id) }] });
  const rows = await database.query<{ text: string }>({
    text: 'select row_to_json(d)::text || row_to_json(c)::text as text from definition d join content c on c.id = d.template_id where stack_id = $1',
    values: [child.id],
  });
  expect(rows).toHaveLength(1);
  expect(rows[0]?.text).not.toContain('open sesame');
  expect((await store.load(child.id))?.definitions).toEqual([definition]);
});

test.each([-3_600_000, 3_600_000])('an owner whose clock is %i ms ahead gives back for as long as it means', async (aheadMs) => {
  const stack = sampleStack();
  await harness.insert(stack, sampleDefinition(stack), null);
  const fence = await harness.claim(stack.id, newHolderId());
  const { wakeVersion } = await store.commit(fence, { stack: null, resources: [], removed: [], events: [], children: [] });
  const now = Date.now() + aheadMs;
  expect(await store.release(fence, wakeVersion, now + 600_000, now)).toBe(true);
  const [row] = await database.query<{ ms: number }>({
    text: 'select extract(epoch from due_at - statement_timestamp())::float * 1000 as ms from stack where id = $1',
    values: [stack.id],
  });
  expect(row?.ms).toBeLessThanOrEqual(600_000);
  expect(row?.ms).toBeGreaterThan(500_000);
});
