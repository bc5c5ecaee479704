/**
 * One stack in memory, as its owner sees it: the rows, the definition that is wanted, and the plan they lead to. Turns steps into intents.
 * No I/O; the run commits what it returns.
 */
import { asId, type EventId, type Random, type ResourceId } from '@hearth/kernel';
import {
  type Actual,
  type Desired,
  explain,
  type Explained,
  explainVisits,
  nextSteps,
  nextVisits,
  type Plan,
  type Visit,
  type VisitWorld,
  type World,
} from '@hearth/planner';
import type { Registry } from '@hearth/resource-kit';
import {
  type ChildWrite,
  type DefinitionRecord,
  type LeftoverRecord,
  type NewEvent,
  type ResourceRecord,
  skippedNames,
  type StackRecord,
  type StackSnapshot,
  type VisitAction,
} from '@hearth/store';
import { asActual, type Comparison, comparison, isToBeRenewed } from './comparison.ts';
import { CopyKeeping } from './copy-keeping.ts';
import { type CompiledDefinition, compileDefinition, handlerOf } from './compiled.ts';
import { unlessLeftOut } from './child-definition.ts';
import { mendedChange } from './drift.ts';
import type { Outcome } from './outcome.ts';
import type { EnginePorts } from './ports.ts';
import { afterFailure, isClearing, triedAgain } from './retries.ts';
import { eventOf, failedRow, isTombstone } from './transitions.ts';
import { asVisited, isPassedBy, isVisitAction, visitOf } from './visits.ts';

/** Work for the run to start once the intents are committed. */
export interface Started {
  readonly rowId: ResourceId;
  /** What the row will require once done; null = as it is. */
  readonly requires: readonly ResourceId[] | null;
}

/** Changes to be committed together. */
export interface Pending {
  readonly dirty: Set<ResourceId>;
  /** What the dirty rows were. */
  readonly before: Map<ResourceId, ResourceRecord>;
  readonly removed: Set<ResourceId>;
  readonly events: NewEvent[];
  readonly started: Started[];
  readonly children: ChildWrite[];
  readonly leftovers: LeftoverRecord[];
}
export const nothingPending = (): Pending => ({
  dirty: new Set(),
  before: new Map(),
  removed: new Set(),
  events: [],
  started: [],
  children: [],
  leftovers: [],
});

const NONE: ReadonlySet<string> = new Set();
const NOTHING: readonly Desired[] = [];
export interface Target {
  readonly compiled: CompiledDefinition;
  readonly comparison: Comparison;
  readonly desired: readonly Desired[];
}

type ViewPorts = Pick<EnginePorts<unknown>, 'registry' | 'random' | 'definitions'>;

export class StackView {
  stack: StackRecord;
  readonly rows: Map<ResourceId, ResourceRecord>;
  readonly copies: CopyKeeping;
  readonly #definitions: ReadonlyMap<string, DefinitionRecord>;
  readonly registry: Registry;
  readonly #random: Random;
  readonly #known: ViewPorts['definitions'];
  readonly #targets: Map<string, Target>;
  /** The planner's view of rows; null: it is not shown them. */
  readonly #seen = new WeakMap<ResourceRecord, Actual | null>();

  /** `former`: an earlier view of the same stack, whose compiled definitions still hold. */
  constructor(snapshot: StackSnapshot, { registry, random, definitions }: ViewPorts, former: StackView | null) {
    this.stack = snapshot.stack;
    this.rows = new Map(snapshot.resources.filter((row) => row.snapshotId === null).map((row) => [row.id, row]));
    this.copies = new CopyKeeping(snapshot, former?.copies ?? null);
    this.#definitions = new Map(snapshot.definitions.map((definition) => [definition.id, definition]));
    this.registry = registry;
    this.#random = random;
    this.#known = definitions;
    this.#targets = former === null ? new Map() : former.#targets;
  }

  /** Null when nothing is wanted. */
  target(): Target | null {
    const id = this.stack.targetDefinitionId;
    if (id === null) return null;
    const known = this.#targets.get(id);
    if (known !== undefined) return known;
    const record = this.#definitions.get(id);
    if (record === undefined) return null;
    const compiled = this.#known?.get(id) ?? compileDefinition(record, this.stack, this.registry);
    const desired = [...compiled.implementations].map(([name, implementation]) => ({
      name,
      type: handlerOf(implementation),
      requires: compiled.requires.get(name) ?? [],
    }));
    const target = { compiled, comparison: comparison(compiled, this.registry), desired };
    this.#targets.set(id, target);
    return target;
  }

  plan(halted: boolean, inFlight: number): Plan {
    const { action } = this.stack;
    return isVisitAction(action) ? nextVisits(this.#visits(action, halted, inFlight)) : nextSteps(this.#world(halted, inFlight));
  }

  /** Why what is not settled is not. */
  explain(halted: boolean, inFlight: number): readonly Explained[] {
    const { action } = this.stack;
    return isVisitAction(action) ? explainVisits(this.#visits(action, halted, inFlight)) : explain(this.#world(halted, inFlight));
  }

  #world(halted: boolean, inFlight: number): World {
    const target = this.target();
    return {
      desired: target?.desired ?? NOTHING,
      actual: this.#actual(),
      traversal: this.stack.traversal,
      halted,
      limits: { inFlight },
      skipped: this.skipped(),
      compare: (wanted, { id }, requires) =>
        isToBeRenewed(this.row(id), this.stack, this.registry)
          ? 'replace'
          : unlessLeftOut(
              mendedChange(
                (target as Target).comparison.change(
                  wanted,
                  this.row(id),
                  requires.map((required) => this.row(required.id)),
                ),
                this.stack,
                this.row(id),
                this.registry,
              ),
              this.stack,
              this.row(id),
            ),
    };
  }

  /** A round costs what has changed: the view of a row that is as it was is not made again. */
  #actual(): readonly Actual[] {
    const actual: Actual[] = [];
    for (const row of this.rows.values()) {
      let seen = this.#seen.get(row);
      if (seen === undefined) {
        seen = isTombstone(row) ? null : asActual(row, this.registry);
        this.#seen.set(row, seen);
      }
      if (seen !== null) actual.push(seen);
    }
    return actual;
  }

  #visits(action: VisitAction, halted: boolean, inFlight: number): VisitWorld {
    const { traversal } = this.stack;
    const live = [...this.rows.values()].filter((row) => !isPassedBy(row, action));
    const visit = visitOf(action) as Visit;
    const skipped = this.skipped();
    const rows = live.map((row) => {
      const seen = asVisited(row, action, traversal);
      return skipped.has(row.name) && row.status !== 'IN_PROGRESS' ? { ...seen, status: 'complete' as const, isVisited: true } : seen;
    });
    return { visit, rows, halted, limits: { inFlight } };
  }

  /** A deletion skips nothing: what is not to go is retained. */
  skipped(): ReadonlySet<string> {
    return this.stack.action === 'DELETE' || this.stack.exceptions === null ? NONE : skippedNames(this.stack.exceptions);
  }

  /** Attributes that other resources or outputs ask of the resource of this name. */
  usedAttributes(name: string): ReadonlySet<string> {
    return this.target()?.compiled.usedAttributes(name) ?? NONE;
  }

  put(row: ResourceRecord, pending: Pending): void {
    const before = this.rowOf(row.id);
    if (before !== undefined && !pending.dirty.has(row.id)) pending.before.set(row.id, before);
    this.keep(row);
    pending.dirty.add(row.id);
  }

  /** Noted here alone. */
  keep(row: ResourceRecord): void {
    (row.snapshotId === null ? this.rows : this.copies.rows).set(row.id, row);
  }

  /** Of a resource, or of a copy. */
  rowOf(id: ResourceId): ResourceRecord | undefined {
    return this.rows.get(id) ?? this.copies.rows.get(id);
  }

  everyRow(): readonly ResourceRecord[] {
    return [...this.rows.values(), ...this.copies.rows.values()];
  }

  /** Nobody is told of copies. */
  event(row: ResourceRecord, now: number, pending: Pending): void {
    if (row.snapshotId !== null) return;
    pending.events.push(eventOf(row, this.newEventId(), now));
  }

  /** When the traversal gives up; null once it has, or never. */
  deadlineAfter(now: number): number | null {
    const { status, deadlineAt } = this.stack;
    return status === 'IN_PROGRESS' && deadlineAt !== null && deadlineAt > now ? deadlineAt : null;
  }

  /** The type's name as the template has it. */
  typeInTemplate(name: string): string {
    return (this.target() as Target).compiled.bound.resources.get(name)?.definition.type as string;
  }
  /** What is wanted, or was wanted last. */
  definition(): DefinitionRecord | undefined {
    return this.#definitions.get(this.stack.targetDefinitionId ?? this.stack.definitionId);
  }
  /** Ids of what had taken the row's place. */
  successorsOf(id: ResourceId): readonly string[] {
    return [...this.rows.values()].flatMap((row) => (row.replacedBy === id && row.physicalId !== null ? [row.physicalId] : []));
  }
  row(id: string): ResourceRecord {
    return this.rows.get(id as ResourceId) as ResourceRecord;
  }
  newId(): ResourceId {
    return asId<ResourceId>(this.#random.uuid());
  }
  newEventId(): EventId {
    return asId<EventId>(this.#random.uuid());
  }

  ended(row: ResourceRecord, now: number, pending: Pending): void {
    this.put(row, pending);
    this.event(row, now, pending);
  }

  /** A failed step that is to be tried again: true, and it is on its way to that. */
  retryAfter(row: ResourceRecord, outcome: Outcome, limit: number, now: number, pending: Pending): boolean {
    const { status, haltReason, traversal } = this.stack;
    if (outcome.kind !== 'failed' || status !== 'IN_PROGRESS' || haltReason !== null || row.traversal !== traversal) return false;
    const again = afterFailure(row, outcome, limit, this.#random.next(), now);
    if (again === null) return false;
    this.event(failedRow(row, outcome.reason, now), now, pending);
    this.put(again, pending);
    if (isClearing(again)) this.event({ ...again, action: 'DELETE', statusReason: 'state changed' }, now, pending);
    return true;
  }
  /** What the failed try left is gone. */
  cleared(row: ResourceRecord, now: number, pending: Pending): void {
    this.put(row, pending);
    this.event({ ...row, action: 'DELETE', status: 'COMPLETE', statusReason: 'state changed' }, now, pending);
  }
  /** What has rested long enough is tried again. */
  tryAgain(now: number, pending: Pending): void {
    for (const row of [...this.rows.values()]) {
      const again = row.retry === null ? null : triedAgain(row, now);
      if (again === null) continue;
      this.put(again, pending);
      this.event({ ...again, statusReason: 'state changed' }, now, pending);
      pending.started.push({ rowId: row.id, requires: null });
    }
  }
}
