/**
 * Nested stacks beside real Heat: the same requests to Heat and to Hearth in its place, on the same services. What Heat shows is kept in
 * testdata/nested (`--write`), so that a test without Heat can tell whether ours still shows the same (tests/nested-stacks.test.ts).
 * `HEARTH_NESTED`: a pattern for the names of the scenarios to play.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { removeFolder, temporaryFolder } from '../server/server-process.ts';
import { serveTemplates } from './nested-by-url.ts';
import type { Facts } from './nested-cloud.ts';
import { explanationOf, nestedDifferences } from './nested-compare.ts';
import { meantNested } from './nested-explained.ts';
import { playedAll } from './nested-run.ts';
import { nestedScenarios, recorded, recordedFile } from './nested-scenarios.ts';
import type { InteropOptions, InteropReport } from './run.ts';
import { bringUp, startOnTestbed, testbedLogin } from './testbed.ts';

const AT_ONCE = 6;

export async function nestedOnTestbed(testbed: string, { write }: InteropOptions): Promise<InteropReport> {
  bringUp(testbed, ['heat']);
  const folder = temporaryFolder('nested');
  const only = new RegExp(process.env.HEARTH_NESTED ?? '');
  const scenarios = Object.values(nestedScenarios).flatMap((set) => set.filter(({ name }) => only.test(name)));
  const server = await startOnTestbed(`${folder}/server`);
  const noMoreTemplates = await serveTemplates();
  try {
    const rest = await testbedLogin('demo');
    const base = (server.ready.orchestration as string).replace(/\/+$/, '');
    const [ours, real] = await Promise.all([
      playedAll({ rest, base: `${base}/${rest.projectId}` }, scenarios, AT_ONCE, (line) => console.log(`ours ${line}`)),
      playedAll({ rest, base: rest.endpoint('orchestration') }, scenarios, AT_ONCE, (line) => console.log(`heat ${line}`)),
    ]);
    if (write) record(real);
    const found = nestedDifferences(real, ours).map((one) => ({ ...one, meant: explanationOf(one, meantNested) }));
    const differences = found
      .filter(({ meant }) => meant === null)
      .map(({ scenario, at, real: theirs, ours: own }) => `${scenario} › ${at}\n    real ${theirs}\n    ours ${own}`);
    const failed = new Set(found.filter(({ meant }) => meant === null).map(({ scenario }) => scenario)).size;
    console.log(`${scenarios.length} scenarios, ${found.length - differences.length} differences that are meant`);
    return { passed: scenarios.length - failed, failed, differences };
  } finally {
    await noMoreTemplates();
    await server.stop();
    removeFolder(folder);
  }
}

/** Scenarios that were not played keep what was recorded before. */
function record(real: Readonly<Record<string, Facts>>): void {
  for (const [set, scenarios] of Object.entries(nestedScenarios)) {
    const file = recordedFile(set);
    const before = existsSync(file) ? recorded(set) : {};
    // A line for each scenario: a difference stays readable, the file small.
    const lines = scenarios.map(({ name }) => `${JSON.stringify(name)}: ${JSON.stringify(real[name] ?? before[name] ?? null)}`);
    writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
  }
}
