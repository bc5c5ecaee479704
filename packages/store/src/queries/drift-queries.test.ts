/** Wishes, acceptances and schedules of drift on a real PostgreSQL. */
import { testDatabase } from '@hearth/testkit';
import { randomBytes, randomUUID } from 'node:crypto';
import { asId, type StackId } from '@hearth/kernel';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createEngineStore } from '../engine-store-postgres.ts';
import type { StackRecord } from '../records.ts';
import { createSecretBox } from '../secret-box.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleResource, sampleStack } from '../testing/sample-records.ts';
import { driftTurn, findDriftSchedule, setDriftSchedule } from './drift-schedule.ts';
import { findStackById } from './find-stack.ts';
import { insertStack } from './insert-stack.ts';
import { listLooked } from './list-looked.ts';
import { requestLook } from './request-look.ts';
import { writeAcceptance } from './write-acceptance.ts';

const place = await testDatabase({ poolSize: 3 });
const { database } = place;
const box = createSecretBox(randomBytes(32));
const store = createEngineStore(database, box);
afterAll(() => place.drop());
beforeEach(() => database.query({ text: 'truncate stack cascade', values: [] }));

async function inserted(given: Partial<StackRecord> = {}): Promise<StackRecord> {
  const stack = sampleStack({ status: 'COMPLETE', ...given });
  const parts = { stack, definition: sampleDefinition(stack), credential: null, event: sampleEvent(stack.id) };
  await database.transaction((tx) => insertStack(tx, box, parts));
  return stack;
}
const stackOf = async ({ id }: StackRecord) => (await findStackById(database, null, id)) as StackRecord;
const asked = async (stack: StackRecord): Promise<number> => (await stackOf(stack)).looksAskedAt;

test('every wish is another one, and wakes the owner; nothing else changes', async () => {
  const stack = await inserted();
  const before = await stackOf(stack);
  await database.transaction((tx) => requestLook(tx, { stackId: stack.id, at: 1_000 }));
  const after = await stackOf(stack);
  expect(after).toEqual({ ...before, looksAskedAt: 1_000, wakeVersion: before.wakeVersion + 1 });
  await database.transaction((tx) => requestLook(tx, { stackId: stack.id, at: 900 }));
  expect(await asked(stack)).toBe(1_001);
});

test('an owner that commits a row leaves what users accepted of it; both are sealed', async () => {
  const stack = await inserted();
  const rows = await database.query<{ epoch: number }>({
    text: 'update stack set holder_id = $2, epoch = epoch + 1 where id = $1 returning epoch',
    values: [stack.id, newHolderId()],
  });
  const holder = await database.query<{ holder_id: string }>({ text: 'select holder_id from stack where id = $1', values: [stack.id] });
  const fence = { stackId: stack.id, holderId: asId(holder[0]?.holder_id ?? '') as never, epoch: rows[0]?.epoch ?? 0 };
  const difference = { property: 'name', expected: 'unsealed-word', actual: 'other' };
  const row = sampleResource(stack.id, {
    lookedFor: 7,
    drift: { state: 'differs', at: 2, since: 2, differences: [difference], reason: null },
  });
  const batch = { stack: null, resources: [row], removed: [], events: [], children: [] };
  await store.commit(fence, batch);
  const told = { at: 5, eventId: asId(randomUUID()) as never, reason: 'Drift accepted: name' };
  const before = await stackOf(stack);
  await database.transaction((tx) => writeAcceptance(tx, box, row, { differences: [difference] }, told));
  expect((await stackOf(stack)).wakeVersion).toBe(before.wakeVersion + 1);
  await store.commit(fence, { ...batch, resources: [{ ...row, accepted: null, lookedFor: 8 }] });
  expect(await listLooked(database, box, [stack.id])).toMatchObject([
    { name: 'server', lookedFor: 8, drift: row.drift, accepted: { differences: [difference] } },
  ]);
  const raw = await database.query({
    text: 'select drift::text || drift_accepted::text as text from resource where stack_id = $1',
    values: [stack.id],
  });
  expect(JSON.stringify(raw)).not.toContain(Buffer.from('unsealed-word').toString('hex'));
  await database.transaction((tx) => writeAcceptance(tx, box, row, null, { ...told, eventId: asId(randomUUID()) as never }));
  expect(await listLooked(database, box, [stack.id])).toMatchObject([{ accepted: null }]);
});

test('replaced and deleted rows are not told of', async () => {
  const stack = await inserted();
  expect(await listLooked(database, box, [stack.id, asId<StackId>(randomUUID())])).toEqual([]);
});

const isDue = (stack: StackRecord) =>
  database.query({ text: "update stack set drift_due_at = now() - interval '1 second' where id = $1", values: [stack.id] });

test('by schedule: stacks with a word of their own go by it, the others by the usual one', async () => {
  const [often, never, usual] = [await inserted(), await inserted(), await inserted()];
  await database.transaction((tx) => setDriftSchedule(tx, often.id, 10));
  await database.transaction((tx) => setDriftSchedule(tx, never.id, 0));
  expect(await driftTurn(database, 60, 1_000)).toEqual({ asked: 0, isDone: true });
  const inMins = async (stack: StackRecord) => {
    const { dueAt } = await findDriftSchedule(database, stack.id);
    return dueAt === null ? null : (dueAt - Date.now()) / 60_000;
  };
  expect(await inMins(never)).toBeNull();
  expect(await inMins(often)).toBeLessThanOrEqual(10.1);
  expect(await inMins(usual)).toBeLessThanOrEqual(60.1);
  await isDue(often);
  expect(await driftTurn(database, 60, 1_000)).toEqual({ asked: 1, isDone: true });
  expect([await asked(often), await asked(usual), await asked(never)]).toEqual([1_000, 0, 0]);
  expect(await inMins(often)).toBeGreaterThan(8.9);
  expect(await inMins(often)).toBeLessThan(11.1);
});

test('switched off meanwhile, deleted or being deleted: nothing is asked for, and it does not come back', async () => {
  const [off, deleted, going] = [
    await inserted(),
    await inserted({ deletedAt: 5 }),
    await inserted({ action: 'DELETE', status: 'IN_PROGRESS' }),
  ];
  for (const stack of [off, deleted, going]) await isDue(stack);
  await database.transaction((tx) => setDriftSchedule(tx, going.id, 5));
  await isDue(going);
  await driftTurn(database, null, 1_000);
  expect([await asked(off), await asked(deleted), await asked(going)]).toEqual([0, 0, 0]);
  expect((await findDriftSchedule(database, off.id)).dueAt).toBeNull();
  expect(await driftTurn(database, null, 1_000)).toEqual({ asked: 0, isDone: true });
});
