/** When a stack may go although copies for its snapshots are still there. */
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

function statesOf(stack: StackRecord, status: 'IN_PROGRESS' | 'FAILED', now: number): readonly string[] {
  const snapshot = {
    id: asId<SnapshotId>('one'),
    stackId: stack.id,
    name: null,
    action: 'DELETE',
    status,
    statusReason: 'in use',
    attempt: 1,
  } as const;
  const read: StackSnapshot = { stack, definitions: [], resources: [], credential: null, snapshots: [snapshot] };
  const changes = stackChange(stack, { steps: [], verdict: 'converged', reasons: [] }, new Map(), now);
  return new CopyKeeping(read).afterSnapshots(stack, changes, now).map((change) => change.status);
}

it.each([
  ['waits for its snapshots', 'usual', 'IN_PROGRESS', DEADLINE - 1, []],
  ['waits for them when it is to go in any case', 'force', 'IN_PROGRESS', DEADLINE - 1, []],
  ['goes without them when the time for that is up', 'force', 'IN_PROGRESS', DEADLINE, ['COMPLETE']],
  ['stays when they cannot be deleted', 'usual', 'FAILED', DEADLINE - 1, ['FAILED']],
] as const)('%s: %s, %s', (_name, deletion, status, now, expected) => expect(statesOf(going(deletion), status, now)).toEqual(expected));
