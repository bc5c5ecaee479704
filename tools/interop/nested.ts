/**
 * Nested stacks beside real Heat: the same requests to Heat and to Hearth in its place, on the same services. What Heat shows is kept in
 * testdata/nested-heat.json (`--write`), so that a test without Heat can tell whether ours still shows the same.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { login } from '../server/rest.ts';
import { removeFolder, startServer, temporaryFolder } from '../server/server-process.ts';
import { explanationOf, nestedDifferences } from './nested-compare.ts';
import { meantNested } from './nested-explained.ts';
import { groupScenarios } from './nested-groups.ts';
import { memberScenarios } from './nested-members.ts';
import { passedDownScenarios } from './nested-passed.ts';
import { refusalScenarios } from './nested-refusals.ts';
import { playedAll, type Scenario } from './nested-run.ts';
import { templateScenarios } from './nested-templates.ts';
import type { InteropOptions, InteropReport } from './run.ts';

const PASSWORD = process.env.TESTBED_PASSWORD ?? 'testbed';
const AUTH_URL = 'http://127.0.0.1:5000/v3';
export const RECORDED = 'testdata/nested-heat.json';
const AT_ONCE = 6;

export const nestedScenarios: readonly Scenario[] = [
  ...groupScenarios,
  ...memberScenarios,
  ...templateScenarios,
  ...passedDownScenarios,
  ...refusalScenarios,
];

export async function nestedOnTestbed(testbed: string, { write }: InteropOptions): Promise<InteropReport> {
  if (spawnSync(`${testbed}/up`, ['heat'], { stdio: 'inherit' }).status !== 0) throw new Error('the testbed did not come up');
  const folder = temporaryFolder('nested');
  const only = process.env.HEARTH_NESTED;
  const scenarios = only === undefined ? nestedScenarios : nestedScenarios.filter(({ name }) => new RegExp(only).test(name));
  const server = await startServer({
    dataDir: `${folder}/server`,
    variables: {
      HEARTH_KEYSTONE_AUTH_URL: AUTH_URL,
      HEARTH_KEYSTONE_USERNAME: 'heat',
      HEARTH_KEYSTONE_PASSWORD: PASSWORD,
      HEARTH_KEYSTONE_PROJECT_NAME: 'service',
    },
  });
  try {
    const rest = await login(AUTH_URL, { user: 'demo', password: PASSWORD, project: 'demo' });
    const base = (server.ready.orchestration as string).replace(/\/+$/, '');
    const [ours, real] = await Promise.all([
      playedAll({ rest, base: `${base}/${rest.projectId}` }, scenarios, AT_ONCE, (line) => console.log(`ours ${line}`)),
      playedAll({ rest, base: rest.endpoint('orchestration') }, scenarios, AT_ONCE, (line) => console.log(`heat ${line}`)),
    ]);
    if (write) writeFileSync(RECORDED, `${JSON.stringify(real, null, 1)}\n`);
    if (process.env.HEARTH_NESTED_DUMP !== undefined) writeFileSync(process.env.HEARTH_NESTED_DUMP, JSON.stringify({ real, ours }));
    const found = nestedDifferences(real, ours).map((one) => ({ ...one, meant: explanationOf(one, meantNested) }));
    const differences = found
      .filter(({ meant }) => meant === null)
      .map(({ scenario, at, real: theirs, ours: own }) => `${scenario} › ${at}\n    real ${theirs}\n    ours ${own}`);
    const failed = new Set(found.filter(({ meant }) => meant === null).map(({ scenario }) => scenario)).size;
    console.log(`${scenarios.length} scenarios, ${found.length - differences.length} differences that are meant`);
    return { passed: scenarios.length - failed, failed, differences };
  } finally {
    await server.stop();
    removeFolder(folder);
  }
}
