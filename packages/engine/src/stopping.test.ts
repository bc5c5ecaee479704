/** What is broken off, taken over, or stops at a hook: what its rows say then, and what is told. */
import { seededRandom } from '@hearth/testkit';
import { done, p, registryOf, resourceTypes } from '@hearth/resource-kit';
import type { ResourceRecord, StackRecord } from '@hearth/store';
import { sampleDefinition, sampleResource, sampleStack } from '@hearth/store/testing';
import { describe, expect, it } from 'vitest';
import { breakOff } from './breaking-off.ts';
import { stopBefore } from './hook-stops.ts';
import { Intents } from './intents.ts';
import { nothingPending, StackView } from './stack-view.ts';
import { takeOver } from './take-over.ts';

const thing = resourceTypes<unknown>()({
  name: 'Test::Thing',
  doc: 'For tests.',
  examples: [],
  properties: { size: p.integer('Size.') },
  attributes: {},
  isStandIn: (physicalId) => physicalId.startsWith('later:'),
  create: async () => done({ physicalId: 'x' }),
  delete: async () => done(),
  observe: async () => ({}),
});
const NOW = 5_000;
const LATE_MS = 30_000;

function viewOf(stack: StackRecord, rows: readonly ResourceRecord[], environment = {}): StackView {
  const definitions = [sampleDefinition(stack, { environment })];
  return new StackView(
    { stack, definitions, resources: rows, credential: null, snapshots: [] },
    { registry: registryOf([thing]), random: seededRandom(1) },
    null,
  );
}
const creation = (stack: StackRecord, phase: 'calling' | 'waiting', physicalId: string | null = null): ResourceRecord =>
  sampleResource(stack.id, { handler: 'Test::Thing', action: 'CREATE', status: 'IN_PROGRESS', phase, physicalId, verifyAt: null });

describe('a cancelled traversal', () => {
  const stack = sampleStack({ haltReason: 'cancelled' });
  it.each([
    ['a call that may still land is looked for later', 'calling', null, NOW + LATE_MS],
    ['and a look that may be making something', 'waiting', 'later:x', NOW + LATE_MS],
    ['what only waits needs no look', 'waiting', 'x', null],
  ] as const)('%s', (_name, phase, physicalId, verifyAt) => {
    const row = creation(stack, phase, physicalId);
    const view = viewOf(stack, [row]);
    const broken = breakOff(view, NOW, LATE_MS, nothingPending());
    expect(broken).toEqual({ halted: true, dropped: [row.id] });
    expect(view.rows.get(row.id)).toMatchObject({ status: 'FAILED', phase: null, verifyAt });
  });
});

describe('a look that may be making something', () => {
  const stack = sampleStack({ action: 'CREATE' });
  it.each([
    ['later:x', NOW + LATE_MS],
    ['x', null],
  ])('with a new owner: of %s', (physicalId, verifyAt) => {
    const row = creation(stack, 'waiting', physicalId);
    const view = viewOf(stack, [row]);
    expect(takeOver(view, LATE_MS, NOW, nothingPending()).calling).toEqual([]);
    expect(view.rows.get(row.id)).toMatchObject({ phase: 'waiting', verifyAt });
  });
  it.each([
    ['delete', 'later:x', NOW + LATE_MS],
    ['delete', 'x', null],
    ['give-up', 'later:x', NOW + LATE_MS],
    ['give-up', 'x', null],
  ] as const)('that is waited for no longer, for %s: of %s', (kind, physicalId, verifyAt) => {
    const row = creation(stack, 'waiting', physicalId);
    const view = viewOf(stack, [row]);
    new Intents({ view, now: NOW, pending: nothingPending(), lateCallMs: LATE_MS }).begin({ kind, id: row.id });
    expect(view.rows.get(row.id)).toMatchObject({ physicalId, verifyAt });
  });
});

it('what stops at a hook waits there, and that is told', () => {
  const stack = sampleStack({ action: 'CREATE' });
  const row = creation(stack, 'calling');
  const view = viewOf(stack, [row], { resourceRegistry: { resources: { [row.name]: { hooks: 'pre-create' } } }, globalRegistry: {} });
  const pending = nothingPending();
  expect(stopBefore(view, row, NOW, pending)).toBe(true);
  expect(view.rows.get(row.id)).toMatchObject({ phase: 'waiting', status: 'IN_PROGRESS' });
  expect(pending.events.map(({ reason }) => reason)).toEqual(['CREATE paused until Hook pre-create is cleared']);
});

it.each([
  ['what was never made whole is made anew after a check, however that ends', 'CREATE', true],
  ['what was', 'UPDATE', false],
] as const)('%s', (_name, action, isUnhealthy) => {
  const stack = sampleStack({ action: 'CHECK' });
  const row = { ...creation(stack, 'calling', 'x'), action, status: 'FAILED', phase: null } as const;
  const view = viewOf(stack, [row]);
  new Intents({ view, now: NOW, pending: nothingPending(), lateCallMs: LATE_MS }).begin({ kind: 'visit', id: row.id });
  expect(view.rows.get(row.id)).toMatchObject({ action: 'CHECK', status: 'IN_PROGRESS', data: isUnhealthy ? { unhealthy: true } : {} });
  expect(view.rows.get(row.id)?.data['unhealthy'] === true).toBe(isUnhealthy);
});
