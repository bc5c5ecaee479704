/** The copies of a stack for snapshots, and these snapshots, as the stack's owner keeps them in memory. No I/O. */
import type { Registry } from '@hearth/resource-kit';
import type { ResourceId } from '@hearth/kernel';
import type { ResourceRecord, SnapshotState, SnapshotWrite, StackRecord, StackSnapshot } from '@hearth/store';
import { awaitedCopy, beginCopy, cannotKeep, copiesToDelete, isDoomed } from './copies.ts';
import { isForcedDeletion, leftoverOf } from './left-behind.ts';
import { snapshotWrites } from './snapshot-writes.ts';
import type { Pending, StackView } from './stack-view.ts';
import { failedRow, isTombstone } from './transitions.ts';
import type { StackChange } from './verdict.ts';

export class CopyKeeping {
  readonly rows: Map<ResourceId, ResourceRecord>;
  #snapshots: readonly SnapshotState[];
  /** Snapshots of which a copy has gone since the last commit. */
  readonly #lessened = new Set<string>();
  /** Snapshots that were told to go by what was known before they were read, and since. */
  readonly #askedBefore: ReadonlySet<string>;
  readonly #asked = new Set<string>();

  /** `former`: what was read before. A snapshot that is still there, told to go just before, has copies elsewhere: it is told again when it is read again. */
  constructor({ resources, snapshots }: StackSnapshot, former: CopyKeeping | null) {
    // Telling one leads to reading all again at once: the others are not told for that, or two would be told in turn for ever.
    this.#askedBefore = new Set(former === null || former.#asked.size === 0 ? [] : [...former.#asked, ...former.#askedBefore]);
    this.rows = new Map(resources.filter(({ snapshotId }) => snapshotId !== null).map((row) => [row.id, row]));
    this.#snapshots = snapshots;
  }

  /** A resource that can be copied is visited by making the copy. False: there is nothing to copy. */
  begin(view: StackView, row: ResourceRecord, id: ResourceId, now: number, pending: Pending): boolean {
    if (row.action !== 'SNAPSHOT' || !canBeCopied(row, view.registry)) return false;
    view.event(row, now, pending);
    const problem = cannotKeep(view.stack, this.#snapshots);
    if (problem !== null) view.ended(failedRow(row, problem, now), now, pending);
    else {
      for (const one of beginCopy(row, id, view.stack, now)) view.put(one, pending);
      pending.started.push({ rowId: id, requires: null });
    }
    return true;
  }

  /** A copy is whole, or cannot be had: so ends the visit of what it is a copy of. */
  ended(view: StackView, copy: ResourceRecord, now: number, pending: Pending): void {
    if (copy.action === 'DELETE') return this.#notDeleted(view, copy, now, pending);
    const row = [...view.rows.values()].find((one) => awaitedCopy(one) === copy.id);
    if (row === undefined) return;
    const { status, statusReason } = copy;
    view.ended({ ...row, status, statusReason, phase: null, token: null, wakeAt: null, updatedAt: now }, now, pending);
  }

  #notDeleted({ stack }: StackView, copy: ResourceRecord, now: number, pending: Pending): void {
    if (copy.status !== 'FAILED' || stack.exceptions?.deletion !== 'force') return;
    const leftover = leftoverOf(copy, copy.statusReason, now);
    if (leftover !== null) pending.leftovers.push(leftover);
    this.forget(copy.id, pending);
  }

  /** Begins to delete what is kept for snapshots that are to go; what stays in the cloud is let go of. */
  clear(view: StackView, now: number, pending: Pending): void {
    for (const row of copiesToDelete(this.rows.values(), this.#snapshots, now)) {
      if (view.stack.exceptions?.deletion === 'keep') this.forget(row.id, pending);
      else {
        view.put(row, pending);
        pending.started.push({ rowId: row.id, requires: null });
      }
    }
  }

  forget(id: ResourceId, pending: Pending): void {
    const snapshotId = this.rows.get(id)?.snapshotId ?? null;
    if (snapshotId !== null) this.#lessened.add(snapshotId);
    this.rows.delete(id);
    pending.dirty.delete(id);
    pending.removed.add(id);
  }

  /** `stack`: as it will be. */
  writes(stack: StackRecord, resources: Iterable<ResourceRecord>): readonly SnapshotWrite[] {
    const copies = [...this.rows.values()];
    return snapshotWrites({
      stack,
      snapshots: this.#snapshots,
      copies,
      lessened: this.#lessened,
      isAsked: (id) => this.#asked.has(id) || this.#askedBefore.has(id),
      mayGo: stack.action !== 'DELETE' || [...resources].every(isTombstone),
    });
  }

  /** These writes were committed. */
  written(writes: readonly SnapshotWrite[]): void {
    this.#lessened.clear();
    for (const write of writes) {
      if (write.kind === 'gone') this.#asked.add(write.id);
      if (write.kind !== 'made' && write.kind !== 'not-deleted') continue;
      const status = write.kind === 'made' ? write.status : 'FAILED';
      this.#snapshots = this.#snapshots.map((one) => (one.id === write.id ? { ...one, status, statusReason: write.reason } : one));
    }
  }

  /** Some of the stack's own snapshots are on their way out: others may have copies for them. */
  isClearing({ id }: StackRecord): boolean {
    return this.#snapshots.some((one) => one.stackId === id && isDoomed(one));
  }

  /** A stack is not gone before its snapshots are; once time is up for one that goes in any case, they go after it. */
  afterSnapshots(stack: StackRecord, changes: readonly StackChange[], now: number): readonly StackChange[] {
    const [change] = changes;
    if (change === undefined || change.status !== 'COMPLETE' || stack.action !== 'DELETE') return changes;
    const own = this.#snapshots.filter(({ stackId }) => stackId === stack.id);
    if (own.some(isDoomed)) return isForcedDeletion(stack) && stack.deadlineAt !== null && now >= stack.deadlineAt ? changes : [];
    const stuck = own.filter(({ status }) => status === 'FAILED').map(({ statusReason }) => statusReason ?? 'unknown');
    if (stuck.length === 0) return changes;
    const reason = `Snapshot deletion failed: ${stuck.join('; ')}`;
    return [{ patch: { status: 'FAILED', statusReason: reason, haltReason: null }, reason, action: 'DELETE', status: 'FAILED' }];
  }
}

/** What is there without us is nothing to be kept. */
const canBeCopied = ({ handler, data }: ResourceRecord, registry: Registry): boolean =>
  registry.get(handler)?.copies !== undefined && typeof data['externalId'] !== 'string';
