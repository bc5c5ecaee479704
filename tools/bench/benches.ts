/** The benchmarks: each starts what it needs on free ports, measures its floor and itself in the same run, and cleans up. */
import { readFileSync } from 'node:fs';
import { silentLog } from '@hearth/kernel';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@hearth/store';
import { login, miniCloudUser, type Rest, untilSettled } from '../server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../server/server-process.ts';
import { httpFloor, median, rowFloor, sqlFloor } from './floors.ts';
import type { BenchResult } from './run.ts';
import { benchTemplate, type TemplateResult } from './template.ts';

interface Bench {
  /** Default size. */
  readonly n: number;
  run(n: number): Promise<BenchResult | TemplateResult>;
}

type Resources = Record<string, unknown>;
const RUNS = 3;
const BUILD_DELAY_MS = 2_000;

export const benches: Readonly<Record<string, Bench>> = {
  flat: { n: 1_000, run: (n) => withOneServer('flat', n, flatResources) },
  chain: { n: 100, run: (n) => withOneServer('chain', n, chainResources) },
  group: { n: 300, run: (n) => withOneServer('group', n, groupResources) },
  servers: { n: 20, run: benchServers },
  listing: { n: 10_000, run: benchListing },
  template: { n: 20_000, run: benchTemplate },
};

const flatResources = (n: number): Resources =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`r${i}`, { type: 'OS::Heat::RandomString' }]));

const chainResources = (n: number): Resources =>
  Object.fromEntries(
    Array.from({ length: n }, (_, i) => [
      `r${i}`,
      { type: 'OS::Heat::Value', properties: { type: 'string', value: i === 0 ? 'x' : { get_attr: [`r${i - 1}`, 'value'] } } },
    ]),
  );

const groupResources = (n: number): Resources => ({
  group: { type: 'OS::Heat::ResourceGroup', properties: { count: n, resource_def: { type: 'OS::Heat::RandomString' } } },
});

/** Each server with a port of its own, as templates that care for addresses do it. */
const serverResources = (n: number, network: string): Resources =>
  Object.fromEntries(
    Array.from({ length: n }, (_, i) => i).flatMap((i) => [
      [`p${i}`, { type: 'OS::Neutron::Port', properties: { network } }],
      [
        `s${i}`,
        {
          type: 'OS::Nova::Server',
          properties: { image: 'testimage', flavor: 'm1.tiny', networks: [{ port: { get_resource: `p${i}` } }] },
        },
      ],
    ]),
  );

/** Database, API, engine and cloud in one program, against the sql-floor on the same PostgreSQL. */
async function withOneServer(name: string, n: number, resources: (n: number) => Resources): Promise<BenchResult> {
  return withFolder(name, async (folder, postgres) => {
    const floorSeconds = await sqlFloor({ connectionString: databaseUrl(postgres) }, n);
    const server = await startServer({
      dataDir: `${folder}/server`,
      variables: { HEARTH_DATABASE_URL: databaseUrl(postgres), HEARTH_MAX_RESOURCES_PER_STACK: '100000' },
    });
    try {
      const rest = await login(server.ready.identity as string, miniCloudUser(server.dataDir));
      return await measure(name, n, resources(n), rest, server, { name: 'sql-floor', seconds: floorSeconds });
    } finally {
      await server.stop();
    }
  });
}

/** The mini-cloud in a process of its own with a fixed build delay, so that cloud and engine do not share one event loop. */
async function benchServers(n: number): Promise<BenchResult> {
  return withFolder('servers', async (folder, postgres) => {
    const url = databaseUrl(postgres);
    const variables = { HEARTH_DATABASE_URL: url, HEARTH_MINICLOUD_BUILD_DELAY_MS: String(BUILD_DELAY_MS) };
    const cloud = await startServer({ dataDir: `${folder}/cloud`, arguments: ['--roles', 'minicloud'], variables });
    try {
      const identity = cloud.ready.identity as string;
      const service = miniCloudUser(cloud.dataDir, 'heat');
      const rest = await login(identity, miniCloudUser(cloud.dataDir));
      const floorSeconds = await serversFloor(rest, n);
      const server = await startServer({
        dataDir: `${folder}/server`,
        arguments: ['--roles', 'api,engine'],
        variables: {
          HEARTH_DATABASE_URL: url,
          HEARTH_KEYSTONE_AUTH_URL: identity,
          HEARTH_KEYSTONE_USERNAME: service.user,
          HEARTH_KEYSTONE_PASSWORD: service.password,
          HEARTH_KEYSTONE_PROJECT_NAME: service.project,
        },
      });
      try {
        const floor = { name: 'http-floor', seconds: floorSeconds };
        return await measure('servers', n, serverResources(n, 'private'), rest, server, floor);
      } finally {
        await server.stop();
      }
    } finally {
      await cloud.stop();
    }
  });
}

/** All servers of a project in pages of 1,000 with every detail, against reading their rows. */
async function benchListing(n: number): Promise<BenchResult> {
  return withFolder('listing', async (folder, postgres) => {
    const url = databaseUrl(postgres);
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

async function serversFloor(rest: Rest, n: number): Promise<number> {
  const nova = rest.endpoint('compute');
  const id = async (url: string, key: string, name: string): Promise<string> => {
    const { body } = await rest.call<Record<string, { id: string; name: string }[]>>('GET', url);
    return (body[key] ?? []).find((one) => one.name === name)?.id as string;
  };
  const network = await id(`${rest.endpoint('network')}/v2.0/networks`, 'networks', 'private');
  const flavor = await id(`${nova}/flavors`, 'flavors', 'm1.tiny');
  const image = await id(`${rest.endpoint('image')}/v2/images`, 'images', 'testimage');
  const servers: string[] = [];
  const ports: string[] = [];
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    seconds.push(
      await httpFloor(
        {
          async create(index) {
            const { body: made } = await rest.call<{ port: { id: string } }>('POST', `${rest.endpoint('network')}/v2.0/ports`, {
              port: { network_id: network },
            });
            ports.push(made.port.id);
            const networks = [{ port: made.port.id }];
            const server = { name: `floor-${run}-${index}`, imageRef: image, flavorRef: flavor, networks };
            const { status, body } = await rest.call<{ server: { id: string } }>('POST', `${nova}/servers`, { server });
            if (status !== 202) throw new Error(`POST /servers answered ${status} ${JSON.stringify(body)}`);
            servers.push(body.server.id);
            return body.server.id;
          },
          status: async (server) =>
            (await rest.call<{ server: { status: string } }>('GET', `${nova}/servers/${server}`)).body.server.status,
        },
        n,
      ),
    );
  }
  await Promise.all(servers.map((server) => rest.call('DELETE', `${nova}/servers/${server}`)));
  await Promise.all(ports.map((port) => rest.call('DELETE', `${rest.endpoint('network')}/v2.0/ports/${port}`)));
  return median(seconds);
}

async function measure(
  name: string,
  n: number,
  resources: Resources,
  rest: Rest,
  server: ServerProcess,
  floor: BenchResult['floor'],
): Promise<BenchResult> {
  const base = (server.ready.orchestration as string).replace(/\/v1$/, '');
  const stacks = `${base}/v1/${rest.projectId}/stacks`;
  await createOnce(rest, stacks, 'warm-up', resources);
  const seconds: number[] = [];
  const before = await counters(base);
  for (let run = 0; run < RUNS; run++) seconds.push(await createOnce(rest, stacks, `bench-${run}`, resources));
  const after = await counters(base);
  const per = (key: keyof Counters) => Math.round((after[key] - before[key]) / RUNS);
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

interface Counters {
  readonly statements: number;
  readonly commits: number;
  readonly cloudCalls: number;
}

async function counters(base: string): Promise<Counters> {
  const text = await (await fetch(`${base}/metrics`)).text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))].reduce((total, match) => total + Number(match[1]), 0);
  return {
    statements: sum('hearth_database_statements_total'),
    commits: sum('hearth_database_commits_total'),
    cloudCalls: sum('hearth_cloud_calls_total'),
  };
}

/** Proportional set size of one process, in MB. */
function pssMb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** The embedded server by URL, for processes that share it; the folder of its socket stands where the driver looks for a host. */
function databaseUrl({ connection, passwordFile, socketFolder }: EmbeddedPostgres): string {
  if (connection.kind === 'url') throw new Error('the embedded server is reached by its socket');
  const password = encodeURIComponent(readFileSync(passwordFile, 'utf8').trim());
  return `postgresql://${connection.user}:${password}@localhost/${connection.database}?host=${encodeURIComponent(socketFolder)}`;
}

async function withFolder(name: string, work: (folder: string, postgres: EmbeddedPostgres) => Promise<BenchResult>): Promise<BenchResult> {
  const folder = temporaryFolder(`bench-${name}`);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: silentLog });
  try {
    return await work(folder, postgres);
  } finally {
    await postgres.stop();
    removeFolder(folder);
  }
}
