/**
 * Nested stacks on the whole program, with the mini-cloud: what it shows of groups, chains and templates that stand for resources is what Heat 19
 * was seen to show (testdata/nested, recorded by `npm run interop -- nested --write`), but for the differences that are meant.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Facts, NestedCloud } from '../tools/interop/nested-cloud.ts';
import { explanationOf, nestedDifferences } from '../tools/interop/nested-compare.ts';
import { meantNested } from '../tools/interop/nested-explained.ts';
import { playedAll } from '../tools/interop/nested-run.ts';
import { nestedScenarios, recorded } from '../tools/interop/nested-scenarios.ts';
import { login, miniCloudUser } from '../tools/server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../tools/server/server-process.ts';

const AT_ONCE = 8;
const sets = Object.keys(nestedScenarios);

describe('nested stacks show what Heat shows', () => {
  const folder = temporaryFolder('nested-stacks');
  let server: ServerProcess;
  let cloud: NestedCloud;
  const seen: { scenario: string; real: Facts; ours: Facts }[] = [];
  beforeAll(async () => {
    server = await startServer({ dataDir: `${folder}/data` });
    const rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
    cloud = { rest, base: rest.endpoint('orchestration') };
  });
  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  it.each(sets)('%s', { timeout: 180_000 }, async (set) => {
    const scenarios = nestedScenarios[set] ?? [];
    const real = recorded(set);
    expect(Object.keys(real)).toEqual(scenarios.map(({ name }) => name));
    const ours = await playedAll(cloud, scenarios, AT_ONCE, () => {});
    for (const scenario of Object.keys(real)) seen.push({ scenario, real: real[scenario], ours: ours[scenario] });
    const unexplained = nestedDifferences(real, ours).filter((one) => explanationOf(one, meantNested) === null);
    expect(unexplained).toEqual([]);
  });

  it('every difference that is meant is there', () => {
    expect(seen.length).toBeGreaterThan(100);
    const differences = seen.flatMap(({ scenario, real, ours }) => nestedDifferences({ [scenario]: real }, { [scenario]: ours }));
    const explaining = new Set(differences.map((one) => explanationOf(one, meantNested)));
    expect(meantNested.filter((one) => !explaining.has(one)).map(({ at, why }) => `${at} ${why}`)).toEqual([]);
  });
});
