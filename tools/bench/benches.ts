/** The benchmarks: each starts what it needs on free ports, measures its floor and itself in the same run, and cleans up. */
import { login, miniCloudUser, type Rest, untilSettled } from '../server/rest.ts';
import { type ServerProcess, startServer } from '../server/server-process.ts';
import { benchEngine, type EngineResult } from './engine/engine.ts';
import { benchFairness } from './fairness.ts';
import { median, rowFloor, sqlFloor } from './floors.ts';
import { baseOf, counters, pssMb, withDatabase, withSplitServers } from './rig.ts';
import type { BenchResult } from './run.ts';
import { serversFloor } from './servers-floor.ts';
import { benchTemplate, type TemplateResult } from './template.ts';
import { chainResources, flatResources, groupResources, type Resources, serverResources } from './workloads.ts';

interface Bench {
  /** Default size. */
  readonly n: number;
  run(n: number): Promise<BenchResult | TemplateResult | EngineResult>;
}

const RUNS = 3;
const BUILD_DELAY_MS = 2_000;

export const benches: Readonly<Record<string, Bench>> = {
  flat: { n: 1_000, run: (n) => withOneServer('flat', n, flatResources) },
  chain: { n: 100, run: (n) => withOneServer('chain', n, chainResources) },
  group: { n: 300, run: (n) => withOneServer('group', n, groupResources) },
  servers: { n: 20, run: benchServers },
  listing: { n: 10_000, run: benchListing },
  template: { n: 20_000, run: benchTemplate },
  engine: { n: 3, run: benchEngine },
  fairness: { n: 10_000, run: benchFairness },
};

/** Database, API, engine and cloud in one program, against the sql-floor on the same PostgreSQL. */
async function withOneServer(name: string, n: number, resources: (n: number) => Resources): Promise<BenchResult> {
  return withDatabase(name, async ({ folder, url }) => {
    const floorSeconds = await sqlFloor({ connectionString: url }, n);
    const server = await startServer({
      dataDir: `${folder}/server`,
      variables: { HEARTH_DATABASE_URL: url, HEARTH_MAX_RESOURCES_PER_STACK: '100000' },
    });
    try {
      const rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
      return await measure(name, n, resources(n), rest, server, { name: 'sql-floor', seconds: floorSeconds });
    } finally {
      await server.stop();
    }
  });
}

/** A fixed build delay, so that the waits are the same for both. */
async function benchServers(n: number): Promise<BenchResult> {
  return withDatabase('servers', async (ground) => {
    let seconds = Number.NaN;
    const first = async (rest: Rest) => {
      seconds = await serversFloor(rest, n, RUNS);
    };
    return withSplitServers({ ...ground, buildDelayMs: BUILD_DELAY_MS, first }, ({ rest, server }) =>
      measure('servers', n, serverResources(n), rest, server, { name: 'http-floor', seconds }),
    );
  });
}

/** All servers of a project in pages of 1,000 with every detail, against reading their rows. */
async function benchListing(n: number): Promise<BenchResult> {
  return withDatabase('listing', async ({ folder, url }) => {
    const variables = { HEARTH_DATABASE_URL: url, HEARTH_MINICLOUD_BUILD_DELAY_MS: '0' };
    const cloud = await startServer({ dataDir: `${folder}/cloud`, arguments: ['--roles', 'minicloud'], variables });
    try {
      const rest = await login(cloud.ready.identity as string, miniCloudUser(cloud.dataDir));
      await makeServers(rest, n);
      const nova = rest.endpoint('compute');
      const seconds: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const begun = performance.now();
        const seen = new Set<string>();
        for (let next: string | null = `${nova}/servers/detail?limit=${PAGE}`; next !== null; ) {
          const { body }: { body: ServerPage } = await rest.call<ServerPage>('GET', next);
          for (const server of body.servers) seen.add(server.id);
          next = body.servers_links?.find((link) => link.rel === 'next')?.href ?? null;
        }
        seconds.push((performance.now() - begun) / 1_000);
        if (seen.size !== n) throw new Error(`the pages list ${seen.size} servers of ${n}`);
      }
      const floor = { name: 'row-floor', seconds: await rowFloor({ connectionString: url }, 'nova.servers') };
      const middle = median(seconds);
      const none = { statements: 0, commits: 0, cloudCalls: Math.ceil(n / PAGE) };
      return {
        name: 'listing',
        n,
        seconds: middle,
        perSecond: n / middle,
        ...none,
        pssMb: pssMb(cloud.pid),
        floor,
        ratio: middle / floor.seconds,
      };
    } finally {
      await cloud.stop();
    }
  });
}

const PAGE = 1_000;
/** Servers that one request may make. */
const MOST_AT_ONCE = 100;
interface ServerPage {
  readonly servers: readonly { readonly id: string }[];
  readonly servers_links?: readonly { readonly rel: string; readonly href: string }[];
}

async function makeServers(rest: Rest, n: number): Promise<void> {
  const nova = rest.endpoint('compute');
  const named = async (url: string, key: string, name: string): Promise<string> => {
    const { body } = await rest.call<Record<string, { id: string; name: string }[]>>('GET', url);
    return (body[key] ?? []).find((one) => one.name === name)?.id as string;
  };
  const flavorRef = await named(`${nova}/flavors`, 'flavors', 'm1.tiny');
  const imageRef = await named(`${rest.endpoint('image')}/v2/images`, 'images', 'testimage');
  for (let made = 0; made < n; ) {
    const count = Math.min(MOST_AT_ONCE, n - made);
    const server = { name: 'listed', imageRef, flavorRef, networks: 'none', min_count: count, max_count: count };
    const { status, body } = await rest.call('POST', `${nova}/servers`, { server }, { 'OpenStack-API-Version': 'compute 2.37' });
    if (status !== 202) throw new Error(`POST /servers answered ${status} ${JSON.stringify(body)}`);
    made += count;
  }
}

async function measure(
  name: string,
  n: number,
  resources: Resources,
  rest: Rest,
  server: ServerProcess,
  floor: BenchResult['floor'],
): Promise<BenchResult> {
  const base = baseOf(server);
  const stacks = `${base}/v1/${rest.projectId}/stacks`;
  await createOnce(rest, stacks, 'warm-up', resources);
  const seconds: number[] = [];
  const before = await counters(base);
  for (let run = 0; run < RUNS; run++) seconds.push(await createOnce(rest, stacks, `bench-${run}`, resources));
  const after = await counters(base);
  const per = (key: 'statements' | 'commits' | 'cloudCalls') => Math.round((after[key] - before[key]) / RUNS);
  const middle = median(seconds);
  return {
    name,
    n,
    seconds: middle,
    perSecond: n / middle,
    statements: per('statements'),
    commits: per('commits'),
    cloudCalls: per('cloudCalls'),
    pssMb: pssMb(server.pid),
    floor,
    ratio: middle / floor.seconds,
  };
}

/** Seconds from the request to CREATE_COMPLETE; the stack is deleted before it returns, outside the measured time. */
async function createOnce(rest: Rest, stacks: string, name: string, resources: Resources): Promise<number> {
  const template = { heat_template_version: '2018-08-31', resources };
  const begun = performance.now();
  const { status, body } = await rest.call<{ stack: { id: string } }>('POST', stacks, { stack_name: name, template, timeout_mins: 30 });
  if (status !== 201) throw new Error(`POST /stacks answered ${status} ${JSON.stringify(body)}`);
  const url = `${stacks}/${name}/${body.stack.id}`;
  const stack = await untilSettled(rest, url, 600_000, 10);
  const seconds = (performance.now() - begun) / 1_000;
  if (stack.stack_status !== 'CREATE_COMPLETE') throw new Error(`${name} is ${stack.stack_status}: ${stack.stack_status_reason}`);
  await rest.call('DELETE', url);
  await untilSettled(rest, url, 600_000);
  return seconds;
}
