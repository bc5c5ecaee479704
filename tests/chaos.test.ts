/** A short form of `npm run chaos`: engines, API, cloud and PostgreSQL killed, stopped and cut off while users work; in the end all is as they asked. */
import { expect, it } from 'vitest';
import { runChaos } from '../tools/chaos/chaos.ts';

it('loses nothing, leaks nothing and gets stuck nowhere while everything around it breaks', { timeout: 600_000 }, async () => {
  const lines: string[] = [];
  const report = await runChaos({ operations: 12, stacks: 4, engines: 3, seed: 7, print: (line) => lines.push(line) });
  expect(report.problems, lines.join('\n')).toEqual([]);
  expect(report.operations).toBe(12);
  expect([...report.troubles.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(2);
});
