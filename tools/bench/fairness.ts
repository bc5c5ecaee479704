/**
 * What a large stack of one project costs the small stacks of another: the time from the request to CREATE_COMPLETE of five resources, alone and
 * while ten thousand are being made. Database, API, engine and cloud in one program, which is the hardest case: all share one event loop.
 */
import { performance } from 'node:perf_hooks';
import { login, miniCloudUser, type Rest } from '../server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../server/server-process.ts';
import { median } from './floors.ts';
import type { BenchResult } from './run.ts';

const SMALL = 5;
const ROUNDS_ALONE = 15;
const LOOK_EVERY_MS = 10;

const template = (resources: number): object => ({
  heat_template_version: '2018-08-31',
  resources: Object.fromEntries(Array.from({ length: resources }, (_, i) => [`r${i}`, { type: 'OS::Heat::RandomString' }])),
});

export async function benchFairness(n: number): Promise<BenchResult> {
  const folder = temporaryFolder('fairness');
  const server = await startServer({ dataDir: folder, variables: { HEARTH_MAX_RESOURCES_PER_STACK: String(n * 2) } });
  try {
    return await measure(server, n);
  } finally {
    await server.stop();
    removeFolder(folder);
  }
}

async function measure(server: ServerProcess, n: number): Promise<BenchResult> {
  const identity = server.ready.identity as string;
  const large = await login(identity, miniCloudUser(server.dataDir, 'demo'));
  const small = await login(identity, miniCloudUser(server.dataDir, 'alt_demo'));
  const stacksOf = (rest: Rest): string => `${server.ready.orchestration}/${rest.projectId}/stacks`;
  const begin = async (rest: Rest, name: string, resources: number): Promise<string> => {
    const { status, body } = await rest.call<{ stack: { id: string } }>('POST', stacksOf(rest), {
      stack_name: name,
      template: template(resources),
      timeout_mins: 60,
    });
    if (status !== 201) throw new Error(`${name} answered ${status} ${JSON.stringify(body)}`);
    return `${stacksOf(rest)}/${name}/${body.stack.id}`;
  };
  const statusOf = async (rest: Rest, url: string): Promise<string> =>
    (await rest.call<{ stack: { stack_status: string } }>('GET', `${url}?resolve_outputs=false`)).body.stack.stack_status;
  let count = 0;
  const oneSmall = async (): Promise<number> => {
    const begun = performance.now();
    const url = await begin(small, `small-${count++}`, SMALL);
    for (;;) {
      const status = await statusOf(small, url);
      if (status === 'CREATE_COMPLETE') return (performance.now() - begun) / 1_000;
      if (status !== 'CREATE_IN_PROGRESS') throw new Error(`a small stack is ${status}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  for (let i = 0; i < 5; i++) await oneSmall();
  const alone: number[] = [];
  for (let i = 0; i < ROUNDS_ALONE; i++) alone.push(await oneSmall());
  const url = await begin(large, 'large', n);
  const beside: number[] = [];
  while ((await statusOf(large, url)) === 'CREATE_IN_PROGRESS') beside.push(await oneSmall());
  if (beside.length === 0) throw new Error('the large stack was done before a small one could be made beside it');
  console.log(
    `fairness: ${beside.length} small stacks beside the large one; alone ${text(alone)}, beside ${text(beside)} (median, longest)`,
  );
  const floor = { name: 'alone', seconds: median(alone) };
  const seconds = median(beside);
  return {
    name: 'fairness',
    n,
    seconds,
    perSecond: 1 / seconds,
    statements: Number.NaN,
    commits: Number.NaN,
    cloudCalls: Number.NaN,
    pssMb: Number.NaN,
    floor,
    ratio: seconds / floor.seconds,
  };
}

const text = (seconds: readonly number[]): string =>
  `${(median(seconds) * 1_000).toFixed(0)} ms, ${(Math.max(...seconds) * 1_000).toFixed(0)} ms`;
