/** What becomes of snapshots by what their stacks and copies have become. Pure. */
import type { ResourceRecord, SnapshotState, SnapshotWrite, StackRecord } from '@hearth/store';
import { isDoomed } from './copies.ts';
import { isTombstone } from './transitions.ts';

export interface SnapshotWorld {
  readonly stack: StackRecord;
  readonly snapshots: readonly SnapshotState[];
  /** Those of this stack. */
  readonly copies: readonly ResourceRecord[];
  /** Snapshots of which a copy goes now. */
  readonly lessened: ReadonlySet<string>;
  /** Whether those without a copy here have been asked to go already. */
  readonly isAsked: (id: string) => boolean;
  /** Nothing below makes copies any more: a stack that goes takes its snapshots along last. */
  readonly mayGo: boolean;
}

export function snapshotWrites(world: SnapshotWorld): readonly SnapshotWrite[] {
  return world.snapshots.flatMap((snapshot) => {
    const write = snapshot.action === 'CREATE' ? made(world.stack, snapshot) : deleted(world, snapshot);
    return write === null ? [] : [write];
  });
}

/** A snapshot is what the visit that makes it has become; one whose visit something else took the place of is none. */
function made(stack: StackRecord, { id, stackId, status }: SnapshotState): SnapshotWrite | null {
  if (status === 'COMPLETE' || stackId !== stack.id) return null;
  if (stack.action !== 'SNAPSHOT' || stack.snapshotId !== id)
    return status === 'FAILED' ? null : { kind: 'made', id, status: 'FAILED', reason: `Another request took its place: ${stack.action}` };
  // One that failed may be tried again.
  return stack.status === 'IN_PROGRESS' || stack.status === status
    ? null
    : { kind: 'made', id, status: stack.status, reason: stack.statusReason };
}

function deleted({ stack, copies, lessened, isAsked, mayGo }: SnapshotWorld, snapshot: SnapshotState): SnapshotWrite | null {
  const { id, attempt } = snapshot;
  if (!isDoomed(snapshot)) return null;
  const kept = copies.filter((copy) => copy.snapshotId === id);
  if (kept.length === 0) {
    if (snapshot.stackId === stack.id) return isAsked(id) || !mayGo ? null : { kind: 'gone', id };
    return lessened.has(id) ? { kind: 'cleared', id } : null;
  }
  const failed = kept.filter((copy) => copy.action === 'DELETE' && copy.status === 'FAILED' && copy.traversal === attempt);
  const isOver = kept.every((copy) => failed.includes(copy) || isTombstone(copy));
  if (!isOver || failed.length === 0) return null;
  return { kind: 'not-deleted', id, attempt, reason: failed.map((copy) => copy.statusReason).join('; ') };
}
