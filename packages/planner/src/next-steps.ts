/**
 * The planner: what to do next, as a pure function of what is wanted and what is there. Create, update, replace, delete,
 * rollback and going on after a crash are the same call with other arguments. Every walk is iterative: chains may be thousands long.
 */
import { dependencyOrder } from '@hearth/graph';
import type { Actual, Desired, Plan, Reason, Step, World } from './world.ts';

/** Which row stands for each wanted name, and which of these already are as wanted. */
export interface Choice {
  readonly chosen: ReadonlyMap<string, Actual>;
  readonly settled: ReadonlyMap<string, Actual>;
  /** By name: rows that have, or had, what only one can have. */
  readonly holders: ReadonlyMap<string, readonly Actual[]>;
}

export function nextSteps(world: World): Plan {
  const choice = chooseRows(world);
  const reasons: Reason[] = failures(world, choice);
  const inFlight = world.actual.reduce((n, row) => (isInFlight(row) ? n + 1 : n), 0);
  const broken = world.halted || reasons.some((reason) => reason.kind === 'failed');
  const steps: Step[] = givenUp(world, broken);
  for (const row of world.actual) if (row.isBetweenTries === true) reasons.push({ kind: 'retrying', id: row.id, name: row.name });
  if (!broken) {
    for (const desired of world.desired) {
      const step = forward(world, desired, choice);
      if (typeof step !== 'string') steps.push(step);
    }
    for (const step of departures(world, choice, steps.length === 0 && inFlight === 0)) steps.push(step);
    putGoingFirst(world, steps);
  } else if (world.halted) {
    reasons.push({ kind: 'halted', id: null, name: '' });
  }
  const started = withinLimit(steps, world.limits.inFlight - inFlight);
  if (steps.length > 0 || inFlight > 0) return { steps: started, verdict: 'working', reasons };
  return { steps: [], verdict: reasons.length > 0 ? 'failed' : 'converged', reasons };
}

/**
 * Trying again ends with the traversal, and with its failure: what is tried is not awaited when it cannot help any more. Nor are guests, who may take
 * hours to say what no longer matters.
 */
const givenUp = (world: World, broken: boolean): Step[] =>
  world.actual.flatMap((row): readonly Step[] => {
    const isOver = row.isBetweenTries === true && (broken || row.traversal !== world.traversal);
    const isInVain = row.isKeptWhenSame === true && row.status === 'waiting' && broken && !world.halted;
    return isOver || isInVain ? [{ kind: 'give-up', id: row.id }] : [];
  });

/** What an earlier traversal could not delete goes first: it may still have what a creation asks for, which would hold the only place for good. */
function putGoingFirst(world: World, steps: Step[]): void {
  const going = new Set(world.actual.flatMap((row) => (row.action === 'delete' && !isInFlight(row) ? row.id : [])));
  const isGoing = (step: Step): boolean => step.kind === 'delete' && going.has(step.id);
  if (going.size > 0) steps.sort((a, b) => Number(isGoing(b)) - Number(isGoing(a)));
}

/** Only another one will do, whatever is wanted. */
export const mustBeMadeAnew = (row: Actual): boolean =>
  row.isUnhealthy === true || (row.status === 'failed' && row.action === 'create' && row.isResumable !== true);

export const isInFlight = (row: Actual): boolean => row.status === 'calling' || row.status === 'waiting';

/** Bookkeeping steps need no call, so they do not count against the limit. */
function withinLimit(steps: readonly Step[], room: number): readonly Step[] {
  const started: Step[] = [];
  let left = room;
  for (const step of steps) {
    if (step.kind === 'relink' || step.kind === 'revive' || step.kind === 'give-up') started.push(step);
    else if (left > 0) {
      started.push(step);
      left--;
    }
  }
  return started;
}

/**
 * For each wanted name, in dependency order: the row that stands for it. Normally the one nothing replaced; but a replaced
 * row that is exactly what is wanted (rollback) is preferred to a successor that is not, and a complete older row that can be changed in place
 * to a successor that cannot. While the successor is under way, it is awaited.
 */
export function chooseRows(world: World): Choice {
  const candidates = new Map<string, Actual[]>();
  const holders = new Map<string, Actual[]>();
  const add = (rows: Map<string, Actual[]>, row: Actual): void => {
    const others = rows.get(row.name);
    if (others === undefined) rows.set(row.name, [row]);
    else others.push(row);
  };
  for (const row of world.actual) {
    if (row.handOver !== undefined) add(holders, row);
    if (row.action !== 'delete') add(candidates, row);
  }
  const chosen = new Map<string, Actual>();
  const settled = new Map<string, Actual>();
  for (const desired of inOrder(world.desired)) {
    const rows = candidates.get(desired.name);
    if (rows === undefined) continue;
    const live = rows.find((row) => row.replacedBy === null) ?? null;
    if (isSkipped(world, desired.name)) {
      const stands = live?.status === 'complete' ? live : (rows.find((row) => row.status === 'complete') ?? live);
      if (stands === null) continue;
      chosen.set(desired.name, stands);
      settled.set(desired.name, stands);
      continue;
    }
    const requires = settledRequires(world, desired, settled);
    const isFree = live === null || !isInFlight(live) || canBeTakenOver(world, live);
    const pick = requires === null ? null : bestRow(world, desired, live, isFree ? rows : [live], requires);
    const row = pick?.row ?? live;
    if (row === null) continue;
    chosen.set(desired.name, row);
    if (pick?.settled) settled.set(desired.name, row);
  }
  return { chosen, settled, holders };
}

/** A traversal asks again and again for the same definition. */
const orders = new WeakMap<readonly Desired[], readonly Desired[]>();
function inOrder(desired: readonly Desired[]): readonly Desired[] {
  const known = orders.get(desired);
  if (known !== undefined) return known;
  const order = dependencyOrder(desired);
  orders.set(desired, order);
  return order;
}

function bestRow(
  world: Rows,
  desired: Desired,
  live: Actual | null,
  rows: readonly Actual[],
  requires: readonly Actual[],
): { readonly row: Actual; readonly settled: boolean } | null {
  const fits = (row: Actual) => row.status === 'complete' && row.type === desired.type && !mustBeMadeAnew(row);
  const isSame = (row: Actual) => fits(row) && world.compare(desired, row, requires) === 'same';
  if (live !== null && isSame(live)) return { row: live, settled: !hasGiven(live) && sameIds(live.requires, requires) };
  if (rows.length > 1) {
    for (const row of rows)
      if (row !== live && isSame(row)) return { row, settled: row.replacedBy === null && sameIds(row.requires, requires) };
    if (live === null || live.type !== desired.type || mustBeMadeAnew(live) || world.compare(desired, live, requires) === 'replace') {
      for (const row of rows)
        if (row !== live && fits(row) && world.compare(desired, row, requires) === 'update') return { row, settled: false };
    }
  }
  return live === null ? null : { row: live, settled: false };
}

/** Null: some are not settled yet. What is skipped and not there is gone without. */
function settledRequires(world: World, desired: Desired, settled: ReadonlyMap<string, Actual>): readonly Actual[] | null {
  const rows: Actual[] = [];
  for (const name of desired.requires) {
    const row = settled.get(name);
    if (row !== undefined) rows.push(row);
    else if (!isSkipped(world, name)) return null;
  }
  return rows;
}

export const isSkipped = (world: World, name: string): boolean => world.skipped?.has(name) === true;

function sameIds(ids: readonly string[], rows: readonly Actual[]): boolean {
  if (ids.length !== rows.length) return false;
  if (ids.length < 8) return rows.every((row) => ids.includes(row.id));
  const set = new Set(ids);
  return rows.every((row) => set.has(row.id));
}

/** What went wrong in this traversal and is not being tried again. */
export function failures(world: World, choice: Choice): Reason[] {
  const wanted = new Set(world.desired.map((desired) => desired.name));
  const reasons: Reason[] = [];
  for (const row of world.actual) {
    if (row.status !== 'failed' || row.traversal !== world.traversal || isSkipped(world, row.name)) continue;
    if (row.action === 'delete') reasons.push({ kind: 'delete-failed', id: row.id, name: row.name });
    else if (wanted.has(row.name) && (row.replacedBy === null || choice.chosen.get(row.name) === row || row.handOver === 'open'))
      reasons.push({ kind: 'failed', id: row.id, name: row.name });
  }
  return reasons;
}

/** The step that brings a wanted name on, or why there is none. */
export function forward(world: World, desired: Desired, choice: Choice): Step | 'settled' | 'in-flight' | 'requires' {
  if (choice.settled.has(desired.name) || isSkipped(world, desired.name)) return 'settled';
  const row = choice.chosen.get(desired.name) ?? null;
  if (row !== null && isInFlight(row) && !canBeTakenOver(world, row)) return 'in-flight';
  const requires = settledRequires(world, desired, choice.settled);
  if (requires !== null && row !== null && goesOnWaiting(world, desired, row, requires)) return 'in-flight';
  return requires === null ? 'requires' : withHandOver(world, stepTowards(world, desired, row, requires), row, choice);
}

const goesOnWaiting = (world: Rows, desired: Desired, row: Actual, requires: readonly Actual[]): boolean =>
  row.isKeptWhenSame === true && isInFlight(row) && row.type === desired.type && world.compare(desired, row, requires) === 'same';

const hasGiven = ({ handOver }: Actual): boolean => handOver === 'given' || handOver === 'open';

/**
 * Whoever is there before hands over first, in this traversal, as what is asked for may be another thing in each; also who was replaced long ago, and is still
 * there. Who is just going is waited for. Who stays takes back what it gave.
 */
function withHandOver(world: World, step: Step, row: Actual | null, { holders }: Choice): Step | 'in-flight' {
  if (step.kind === 'create') {
    for (const holder of holders.get(step.name) ?? []) {
      if (isInFlight(holder) && !canBeTakenOver(world, holder)) return 'in-flight';
      const hasGivenNow = holder.handOver === 'given' && holder.traversal === world.traversal;
      if (!hasGivenNow && holder.action !== 'delete') return { kind: 'hand-over', id: holder.id, type: step.type, requires: step.requires };
    }
    return step;
  }
  return row === null || step.kind === 'revive' || !hasGiven(row) ? step : { kind: 'take-back', id: row.id };
}

/** What the row (null: there is none) needs to become what is wanted, once all that it requires stands. */
function stepTowards(world: Rows, desired: Desired, row: Actual | null, requires: readonly Actual[]): Step {
  const ids = requires.map((required) => required.id);
  const create: Step = { kind: 'create', name: desired.name, type: desired.type, requires: ids, replaces: row?.id ?? null };
  if (row === null || row.type !== desired.type || mustBeMadeAnew(row)) return create;
  if (row.replacedBy !== null) return { kind: 'revive', id: row.id, instead: othersOf(world, row) };
  const change = world.compare(desired, row, requires);
  if (change === 'replace') return create;
  if (change === 'same' && row.status === 'complete') return { kind: 'relink', id: row.id, requires: ids };
  return { kind: 'update', id: row.id, requires: ids };
}

/** Rows, and how they are compared with what is wanted. */
type Rows = Pick<World, 'actual' | 'compare'>;

/** What the planner will do with one wanted resource, nothing of it being under way: its row stays as it is, or a step. */
export type Decision = { readonly kind: 'settled'; readonly id: string } | Step;

/** The decision of `nextSteps` for one name, given its rows (`actual`) and that all it requires stands. */
export function decisionFor(world: Rows, desired: Desired, requires: readonly Actual[]): Decision {
  const rows = world.actual.filter((row) => row.name === desired.name && row.action !== 'delete');
  const live = rows.find((row) => row.replacedBy === null) ?? null;
  const pick = rows.length === 0 ? null : bestRow(world, desired, live, live !== null && isInFlight(live) ? [live] : rows, requires);
  if (pick?.settled === true) return { kind: 'settled', id: pick.row.id };
  return stepTowards(world, desired, pick?.row ?? live, requires);
}

/** Waits for what an earlier traversal wanted, and can be told something else meanwhile. */
const canBeTakenOver = (world: World, row: Actual): boolean =>
  row.isSupersedable === true && row.status === 'waiting' && row.action !== 'delete' && row.traversal !== world.traversal;

const othersOf = (world: Rows, row: Actual): readonly string[] =>
  world.actual.filter((other) => other !== row && other.name === row.name && other.action !== 'delete').map((other) => other.id);

/** Why a row is not deleted. */
export type Staying = 'wanted' | 'used' | 'in-flight' | 'failed' | 'successor' | 'skipped';

/**
 * What is deleted next. Rows that are to go may have come to require each other, where an update that was to turn a dependency round failed: when nothing
 * else is left to do (`isIdle`), those that failed have no say about the others any more, and at last none of them has.
 */
function departures(world: World, choice: Choice, isIdle: boolean): readonly Step[] {
  const leaving = cleanup(world, choice);
  const found = stepsOf(world.actual, leaving);
  if (found.length > 0 || !isIdle) return found;
  const stuck = stuckRows(world.actual, leaving);
  if (stuck.size === 0) return found;
  // What it uses besides waits for it like anything that is used.
  const goesRound = (row: Actual, id: string): boolean => stuck.has(row) && row.status === 'failed' && isBuiltOn(id, row.id, world.actual);
  const withoutFailed = stepsOf(
    world.actual,
    cleanup(world, choice, (row, id) => !goesRound(row, id)),
  );
  if (withoutFailed.length > 0) return withoutFailed;
  return stepsOf(
    world.actual,
    cleanup(world, choice, (row) => !stuck.has(row)),
  ).slice(0, 1);
}

/** Those that nothing but each other keeps: not what stays, and not what that uses. */
function stuckRows(rows: readonly Actual[], leaving: (row: Actual) => Step | Staying): ReadonlySet<Actual> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const held = new Set(rows.filter((row) => leaving(row) !== 'used'));
  for (const row of held) for (const id of row.requires) held.add(byId.get(id) ?? row);
  return new Set(rows.filter((row) => !held.has(row)));
}

/** It requires the other one, be it through others. */
function isBuiltOn(id: string, other: string, rows: readonly Actual[]): boolean {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const seen = new Set([id]);
  for (const one of seen) for (const required of byId.get(one)?.requires ?? []) seen.add(required);
  return seen.has(other);
}

const stepsOf = (rows: readonly Actual[], leaving: (row: Actual) => Step | Staying): readonly Step[] =>
  rows.flatMap((row) => {
    const step = leaving(row);
    return typeof step === 'string' ? [] : [step];
  });

/** Rows nobody wants are deleted once no row uses them in a way that `counts` and, for a replaced one, its successor stands. */
export function cleanup(
  world: World,
  choice: Choice,
  counts: (row: Actual, used: string) => boolean = () => true,
): (row: Actual) => Step | Staying {
  const used = new Set<string>();
  for (const row of world.actual) for (const id of row.requires) if (counts(row, id)) used.add(id);
  const wanted = new Set(world.desired.map((desired) => desired.name));
  return (row) => {
    if (isSkipped(world, row.name)) return 'skipped';
    if (row.action !== 'delete' && wanted.has(row.name)) {
      if (choice.chosen.get(row.name) === row) return 'wanted';
      if (row.replacedBy === null) return 'wanted';
      if (!choice.settled.has(row.name)) return 'successor';
    }
    if (row.status === 'calling') return 'in-flight';
    if (used.has(row.id)) return 'used';
    if (row.action === 'delete') {
      if (row.status === 'waiting' && !canBeToldAnew(world, row)) return 'in-flight';
      if (row.status === 'failed' && row.traversal === world.traversal) return 'failed';
    }
    return { kind: 'delete', id: row.id };
  };
}

/** Waits for the deletion that an earlier traversal began, and must hear how this one deletes. */
const canBeToldAnew = (world: World, row: Actual): boolean => row.isSupersedable === true && row.traversal !== world.traversal;
