/** A whole installation as operators run it: PostgreSQL, the cloud, an API and several engines, each a process of its own with its own way to the database. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { revealSecret, silentLog } from '@hearth/kernel';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@hearth/store';
import { hangingProxy, type HangingProxy } from '@hearth/testkit';
import { onMiniCloud } from '../server/keystone-variables.ts';
import { login, miniCloudUser, type Rest } from '../server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../server/server-process.ts';

export interface ClusterOptions {
  readonly engines: number;
  readonly buildDelayMs: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** PostgreSQL's. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One process of the installation: what it is, and its way to the database. */
export interface Member {
  readonly name: string;
  readonly proxy: HangingProxy;
  process: ServerProcess;
  start(): Promise<void>;
}

export interface Cluster {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly cloud: Member;
  readonly api: Member;
  readonly engines: readonly Member[];
  /** As a user of the mini-cloud. */
  user(name: 'demo' | 'alt_demo' | 'admin'): Promise<Rest>;
  /** Where stacks of a project are. */
  stacks(rest: Rest): string;
  /** The end of the database's server as in a crash; it is started again by itself. */
  killPostgres(): Promise<void>;
  end(): Promise<void>;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = temporaryFolder('cluster');
  const undo: (() => Promise<unknown>)[] = [async () => removeFolder(folder)];
  const end = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    return await startMembers(options, folder, undo, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function startMembers(
  options: ClusterOptions,
  folder: string,
  undo: (() => Promise<unknown>)[],
  end: () => Promise<void>,
): Promise<Cluster> {
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    log: silentLog,
    settings: { max_connections: '200', ...options.settings },
  });
  undo.push(() => postgres.stop());
  const common = commonVariables(options);
  const member = async (name: string, roles: string, port: string, variables: Readonly<Record<string, string>>): Promise<Member> => {
    const proxy = await hangingProxy(postgres.connection);
    undo.push(() => proxy.close());
    const url = proxy.connection.kind === 'url' ? revealSecret(proxy.connection.url) : '';
    const start = (cloudPort: string, apiPort: string): Promise<ServerProcess> =>
      startServer({
        dataDir: join(folder, name),
        arguments: ['--roles', roles, '--port', apiPort, '--cloud-port', cloudPort],
        variables: { ...common, ...variables, HEARTH_DATABASE_URL: url },
      });
    const made: Member = {
      name,
      proxy,
      process: await start(port, port),
      async start() {
        // Clients keep the addresses they know.
        const portOf = (address: string | null): string => (address === null ? '0' : new URL(address).port);
        const { identity, orchestration } = made.process.ready;
        const again = (): Promise<ServerProcess> => start(roles === 'minicloud' ? portOf(identity) : '0', portOf(orchestration));
        made.process = await supervised(again);
      },
    };
    undo.push(() => made.process.end());
    return made;
  };
  const cloud = await member('cloud', 'minicloud', '0', {
    HEARTH_MINICLOUD_BUILD_DELAY_MS: String(options.buildDelayMs),
    HEARTH_MINICLOUD_DELETE_DELAY_MS: String(Math.floor(options.buildDelayMs / 4)),
  });
  const identity = cloud.process.ready.identity as string;
  const keystone = onMiniCloud(cloud.process);
  const names = Array.from({ length: options.engines }, (_, i) => `engine-${i + 1}`);
  const others = await Promise.allSettled([
    member('api', 'api', '0', keystone),
    ...names.map((name) => member(name, 'engine', '0', keystone)),
  ]);
  // When one did not start, the others are ended too.
  for (const one of others) if (one.status === 'rejected') throw one.reason;
  const [api, ...engines] = others.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) as [Member, ...Member[]];
  return {
    folder,
    postgres,
    cloud,
    api,
    engines,
    user: (name) => login(identity, miniCloudUser(cloud.process.dataDir, name)),
    stacks: (rest) => `${(api.process.ready.orchestration as string).replace(/\/$/, '')}/${rest.projectId}/stacks`,
    killPostgres: () => killPostgres(postgres),
    end,
  };
}

const commonVariables = ({ variables }: ClusterOptions): Readonly<Record<string, string>> => ({
  HEARTH_SECRET_KEY: randomBytes(32).toString('base64'),
  HEARTH_LOG_LEVEL: 'warn',
  // This cloud's catalogue does not know the API, which is a process of its own.
  HEARTH_PUBLIC_URL: 'http://hearth.example.org:8004',
  ...variables,
});

const STARTS = 20;
const BETWEEN_STARTS_MS = 1_000;

/** As a supervisor does: a process that ends because the database is away just now, or is too slow to start on a busy machine, is started again. */
async function supervised(start: () => Promise<ServerProcess>): Promise<ServerProcess> {
  for (let starts = 1; ; starts++) {
    try {
      return await start();
    } catch (error) {
      if (starts === STARTS || !/cannot be reached|was not ready/.test(String(error))) throw error;
      await sleep(BETWEEN_STARTS_MS);
    }
  }
}

async function killPostgres(postgres: EmbeddedPostgres): Promise<void> {
  const pid = postgres.pid();
  process.kill(pid, 'SIGKILL');
  while (postgres.pid() === pid) await sleep(20);
}
