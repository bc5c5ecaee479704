/** What becomes of the stack when a traversal ends: states, reasons, what it keeps, and the way back. */
import { asId, type DefinitionId, type ResourceId } from '@hearth/kernel';
import type { Plan, Reason } from '@hearth/planner';
import type { ResourceRecord, StackRecord } from '@hearth/store';
import { sampleResource, sampleStack } from '@hearth/store/testing';
import { describe, expect, it } from 'vitest';
import { reasonAt } from './failure-reason.ts';
import { stackChange } from './verdict.ts';

const NOW = 5_000;
const [OLD, NEW] = [asId<DefinitionId>('old'), asId<DefinitionId>('new')];
const ROW = asId<ResourceId>('row-1');

const plan = (verdict: Plan['verdict'], reasons: readonly Reason[] = []): Plan => ({ steps: [], verdict, reasons });
const failure = (kind: Reason['kind'] = 'failed', id: string | null = ROW, name = 'disk'): Reason => ({ kind, id, name });
const rowsWith = (statusReason: string): ReadonlyMap<string, ResourceRecord> =>
  new Map([[ROW, sampleResource(asId('s'), { id: ROW, name: 'disk', status: 'FAILED', statusReason: reasonAt('disk', statusReason) })]]);
const change = (stack: Partial<StackRecord>, ended: Plan, rows = rowsWith('no luck')) =>
  stackChange(sampleStack({ definitionId: NEW, targetDefinitionId: NEW, deadlineAt: 9_000, ...stack }), ended, rows, NOW);

describe('no change', () => {
  const rows: readonly (readonly [string, Partial<StackRecord>, Plan])[] = [
    ['while it works on', {}, plan('working')],
    ['while it works on, with failures', {}, plan('working', [failure()])],
    ['when the stack is complete already', { status: 'COMPLETE' }, plan('converged')],
    ['when the stack has failed already', { status: 'FAILED' }, plan('failed', [failure()])],
  ];
  it.each(rows)('%s', (_name, stack, ended) => expect(change(stack, ended)).toEqual([]));
});

describe('complete', () => {
  const applied = { definitionId: NEW, rollbackDefinitionId: NEW };
  const rows: readonly (readonly [string, Partial<StackRecord>, object])[] = [
    ['a creation: later updates roll back to it', { action: 'CREATE' }, applied],
    ['an update', { action: 'UPDATE', rollbackDefinitionId: OLD }, applied],
    ['a rollback to something', { action: 'ROLLBACK' }, applied],
    ['a visit notes nothing: it is for what is there', { action: 'CHECK', definitionId: OLD, rollbackDefinitionId: OLD }, {}],
    ['a rollback to nothing keeps the definition that users see', { action: 'ROLLBACK', targetDefinitionId: null }, {}],
    ['a deletion', { action: 'DELETE', targetDefinitionId: null }, { deletedAt: NOW }],
  ];
  it.each(rows)('%s', (_name, stack, kept) => {
    const reason = `Stack ${stack.action} completed successfully`;
    expect(change(stack, plan('converged'))).toEqual([
      {
        patch: { status: 'COMPLETE', statusReason: reason, deadlineAt: null, haltReason: null, ...kept },
        reason,
        action: stack.action,
        status: 'COMPLETE',
      },
    ]);
  });
});

describe('the reason of a failure', () => {
  const rows: readonly (readonly [string, Partial<StackRecord>, readonly Reason[], string, string])[] = [
    [
      'the class of what went wrong comes first, then where',
      {},
      [failure()],
      'ResourceInError: Went to status ERROR: no host',
      'Resource CREATE failed: ResourceInError: resources.disk: Went to status ERROR: no host',
    ],
    ['texts of several lines stay whole', {}, [failure()], 'Conflict: a\nb', 'Resource CREATE failed: Conflict: resources.disk: a\nb'],
    ['a text without a class', {}, [failure()], 'Timed out', 'Resource CREATE failed: resources.disk: Timed out'],
    ['words before a colon are no class', {}, [failure()], 'so it is: bad', 'Resource CREATE failed: resources.disk: so it is: bad'],
    [
      'a deletion',
      { action: 'DELETE' },
      [failure('delete-failed')],
      'Forbidden: not yours',
      'Resource DELETE failed: Forbidden: resources.disk: not yours',
    ],
    [
      'several resources',
      {},
      [failure(), failure('failed', 'gone', 'other')],
      'Error: x',
      'Resource CREATE failed: Error: resources.disk: x; resources.other: unknown',
    ],
    ['the deadline', {}, [failure('halted', null, '')], '', 'Timed out'],
    ['cancelled', { haltReason: 'Stack UPDATE cancelled' }, [failure('halted', null, ''), failure()], 'Error: x', 'Stack UPDATE cancelled'],
    [
      'a visit of what never was',
      { action: 'SUSPEND' },
      [failure()],
      'no luck',
      'Resource SUSPEND failed: Error: resources.disk: State CREATE_FAILED invalid for suspend: there is nothing of it',
    ],
    [
      'the deadline, and something that failed',
      {},
      [failure('halted', null, ''), failure()],
      'Error: x',
      'Resource CREATE failed: Error: resources.disk: x',
    ],
  ];
  it.each(rows)('%s', (_name, stack, reasons, text, expected) =>
    expect(change(stack, plan('failed', reasons), rowsWith(text))).toEqual([
      {
        patch: { status: 'FAILED', statusReason: expected, haltReason: null },
        reason: expected,
        action: stack.action ?? 'CREATE',
        status: 'FAILED',
      },
    ]),
  );
});

it('a visit that failed says what was seen', () => {
  const seen = {
    id: ROW,
    name: 'disk',
    physicalId: 'p',
    action: 'CHECK',
    status: 'FAILED',
    statusReason: 'NotFound: resources.disk: gone',
  } as const;
  const rows = new Map([[ROW, sampleResource(asId('s'), seen)]]);
  expect(change({ action: 'CHECK' }, plan('failed', [failure()]), rows)).toMatchObject([
    { status: 'FAILED', reason: 'Resource CHECK failed: NotFound: resources.disk: gone' },
  ]);
});

describe('rollback', () => {
  const back = { disableRollback: false, traversal: 3, timeoutMins: 2 };
  const rows: readonly (readonly [string, Partial<StackRecord>, object])[] = [
    ['of a creation leads to nothing', { action: 'CREATE' }, { targetDefinitionId: null }],
    [
      'of an update leads to the former definition, which users see again',
      { action: 'UPDATE', rollbackDefinitionId: OLD },
      { targetDefinitionId: OLD, definitionId: OLD },
    ],
    ['of an update without a former definition leads to nothing', { action: 'UPDATE' }, { targetDefinitionId: null }],
  ];
  it.each(rows)('%s', (_name, stack, to) => {
    const [failed, rolledBack, ...more] = change({ ...back, ...stack }, plan('failed', [failure()]), rowsWith('Error: x'));
    const cause = `Resource ${stack.action} failed: Error: resources.disk: x`;
    expect(failed).toMatchObject({ action: stack.action, status: 'FAILED', reason: cause });
    const reason = `Stack ROLLBACK started: ${cause}`;
    expect(rolledBack).toEqual({
      patch: {
        action: 'ROLLBACK',
        status: 'IN_PROGRESS',
        statusReason: reason,
        traversal: 4,
        updatedAt: NOW,
        deadlineAt: NOW + 120_000,
        exceptions: null,
        ...to,
      },
      reason,
      action: 'ROLLBACK',
      status: 'IN_PROGRESS',
    });
    expect(more).toEqual([]);
  });

  it.each([
    ['when the user does not want it', { disableRollback: true }],
    ['of a nested stack, which its parent rolls back', { parentId: asId('parent') }],
    ['of a rollback', { action: 'ROLLBACK' }],
    ['of a deletion', { action: 'DELETE', targetDefinitionId: null }],
  ] satisfies readonly (readonly [string, Partial<StackRecord>])[])('none %s', (_name, stack) =>
    expect(change({ ...back, ...stack }, plan('failed', [failure()])).map(({ status }) => status)).toEqual(['FAILED']),
  );
});
