/** What users say of a row while its owner's batch is on its way: neither side is lost. */
import { asId, type HolderId } from '@hearth/kernel';
import { registryOf } from '@hearth/resource-kit';
import type { EngineBatch, ResourceRecord } from '@hearth/store';
import { sampleDefinition, sampleEvent, sampleResource, sampleStack } from '@hearth/store/testing';
import { seededRandom } from '@hearth/testkit';
import { describe, expect, test } from 'vitest';
import { clearedHook, pendingHook, withClearedHook, withHook } from './hooks.ts';
import { nothingPending, StackView } from './stack-view.ts';
import { memoryStore } from './testing/index.ts';
import { commitHearing, withWord } from './words-heard.ts';

const stack = sampleStack();
const row = sampleResource(stack.id, { action: 'CREATE', status: 'COMPLETE', phase: null, data: {}, updatedAt: 1 });
const saidBroken = (of: ResourceRecord): ResourceRecord => ({
  ...of,
  action: 'CHECK',
  status: 'FAILED',
  statusReason: 'broken',
  data: { ...of.data, unhealthy: true },
  updatedAt: 2,
});
const saidWell = (of: ResourceRecord): ResourceRecord => ({ ...of, action: 'CHECK', status: 'COMPLETE', data: {}, updatedAt: 3 });

describe('a word on a row that was overwritten', () => {
  test('of what rests, the word counts, and all else is as the owner has it', () => {
    const ours = { ...row, verifyAt: null, requires: [row.id] };
    const after = withWord(ours, { ...row, verifyAt: 5 }, saidBroken({ ...row, verifyAt: 5 }));
    expect(after).toEqual({ ...saidBroken(ours), updatedAt: 2 });
  });
  test('what has begun goes on, and is broken', () => {
    const ours: ResourceRecord = { ...row, action: 'UPDATE', status: 'IN_PROGRESS', phase: 'calling' };
    expect(withWord(ours, row, saidBroken(row))).toEqual({ ...ours, data: { unhealthy: true } });
  });
  test('that it is well takes back that it is broken', () => {
    const ours = { ...saidBroken(row), verifyAt: null };
    expect(withWord(ours, saidBroken(row), saidWell(row))).toMatchObject({ action: 'CHECK', status: 'COMPLETE', data: {}, verifyAt: null });
  });
  test('a cleared hook is cleared', () => {
    const before = withHook(row, 'post-create');
    const after = withWord({ ...before, verifyAt: null }, before, withClearedHook(before, 'post-create'));
    expect([clearedHook(after), pendingHook(after), after.verifyAt]).toEqual(['post-create', null, null]);
  });
  test('an end of a visit that the owner knew is no word', () => {
    const visited: ResourceRecord = { ...row, action: 'CHECK', status: 'FAILED', updatedAt: 7 };
    const ours: ResourceRecord = { ...visited, action: 'UPDATE', status: 'FAILED', updatedAt: 8 };
    expect(withWord(ours, visited, visited)).toBe(ours);
  });
  test('what is being deleted is deleted', () => {
    const ours: ResourceRecord = { ...row, action: 'DELETE', status: 'IN_PROGRESS', phase: 'calling' };
    expect(withWord(ours, row, saidBroken(row))).toBe(ours);
  });
});

/** A stack of which a row was made, and a batch of its owner; what was asked since is not in it. */
async function ownerOf(more: Partial<EngineBatch> = {}) {
  const store = memoryStore();
  store.insert(stack, sampleDefinition(stack));
  const claim = store.seize(stack.id, asId<HolderId>(seededRandom(1).uuid()));
  const snapshot = await store.load(stack.id);
  if (snapshot === null) throw new Error('it was just inserted');
  const view = new StackView(snapshot, { registry: registryOf([]), random: seededRandom(2) }, null);
  const pending = nothingPending();
  view.put(row, pending);
  const batch: EngineBatch = { stack: null, resources: [row], removed: [], events: [], children: [], ...more };
  return { store, view, commit: () => commitHearing(store, claim, view, pending, batch) };
}

test('a batch hears what was said since it was thought of, also when it was written before', async () => {
  const { store, view, commit } = await ownerOf();
  await commit();
  store.mark(saidBroken(row), 9);
  const { wakeVersion } = await commit();
  expect(store.rows(stack.id)).toMatchObject([{ action: 'CHECK', status: 'FAILED', statusReason: 'broken', data: { unhealthy: true } }]);
  expect(view.rowOf(row.id)).toEqual(store.rows(stack.id)[0]);
  expect(wakeVersion).toBeGreaterThan(view.stack.wakeVersion);
});

describe('who said stop', () => {
  const ofStack = sampleEvent(stack.id, { physicalId: stack.id, action: 'ROLLBACK' });
  const ofRow = sampleEvent(stack.id, { physicalId: row.id });
  const events = [ofRow, ofStack];
  const patch = { action: 'ROLLBACK', status: 'IN_PROGRESS', haltReason: null, traversal: stack.traversal + 1 } as const;
  test.each([
    ['with what became of resources', [row]],
    ['alone', []],
  ])('is not answered by a rollback: %s', async (_name, resources) => {
    const { store, commit } = await ownerOf({ stack: { ifTraversal: stack.traversal, patch }, resources, events });
    store.request(stack.id, { haltReason: 'cancelled' }, null, 5);
    expect(await commit()).toMatchObject({ stackPatched: false });
    expect(store.stack(stack.id)).toMatchObject({ action: 'CREATE', haltReason: 'cancelled', traversal: stack.traversal });
    expect(store.rows(stack.id)).toHaveLength(resources.length);
    expect(store.events(stack.id)).toEqual([ofRow]);
  });
  test('comes too late for what has failed for good', async () => {
    const failed = { ifTraversal: stack.traversal, patch: { status: 'FAILED', haltReason: null } } as const;
    const { store, commit } = await ownerOf({ stack: failed });
    store.request(stack.id, { haltReason: 'cancelled' }, null, 5);
    expect(await commit()).toMatchObject({ stackPatched: true });
    expect(store.stack(stack.id)).toMatchObject({ status: 'FAILED', haltReason: null });
  });
});
