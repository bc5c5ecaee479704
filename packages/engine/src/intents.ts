/** Steps of the plan become intents: rows as they are once the step is begun, noted for the commit that precedes every call. No I/O. */
import { jsonEqual, type ResourceId } from '@hearth/kernel';
import { mustBeMadeAnew, type Step } from '@hearth/planner';
import type { ResourceRecord, VisitAction } from '@hearth/store';
import type { RestrictedAction } from '@hearth/template';
import { beginAdoption, isNotOwnYet, toBeAdopted } from './adoption.ts';
import { leaveBehind } from './breaking-off.ts';
import { asActual, typeOf } from './comparison.ts';
import { withMended } from './drift.ts';
import { asUnhealthy } from './health.ts';
import { lateLookAt } from './facts-of-types.ts';
import { GIVEN_UP } from './failure-reason.ts';
import { stopBefore } from './hook-stops.ts';
import { isStoppedCreation, leftAtHook, restriction, withoutHook } from './hooks.ts';
import { RETAINED, staysInCloud } from './left-behind.ts';
import { physicalName } from './physical-name.ts';
import type { Pending, StackView, Started, Target } from './stack-view.ts';
import { beginCreate, beginDelete, beginHandOver, beginTakeBack, beginUpdate, beginVisit, externalIdOf, failedRow } from './transitions.ts';

interface Round {
  readonly view: StackView;
  readonly now: number;
  readonly pending: Pending;
  readonly lateCallMs: number;
}

/** Of one round on one stack. */
export class Intents {
  readonly #round: Round;

  constructor(round: Round) {
    this.#round = round;
  }

  begin(step: Step): void {
    const { view, now, pending } = this.#round;
    switch (step.kind) {
      case 'create':
        return this.#beginCreate(step);
      case 'update':
        return this.#beginUpdate(step);
      case 'delete': {
        const leaving = view.row(step.id);
        if (
          (staysInCloud(view.stack, leaving) || isNotOwnYet(view.stack, leaving)) &&
          view.registry.get(leaving.handler)?.composite === undefined
        )
          return leaveBehind(view, leaving, RETAINED, now, 0, pending);
        return this.#started(beginDelete(withoutHook(this.#brokenOff(step.id)), view.stack.traversal, now), null, null);
      }
      case 'relink':
        return view.put({ ...view.row(step.id), requires: step.requires as readonly ResourceId[], updatedAt: now }, pending);
      case 'revive': {
        view.put({ ...view.row(step.id), replacedBy: null, updatedAt: now }, pending);
        for (const id of step.instead) this.#replaced(id, step.id);
        return;
      }
      case 'hand-over':
        return this.#beginHandOver(step);
      case 'take-back':
        return this.#takeBack(step.id);
      case 'give-up': {
        const row = this.#brokenOff(step.id);
        return view.ended(failedRow(row, row.retry?.reason ?? GIVEN_UP, now), now, pending);
      }
      case 'visit': {
        const before = this.#asBroken(view.row(step.id));
        const row = beginVisit(before, view.stack.action as VisitAction, view.stack.traversal, now);
        const copyId = view.newId();
        if (!view.copies.begin(view, row, copyId, now, pending)) this.#started(row, null, row.requires);
      }
    }
  }

  /** A row whose look is waited for no longer: what that one is making may still come. */
  #brokenOff(id: string): ResourceRecord {
    const { view, now, lateCallMs } = this.#round;
    const row = view.row(id);
    return { ...row, verifyAt: lateLookAt(row, view.registry, now + lateCallMs) };
  }

  #beginCreate(step: Step & { kind: 'create' }): void {
    const { view, now } = this.#round;
    const forbidden = step.replaces === null || isStoppedCreation(view.row(step.replaces)) ? null : this.#forbidden('replace', step.name);
    if (forbidden !== null) return this.#refused(step.replaces as ResourceId, forbidden);
    const id = view.newId();
    const requires = step.requires as readonly ResourceId[];
    const type = typeOf(view.registry, step.type);
    const { wanted, problem } = (view.target() as Target).comparison.wantedOf(
      step.name,
      requires.map((required) => view.row(required)),
    );
    const begun = beginCreate(
      {
        id,
        stackId: view.stack.id,
        name: step.name,
        type: view.typeInTemplate(step.name),
        handler: step.type,
        physicalName: physicalName(view.stack.name, step.name, id, type.maxNameLength ?? 255),
        requires,
        replaces: step.replaces as ResourceId | null,
        traversal: view.stack.traversal,
      },
      wanted ?? { properties: {}, metadata: {}, deletionPolicy: 'delete', externalId: null },
      now,
    );
    if (step.replaces !== null) this.#replaced(step.replaces, id);
    const outside = view.target()?.compiled.environment.adopted;
    const adopted = wanted?.externalId === null ? toBeAdopted(outside, view.stack, step.name, view.rows.values()) : null;
    this.#started(adopted === null ? begun : beginAdoption(begun, adopted), problem, requires);
  }

  #replaced(before: string, by: string): void {
    const { view, now, pending } = this.#round;
    const row = view.row(before);
    const after = { ...leftAtHook(row, now), replacedBy: by as ResourceId, updatedAt: now };
    if (after.status === row.status) view.put(after, pending);
    else view.ended(after, now, pending);
  }

  /** Whoever it is taken from is not as it was made any more, and nobody goes back to that one. */
  #takeBack(id: string): void {
    const { view, now, pending } = this.#round;
    for (const row of [...view.rows.values()]) if (row.replacedBy === id) view.put(asUnhealthy(row), pending);
    this.#started(beginTakeBack(withoutHook(view.row(id)), view.stack.traversal, now), null, null);
  }

  /** What the resource is replaced by is known only while it is of the same type. */
  #beginHandOver(step: Step & { kind: 'hand-over' }): void {
    const { view, now } = this.#round;
    const row = withoutHook(view.row(step.id));
    const forbidden = this.#forbidden('replace', row.name);
    if (forbidden !== null) return this.#refused(row.id, forbidden);
    const requires = step.requires.map((required) => view.row(required));
    const { wanted, problem } = (view.target() as Target).comparison.wantedOf(row.name, requires);
    const next = step.type === row.handler ? (wanted?.properties ?? null) : null;
    const isBroken = mustBeMadeAnew(asActual(row, view.registry));
    this.#started(beginHandOver(row, next, isBroken, view.stack.traversal, now), problem, null);
  }

  #beginUpdate(step: Step & { kind: 'update' }): void {
    const { view, now } = this.#round;
    // A hook of an earlier traversal holds nobody up any more.
    const before = withMended(view.stack, withoutHook(view.row(step.id)));
    const requires = step.requires as readonly ResourceId[];
    const { wanted, problem } = (view.target() as Target).comparison.wantedOf(
      before.name,
      requires.map((required) => view.row(required)),
    );
    const { properties, metadata, deletionPolicy } = before;
    const current = { properties, metadata, deletionPolicy, externalId: externalIdOf(before) };
    const begun = beginUpdate(
      { ...before, type: view.typeInTemplate(before.name) },
      wanted ?? current,
      requires,
      view.stack.traversal,
      now,
    );
    const isRefused = wanted !== null && wanted.externalId !== current.externalId;
    const refusal = `NotSupported: Update to property external_id of ${before.name} (${before.type}) is not supported.`;
    const isMending = before.uncertain.length > view.row(step.id).uncertain.length;
    const isChange = isMending || !jsonEqual(before.properties, begun.pending ?? before.properties);
    const forbidden = isChange ? this.#forbidden('update', before.name) : null;
    if (forbidden !== null) return this.#refused(before.id, forbidden);
    this.#started(begun, isRefused ? refusal : problem, requires);
  }

  /** What the environment forbids. */
  #forbidden(action: RestrictedAction, name: string): string | null {
    const { view } = this.#round;
    const environment = view.target()?.compiled.environment;
    return environment === undefined || view.stack.action !== 'UPDATE' ? null : restriction(action, name, environment);
  }
  /** What is to be made anew must not look whole afterwards, whatever becomes of the step. */
  #asBroken(row: ResourceRecord): ResourceRecord {
    return mustBeMadeAnew(asActual(row, this.#round.view.registry)) ? asUnhealthy(row) : row;
  }
  /** The thing is not touched: what is known of it stays, and only the update has failed. */
  #refused(id: ResourceId, reason: string): void {
    const { view, now, pending } = this.#round;
    const kept = this.#asBroken(withoutHook(view.row(id)));
    view.ended(failedRow({ ...kept, action: 'UPDATE', traversal: view.stack.traversal }, reason, now), now, pending);
  }

  /** A resource that cannot be had as it is wanted fails at once, without a call. */
  #started(begun: ResourceRecord, problem: string | null, requires: Started['requires']): void {
    const { view, now, pending } = this.#round;
    view.event(begun, now, pending);
    if (problem !== null) return view.ended(failedRow(begun, problem, now), now, pending);
    if (stopBefore(view, begun, now, pending)) return;
    view.put(begun, pending);
    pending.started.push({ rowId: begun.id, requires });
  }
}
