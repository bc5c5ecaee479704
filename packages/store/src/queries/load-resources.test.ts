/** Large stacks are read again by what has changed: whoever wrote it, what is read is what stands there. */
import { asId, type JsonObject } from '@hearth/kernel';
import { seededRandom, testDatabase } from '@hearth/testkit';
import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { EngineStore, Fence } from '../engine-store.ts';
import { createEngineStore } from '../engine-store-postgres.ts';
import type { ResourceRecord, StackRecord } from '../records.ts';
import { createSecretBox } from '../secret-box.ts';
import { newHolderId, sampleDefinition, sampleEvent, sampleResource, sampleStack } from '../testing/sample-records.ts';
import { insertStack } from './insert-stack.ts';
import { writeMark } from './write-mark.ts';

const place = await testDatabase({ poolSize: 4 });
const { database } = place;
const box = createSecretBox(randomBytes(32));
afterAll(() => place.drop());

const ROWS = 400;
const owner = createEngineStore(database, box);
const another = createEngineStore(database, box);

async function largeStack(): Promise<{ readonly stack: StackRecord; readonly fence: Fence }> {
  const stack = sampleStack();
  await database.transaction((tx) =>
    insertStack(tx, box, { stack, definition: sampleDefinition(stack), credential: null, event: sampleEvent(stack.id) }),
  );
  const holderId = newHolderId();
  await database.query({ text: 'update stack set holder_id = $2, epoch = 1 where id = $1', values: [stack.id, holderId] });
  const fence = { stackId: stack.id, holderId, epoch: 1 };
  await write(
    fence,
    Array.from({ length: ROWS }, (_, i) => sampleResource(stack.id, { name: `row-${i}` })),
  );
  return { stack, fence };
}
const write = (fence: Fence, resources: readonly ResourceRecord[], removed: readonly ResourceRecord[] = []) =>
  another.commit(fence, { stack: null, resources, removed: removed.map(({ id }) => id), events: [], children: [], leftovers: [] });
const read = async (by: EngineStore, of: StackRecord) => (await by.load(of.id))?.resources ?? [];
const afresh = (of: StackRecord) => read(createEngineStore(database, box), of);

test('what is as it was is the very same row; what somebody wrote, removed or added is seen', async () => {
  const { stack, fence } = await largeStack();
  const before = await read(owner, stack);
  expect(before).toHaveLength(ROWS);
  const [first, second, third, ...others] = before as readonly [ResourceRecord, ResourceRecord, ResourceRecord];
  const added = sampleResource(stack.id, { name: 'added' });
  await write(fence, [{ ...first, statusReason: 'changed' }, added], [second]);
  await database.transaction((tx) =>
    writeMark(
      tx,
      box,
      { ...third, data: { marked: true } },
      { at: 5_000, eventId: asId('00000000-0000-4000-8000-000000000001'), reason: '' },
    ),
  );
  const after = new Map((await read(owner, stack)).map((row) => [row.name, row]));
  expect(after.get(first.name)?.statusReason).toBe('changed');
  expect(after.get(third.name)?.data).toEqual({ marked: true });
  expect([after.has(second.name), after.has('added'), after.size]).toEqual([false, true, ROWS]);
  expect((others as readonly ResourceRecord[]).every((row) => after.get(row.name) === row)).toBe(true);
});

test('whatever is written in between, it is what one reads who has read nothing before', async () => {
  const { stack, fence } = await largeStack();
  const random = seededRandom('rows');
  const some = (rows: readonly ResourceRecord[]) => rows.filter(() => random.next() < 0.05);
  for (let turn = 0; turn < 12; turn++) {
    const rows = await afresh(stack);
    const data: JsonObject = { turn };
    const removed = some(rows);
    const changed = some(rows).filter((row) => !removed.includes(row));
    const added = Array.from({ length: 5 }, (_, i) => sampleResource(stack.id, { name: `added-${turn}-${i}` }));
    await write(fence, [...changed.map((row) => ({ ...row, data })), ...added], removed);
    expect(await read(owner, stack)).toEqual(await afresh(stack));
  }
});
