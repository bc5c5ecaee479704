/**
 * `npm run interop [-- NAME …] [--json FILE] [--write] [--seed S] [--n N]`: Hearth beside real OpenStack services of the testbed (`HEARTH_TESTBED`, default
 * `../shared/testbed`), which is started if it is not running. `stacks`: Hearth in Heat's place there; `parity`: the mini-cloud's answers
 * compared with theirs (`--write` brings docs/compatibility.md up to date); `nested`: nested stacks beside real Heat's; `templates`: real and
 * generated templates, validated by both (`--seed`, `--n`, `--write`); `performance`: how fast both do the same (only when named; `--n` runs of Hearth's part).
 */
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nestedOnTestbed } from './nested.ts';
import { parityOnTestbed } from './parity.ts';
import { performanceOnTestbed } from './performance.ts';
import { stacksOnTestbed } from './stacks-on-testbed.ts';
import { templatesOnTestbed } from './templates.ts';

export interface InteropReport {
  readonly passed: number;
  readonly failed: number;
  readonly differences: readonly string[];
}

export interface InteropOptions {
  /** Bring the documents that a run keeps up to date. */
  readonly write: boolean;
  /** Of a run that generates what it asks; null: one of its own. */
  readonly seed: string | null;
  /** How much it generates; null: its own measure. */
  readonly count: number | null;
}

type InteropRun = (testbed: string, options: InteropOptions) => Promise<InteropReport>;

const runs: Readonly<Record<string, InteropRun>> = {
  stacks: stacksOnTestbed,
  parity: parityOnTestbed,
  nested: nestedOnTestbed,
  templates: templatesOnTestbed,
  performance: performanceOnTestbed,
};
/** It needs the machine for itself. */
const ONLY_WHEN_NAMED = ['performance'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    seed: { type: 'string' },
    n: { type: 'string' },
  },
});
const testbed = resolve(process.env.HEARTH_TESTBED ?? '../shared/testbed');
if (!existsSync(`${testbed}/up`)) {
  console.error(`There is no testbed at ${testbed}. Set HEARTH_TESTBED to the folder that holds its program "up".`);
  process.exit(2);
}
const options: InteropOptions = { write: values.write, seed: values.seed ?? null, count: values.n === undefined ? null : Number(values.n) };
let report: InteropReport = { passed: 0, failed: 0, differences: [] };
for (const name of positionals.length > 0 ? positionals : Object.keys(runs).filter((run) => !ONLY_WHEN_NAMED.includes(run))) {
  const run = runs[name];
  if (run === undefined) {
    console.error(`There is no interop run "${name}". There are: ${Object.keys(runs).join(', ')}.`);
    process.exit(2);
  }
  const one = await run(testbed, options);
  report = {
    passed: report.passed + one.passed,
    failed: report.failed + one.failed,
    differences: [...report.differences, ...one.differences],
  };
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
for (const difference of report.differences) console.log(`difference: ${difference}`);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed === 0 ? 0 : 1);
