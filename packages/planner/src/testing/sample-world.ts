/** Rows, wishes and worlds for tests of the planner: whole, with what the test cares about put in. */
import type { Actual, Desired, World } from '../world.ts';

/** Of the resource that the id names without its number. */
export const row = (id: string, patch: Partial<Actual> = {}): Actual => ({
  id,
  name: id.replace(/\d+$/, ''),
  type: 'T',
  requires: [],
  action: 'create',
  status: 'complete',
  replacedBy: null,
  traversal: 1,
  ...patch,
});

export const want = (name: string, requires: readonly string[] = []): Desired => ({ name, type: 'T', requires });

export const world = (patch: Partial<World>): World => ({
  desired: [],
  actual: [],
  traversal: 1,
  halted: false,
  compare: () => 'same',
  limits: { inFlight: 10 },
  ...patch,
});
