/** What a benchmark runs on: PostgreSQL and servers of its own in a temporary folder, and what these tell of themselves. */
import { readFileSync } from 'node:fs';
import { silentLog } from '@hearth/kernel';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@hearth/store';
import { onMiniCloud } from '../server/keystone-variables.ts';
import { login, miniCloudUser, type Rest } from '../server/rest.ts';
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from '../server/server-process.ts';

export interface Ground {
  readonly folder: string;
  /** The database, for the processes that share it. */
  readonly url: string;
}

/** Everything is removed afterwards. */
export async function withDatabase<T>(name: string, work: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = temporaryFolder(`bench-${name}`);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: silentLog });
  try {
    return await work({ folder, url: databaseUrl(postgres) });
  } finally {
    await postgres.stop();
    removeFolder(folder);
  }
}

/** The embedded server by URL, for processes that share it; the folder of its socket stands where the driver looks for a host. */
function databaseUrl({ connection, passwordFile, socketFolder }: EmbeddedPostgres): string {
  if (connection.kind === 'url') throw new Error('the embedded server is reached by its socket');
  const password = encodeURIComponent(readFileSync(passwordFile, 'utf8').trim());
  return `postgresql://${connection.user}:${password}@localhost/${connection.database}?host=${encodeURIComponent(socketFolder)}`;
}

export interface SplitServers {
  readonly cloud: ServerProcess;
  /** API and engine. */
  readonly server: ServerProcess;
  readonly rest: Rest;
}

interface SplitOptions extends Ground {
  readonly buildDelayMs?: number;
  /** Of API and engine. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Before API and engine start. */
  readonly first?: (rest: Rest) => Promise<void>;
}

/** The mini-cloud in a process of its own, so that cloud and engine do not share one event loop, nor their memory. */
export async function withSplitServers<T>(
  { folder, url, buildDelayMs = 0, variables = {}, first }: SplitOptions,
  work: (servers: SplitServers) => Promise<T>,
): Promise<T> {
  const ofCloud = { HEARTH_DATABASE_URL: url, HEARTH_MINICLOUD_BUILD_DELAY_MS: String(buildDelayMs) };
  const cloud = await startServer({ dataDir: `${folder}/cloud`, arguments: ['--roles', 'minicloud'], variables: ofCloud });
  try {
    const rest = await login(cloud.ready.identity as string, miniCloudUser(cloud.dataDir));
    await first?.(rest);
    const server = await startServer({
      dataDir: `${folder}/server`,
      arguments: ['--roles', 'api,engine'],
      variables: {
        HEARTH_DATABASE_URL: url,
        ...onMiniCloud(cloud),
        ...variables,
      },
    });
    try {
      return await work({ cloud, server, rest });
    } finally {
      await server.stop();
    }
  } finally {
    await cloud.stop();
  }
}

/** The URL of the main listener, without a version. */
export const baseOf = (server: ServerProcess): string => (server.ready.orchestration as string).replace(/\/v1$/, '');

export interface Counters {
  readonly statements: number;
  readonly commits: number;
  readonly cloudCalls: number;
  /** Of the compute service. */
  readonly computeGets: number;
  /** Engine's reactions by upper bound in ms, cumulative. */
  readonly reactions: ReadonlyMap<number, number>;
}

export async function counters(base: string): Promise<Counters> {
  const text = await (await fetch(`${base}/metrics`)).text();
  const sum = (pattern: string) =>
    [...text.matchAll(new RegExp(`^${pattern} (\\d+)`, 'gm'))].reduce((total, match) => total + Number(match[1]), 0);
  const buckets = [...text.matchAll(/^hearth_engine_reaction_seconds_bucket\{le="([^"]+)"\} (\d+)/gm)];
  return {
    statements: sum('hearth_database_statements_total'),
    commits: sum('hearth_database_commits_total'),
    cloudCalls: sum('hearth_cloud_calls_total\\{[^}]*\\}'),
    computeGets: sum('hearth_cloud_calls_total\\{service="compute",method="GET"\\}'),
    reactions: new Map(
      buckets.map(([, bound, count]) => [bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1_000, Number(count)]),
    ),
  };
}

/** The bound, in ms, below which half of the reactions between two readings were; null: there were none. */
export function medianReactionMs(before: Counters, after: Counters): number | null {
  const between = [...after.reactions].map(([bound, count]) => [bound, count - (before.reactions.get(bound) ?? 0)] as const);
  const total = between.at(-1)?.[1] ?? 0;
  return total === 0 ? null : (between.find(([, count]) => count * 2 >= total)?.[0] ?? null);
}

/** Proportional set size of one process, in MB. */
export function pssMb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

const TICKS_PER_SECOND = 100;

/** What a process has had of the processors so far, in seconds: less moved by neighbours than the time on the wall. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const SAMPLE_MS = 250;

/** The highest proportional set size of a process while `work` runs, in MB. */
export async function withPeak<T>(pid: number, work: () => Promise<T>): Promise<{ readonly result: T; readonly peakMb: number }> {
  let peakMb = pssMb(pid);
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, pssMb(pid));
  }, SAMPLE_MS);
  try {
    const result = await work();
    return { result, peakMb: Math.max(peakMb, pssMb(pid)) };
  } finally {
    clearInterval(timer);
  }
}
