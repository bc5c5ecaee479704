/** What the users of a seeded life ask for next: new definitions and former ones, bringing back, going back, going on without some, deleting in any case. */
import type { MemoryStore } from '@hearth/engine/testing';
import { asId, type DefinitionId, type JsonObject, type Random, type SnapshotId, type StackId } from '@hearth/kernel';
import type { DefinitionRecord, StackRecord } from '@hearth/store';
import { randomDefinition, type Shape } from './random-definition.ts';
import type { Request } from './requests.ts';

/** In these a traversal can be asked for again without some resources. */
const CAN_SKIP: readonly StackRecord['action'][] = ['CREATE', 'UPDATE', 'ROLLBACK', 'RESTORE'];

export class RandomRequests {
  readonly #random: Random;
  readonly #store: MemoryStore;
  readonly #stackId: StackId;
  readonly #shape: Shape;
  readonly #had: DefinitionRecord[] = [];
  /** What the stack was to be when a snapshot was asked for. */
  readonly #kept = new Map<SnapshotId, DefinitionRecord>();

  constructor(random: Random, store: MemoryStore, stackId: StackId, shape: Shape) {
    this.#random = random;
    this.#store = store;
    this.#stackId = stackId;
    this.#shape = shape;
  }

  #luck(chance: number): boolean {
    return this.#random.next() < chance;
  }
  #one<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.#random.next() * all.length)];
  }

  definition(): DefinitionRecord {
    return this.#wanted(randomDefinition(this.#random, this.#stackId, this.#had.length + 1, this.#shape));
  }
  #again(former: DefinitionRecord, environment: JsonObject = former.environment): DefinitionRecord {
    return this.#wanted({ ...former, id: asId<DefinitionId>(this.#random.uuid()), number: this.#had.length + 1, environment });
  }
  #wanted(definition: DefinitionRecord): DefinitionRecord {
    this.#had.push(definition);
    return definition;
  }

  update(): Request {
    const former = this.#one(this.#had);
    if (former !== undefined && this.#luck(0.15)) return { kind: 'update', definition: this.#again(former) };
    if (this.#luck(0.1)) return this.mend();
    return (this.#luck(0.3) ? this.restore() : null) ?? { kind: 'update', definition: this.definition() };
  }

  /** The same once more, and what drifted is brought back. */
  mend(): Request {
    const last = this.#had.at(-1);
    return { kind: 'update', definition: last === undefined ? this.definition() : this.#again(last), mends: [] };
  }

  snapshot(): Request {
    const id = asId<SnapshotId>(this.#random.uuid());
    const last = this.#had.at(-1);
    if (last !== undefined) this.#kept.set(id, last);
    return { kind: 'snapshot', id };
  }
  /** Back to a snapshot that is whole; null: there is none. */
  restore(): Request | null {
    const kept = this.#snapshots().filter(({ action, status }) => action === 'CREATE' && status === 'COMPLETE');
    const id = this.#one(kept)?.id;
    const former = id === undefined ? undefined : this.#kept.get(id);
    if (former === undefined) return null;
    const copies = this.#store
      .rows(this.#stackId)
      .filter((row) => row.snapshotId === id && row.action === 'CREATE' && row.status === 'COMPLETE');
    const restored: JsonObject = Object.fromEntries(copies.map(({ name, physicalId }) => [name, { copy: physicalId, below: {} }]));
    return { kind: 'update', definition: this.#again(former, { ...former.environment, restored }), restores: true };
  }
  /** A snapshot that may go; null: there is none. */
  forget(): Request | null {
    const id = this.#one(this.#snapshots().filter(({ status }) => status !== 'IN_PROGRESS'))?.id;
    return id === undefined ? null : { kind: 'forget', id };
  }
  #snapshots() {
    return this.#store.snapshots(this.#stackId);
  }

  /** What failed is tried again, perhaps without some of it; null: nothing failed that could be. */
  again(): Request | null {
    const { action, status } = this.#store.stack(this.#stackId);
    if (status !== 'FAILED' || !CAN_SKIP.includes(action)) return null;
    const failed = this.#store.rows(this.#stackId).filter((row) => row.snapshotId === null && row.status === 'FAILED');
    return { kind: 'again', skipped: failed.filter(() => this.#luck(0.5)).map(({ name }) => name) };
  }

  deletion(): Request {
    if (this.#luck(0.7)) return { kind: 'delete' };
    const retained = this.#store.rows(this.#stackId).filter(() => this.#luck(0.2));
    return { kind: 'delete', exceptions: { skipped: [], retained: [...new Set(retained.map(({ name }) => name))], deletion: 'force' } };
  }
}
