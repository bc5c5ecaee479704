/** Rows before and after: what an intent writes down, and what each outcome makes of it. */
import { asId, type ResourceId, type StackId } from '@hearth/kernel';
import type { ResourceRecord } from '@hearth/store';
import { sampleResource } from '@hearth/store/testing';
import { describe, expect, it } from 'vitest';
import type { Outcome } from './outcome.ts';
import {
  afterOutcome,
  beginCreate,
  beginDelete,
  beginUpdate,
  eventOf,
  isTombstone,
  isWorthWriting,
  type Wanted,
  wantedDigest,
} from './transitions.ts';

const STACK = asId<StackId>('11111111-1111-4111-8111-111111111111');
const [A, B, C] = ['a', 'b', 'c'].map((letter) => asId<ResourceId>(`22222222-2222-4222-8222-22222222222${letter}`)) as [
  ResourceId,
  ResourceId,
  ResourceId,
];
const NOW = 5_000;
const WANTED: Wanted = { properties: { size: 2 }, metadata: { note: 'n' }, deletionPolicy: 'retain', externalId: null };
const DONE: Outcome = { kind: 'done', physicalId: null, data: null, attributes: null };
const WAIT: Outcome & { kind: 'wait' } = { kind: 'wait', physicalId: null, data: null, token: 't', afterMs: 700, saw: 'BUILD' };

const row = (given: Partial<ResourceRecord> = {}) => sampleResource(STACK, { id: A, ...given });
/** A row in the middle of an action. */
const busy = (action: ResourceRecord['action'], given: Partial<ResourceRecord> = {}) =>
  row({ action, status: 'IN_PROGRESS', phase: 'calling', physicalId: 'p-1', data: { key: 'old' }, ...given });

describe('intents', () => {
  it('a creation has no physical thing and no digest yet', () => {
    const begun = beginCreate(
      { id: A, stackId: STACK, name: 'disk', type: 'T', handler: 'T', physicalName: 's-disk-x', requires: [B], replaces: C, traversal: 4 },
      WANTED,
      NOW,
    );
    expect(begun).toMatchObject({
      properties: WANTED.properties,
      metadata: WANTED.metadata,
      deletionPolicy: WANTED.deletionPolicy,
      data: {},
      action: 'CREATE',
      status: 'IN_PROGRESS',
      phase: 'calling',
      physicalId: null,
      digest: null,
      pending: null,
      requires: [B],
      replaces: C,
      traversal: 4,
      attempts: 1,
      startedAt: NOW,
    });
  });

  it('an update keeps what was applied, and requires the old and the new until it is done', () => {
    const before = row({
      requires: [A, B],
      properties: { size: 1 },
      digest: 'd',
      token: 'left',
      attempts: 7,
      wakeAt: 1,
      physicalId: 'p-1',
    });
    expect(beginUpdate(before, WANTED, [B, C], 4, NOW)).toEqual({
      ...before,
      action: 'UPDATE',
      status: 'IN_PROGRESS',
      phase: 'calling',
      requires: [A, B, C],
      uncertain: ['size'],
      pending: { size: 2 },
      digest: null,
      metadata: { note: 'n' },
      deletionPolicy: 'retain',
      token: null,
      attempts: 1,
      startedAt: NOW,
      wakeAt: null,
      traversal: 4,
      updatedAt: NOW,
    });
  });

  it('a deletion keeps everything that clean-up needs', () => {
    const before = row({
      requires: [B],
      properties: { size: 1 },
      data: { key: 'k' },
      physicalId: 'p-1',
      verifyAt: 9_000,
      status: 'FAILED',
    });
    const after = beginDelete(before, 4, NOW);
    expect(after).toMatchObject({ action: 'DELETE', status: 'IN_PROGRESS', phase: 'calling', traversal: 4, attempts: 1 });
    expect(after).toMatchObject({ requires: [B], properties: { size: 1 }, data: { key: 'k' }, physicalId: 'p-1', verifyAt: 9_000 });
  });

  it('what a creation that may still land was called with is remembered, whatever follows, until it was looked for', () => {
    const made = row({ properties: { size: 1 }, startedAt: 1_000, verifyAt: 9_000 });
    const creation = { properties: { size: 1 }, startedAt: 1_000 };
    const changing = beginUpdate(made, WANTED, [], 4, NOW);
    expect(changing).toMatchObject({ creation, startedAt: NOW });
    const changed = afterOutcome(changing, DONE, NOW, null) as ResourceRecord;
    expect(changed).toMatchObject({ creation, properties: WANTED.properties });
    expect(beginUpdate(changed, { ...WANTED, properties: { size: 3 } }, [], 5, NOW + 1)).toMatchObject({ creation });
    expect(beginDelete(changed, 5, NOW + 1)).toMatchObject({ creation });
    expect(afterOutcome(changed, { kind: 'verified' }, NOW, null)).toMatchObject({ creation: null, verifyAt: null });
    expect(beginUpdate({ ...changed, verifyAt: null }, WANTED, [], 5, NOW)).toMatchObject({ creation: null });
  });
});

describe('outcomes', () => {
  const rows: readonly (readonly [string, ResourceRecord, Outcome, readonly ResourceId[] | null, Partial<ResourceRecord>])[] = [
    [
      'a creation is done',
      busy('CREATE', {
        physicalId: null,
        properties: { size: 1 },
        token: 't',
        wakeAt: 1,
        statusReason: 'no luck (trying again, 1 so far)',
      }),
      { kind: 'done', physicalId: 'p-2', data: { key: 'new' }, attributes: { ip: '::1' } },
      null,
      {
        status: 'COMPLETE',
        statusReason: 'state changed',
        phase: null,
        physicalId: 'p-2',
        data: { key: 'new' },
        attributes: { ip: '::1' },
        digest: wantedDigest({ properties: { size: 1 }, metadata: {}, deletionPolicy: 'delete', externalId: null }),
        token: null,
        wakeAt: null,
      },
    ],
    [
      'an update is done: pending is applied, the new requirements replace the old',
      busy('UPDATE', { properties: { size: 1 }, pending: { size: 2 }, requires: [B, C] }),
      DONE,
      [C],
      {
        status: 'COMPLETE',
        phase: null,
        properties: { size: 2 },
        pending: null,
        requires: [C],
        digest: wantedDigest({ properties: { size: 2 }, metadata: {}, deletionPolicy: 'delete', externalId: null }),
        physicalId: 'p-1',
        data: { key: 'old' },
      },
    ],
    [
      'an update that another owner began keeps both',
      busy('UPDATE', { requires: [B, C] }),
      DONE,
      null,
      {
        status: 'COMPLETE',
        phase: null,
        requires: [B, C],
        digest: wantedDigest({ properties: {}, metadata: {}, deletionPolicy: 'delete', externalId: null }),
      },
    ],
    [
      'a deletion that a late call may still undo stays unseen, free of requirements',
      busy('DELETE', { verifyAt: 9_000, requires: [B] }),
      DONE,
      null,
      { status: 'COMPLETE', phase: null, requires: [], verifyAt: 9_000 },
    ],
    [
      'a wait notes what the next owner needs',
      busy('CREATE', { physicalId: null }),
      { ...WAIT, physicalId: 'p-2', data: { key: 'new' } },
      null,
      { phase: 'waiting', physicalId: 'p-2', data: { key: 'new' }, token: 't', wakeAt: NOW + 700 },
    ],
    [
      'a wait without news keeps id and data',
      busy('CREATE'),
      WAIT,
      null,
      { phase: 'waiting', physicalId: 'p-1', data: { key: 'old' }, token: 't', wakeAt: NOW + 700 },
    ],
    [
      'a failed update remembers what it may have applied',
      busy('UPDATE', { pending: { size: 2 }, token: 't', wakeAt: 1, verifyAt: 9_000 }),
      { kind: 'failed', reason: 'Conflict: no luck' },
      null,
      {
        status: 'FAILED',
        phase: null,
        statusReason: 'Conflict: resources.server: no luck',
        pending: { size: 2 },
        digest: null,
        token: null,
        wakeAt: null,
        verifyAt: 9_000,
      },
    ],
    [
      'a refused update is as it was, but for what was refused',
      busy('UPDATE', { properties: { size: 1 }, pending: { size: 2 } }),
      { kind: 'replace', reason: 'only anew' },
      null,
      {
        status: 'COMPLETE',
        phase: null,
        statusReason: 'only anew',
        properties: { size: 1 },
        pending: { size: 2 },
        digest: null,
      },
    ],
    [
      'a note changes nothing but the reason',
      busy('CREATE'),
      { kind: 'trying', reason: 'busy', mayLand: false },
      null,
      { status: 'IN_PROGRESS', phase: 'calling', statusReason: 'busy' },
    ],
    [
      'what stopped after its deletion stays until it is told to go on',
      row({ action: 'DELETE', status: 'COMPLETE', verifyAt: 9_000, data: { hook: { hook: 'post-delete', isCleared: false } } }),
      { kind: 'verified' },
      null,
      { verifyAt: null, action: 'DELETE', status: 'COMPLETE' },
    ],
    ['a verified row is not looked at again', row({ verifyAt: 9_000 }), { kind: 'verified' }, null, { verifyAt: null, status: 'COMPLETE' }],
    [
      'nor is one whose deletion failed, but it stays',
      row({ action: 'DELETE', status: 'FAILED', verifyAt: 9_000 }),
      { kind: 'verified' },
      null,
      { verifyAt: null, status: 'FAILED' },
    ],
  ];
  it.each(rows)('%s', (_name, before, outcome, requires, expected) => {
    const after = afterOutcome(before, outcome, NOW, requires);
    // Whatever the table does not name is as it was.
    expect({ ...after, updatedAt: 0 }).toEqual({ ...before, statusReason: after?.statusReason, ...expected, updatedAt: 0 });
  });

  it.each([
    ['a deletion is done', busy('DELETE'), DONE],
    ['a tombstone was verified', row({ action: 'DELETE', status: 'COMPLETE', verifyAt: 1 }), { kind: 'verified' }],
  ] satisfies readonly (readonly [string, ResourceRecord, Outcome])[])('%s: the row goes', (_name, before, outcome) =>
    expect(afterOutcome(before, outcome, NOW, null)).toBeNull(),
  );
});

describe('wantedDigest', () => {
  const digest = wantedDigest(WANTED);
  it('does not depend on the order of keys', () =>
    expect(wantedDigest({ ...WANTED, properties: { b: 1, a: { d: 1, c: 2 } } })).toBe(
      wantedDigest({ ...WANTED, properties: { a: { c: 2, d: 1 }, b: 1 } }),
    ));
  it.each([
    ['properties', { properties: { size: 3 } }],
    ['metadata', { metadata: {} }],
    ['the deletion policy', { deletionPolicy: 'delete' }],
    ['what it stands for', { externalId: 'there already' }],
  ] satisfies readonly (readonly [string, Partial<Wanted>])[])('depends on %s', (_name, change) =>
    expect(wantedDigest({ ...WANTED, ...change })).not.toBe(digest),
  );
});

describe('isWorthWriting', () => {
  const waiting = busy('CREATE', { phase: 'waiting', token: { step: 1 } });
  const rows: readonly (readonly [string, ResourceRecord, Outcome, boolean])[] = [
    ['the first wait', busy('CREATE'), WAIT, true],
    ['a wait that knows nothing new', waiting, { ...WAIT, token: { step: 1 } }, false],
    ['the same id once more', waiting, { ...WAIT, token: { step: 1 }, physicalId: 'p-1' }, false],
    ['another token', waiting, { ...WAIT, token: { step: 2 } }, true],
    ['another id', waiting, { ...WAIT, token: { step: 1 }, physicalId: 'p-2' }, true],
    ['data', waiting, { ...WAIT, token: { step: 1 }, data: {} }, true],
    ['an end', waiting, DONE, true],
    ['a note', waiting, { kind: 'trying', reason: 'busy', mayLand: false }, true],
  ];
  it.each(rows)('%s', (_name, before, outcome, expected) => expect(isWorthWriting(before, outcome)).toBe(expected));
});

it('only deleted rows are tombstones', () =>
  expect(
    [row(), busy('DELETE'), row({ action: 'DELETE', status: 'FAILED' }), row({ action: 'DELETE', status: 'COMPLETE' })].map(isTombstone),
  ).toEqual([false, false, false, true]));

it('an event tells the state of its row', () =>
  expect(eventOf(busy('UPDATE', { name: 'disk', type: 'T', statusReason: 'r' }), asId('e'), NOW)).toEqual({
    id: 'e',
    stackId: STACK,
    resourceName: 'disk',
    resourceType: 'T',
    physicalId: 'p-1',
    action: 'UPDATE',
    status: 'IN_PROGRESS',
    reason: 'r',
    at: NOW,
  }));
