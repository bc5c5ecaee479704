/**
 * The embedded PostgreSQL: one server per data folder, started, adopted when a killed parent left it running, started again when it
 * dies, stopped at the end.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf, Secret, type Log } from '@hearth/kernel';
import pg from 'pg';
import { driverOptions, withDatabase, type Connection } from '../connection.ts';
import { databaseAccount } from './account.ts';
import { readyBinaries } from './binaries.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { lockFolder } from './folder-lock.ts';
import { databasePassword, fileFailure, forgetFarSocket, prepareFolders, socketPlace, type DatabaseFolders } from './folders.ts';
import { isAlive } from './process-identity.ts';
import { adoptServer, findPostmaster, startServer, stopServer, type ServerPlan } from './server-process.ts';

export interface EmbeddedPostgresOptions {
  /** Made if missing (mode 0700); the database lives in its folder `database`. */
  readonly dataDir: string;
  readonly log: Log;
  /** Folder with `initdb` and `postgres`; default: the programs that came with the installation. */
  readonly binDir?: string;
  /** PostgreSQL settings over ours, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default `/var/cache/hearth`: where root puts a copy of the programs if the server's account cannot enter their folder. */
  readonly sharedFolder?: string;
}

export interface EmbeddedPostgres {
  /** To the database `hearth`. */
  readonly connection: Connection;
  /** Folder of the socket, for `psql -h`. */
  readonly socketFolder: string;
  readonly passwordFile: string;
  readonly logFile: string;
  /** True when the server was already running, left by a process that was killed. */
  readonly adopted: boolean;
  /** The server's process; changes when it had to be started again. */
  pid(): number;
  /** Stops the server and gives the data folder back. May be called again. */
  stop(): Promise<void>;
}

const DATABASE = 'hearth';
/** How often we look whether the server is alive. Our own child reports its end at once. */
const WATCH_MS = 500;

/**
 * Starts (or adopts) the server of a data folder. Throws `Failure('configuration')` or `Failure('unavailable')`, each saying what is
 * wrong with which path and what to do: the folder in use or not usable, programs missing or of another version, disk full, permission.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folders = prepareFolders(options.dataDir);
  const unlock = lockFolder(folders.lockFile, folders.data);
  let server: SupervisedServer | null = null;
  try {
    const plan = makePlan(options, folders);
    const running = new SupervisedServer(plan, options.log);
    server = running;
    const adopted = await running.begin();
    await ensureDatabase(plan.connection);
    return {
      connection: withDatabase(plan.connection, DATABASE),
      socketFolder: plan.socket.folder,
      passwordFile: folders.passwordFile,
      logFile: folders.logFile,
      adopted,
      pid: () => running.pid,
      async stop() {
        await running.end();
        forgetFarSocket(folders, plan.socket);
        unlock();
      },
    };
  } catch (error) {
    await server?.end();
    unlock();
    throw isFileError(error) ? fileFailure(`The database in ${folders.root} cannot be started`, error) : error;
  }
}

const isFileError = (error: unknown): boolean => error instanceof Error && 'syscall' in error && !(error instanceof Failure);

function makePlan(options: EmbeddedPostgresOptions, folders: DatabaseFolders): ServerPlan {
  const account = databaseAccount(folders.cluster);
  const binaries = readyBinaries({
    binDir: options.binDir ?? null,
    account,
    privateFolder: join(folders.root, 'programs'),
    sharedFolders: [options.sharedFolder ?? '/var/cache/hearth'],
  });
  const password = databasePassword(folders);
  const durable = options.settings?.['fsync'] !== 'off';
  ensureCluster(folders, binaries, account, password, durable);
  const socket = socketPlace(folders, account, tmpdir());
  const connection: Connection = {
    kind: 'socket',
    folder: socket.folder,
    user: SUPERUSER,
    password: new Secret(password),
    database: 'postgres',
  };
  return { folders, binaries, account, socket, connection, settings: options.settings ?? {} };
}

async function ensureDatabase(connection: Connection): Promise<void> {
  const client = new pg.Client(driverOptions(connection));
  client.on('error', () => {});
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** Keeps one server running until told to end it. */
class SupervisedServer {
  /** 0: none. */
  pid = 0;
  readonly #plan: ServerPlan;
  readonly #log: Log;
  #ending = false;
  #reviving: Promise<void> | null = null;
  #watch: NodeJS.Timeout | null = null;

  constructor(plan: ServerPlan, log: Log) {
    this.#plan = plan;
    this.#log = log;
  }

  /** True when a running server was adopted. */
  async begin(): Promise<boolean> {
    const running = findPostmaster(this.#plan.folders.cluster);
    const adopted = running !== null && (await adoptServer(this.#plan, running));
    this.pid = adopted ? running : await startServer(this.#plan, () => this.#check());
    this.#log.info(adopted ? 'database-adopted' : 'database-started', { pid: this.pid, socket: this.#plan.socket.folder });
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
    this.#watch.unref();
    return adopted;
  }

  async end(): Promise<void> {
    this.#ending = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    await this.#reviving;
    if (this.pid === 0) return;
    if (isAlive(this.pid)) await stopServer(this.pid);
    this.#log.info('database-stopped', { pid: this.pid });
    this.pid = 0;
  }

  #check(): void {
    if (this.#ending || this.#reviving !== null || isAlive(this.pid)) return;
    this.#log.warn('database-died', { pid: this.pid, logFile: this.#plan.folders.logFile });
    this.#reviving = this.#revive().finally(() => {
      this.#reviving = null;
    });
  }

  async #revive(): Promise<void> {
    for (let pauseMs = 200; !this.#ending; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      try {
        this.pid = await startServer(this.#plan, () => this.#check());
        this.#log.info('database-started', { pid: this.pid, socket: this.#plan.socket.folder });
        return;
      } catch (error) {
        this.#log.error('database-does-not-start', { reason: messageOf(error) });
        await sleep(pauseMs, undefined, { ref: false });
      }
    }
  }
}
