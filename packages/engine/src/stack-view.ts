/**
 * One stack in memory, as its owner sees it: the rows, the definition that is wanted, and the plan they lead to. Turns steps into intents.
 * No I/O; the run commits what it returns.
 */
import { asId, type EventId, jsonEqual, type Random, type ResourceId } from '@hearth/kernel';
import {
  type Actual,
  type Desired,
  explain,
  type Explained,
  explainVisits,
  mustBeMadeAnew,
  nextSteps,
  nextVisits,
  type Plan,
  type Step,
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
import type { Environment, Hook, RestrictedAction } from '@hearth/template';
import { beginAdoption, isNotOwnYet, toBeAdopted } from './adoption.ts';
import { asActual, type Comparison, comparison, isToBeRenewed, typeOf } from './comparison.ts';
import { CopyKeeping } from './copy-keeping.ts';
import { type CompiledDefinition, compileDefinition, handlerOf } from './compiled.ts';
import { clearedHook, goesOn, hookFor, isBefore, restriction, stopped, stoppedReason, withHook, withoutHook } from './hooks.ts';
import { leaveBehind } from './breaking-off.ts';
import { unlessLeftOut } from './child-definition.ts';
import { isForcedDeletion, RETAINED, staysInCloud } from './left-behind.ts';
import { mendedChange, withMended } from './drift.ts';
import type { Outcome } from './outcome.ts';
import { physicalName } from './physical-name.ts';
import { afterFailure, isClearing, triedAgain } from './retries.ts';
import {
  beginCreate,
  beginDelete,
  beginHandOver,
  beginTakeBack,
  beginUpdate,
  beginVisit,
  eventOf,
  externalIdOf,
  failedRow,
  isTombstone,
} from './transitions.ts';
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
  readonly removed: Set<ResourceId>;
  readonly events: NewEvent[];
  readonly started: Started[];
  readonly children: ChildWrite[];
  readonly leftovers: LeftoverRecord[];
}
export const nothingPending = (): Pending => ({
  dirty: new Set(),
  removed: new Set(),
  events: [],
  started: [],
  children: [],
  leftovers: [],
});

const NONE: ReadonlySet<string> = new Set();
const NOTHING: readonly Desired[] = [];
interface Target {
  readonly compiled: CompiledDefinition;
  readonly comparison: Comparison;
  readonly desired: readonly Desired[];
}

export class StackView {
  stack: StackRecord;
  readonly rows: Map<ResourceId, ResourceRecord>;
  readonly copies: CopyKeeping;
  readonly #definitions: ReadonlyMap<string, DefinitionRecord>;
  readonly registry: Registry;
  readonly #random: Random;
  readonly #targets: Map<string, Target>;
  /** The planner's view of rows; null: it is not shown them. */
  readonly #seen = new WeakMap<ResourceRecord, Actual | null>();

  /** `former`: an earlier view of the same stack, whose compiled definitions still hold. */
  constructor(snapshot: StackSnapshot, registry: Registry, random: Random, former: StackView | null) {
    this.stack = snapshot.stack;
    this.rows = new Map(snapshot.resources.filter((row) => row.snapshotId === null).map((row) => [row.id, row]));
    this.copies = new CopyKeeping(snapshot);
    this.#definitions = new Map(snapshot.definitions.map((definition) => [definition.id, definition]));
    this.registry = registry;
    this.#random = random;
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
    const compiled = compileDefinition(record, this.stack, this.registry);
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
        isToBeRenewed(this.#row(id), this.stack, this.registry)
          ? 'replace'
          : unlessLeftOut(
              mendedChange(
                (target as Target).comparison.change(
                  wanted,
                  this.#row(id),
                  requires.map((required) => this.#row(required.id)),
                ),
                this.stack,
                this.#row(id),
                this.registry,
              ),
              this.stack,
              this.#row(id),
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

  /** Turns the plan's steps into intents: rows changed in memory, noted in `pending`. */
  begin(steps: readonly Step[], now: number, pending: Pending): void {
    for (const step of steps) this.#beginStep(step, now, pending);
  }

  put(row: ResourceRecord, pending: Pending): void {
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
    pending.events.push(eventOf(row, asId<EventId>(this.#random.uuid()), now));
  }

  /** When the traversal gives up; null once it has, or never. */
  deadlineAfter(now: number): number | null {
    const { status, deadlineAt } = this.stack;
    return status === 'IN_PROGRESS' && deadlineAt !== null && deadlineAt > now ? deadlineAt : null;
  }

  #typeInTemplate(name: string): string {
    return (this.target() as Target).compiled.bound.resources.get(name)?.definition.type as string;
  }

  #row(id: string): ResourceRecord {
    return this.rows.get(id as ResourceId) as ResourceRecord;
  }

  #beginStep(step: Step, now: number, pending: Pending): void {
    switch (step.kind) {
      case 'create':
        return this.#beginCreate(step, now, pending);
      case 'update':
        return this.#beginUpdate(step, now, pending);
      case 'delete': {
        const leaving = this.#row(step.id);
        if (
          (staysInCloud(this.stack, leaving) || isNotOwnYet(this.stack, leaving)) &&
          this.registry.get(leaving.handler)?.composite === undefined
        )
          return leaveBehind(this, leaving, RETAINED, now, 0, pending);
        return this.#started(beginDelete(withoutHook(this.#row(step.id)), this.stack.traversal, now), null, null, now, pending);
      }
      case 'relink':
        return this.put({ ...this.#row(step.id), requires: step.requires as readonly ResourceId[], updatedAt: now }, pending);
      case 'revive': {
        this.put({ ...this.#row(step.id), replacedBy: null, updatedAt: now }, pending);
        for (const id of step.instead) this.put({ ...this.#row(id), replacedBy: step.id as ResourceId, updatedAt: now }, pending);
        return;
      }
      case 'hand-over':
        return this.#beginHandOver(step, now, pending);
      case 'take-back':
        return this.#started(beginTakeBack(withoutHook(this.#row(step.id)), this.stack.traversal, now), null, null, now, pending);
      case 'give-up': {
        const row = this.#row(step.id);
        return this.ended(failedRow(row, row.retry?.reason ?? row.statusReason, now), now, pending);
      }
      case 'visit': {
        const row = beginVisit(this.#row(step.id), this.stack.action as VisitAction, this.stack.traversal, now);
        const copyId = asId<ResourceId>(this.#random.uuid());
        if (!this.copies.begin(this, row, copyId, now, pending)) this.#started(row, null, row.requires, now, pending);
      }
    }
  }

  #beginCreate(step: Step & { kind: 'create' }, now: number, pending: Pending): void {
    const forbidden = step.replaces === null ? null : this.#forbidden('replace', step.name);
    if (forbidden !== null) return this.#refused(step.replaces as ResourceId, forbidden, now, pending);
    const id = asId<ResourceId>(this.#random.uuid());
    const requires = step.requires as readonly ResourceId[];
    const type = typeOf(this.registry, step.type);
    const { wanted, problem } = (this.target() as Target).comparison.wantedOf(
      step.name,
      requires.map((required) => this.#row(required)),
    );
    const begun = beginCreate(
      {
        id,
        stackId: this.stack.id,
        name: step.name,
        type: this.#typeInTemplate(step.name),
        handler: step.type,
        physicalName: physicalName(this.stack.name, step.name, id, type.maxNameLength ?? 255),
        requires,
        replaces: step.replaces as ResourceId | null,
        traversal: this.stack.traversal,
      },
      wanted ?? { properties: {}, metadata: {}, deletionPolicy: 'delete', externalId: null },
      now,
    );
    if (step.replaces !== null) this.put({ ...this.#row(step.replaces), replacedBy: id, updatedAt: now }, pending);
    const isFirst = this.stack.adopting && ![...this.rows.values()].some((row) => row.name === step.name);
    const adopted =
      wanted?.externalId === null ? toBeAdopted(this.target()?.compiled.environment.adopted, this.stack, step.name, isFirst) : null;
    this.#started(adopted === null ? begun : beginAdoption(begun, adopted), problem, requires, now, pending);
  }

  /** What the resource is replaced by is known only while it is of the same type. */
  #beginHandOver(step: Step & { kind: 'hand-over' }, now: number, pending: Pending): void {
    const row = withoutHook(this.#row(step.id));
    const forbidden = this.#forbidden('replace', row.name);
    if (forbidden !== null) return this.#refused(row.id, forbidden, now, pending);
    const requires = step.requires.map((required) => this.#row(required));
    const { wanted, problem } = (this.target() as Target).comparison.wantedOf(row.name, requires);
    const next = step.type === row.handler ? (wanted?.properties ?? null) : null;
    const isBroken = mustBeMadeAnew(asActual(row, this.registry));
    this.#started(beginHandOver(row, next, isBroken, this.stack.traversal, now), problem, null, now, pending);
  }

  /** Ids of what had taken the row's place. */
  successorsOf(id: ResourceId): readonly string[] {
    return [...this.rows.values()].flatMap((row) => (row.replacedBy === id && row.physicalId !== null ? [row.physicalId] : []));
  }

  #beginUpdate(step: Step & { kind: 'update' }, now: number, pending: Pending): void {
    // A hook of an earlier traversal holds nobody up any more.
    const before = withMended(this.stack, withoutHook(this.#row(step.id)));
    const requires = step.requires as readonly ResourceId[];
    const { wanted, problem } = (this.target() as Target).comparison.wantedOf(
      before.name,
      requires.map((required) => this.#row(required)),
    );
    const { properties, metadata, deletionPolicy } = before;
    const current = { properties, metadata, deletionPolicy, externalId: externalIdOf(before) };
    const begun = beginUpdate(
      { ...before, type: this.#typeInTemplate(before.name) },
      wanted ?? current,
      requires,
      this.stack.traversal,
      now,
    );
    const isRefused = wanted !== null && wanted.externalId !== current.externalId;
    const refusal = `NotSupported: Update to property external_id of ${before.name} (${before.type}) is not supported.`;
    const isMending = before.uncertain.length > this.#row(step.id).uncertain.length;
    const isChange = isMending || !jsonEqual(before.properties, begun.pending ?? before.properties);
    const forbidden = isChange ? this.#forbidden('update', before.name) : null;
    if (forbidden !== null) return this.#refused(before.id, forbidden, now, pending);
    this.#started(begun, isRefused ? refusal : problem, requires, now, pending);
  }

  #forbidden(action: RestrictedAction, name: string): string | null {
    const environment = this.target()?.compiled.environment;
    return environment === undefined || this.stack.action !== 'UPDATE' ? null : restriction(action, name, environment);
  }
  /** The thing is not touched: what is known of it stays, and only the update has failed. */
  #refused(id: ResourceId, reason: string, now: number, pending: Pending): void {
    const row = this.#row(id);
    this.ended(failedRow({ ...row, action: 'UPDATE', traversal: this.stack.traversal }, reason, now), now, pending);
  }

  /** A resource that cannot be had as it is wanted fails at once, without a call. */
  #started(begun: ResourceRecord, problem: string | null, requires: Started['requires'], now: number, pending: Pending): void {
    this.event(begun, now, pending);
    if (problem !== null) return this.ended(failedRow(begun, problem, now), now, pending);
    const hook = this.#hasHandedOverTo(begun) ? null : this.#hook('pre', begun);
    if (hook !== null) return this.#stop(stopped(begun, hook), hook, now, pending);
    this.put(begun, pending);
    pending.started.push({ rowId: begun.id, requires });
  }
  /** A replacement stops once: before the hand-over, where there is one. */
  #hasHandedOverTo({ replaces, traversal }: ResourceRecord): boolean {
    const before = replaces === null ? undefined : this.rows.get(replaces);
    return before?.handOver === 'given' && before.traversal === traversal;
  }
  ended(row: ResourceRecord, now: number, pending: Pending): void {
    this.put(row, pending);
    this.event(row, now, pending);
  }

  #hook(when: 'pre' | 'post', row: ResourceRecord): Hook | null {
    const { action, targetDefinitionId, definitionId } = this.stack;
    if (isForcedDeletion(this.stack)) return null;
    const definition = this.#definitions.get(targetDefinitionId ?? definitionId);
    return definition === undefined ? null : hookFor(when, action, row, definition.environment as unknown as Environment);
  }
  #stop(row: ResourceRecord, hook: Hook, now: number, pending: Pending): void {
    this.put(row, pending);
    pending.events.push({ ...eventOf(row, asId<EventId>(this.#random.uuid()), now), reason: stoppedReason(hook) });
  }

  /** A step has ended well: it may have to stop here before others go on. True: it stopped. */
  stopAfter(row: ResourceRecord, now: number, pending: Pending): boolean {
    const hook = row.handOver === null ? this.#hook('post', row) : null;
    if (hook !== null) this.#stop(withHook(row, hook), hook, now, pending);
    return hook !== null;
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

  /** What was cleared goes on; what was stopped after its deletion is gone. */
  goOn(now: number, pending: Pending): void {
    for (const row of [...this.rows.values()]) {
      const hook = clearedHook(row);
      if (hook === null) continue;
      if (isBefore(hook) && row.status === 'IN_PROGRESS') {
        this.put(goesOn(row, now), pending);
        pending.started.push({ rowId: row.id, requires: null });
      } else if (row.action === 'DELETE' && row.status === 'COMPLETE') {
        this.rows.delete(row.id);
        pending.removed.add(row.id);
      } else this.put(withoutHook(row), pending);
    }
  }
}
