/**
 * `npm run sim [-- lives|kills] [--n N] [--seed N] [--json FILE]`: seeded lives of stacks in a simulated cloud, and a real server killed
 * with -9. A failing seed is printed; `--seed` runs it again.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runKills } from './kills.ts';
import { simulateLife } from './simulate.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { n: { type: 'string' }, seed: { type: 'string' }, json: { type: 'string' } },
});
const [what = 'lives'] = positionals;
const seed = Number(values.seed ?? 1);
const report =
  what === 'lives'
    ? await lives(values.seed === undefined ? Number(values.n ?? 5_000) : 1)
    : what === 'kills'
      ? await kills(Number(values.n ?? 50))
      : null;
if (report === null) {
  console.error(`There is no simulation "${what}". There are: lives, kills.`);
  process.exit(2);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed === 0 ? 0 : 1);

interface SimReport {
  readonly passed: number;
  readonly failed: number;
  readonly differences: readonly string[];
}

async function lives(count: number): Promise<SimReport> {
  const differences: string[] = [];
  let failed = 0;
  const endings = new Map<string, number>();
  let calls = 0;
  let deaths = 0;
  let nested = 0;
  for (let one = seed; one < seed + count; one++) {
    const life = await simulateLife(one);
    calls += life.calls;
    deaths += life.kills;
    nested += life.nested;
    endings.set(life.final, (endings.get(life.final) ?? 0) + 1);
    if (life.problems.length === 0) continue;
    failed++;
    for (const problem of life.problems) differences.push(`seed ${one}: ${problem}`);
    if (failed <= 10) console.log(`seed ${one}: ${life.problems.join('; ')}`);
  }
  console.log(
    `${count} lives, ${deaths} deaths of owners, ${nested} nested stacks, ${calls} calls; ended ${[...endings].map(([state, n]) => `${state} ${n}`).join(', ')}`,
  );
  return { passed: count - failed, failed, differences };
}

async function kills(rounds: number): Promise<SimReport> {
  const { problems, kills: died, slowestFirstWriteMs, slowestExtraMs } = await runKills(rounds, seed, (line) => console.log(line));
  console.log(
    `${rounds} rounds, ${died} kills; slowest first write ${slowestFirstWriteMs} ms, slowest end ${slowestExtraMs} ms later than undisturbed`,
  );
  return {
    passed: rounds - new Set(problems.map((problem) => problem.split(':')[0])).size,
    failed: problems.length,
    differences: problems,
  };
}
