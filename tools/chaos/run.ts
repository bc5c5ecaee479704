/**
 * `npm run chaos -- [--operations N] [--stacks N] [--engines N] [--seed N] [--json FILE]`: users' operations on stacks while engines, API, cloud and
 * PostgreSQL are killed, stopped and cut off. Exit code 1 when anything is not as it was asked for in the end.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

const TAKE_OVER_LIMIT_MS = 5_000;

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '300' },
    stacks: { type: 'string', default: '30' },
    engines: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const begun = Date.now();
const report = await runChaos({
  operations: Number(values.operations),
  stacks: Number(values.stacks),
  engines: Number(values.engines),
  seed: Number(values.seed),
  print: (line) => console.log(`${((Date.now() - begun) / 1_000).toFixed(1)} ${line}`),
});
// Here and not in the tests, for it is a matter of how busy the machine is.
const isLate = report.slowestForSureMs > TAKE_OVER_LIMIT_MS;
const problems = [...report.problems, ...(isLate ? [`a take-over was not over after ${report.slowestForSureMs} ms`] : [])];
for (const problem of problems) console.log(`PROBLEM ${problem}`);
const listed = (counts: ReadonlyMap<string, number>): string => [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
console.log(`asked: ${listed(report.asked)}`);
console.log(
  `${report.operations} operations in ${report.seconds} s; ${listed(report.troubles)}; ` +
    `${report.takenOver} stacks taken over, the slowest ${report.slowestTakeOverMs} ms after the blow; ${problems.length} problems`,
);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ ...report, problems, troubles: Object.fromEntries(report.troubles), asked: Object.fromEntries(report.asked) }, null, 2)}\n`,
  );
process.exit(problems.length === 0 ? 0 : 1);
