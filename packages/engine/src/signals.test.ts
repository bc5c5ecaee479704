/** Who is looked at when a resource is signalled, whose reference it is, and what every update makes anew. */
import { asId, type ResourceId, type StackId } from '@hearth/kernel';
import { registryOf, type ResourceType } from '@hearth/resource-kit';
import { sampleResource } from '@hearth/store/testing';
import { expect, test } from 'vitest';
import { isToBeRenewed } from './comparison.ts';
import { concernedBy, referredRow, signalShelf } from './signals.ts';
import { memoryStore } from './testing/memory-store.ts';

const stackId = asId<StackId>('stack');
const type = (name: string, more: Partial<ResourceType> = {}): ResourceType =>
  ({ name, attributes: {}, properties: {}, ...more }) as ResourceType;
const registry = registryOf([
  type('Handle', { signals: { judge: () => ({ kind: 'ignore' }) }, isRenewed: true }),
  type('Condition', { awaitsSignals: true }),
  type('Thing', { referenceId: ({ data }) => String(data['url']) }),
]);
const row = (id: string, handler: string, more: Partial<ReturnType<typeof sampleResource>> = {}) =>
  sampleResource(stackId, { id: asId<ResourceId>(id), name: id, handler, type: handler, physicalId: `${id}-id`, requires: [], ...more });

const waiting = { status: 'IN_PROGRESS', phase: 'waiting' } as const;
const handle = row('h', 'Handle', { status: 'COMPLETE', phase: null });
const direct = row('c', 'Condition', { ...waiting, requires: [handle.id] });
const indirect = row('d', 'Condition', waiting);
const over = row('e', 'Condition', { status: 'COMPLETE', phase: null, requires: [handle.id] });
const thing = row('t', 'Thing', { ...waiting, requires: [handle.id], data: { url: 'http://here' } });

test('those that require what was signalled are looked at, or, where there is none, all that wait for signals', () => {
  expect(concernedBy(handle.id, [handle, direct, indirect, over, thing], registry)).toEqual(['c']);
  expect(concernedBy(handle.id, [handle, indirect, over, thing], registry)).toEqual(['d']);
  expect(concernedBy(handle.id, [handle, over], registry)).toEqual([]);
});

test('a reference leads to its row, and to what it was told if it takes signals', async () => {
  const rows = [handle, direct, thing];
  expect(referredRow(rows, 'http://here', registry)).toBe(thing);
  const store = {
    ...memoryStore(),
    signals: async (id: ResourceId) => [{ resourceId: id, key: null, body: { to: id }, at: 1 }],
  };
  const shelf = signalShelf({ store, registry, fence: { stackId, holderId: asId('holder'), epoch: 1 }, rows: () => rows });
  expect(await shelf.to('h-id')).toMatchObject({ name: 'h', handler: 'Handle', signals: [{ body: { to: 'h' } }] });
  expect(await shelf.to('http://here')).toMatchObject({ name: 't', signals: [] });
  expect(await shelf.to('nowhere')).toBeNull();
});

test.each([
  ['who goes last forgets', [handle, { ...direct, action: 'DELETE' as const }, indirect], ['h']],
  ['who has a successor does not', [handle, { ...direct, action: 'DELETE' as const }, over], []],
])('%s', async (_name, rows, expected) => {
  const forgotten: string[] = [];
  const store = { ...memoryStore(), forgetSignals: async (_fence: unknown, id: ResourceId) => void forgotten.push(id) };
  await signalShelf({ store, registry, fence: { stackId, holderId: asId('holder'), epoch: 1 }, rows: () => rows }).forget('h-id');
  expect(forgotten).toEqual(expected);
});

test.each([
  ['UPDATE', 2, 1, 'Handle', true],
  ['RESTORE', 3, 1, 'Handle', true],
  ['ROLLBACK', 3, 1, 'Handle', false],
  ['UPDATE', 2, 2, 'Handle', false],
  ['CREATE', 2, 1, 'Handle', false],
  ['UPDATE', 2, 1, 'Condition', false],
] as const)('in %s %i a row of %i of type %s is made anew: %s', (action, traversal, of, handler, expected) => {
  expect(isToBeRenewed(row('r', handler, { traversal: of }), { action, traversal }, registry)).toBe(expected);
});
