/** A real server killed with -9 at random moments, its PostgreSQL too; a few rounds here, fifty with `npm run sim -- kills`. */
import { expect, it } from 'vitest';
import { runKills } from '../tools/sim/kills.ts';

it('goes on after kill -9 without leaking or doubling anything', { timeout: 300_000 }, async () => {
  const lines: string[] = [];
  const report = await runKills(4, 20_261, (line) => lines.push(line));
  expect(report.problems, lines.join('\n')).toEqual([]);
  expect(report.kills).toBe(4);
});
