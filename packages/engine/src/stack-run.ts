/**
 * The owner of one stack at work: drain outcomes, plan, commit intents and results in one batch, start the calls, wait for something to
 * happen. Everything it knows is in the database after each commit, so it may die at any instruction.
 */
import { asId, Failure, messageOf, type ResourceId } from '@hearth/kernel';
import type { Claim, CredentialRecord, EngineStore, StackPatch, StackRecord } from '@hearth/store';
import { breakOff } from './breaking-off.ts';
import { typeOf } from './comparison.ts';
import { Abandoned, type Effect, type EffectPorts, perform } from './effect.ts';
import { isHeldUp, rowsToSee } from './drift.ts';
import { batchOf, isNothing } from './batch.ts';
import { dueRows } from './due-rows.ts';
import { isHandingOver } from './hand-over.ts';
import { goOn } from './hook-stops.ts';
import { canBeFound, isToldOfEnd } from './facts-of-types.ts';
import { Intents } from './intents.ts';
import { applyLooks, passOnLooks } from './looked.ts';
import { createLookouts, type Lookouts } from './lookouts.ts';
import type { Outcome } from './outcome.ts';
import { endDelegation, onlyDelegationIsLeft, pruneVersions } from './parting.ts';
import type { EnginePorts } from './ports.ts';
import { persistent } from './persistent.ts';
import { nothingPending, type Pending, type Started, StackView } from './stack-view.ts';
import { concernedBy, signalShelf } from './signals.ts';
import { settle } from './settle.ts';
import { takeOver } from './take-over.ts';
import { type StackChange, stackChange } from './verdict.ts';
import { commitHearing } from './words-heard.ts';

/** Steps and outcomes that are worked through in one go. */
const PART = 25;
const earliest = (...times: readonly number[]): number | null => times.filter(Number.isFinite).sort((a, b) => a - b)[0] ?? null;
/** While a stack waits for what other stacks keep for its snapshots. */
const READ_AGAIN_MS = 15_000;
const NO_ATTRIBUTES: ReadonlySet<string> = new Set();

/** There is something left to do, or to wait for, here and now: a copy may be made for a snapshot that has failed, and a deleted stack may have copies. */
const hasWork = (view: StackView): boolean =>
  view.stack.status === 'IN_PROGRESS' ||
  view.everyRow().some((row) => row.status === 'IN_PROGRESS') ||
  view.copies.isClearing(view.stack) ||
  rowsToSee(view.stack, view.rows).length > 0;

interface Active {
  readonly effect: Effect;
  readonly requires: readonly ResourceId[] | null;
  readonly abort: AbortController;
}
interface Arrived {
  readonly active: Active;
  readonly rowId: ResourceId;
  readonly outcome: Outcome;
  /** False for a note in the middle. */
  readonly final: boolean;
  readonly at: number;
}

export class StackRun<C> {
  readonly claim: Claim;
  readonly #ports: EnginePorts<C>;
  readonly #store: EngineStore;
  readonly #active = new Map<ResourceId, Active>();
  readonly #looks = new Map<ResourceId, number>();
  readonly #lookouts: Lookouts<C> = createLookouts(() => this.#signal());
  #arrived: Arrived[] = [];
  #view: StackView | null = null;
  #credential: CredentialRecord | null = null;
  #cloud: Promise<C> | null = null;
  #stale = true;
  #readAt = 0;
  #planAgain = false;
  readonly #resumed = new Set<ResourceId>();
  readonly #toLookAt = new Set<ResourceId>();
  #stopping = false;
  #lost = false;
  #notify: (() => void) | null = null;
  #signalled = false;

  constructor(claim: Claim, ports: EnginePorts<C>) {
    this.claim = claim;
    this.#ports = ports;
    const { timers, log } = ports;
    this.#store = persistent(ports.store, { timers, log, stackId: claim.stackId, isLost: () => this.#lost });
  }

  /** Desired state may have changed. */
  wake(): void {
    this.#stale = true;
    this.#signal();
  }

  /** Something waited for has come about: the row is looked at now. */
  look(rowId: ResourceId): void {
    this.#toLookAt.add(rowId);
    this.#signal();
  }

  /** A resource was told something: who waits for that is looked at now. */
  signalled(rowId: ResourceId): void {
    const rows = this.#view?.rows.values() ?? [];
    for (const id of concernedBy(rowId, rows, this.#ports.registry)) this.#toLookAt.add(id);
    this.#signal();
  }

  /** True while all that is under way here is other stacks' work, or guests'. */
  isParked(): boolean {
    if (this.#active.size > 0 || this.#arrived.length > 0 || this.#lookouts.isBusy() || this.#view === null) return false;
    const busy = [...this.#view.rows.values()].filter((row) => row.status === 'IN_PROGRESS');
    return busy.length > 0 && busy.every((row) => row.phase === 'waiting' && isToldOfEnd(row, this.#ports.registry));
  }

  /** The lease is gone: stop at once, write nothing more. */
  abandon(): void {
    this.#lost = true;
    this.#lookouts.stop();
    for (const active of this.#active.values()) active.abort.abort();
    this.#signal();
  }

  /** Begin nothing more; calls under way may end; then give the stack back. */
  stop(): void {
    this.#stopping = true;
    this.#lookouts.stop();
    for (const active of this.#active.values()) if (active.effect.kind !== 'begin') active.abort.abort();
    this.#signal();
  }

  /** Ends when the stack is given back or lost. */
  async run(): Promise<void> {
    try {
      await this.#loop();
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'lease-lost')) throw error;
      this.#ports.log.info('stack-lost', { stack: this.claim.stackId, reason: messageOf(error) });
    } finally {
      this.#lookouts.stop();
      for (const active of this.#active.values()) active.abort.abort();
    }
  }

  async #loop(): Promise<void> {
    let resume = true;
    while (!this.#lost) {
      if (this.#stale) {
        this.#stale = false;
        const snapshot = await this.#store.load(this.claim.stackId);
        if (snapshot === null) return;
        this.#view = new StackView(snapshot, this.#ports, this.#view);
        this.#credential = snapshot.credential;
        this.#readAt = this.#ports.timers.now();
      }
      const view = this.#view as StackView;
      const pending = nothingPending();
      if (resume) {
        const { toLookAt, calling } = takeOver(view, this.#ports.limits.lateCallMs, this.#ports.timers.now(), pending);
        for (const id of toLookAt) this.#toLookAt.add(id);
        for (const id of calling) this.#resumed.add(id);
        resume = false;
      }
      const heardAt = this.#arrived.reduce((at, { final, at: came }) => (final ? Math.min(at, came) : at), Number.POSITIVE_INFINITY);
      const changes = await this.#round(view, pending);
      // Others may have had their turn meanwhile, and the lease its end.
      if (this.#lost) return;
      await this.#commit(view, pending, changes);
      for (const started of pending.started) this.#start(view, started, false);
      if (pending.started.length > 0 && Number.isFinite(heardAt)) this.#ports.reacted?.(this.#ports.timers.now() - heardAt);
      // Steps that needed no call (a relink, a resource that failed at once) end with this commit, so there is more to plan already.
      if (this.#stale || this.#planAgain) continue;
      if (changes.length > 0) {
        if (view.stack.status === 'COMPLETE' && view.stack.action !== 'CREATE')
          await pruneVersions(view.stack, this.claim, this.#store, this.#ports.limits.versions);
        continue;
      }
      if (this.#isIdle(view) && (await this.#finish(view))) return;
      await this.#wait(view);
    }
  }

  /** Outcomes into rows, rows into a plan, the plan into intents. */
  async #round(view: StackView, pending: Pending): Promise<readonly StackChange[]> {
    const now = this.#ports.timers.now();
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#planAgain = false;
    await this.#inParts(arrived, (part) => {
      for (const one of part) this.#apply(view, one, now, pending);
    });
    applyLooks(view, this.#lookouts.take(), now, pending);
    if (!this.#stopping) passOnLooks(view, pending);
    if (!this.#stopping) goOn(view, now, pending);
    if (!this.#stopping) view.tryAgain(now, pending);
    if (!this.#stopping) view.copies.clear(view, now, pending);
    if (this.#stopping || view.stack.status !== 'IN_PROGRESS') return [];
    const { halted, dropped } = breakOff(view, now, this.#ports.limits.lateCallMs, pending);
    for (const id of dropped) this.#drop(id);
    // What drifted counts as a change, so it is known before anything is planned.
    if (!halted && isHeldUp(view.stack, view.rows)) return [];
    const plan = view.plan(halted, this.#ports.limits.inFlightPerStack);
    // What waits for something that is no longer wanted is given up.
    for (const step of plan.steps)
      if (step.kind === 'delete' || step.kind === 'update' || step.kind === 'give-up') this.#drop(asId<ResourceId>(step.id));
    const startedBefore = pending.started.length;
    const intents = new Intents({ view, now, pending, lateCallMs: this.#ports.limits.lateCallMs });
    await this.#inParts(plan.steps, (part) => {
      for (const step of part) intents.begin(step);
    });
    this.#planAgain = plan.steps.length > pending.started.length - startedBefore;
    if (plan.steps.length > 0) return [];
    return view.copies.afterSnapshots(view.stack, stackChange(view.stack, plan, view.rows, now), now);
  }

  /** Large stacks are not to keep small ones waiting: others have their turn between the parts. */
  async #inParts<T>(all: readonly T[], work: (part: readonly T[]) => void): Promise<void> {
    for (let at = 0; at < all.length; at += PART) {
      if (at > 0) await this.#ports.breathe?.();
      work(all.slice(at, at + PART));
    }
    if (all.length >= PART) await this.#ports.breathe?.();
  }

  #apply(view: StackView, { active, rowId, outcome, final }: Arrived, now: number, pending: Pending): void {
    const row = view.rowOf(rowId);
    if (row === undefined || this.#active.get(rowId) !== active) return;
    if (final) this.#active.delete(rowId);
    const isLookedAtAgain = outcome.kind === 'wait';
    if (isLookedAtAgain) this.#looks.set(rowId, (this.#looks.get(rowId) ?? 0) + 1);
    else this.#looks.delete(rowId);
    const { registry, limits } = this.#ports;
    if (final && row.snapshotId === null && view.retryAfter(row, outcome, limits.retries, now, pending)) return;
    settle(
      view,
      row,
      outcome,
      { requires: active.requires, lateCallMs: limits.lateCallMs, canBeFound: canBeFound(row, registry) },
      now,
      pending,
    );
  }

  async #commit(view: StackView, pending: Pending, changes: readonly StackChange[]): Promise<void> {
    const { stack } = view;
    const patch: StackPatch = Object.assign({}, ...changes.map((change) => change.patch));
    const snapshots = view.copies.writes({ ...stack, ...patch }, view.rows.values());
    if (isNothing(pending) && changes.length === 0 && snapshots.length === 0) return;
    const batch = { ...batchOf(view, pending, changes, this.#ports.timers.now()), snapshots };
    const result = await commitHearing(this.#store, this.claim, view, pending, batch);
    if (result.stackPatched && changes.length > 0) view.stack = { ...stack, ...patch };
    view.copies.written(snapshots);
    if (result.wakeVersion > stack.wakeVersion || !result.stackPatched) this.#stale = true;
    if (snapshots.some(({ kind }) => kind === 'gone')) this.#stale = true;
  }

  #start(view: StackView, { rowId, requires }: Started, isVerify: boolean): void {
    const row = view.rowOf(rowId);
    // What was taken over in mid-call and broken off in the same round is begun no more.
    if (row === undefined || (!isVerify && row.status !== 'IN_PROGRESS')) return;
    const kind = isVerify ? 'verify' : row.phase === 'waiting' ? 'check' : 'begin';
    const abort = new AbortController();
    const effect: Effect = {
      row,
      kind,
      resumed: this.#resumed.delete(rowId),
      wanted: row.snapshotId === null ? view.usedAttributes(row.name) : NO_ATTRIBUTES,
      successors: isHandingOver(row) ? view.successorsOf(rowId) : [],
      looks: this.#looks.get(rowId) ?? 0,
      cancel: abort.signal,
    };
    const active: Active = { effect, requires, abort };
    this.#active.set(rowId, active);
    const arrive = (outcome: Outcome, final: boolean) => {
      this.#arrived.push({ active, rowId, outcome, final, at: this.#ports.timers.now() });
      this.#signal();
    };
    perform(effect, typeOf(this.#ports.registry, row.handler), this.#effectPorts(view.stack), (note) => arrive(note, false)).then(
      (outcome) => arrive(outcome, true),
      (error) => {
        if (this.#active.get(rowId) === active) this.#active.delete(rowId);
        if (!(error instanceof Abandoned))
          this.#ports.log.error('effect-bug', { stack: this.claim.stackId, resource: row.name, reason: messageOf(error) });
        this.#signal();
      },
    );
  }

  #effectPorts(stack: StackRecord): EffectPorts<C> {
    return {
      timers: this.#ports.timers,
      random: this.#ports.random,
      log: this.#ports.log,
      calls: this.#ports.calls,
      stack,
      target: () => this.#view?.target()?.compiled ?? null,
      store: this.#ports.store,
      registry: this.#ports.registry,
      mayCall: () => !this.#lost && this.#ports.lease.isValid(),
      guard: this.#ports.guard,
      cloud: () => {
        this.#cloud ??= this.#ports.cloudFor(stack, this.#credential).catch((error: unknown) => {
          this.#cloud = null;
          throw error;
        });
        return this.#cloud;
      },
      configs: this.#ports.configsFor(stack),
      signals: signalShelf({
        store: this.#ports.store,
        registry: this.#ports.registry,
        fence: this.claim,
        rows: () => this.#view?.rows.values() ?? [],
      }),
    };
  }

  /** Forget what is under way on a row: its outcome will be ignored. */
  #drop(rowId: ResourceId): void {
    const active = this.#active.get(rowId);
    if (active === undefined) return;
    this.#active.delete(rowId);
    active.abort.abort();
  }

  /** Starts what is due by time, then sleeps until an outcome, a wake-up or the next time. */
  async #wait(view: StackView): Promise<void> {
    const now = this.#ports.timers.now();
    this.#lookOut(view);
    let next = view.deadlineAfter(now) ?? Number.POSITIVE_INFINITY;
    if (view.copies.isClearing(view.stack)) {
      // Others' copies may be the last ones, and their hint may be lost.
      const lookAgainAt = this.#readAt + READ_AGAIN_MS;
      if (now >= lookAgainAt) return void this.wake();
      next = Math.min(next, lookAgainAt);
    }
    const rows = this.#stopping ? [] : view.everyRow().filter(({ id }) => !this.#active.has(id));
    const due = dueRows(rows, this.#toLookAt, now);
    for (const rowId of due.now) this.#start(view, { rowId, requires: null }, view.rowOf(rowId)?.phase !== 'waiting');
    next = Math.min(next, due.next);
    if (this.#signalled) {
      this.#signalled = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const cancel = Number.isFinite(next) ? this.#ports.timers.at(Math.max(next, now + 1), resolve) : () => {};
      this.#notify = () => {
        cancel();
        resolve();
      };
    });
    this.#notify = null;
    this.#signalled = false;
  }

  /** Looks at what somebody wants looked at, as far as there is room. */
  #lookOut(view: StackView): void {
    const rows = this.#stopping ? [] : rowsToSee(view.stack, view.rows);
    if (rows.length === 0) return;
    const { registry } = this.#ports;
    this.#lookouts.begin(rows, view.stack.looksAskedAt, (row) => typeOf(registry, row.handler), this.#effectPorts(view.stack));
  }

  #signal(): void {
    this.#signalled = true;
    this.#notify?.();
  }

  /** Nothing under way and nothing to wait for here but the clock. */
  #isIdle(view: StackView): boolean {
    if (this.#arrived.length > 0 || this.#active.size > 0 || this.#lookouts.isBusy()) return false;
    return this.#stopping || !hasWork(view);
  }

  /** Gives the stack back; false when a request arrived meanwhile. */
  async #finish(view: StackView): Promise<boolean> {
    const rows = view.everyRow();
    const now = this.#ports.timers.now();
    const verifyAt = rows.reduce((at, row) => (row.verifyAt === null ? at : Math.min(at, row.verifyAt)), Number.POSITIVE_INFINITY);
    if (!this.#stopping && verifyAt <= now) return false;
    const isParting = onlyDelegationIsLeft(view);
    const revokeAt = !this.#stopping && isParting ? await this.#endDelegation(view) : null;
    // Whoever stops leaves all that is to be done to the next owner, the last of it too.
    const dueAt = this.#stopping && (isParting || hasWork(view)) ? now : earliest(verifyAt, revokeAt ?? Number.POSITIVE_INFINITY);
    const released = await this.#store.release(this.claim, view.stack.wakeVersion, dueAt, this.#ports.timers.now());
    if (!released) {
      this.#stale = true;
      this.#signal();
    }
    return released;
  }

  /** When it is to be tried again; null: it is done. */
  async #endDelegation(view: StackView): Promise<number | null> {
    if (this.#credential === null) return null;
    const again = await endDelegation(view.stack, this.#credential, this.claim, this.#store, this.#ports);
    if (again !== null) return again;
    this.#credential = null;
    view.stack = { ...view.stack, credentialId: null };
    return null;
  }
}
