/** When a stack may go although copies for its snapshots are still there, and how often it tells snapshots to go. */
import { asId, type SnapshotId } from '@hearth/kernel';
import type { StackRecord, StackSnapshot } from '@hearth/store';
import { sampleStack } from '@hearth/store/testing';
import { expect, it } from 'vitest';
import { CopyKeeping } from './copy-keeping.ts';
import { stackChange } from './verdict.ts';

const DEADLINE = 9_000;
const going = (deletion: 'usual' | 'force'): StackRecord =>
  sampleStack({
    action: 'DELETE',
    targetDefinitionId: null,
    deadlineAt: DEADLINE,
    exceptions: { skipped: [], retained: [], deletion },
  });

const SNAPSHOT = asId<SnapshotId>('one');
const readWith = (stack: StackRecord, status: 'IN_PROGRESS' | 'FAILED'): StackSnapshot => {
  const snapshot = { id: SNAPSHOT, stackId: stack.id, name: null, action: 'DELETE', status, statusReason: 'in use', attempt: 1 } as const;
  return { stack, definitions: [], resources: [], credential: null, snapshots: [snapshot] };
};

function statesOf(stack: StackRecord, status: 'IN_PROGRESS' | 'FAILED', now: number): readonly string[] {
  const read = readWith(stack, status);
  const changes = stackChange(stack, { steps: [], verdict: 'converged', reasons: [] }, new Map(), now);
  return new CopyKeeping(read, null).afterSnapshots(stack, changes, now).map((change) => change.status);
}

it.each([
  ['waits for its snapshots', 'usual', 'IN_PROGRESS', DEADLINE - 1, []],
  ['waits for them when it is to go in any case', 'force', 'IN_PROGRESS', DEADLINE - 1, []],
  ['goes without them when the time for that is up', 'force', 'IN_PROGRESS', DEADLINE, ['COMPLETE']],
  ['stays when they cannot be deleted', 'usual', 'FAILED', DEADLINE - 1, ['FAILED']],
] as const)('%s: %s, %s', (_name, deletion, status, now, expected) => expect(statesOf(going(deletion), status, now)).toEqual(expected));

it('a snapshot that was told to go, and is still there, is told again only after it was read once more', () => {
  const stack = sampleStack();
  const read = readWith(stack, 'IN_PROGRESS');
  const told = [{ kind: 'gone', id: SNAPSHOT }];

  const first = new CopyKeeping(read, null);
  expect(first.writes(stack, [])).toEqual(told);
  first.written(first.writes(stack, []));
  expect(first.writes(stack, [])).toEqual([]);

  const second = new CopyKeeping(read, first);
  expect(second.writes(stack, [])).toEqual([]);
  expect(second.isClearing(stack)).toBe(true);

  expect(new CopyKeeping(read, second).writes(stack, [])).toEqual(told);
});

it('two that cannot go yet are not told in turn for ever', () => {
  const stack = sampleStack();
  const one = readWith(stack, 'IN_PROGRESS');
  const [first] = one.snapshots;
  const both = { ...one, snapshots: [...one.snapshots, { ...(first as (typeof one.snapshots)[number]), id: asId<SnapshotId>('two') }] };
  const toldBy = (keeping: CopyKeeping): readonly string[] => {
    const writes = keeping.writes(stack, []);
    keeping.written(writes);
    return writes.map(({ id }) => id);
  };
  const views = [new CopyKeeping(one, null)];
  const told = [toldBy(views[0] as CopyKeeping)];
  for (let reading = 1; reading < 5; reading++) {
    views.push(new CopyKeeping(both, views.at(-1) as CopyKeeping));
    told.push(toldBy(views.at(-1) as CopyKeeping));
  }
  expect(told).toEqual([['one'], ['two'], [], ['one', 'two'], []]);
});
