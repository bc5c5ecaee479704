/**
 * `npm run sim [-- lives|scenarios|faults|kills] [--runs N] [--port memory|postgres] [--seed N] [--json FILE]`: seeded lives of stacks in a simulated
 * cloud, the scenarios, planted faults that must be noticed (`faults hooks`: those with that word), and a real server killed with -9. A failing seed is
 * printed; `--seed` runs it again.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULTS } from './faults/catalogue.ts';
import { runFaults } from './faults/run-faults.ts';
import { runKills } from './kills.ts';
import { LivesReport } from './lives-report.ts';
import type { LifeReport } from './simulate.ts';
import { livesInMemory, onPostgres } from './many-lives.ts';
import { runScenario } from './scenario-run.ts';
import { allScenarios } from './scenarios/all.ts';

/** Long runs say that they go on. */
const TOLD_EVERY = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: 'string' },
    runs: { type: 'string' },
    port: { type: 'string', default: 'memory' },
    seed: { type: 'string' },
    json: { type: 'string' },
  },
});
const [what = 'lives', which = ''] = positionals;
const seed = Number(values.seed ?? 1);
const runs = (usual: number): number => Number(values.runs ?? values.n ?? usual);
const SIMULATIONS: Readonly<Record<string, () => Promise<SimReport>>> = {
  lives: () => lives(values.seed === undefined || values.runs !== undefined || values.n !== undefined ? runs(5_000) : 1),
  scenarios,
  faults: () => faults(runs(1_000)),
  kills: () => kills(runs(50)),
};
const simulation = SIMULATIONS[what];
if (simulation === undefined || !['memory', 'postgres'].includes(values.port)) {
  console.error(
    `There is no simulation "${what}" on "${values.port}". There are: ${Object.keys(SIMULATIONS).join(', ')}; on memory, postgres.`,
  );
  process.exit(2);
}
const report = await simulation();
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed === 0 ? 0 : 1);

interface SimReport {
  readonly passed: number;
  readonly failed: number;
  readonly differences: readonly string[];
}

async function lives(count: number): Promise<SimReport> {
  const all = new LivesReport();
  const seeds = Array.from({ length: count }, (_, i) => seed + i);
  const told = (life: LifeReport): void => {
    all.add(life);
    if (all.lives % TOLD_EVERY === 0) console.log(`${all.lives} lives so far, ${all.failed} of them with a problem`);
  };
  if (values.port === 'postgres') await onPostgres(seeds, told);
  else await livesInMemory(seeds, told);
  console.log(all.text());
  return { passed: all.lives - all.failed, failed: all.failed, differences: all.differences };
}

async function scenarios(): Promise<SimReport> {
  const differences: string[] = [];
  let lived = 0;
  for (const scenario of allScenarios) {
    const undisturbed = await runScenario(scenario);
    const deaths = [null, ...Array.from({ length: undisturbed.commits }, (_, i) => i + 1)];
    for (const dieAt of deaths) {
      const { problems } = dieAt === null ? undisturbed : await runScenario(scenario, dieAt);
      lived++;
      if (problems.length > 0)
        differences.push(`${scenario.name}${dieAt === null ? '' : `, killed at commit ${dieAt}`}: ${problems.join('; ')}`);
    }
    console.log(`${scenario.name}: ${scenario.story}; ${deaths.length} times`);
  }
  for (const difference of differences) console.log(difference);
  return { passed: lived - differences.length, failed: differences.length, differences };
}

async function faults(most: number): Promise<SimReport> {
  const chosen = FAULTS.filter(({ name }) => name.includes(which));
  const reports = await runFaults(most, (line) => console.log(line), chosen);
  const missed = reports.filter((one) => one.noticedBy === null);
  return { passed: reports.length - missed.length, failed: missed.length, differences: missed.map((one) => `${one.name}: ${one.text}`) };
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
