/** Planted faults that a few lives notice, so that the rules are seen to be asked; all of them with `npm run sim -- faults`. */
import { expect, it } from 'vitest';
import { FAULTS } from '../tools/sim/faults/catalogue.ts';
import { type Fault, moduleOf } from '../tools/sim/faults/fault.ts';
import { runFaults } from '../tools/sim/faults/run-faults.ts';

const SOON = [
  'planner: deletes before dependants are gone',
  'planner: deletes what was replaced before its successor stands',
  'planner: does not wait for requirements',
  'engine: calls before the intent is committed',
  'engine: makes anew what an interrupted call had made',
  'engine: does not tell what is done',
  'lease: one that never passes',
  'store: ignores the fence',
  'store: applies a batch half',
  'store: loses a write to a nested stack',
  'store: overwrites a newer request',
];
const LIVES = 60;

it('can all be planted', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  for (const fault of FAULTS) expect(moduleOf(fault)).toContain(fault.within);
  expect(() => moduleOf({ ...(FAULTS[0] as Fault), from: 'what no module says' })).toThrow('the fault must follow the code');
});

it('are noticed', { timeout: 300_000 }, async () => {
  const lines: string[] = [];
  const chosen = FAULTS.filter(({ name }) => SOON.includes(name));
  const reports = await runFaults(LIVES, (line) => lines.push(line), chosen);
  expect(reports).toHaveLength(SOON.length);
  expect(
    reports.filter(({ noticedBy }) => noticedBy === null),
    lines.join('\n'),
  ).toEqual([]);
});
