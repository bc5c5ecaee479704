/**
 * What must hold at every step of a simulated life, not only at its end: looked at after each commit, at each call's beginning and when it makes
 * something. Knows who owns what from the claims alone.
 */
import type { MemoryStore } from '@hearth/engine/testing';
import { Failure, type HolderId, type JsonObject, type ResourceId, type SnapshotId, type StackId } from '@hearth/kernel';
import {
  type Claim,
  type DefinitionRecord,
  type EngineBatch,
  type EngineStore,
  type Fence,
  isForced,
  type ResourceRecord,
  type StackRecord,
} from '@hearth/store';
import type { SimCloud, Thing } from './cloud.ts';
import { callProblem, type Verb } from './call-rules.ts';
import { commitProblems, type Seen } from './commit-rules.ts';
import { type Needs, needsIn } from './needs.ts';

/** Enough to see what went wrong; one life may break a rule a thousand times. */
const MOST_PROBLEMS = 20;
const isGone = ({ action, status }: ResourceRecord): boolean => action === 'DELETE' && status === 'COMPLETE';

export class Watch {
  readonly #store: MemoryStore;
  readonly #owners = new Map<StackId, Claim>();
  /** Owners that are dead or whose lease is lost. */
  readonly #gone = new Set<HolderId>();
  /** By definition: what each resource needs. */
  readonly #needs = new Map<string, Needs>();
  /** Things of a mark that were there when they were last looked for. */
  readonly #found = new Map<string, ReadonlySet<string>>();
  readonly #problems = new Set<string>();
  #commits = 0;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  get problems(): readonly string[] {
    return [...this.#problems];
  }
  /** Looked at so far. */
  get commits(): number {
    return this.#commits;
  }

  problem(text: string): void {
    if (this.#problems.size < MOST_PROBLEMS) this.#problems.add(text);
  }
  wanted({ id, template }: DefinitionRecord): void {
    this.#needs.set(id, needsIn((template['resources'] ?? {}) as JsonObject));
  }
  claimed(claim: Claim): void {
    this.#owners.set(claim.stackId, claim);
  }
  ownerGone(holderId: HolderId): void {
    this.#gone.add(holderId);
  }

  /** The store, its promises asked at each commit. */
  over(store: EngineStore): EngineStore {
    return {
      ...store,
      commit: async (fence, batch) => {
        const before = this.#see(fence.stackId);
        try {
          const committing = store.commit(fence, batch);
          // Before anybody else has a turn.
          const after = this.#see(fence.stackId);
          const result = await committing;
          this.#committed(fence, batch, before, after, result.stackPatched);
          return result;
        } catch (error) {
          if (error instanceof Failure && error.code === 'lease-lost') this.#refused(fence, before);
          throw error;
        }
      },
      release: async (fence, seen, dueAt) => {
        const released = await store.release(fence, seen, dueAt);
        if (!this.#holds(fence)) this.problem('a stale owner gave a stack back');
        if (released) this.#released(fence.stackId);
        return released;
      },
    };
  }

  /** At the beginning of each call. */
  begins(
    cloud: SimCloud,
    holderId: HolderId,
    verb: Verb,
    call: { readonly physicalName: string; readonly stackId: string; readonly physicalId?: string },
  ): void {
    const there = new Set([...cloud.things.values()].filter((one) => one.mark === call.physicalName).map((one) => one.id));
    if (verb === 'find') this.#found.set(call.physicalName, there);
    // A look that follows a call which was begun in time harms nobody.
    if (verb === 'find' || verb === 'observe') return;
    const found = this.#found.get(call.physicalName);
    if (verb === 'create' && [...there].some((id) => found?.has(id) ?? true))
      this.problem(`${call.physicalName} is made again, although it is there`);
    if (verb === 'delete') this.#isFree(cloud, call.physicalId ?? '');
    const what = `${verb} of ${call.physicalName}`;
    const owner = this.#owners.get(call.stackId as StackId);
    if (owner?.holderId !== holderId) return this.problem(`${what}: called by who does not own the stack`);
    if (this.#gone.has(holderId)) return this.problem(`${what}: called by who lost the lease`);
    const row = this.#rows(call.stackId as StackId).find((one) => one.physicalName === call.physicalName);
    if (verb === 'delete' && row === undefined && this.#isLeftDuplicate(call)) return;
    const wrong = callProblem(verb, row, call.physicalId ?? null);
    if (wrong !== null) this.problem(`${what}: ${wrong}`);
  }

  /** The look for duplicates was begun before what it looked for was left behind. */
  #isLeftDuplicate({
    stackId,
    physicalName,
    physicalId,
  }: {
    readonly stackId: string;
    readonly physicalName: string;
    readonly physicalId?: string;
  }): boolean {
    return this.#store.leftovers(stackId as StackId).some((left) => left.physicalName === physicalName && left.physicalId !== physicalId);
  }

  /** One thing for one row; a second one only where a late look will come, and never by one owner. */
  made(cloud: SimCloud, one: Thing): void {
    const others = [...cloud.things.values()].filter((other) => other.mark === one.mark && other !== one);
    if (others.length === 0) return;
    const row = this.#store
      .stackIds()
      .flatMap((id) => this.#rows(id))
      .find(({ physicalName }) => physicalName === one.mark);
    if (row === undefined) {
      const isLeftBehind = this.#store
        .stackIds()
        .some((id) => this.#store.leftovers(id).some(({ physicalName }) => physicalName === one.mark));
      if (!isLeftBehind) this.problem(`${one.mark} was made again, and nothing remembers it`);
      return;
    }
    const owner = this.#owners.get(row.stackId);
    const isTakenOverLater = row.phase === 'calling' && (owner === undefined || this.#gone.has(owner.holderId));
    if (row.verifyAt === null && !isTakenOverLater) this.problem(`${one.mark} was made again, and nobody will look for it`);
  }

  /** Whatever the rows say: no thing that stands for a row uses it. What was left behind stands for none any more. */
  #isFree(cloud: SimCloud, physicalId: string): void {
    for (const other of cloud.things.values()) {
      if (!JSON.stringify(other.props.refs ?? null).includes(physicalId)) continue;
      const isStanding = this.#store.stackIds().some((id) => this.#rows(id).some((row) => row.physicalId === other.id && !isGone(row)));
      if (isStanding) this.problem(`${physicalId} is deleted, and ${other.mark} uses it`);
    }
  }

  /** Copies that are kept for snapshots are nobody's resources. */
  #rows(id: StackId): readonly ResourceRecord[] {
    return this.#store.rows(id).filter((row) => row.snapshotId === null);
  }
  #holds({ stackId, holderId, epoch }: Fence): boolean {
    const owner = this.#owners.get(stackId);
    return owner?.holderId === holderId && owner.epoch === epoch;
  }
  #see(id: StackId): Seen {
    return {
      stack: this.#store.stack(id),
      rows: new Map(this.#rows(id).map((row): [ResourceId, ResourceRecord] => [row.id, row])),
      events: this.#store.events(id).length,
    };
  }

  #committed(fence: Fence, batch: EngineBatch, before: Seen, after: Seen, stackPatched: boolean): void {
    this.#commits++;
    for (const child of batch.children) {
      if (child.kind === 'create' || child.kind === 'update') this.wanted(child.definition);
      const id = child.kind === 'create' ? child.stack.id : child.kind === 'update' ? child.definition.stackId : child.stackId;
      if (!this.#store.stackIds().includes(id)) this.problem(`${child.kind} of a nested stack was committed and is not there`);
    }
    if (!this.#holds(fence)) this.problem('a stale owner wrote');
    const wanted: Needs = this.#needs.get(before.stack.targetDefinitionId ?? '') ?? new Map();
    for (const wrong of commitProblems({ before, after, batch, wanted, stackPatched })) this.problem(`${after.stack.name}: ${wrong}`);
    for (const write of batch.snapshots ?? [])
      if (write.kind === 'made' && write.status === 'COMPLETE' && !this.#isWhole(write.id))
        this.problem('a snapshot is whole before its copies');
    if (before.stack.deletedAt === null && after.stack.deletedAt !== null) this.#hasNoSnapshots(after.stack);
  }

  #isWhole(id: SnapshotId): boolean {
    const copies = this.#store.stackIds().flatMap((stackId) => this.#store.rows(stackId).filter((row) => row.snapshotId === id));
    return copies.every(({ action, status }) => action === 'CREATE' && status === 'COMPLETE');
  }
  /** By force a stack goes when its time is up, whatever becomes of them. */
  #hasNoSnapshots({ id, name, exceptions }: StackRecord): void {
    const isLeft = this.#store.snapshots(id).some(({ action, status }) => action === 'DELETE' && status === 'IN_PROGRESS');
    if (isLeft && !isForced(exceptions)) this.problem(`${name} is gone before its snapshots`);
  }

  /** Whatever has happened meanwhile: who has work is owned, or is to be looked at. */
  #released(id: StackId): void {
    const { name, status } = this.#store.stack(id);
    const { holderId, dueAt } = this.#store.ownership(id);
    if (status === 'IN_PROGRESS' && holderId === null && dueAt === null)
      this.problem(`${name} is in progress and nobody will look at it again`);
  }

  #refused(fence: Fence, before: Seen): void {
    if (this.#holds(fence)) this.problem('the owner was refused');
    const after = this.#see(fence.stackId);
    const isSame =
      after.events === before.events &&
      after.rows.size === before.rows.size &&
      [...after.rows].every(([id, row]) => before.rows.get(id) === row);
    if (!isSame) this.problem('a refused batch changed something');
  }
}
