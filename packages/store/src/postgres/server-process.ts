/** The PostgreSQL server process: started, found again, waited for, stopped. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf } from '@hearth/kernel';
import pg from 'pg';
import { driverOptions, type Connection } from '../connection.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { clusterPath, serverProcess } from './cluster.ts';
import { isConnectionLoss, sqlState } from './connection-failure.ts';
import { SOCKET_NAME, type DatabaseFolders, type SocketPlace } from './folders.ts';
import { isAlive, isPostmasterOf } from './process-identity.ts';
import { lastLines, logLength, openServerLog, serverFailure } from './server-log.ts';

/** How long a server may take to answer: recovery after a crash replays the log. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 60_000;
/** How long the processes of a killed server may take to notice, before a new one can have the folder. */
const ORPHAN_LIMIT_MS = 15_000;

export interface ServerPlan {
  readonly folders: DatabaseFolders;
  readonly binaries: Binaries;
  readonly account: Account | null;
  readonly socket: SocketPlace;
  /** To the database that always exists, `postgres`. */
  readonly connection: Connection;
  readonly settings: Readonly<Record<string, string>>;
}

/** Small and safe: an acknowledged commit survives kill -9 and power loss. Errors are reported by who made them, not in the log. */
export const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  port: '5432',
  max_connections: '50',
  shared_buffers: '64MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
  // Statements and row values may hold what users want hidden.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
};

/** The server that works in the cluster folder, if one does. */
export function findPostmaster(cluster: string): number | null {
  const pid = recordedPid(cluster);
  return pid !== null && isPostmasterOf(pid, realpathSync(cluster)) ? pid : null;
}

function recordedPid(cluster: string): number | null {
  try {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/**
 * Waits until the running server answers; false when it ended instead (it may have been shutting down).
 * Throws when it neither ends nor answers.
 */
export async function adoptServer(plan: ServerPlan, pid: number): Promise<boolean> {
  const until = performance.now() + START_LIMIT_MS;
  for (;;) {
    const answer = await tryToConnect(plan.connection);
    if (answer === null) return true;
    if (answer instanceof Failure) throw answer;
    if (!isAlive(pid)) return false;
    if (performance.now() > until) {
      throw new Failure(
        'unavailable',
        `PostgreSQL (process ${pid}) runs in ${plan.folders.cluster} but does not answer: ${messageOf(answer)}. Stop it with: kill -INT ${pid}`,
      );
    }
    await sleep(50);
  }
}

/** Starts a server and waits until it answers; gives its process id. `onExit` is called when it ends, for whatever reason. */
export async function startServer(plan: ServerPlan, onExit: () => void): Promise<number> {
  const orphansUntil = performance.now() + ORPHAN_LIMIT_MS;
  for (;;) {
    const logFrom = logLength(plan.folders.logFile);
    const started = await startOnce(plan, onExit);
    if (typeof started === 'number') return started;
    const output = lastLines(plan.folders.logFile, logFrom);
    const orphans = /pre-existing shared memory block/.test(output);
    if (!orphans || performance.now() > orphansUntil) {
      throw serverFailure(`PostgreSQL does not start in ${plan.folders.cluster}: ${started.how}`, output, plan.folders.logFile);
    }
    await sleep(100);
  }
}

async function startOnce(plan: ServerPlan, onExit: () => void): Promise<number | { how: string }> {
  const { folders, account } = plan;
  disownStaleLock(folders.cluster);
  // Left by a killed server; their number may belong to another process by now. We hold the data folder, so no server uses them.
  for (const name of [SOCKET_NAME, `${SOCKET_NAME}.lock`]) rmSync(join(plan.socket.folder, name), { force: true });
  const settings = { ...SETTINGS, unix_socket_directories: plan.socket.serverFolder, unix_socket_permissions: '0700', ...plan.settings };
  const log = openServerLog(folders.logFile);
  const child = spawn(
    join(plan.binaries.binDir, 'postgres'),
    ['-D', clusterPath(folders.cluster, account), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Its own session: Ctrl-C in the terminal reaches us alone, and we stop it when we are done with it.
    { ...serverProcess(folders.cluster, account), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  child.unref();
  let ended: string | null = null;
  let answered = false;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = code === null ? `it was ended by ${signal}` : `it ended with code ${code}`;
    if (answered) onExit();
  });
  const until = performance.now() + START_LIMIT_MS;
  for (let pauseMs = 3; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    if (ended !== null) return { how: ended };
    // Before the socket is there, trying would only cost time.
    const answer = existsSync(join(plan.socket.folder, SOCKET_NAME)) ? await tryToConnect(plan.connection) : 'no socket yet';
    if (answer === null && ended === null) {
      answered = true;
      return child.pid as number;
    }
    if (answer instanceof Failure || performance.now() > until) {
      child.kill('SIGINT');
      if (answer instanceof Failure) throw answer;
      return { how: `it did not answer within ${START_LIMIT_MS / 1000} s` };
    }
    await sleep(pauseMs);
  }
}

/**
 * A `postmaster.pid` left by a killed server stops the next one while its number exists: because another process has it by
 * now, or because nobody has collected the dead one, as in a container without an init process. The file also guards against processes
 * of the dead server that still use the shared memory, so it stays: only the number is exchanged for our own, which a server that we
 * start takes for no obstacle.
 */
function disownStaleLock(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  const pid = recordedPid(cluster);
  if (pid === null || isPostmasterOf(pid, realpathSync(cluster))) return;
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [String(process.pid), ...lines.slice(1)].join('\n'));
}

/** Null when a connection was made; else why not. Throws when the server answers and refuses us for good. */
async function tryToConnect(connection: Connection): Promise<unknown> {
  const client = new pg.Client({ ...driverOptions(connection), connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return null;
  } catch (error) {
    const state = sqlState(error);
    if (state !== null && state.startsWith('28')) {
      return new Failure(
        'configuration',
        `The embedded PostgreSQL refuses its password: ${messageOf(error)}. The file "password" beside the cluster does not belong to it; restore it from a backup.`,
      );
    }
    return isConnectionLoss(error) || state === '53300'
      ? error
      : new Failure('unavailable', `The embedded PostgreSQL does not let us in: ${messageOf(error)}`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Fast shutdown: open connections are cut, everything committed is kept. Returns once the process is gone. */
export async function stopServer(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  const until = performance.now() + STOP_LIMIT_MS;
  for (let pauseMs = 2; isAlive(pid); pauseMs = Math.min(pauseMs * 1.5, 50)) {
    if (performance.now() > until) {
      // Recovery at the next start makes up for it.
      signal(pid, 'SIGQUIT');
      return;
    }
    await sleep(pauseMs);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}
