/**
 * A visit goes once to every row that is there and changes no definition: suspend, resume, check, snapshot. Which rows are next, as a pure function
 * of the rows. Rows that something took the place of are not visited.
 */
import type { Plan, Reason, Step } from './world.ts';

export type Visit = 'suspend' | 'resume' | 'check' | 'snapshot';

export interface Visited {
  readonly id: string;
  readonly name: string;
  readonly requires: readonly string[];
  readonly status: 'complete' | 'failed' | 'calling' | 'waiting';
  /** Its last action was this visit, in this traversal. */
  readonly isVisited: boolean;
}

export interface VisitWorld {
  readonly visit: Visit;
  readonly rows: readonly Visited[];
  readonly halted: boolean;
  readonly limits: { readonly inFlight: number };
}

/** Dependants first: nobody may be left using what is suspended. */
const isReversed = (visit: Visit): boolean => visit === 'suspend';

export function nextVisits(world: VisitWorld): Plan {
  const { rows, visit } = world;
  const isBusy = (row: Visited): boolean => row.status === 'calling' || row.status === 'waiting';
  const reasons: Reason[] = rows
    .filter((row) => row.isVisited && row.status === 'failed')
    .map((row) => ({ kind: 'failed', id: row.id, name: row.name }));
  const inFlight = rows.filter(isBusy).length;
  const steps: Step[] = [];
  // What a check finds broken says nothing of what does not depend on it.
  if (!world.halted && (reasons.length === 0 || visit === 'check')) {
    const waitsFor = orderOf(world);
    for (const row of rows)
      if (!row.isVisited && !isBusy(row) && waitsFor(row).every((other) => other.isVisited && other.status === 'complete'))
        steps.push({ kind: 'visit', id: row.id });
  } else if (world.halted) {
    reasons.push({ kind: 'halted', id: null, name: '' });
  }
  if (steps.length > 0 || inFlight > 0)
    return { steps: steps.slice(0, Math.max(0, world.limits.inFlight - inFlight)), verdict: 'working', reasons };
  return { steps: [], verdict: reasons.length > 0 ? 'failed' : 'converged', reasons };
}

/** The rows that must have been visited before a row is. */
export function orderOf({ rows, visit }: VisitWorld): (row: Visited) => readonly Visited[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  if (!isReversed(visit)) return (row) => row.requires.flatMap((id) => byId.get(id) ?? []);
  const dependants = new Map<string, Visited[]>();
  for (const row of rows)
    for (const id of row.requires) {
      const known = dependants.get(id);
      if (known === undefined) dependants.set(id, [row]);
      else known.push(row);
    }
  return (row) => dependants.get(row.id) ?? [];
}
