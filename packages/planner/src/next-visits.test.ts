/** Visits: order, failures, limits; and seeded lives in which every row is visited once, in order. */
import { describe, expect, it } from 'vitest';
import { nextVisits, type Visit, type Visited, type VisitWorld } from './index.ts';

const row = (id: string, requires: readonly string[] = [], patch: Partial<Visited> = {}): Visited => ({
  id,
  name: id,
  requires,
  status: 'complete',
  isVisited: false,
  ...patch,
});
const world = (visit: Visit, rows: readonly Visited[], more: Partial<VisitWorld> = {}): VisitWorld => ({
  visit,
  rows,
  halted: false,
  limits: { inFlight: 10 },
  ...more,
});
const done = { isVisited: true } as const;
const broken = { isVisited: true, status: 'failed' } as const;

describe('nextVisits', () => {
  it.each<[string, VisitWorld, readonly string[], string]>([
    ['nothing there', world('suspend', []), [], 'converged'],
    ['suspends dependants first', world('suspend', [row('a'), row('b', ['a'])]), ['b'], 'working'],
    ['then what they required', world('suspend', [row('a'), row('b', ['a'], done)]), ['a'], 'working'],
    ['resumes what is required first', world('resume', [row('a'), row('b', ['a'])]), ['a'], 'working'],
    ['waits for what is under way', world('resume', [row('a', [], { status: 'waiting' }), row('b', ['a'])]), [], 'working'],
    ['is done', world('check', [row('a', [], done), row('b', ['a'], done)]), [], 'converged'],
    ['a failure ends a visit', world('resume', [row('a', [], broken), row('b'), row('c', ['a'])]), [], 'failed'],
    ['but lets the others end', world('resume', [row('a', [], broken), row('b', [], { status: 'calling' })]), [], 'working'],
    ['a check goes on beside what failed', world('check', [row('a', [], broken), row('b'), row('c', ['a'])]), ['b'], 'working'],
    ['and leaves out what depends on it', world('check', [row('a', [], broken), row('b', [], done), row('c', ['a'])]), [], 'failed'],
    ['keeps to the limit', world('check', [row('a'), row('b'), row('c')], { limits: { inFlight: 2 } }), ['a', 'b'], 'working'],
    ['starts nothing when halted', world('check', [row('a')], { halted: true }), [], 'failed'],
    ['a failure of earlier times is visited', world('check', [row('a', [], { status: 'failed' })]), ['a'], 'working'],
  ])('%s', (_name, given, steps, verdict) => {
    const plan = nextVisits(given);
    expect(plan.steps.map((step) => ('id' in step ? step.id : step.name))).toEqual(steps);
    expect(plan.verdict).toBe(verdict);
  });

  it('a chain of 20,000, both ways', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => row(`r${i}`, i === 0 ? [] : [`r${i - 1}`]));
    expect(nextVisits(world('resume', rows)).steps).toEqual([{ kind: 'visit', id: 'r0' }]);
    expect(nextVisits(world('suspend', rows)).steps).toEqual([{ kind: 'visit', id: 'r19999' }]);
  });
});
