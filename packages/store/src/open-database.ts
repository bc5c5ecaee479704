/** Opens the connection pool: statements, transactions tried again on conflicts, notifications, and loss of the server in our words. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf, type Log } from '@hearth/kernel';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { connectionText, type Connection } from './connection.ts';
import type { Database, Queryable, Statement } from './database.ts';
import { driverFailure, isConnectionLoss, isHung, isReadOnly, mayBeElsewhere, sqlState } from './postgres/connection-failure.ts';
import { idleConnections, type IdleConnections } from './postgres/idle-connections.ts';
import { Listener } from './postgres/listener.ts';
import { briefTransaction, clientPatienceMs, longTransaction, serverPatience } from './postgres/patience.ts';
import { rowValueTypes } from './postgres/row-values.ts';
import { type Servers, serversOf } from './postgres/servers.ts';

export interface OpenDatabaseOptions {
  readonly connection: Connection;
  /** Where unqualified names are looked up; default `hearth`. Need not exist yet: `migrate` makes it. */
  readonly schema?: string;
  readonly log: Log;
  /** Most connections at once, the listening one not counted; default 10. */
  readonly poolSize?: number;
  /** How long a statement may take, unless `within` says otherwise; default a minute. */
  readonly statementLimitMs?: number;
}

/** For what goes through whole tables: migrations, checks, settling after a restore. */
export const LONG_STATEMENT_MS = 60 * 60_000;

const OLDEST_VERSION = 15;
const CONNECT_LIMIT_MS = 10_000;
/** Where there is another server to try. */
const CONNECT_TO_ONE_OF_SEVERAL_MS = 3_000;
const STATEMENT_LIMIT_MS = 60_000;
/** How often a transaction is tried in all, when others keep getting in its way. */
const TRANSACTION_TRIES = 10;
const SERIALISATION_FAILURE = '40001';
const DEADLOCK = '40P01';

/**
 * Connects once to see that the server is there and not older than 15. Throws `Failure('unavailable')` when it cannot be reached,
 * `Failure('configuration')` when it refuses us or is too old. Later losses make single calls throw `Failure('unavailable')`; the
 * pool connects anew with the next call.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const schema = options.schema ?? 'hearth';
  const limitMs = options.statementLimitMs ?? STATEMENT_LIMIT_MS;
  const servers = serversOf(options.connection);
  const config = {
    application_name: `hearth-${schema}`,
    options: `-c search_path=${schema} -c timezone=UTC ${serverPatience(limitMs)}`,
    types: rowValueTypes(),
    connectionTimeoutMillis: Math.min(servers.count > 1 ? CONNECT_TO_ONE_OF_SEVERAL_MS : CONNECT_LIMIT_MS, limitMs),
    query_timeout: clientPatienceMs(limitMs),
    keepAlive: true,
  };
  const { log } = options;
  const place = connectionText(options.connection);
  const { Client, verify } = servers;
  const pool = new pg.Pool({ ...config, max: options.poolSize ?? 10, idleTimeoutMillis: 60_000, Client, onConnect: verify });
  const database = openedOn({ pool, servers, listener: new Listener(config, log, servers), place, log, limitMs });
  try {
    await checkVersion(database, connectionText(options.connection));
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function checkVersion(database: Database, place: string): Promise<void> {
  const [row] = await database.query<{ server_version: string }>({ text: 'show server_version', values: [] });
  const version = row?.server_version ?? '';
  if (Number.parseInt(version, 10) >= OLDEST_VERSION) return;
  throw new Failure(
    'configuration',
    `The database ${place} is PostgreSQL ${version}; Hearth needs ${OLDEST_VERSION} or later. Upgrade that server or use another.`,
  );
}

/** What all views of one pool share. */
interface Opened {
  readonly pool: pg.Pool;
  readonly servers: Servers;
  readonly idle: IdleConnections;
  readonly listener: Listener;
  readonly place: string;
  readonly log: Log;
  /** What the server was told when the connections were made. */
  readonly limitMs: number;
  readonly counters: Database['counters'];
  closing: Promise<void> | null;
}

function openedOn(given: Omit<Opened, 'idle' | 'counters' | 'closing'>): PooledDatabase {
  const idle = idleConnections(given.pool);
  const opened: Opened = { ...given, idle, counters: { statements: 0, commits: 0 }, closing: null };
  opened.pool.on('error', (error) => opened.closing ?? opened.log.warn('database-connection-lost', { reason: messageOf(error) }));
  // A connection that breaks between two statements of a transaction reports to nobody else.
  opened.pool.on('connect', (client) => client.on('error', () => {}));
  return new PooledDatabase(opened, opened.limitMs);
}

class PooledDatabase implements Database {
  readonly kysely: Kysely<unknown>;
  readonly counters: Database['counters'];
  readonly #opened: Opened;
  readonly #limitMs: number;
  /** Null: as the connection was told. */
  readonly #idleMs: number | null;

  constructor(opened: Opened, limitMs: number, idleMs: number | null = null) {
    this.#opened = opened;
    this.#limitMs = limitMs;
    this.#idleMs = idleMs;
    this.counters = opened.counters;
    this.kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: kyselyPool(this) }) });
  }

  within(limitMs: number, idleMs?: number): Database {
    return new PooledDatabase(this.#opened, limitMs, idleMs ?? null);
  }

  async query<Row>(statement: Statement): Promise<readonly Row[]> {
    // The server's patience can be stretched for a transaction only.
    if (this.#isLong()) return this.transaction((tx) => tx.query(statement));
    this.counters.statements++;
    const client = await this.connect();
    let broken = false;
    try {
      const result = await client.query(driverQuery(statement, this.#limitMs));
      this.countWrite(result.command);
      return result.rows as Row[];
    } catch (error) {
      broken = isConnectionLoss(error);
      throw this.failure(error);
    } finally {
      client.release(broken);
    }
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#transactionOnce(work);
      } catch (error) {
        const state = sqlState(error);
        if ((state !== SERIALISATION_FAILURE && state !== DEADLOCK) || tries >= TRANSACTION_TRIES) throw error;
        this.#opened.log.debug('database-transaction-retry', { state, tries });
        await sleep(randomInt(1, 5 * 2 ** tries));
      }
    }
  }

  async #transactionOnce<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let broken = false;
    try {
      await client.query(this.#beginning());
      const result = await work(this.#queryableOn(client));
      await client.query('commit');
      this.counters.commits++;
      return result;
    } catch (error) {
      broken = isConnectionLoss(error) || (error instanceof Failure && isConnectionLoss(error.cause));
      // Over a connection that is of no use any more nothing would come back: the server rolls back when it is given up.
      if (!broken)
        await client.query('rollback').catch(() => {
          broken = true;
        });
      throw this.failure(error);
    } finally {
      client.release(broken);
    }
  }

  #beginning(): string {
    if (this.#isLong()) return longTransaction(this.#limitMs);
    return this.#idleMs === null ? 'begin' : briefTransaction(this.#idleMs);
  }

  /** A connection to the server that takes writes, as long as one of them does. */
  async connect(): Promise<pg.PoolClient> {
    const { pool, servers } = this.#opened;
    for (let tries = 1; ; tries++) {
      const server = servers.current();
      try {
        return await pool.connect();
      } catch (error) {
        if (mayBeElsewhere(error)) servers.passOver(server);
        if (tries >= servers.count || !mayBeElsewhere(error)) throw this.failure(error);
      }
    }
  }

  /** Statements on one connection, one after the other even if asked for at once. */
  #queryableOn(client: pg.PoolClient): Queryable {
    let last: Promise<unknown> = Promise.resolve();
    return {
      query: <Row>(statement: Statement): Promise<readonly Row[]> => {
        this.counters.statements++;
        const result = last.then(() => client.query(driverQuery(statement, this.#limitMs)));
        last = result.catch(() => {});
        return result.then(({ rows }) => rows as Row[]);
      },
    };
  }

  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#opened.listener.listen(channel, onPayload);
  }

  close(): Promise<void> {
    const { listener, pool } = this.#opened;
    this.#opened.closing ??= Promise.all([listener.close(), pool.end()]).then(() => {});
    return this.#opened.closing;
  }

  /** A change outside a transaction is a commit of its own. */
  countWrite(command: string): void {
    if (command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE' || command === 'COMMIT')
      this.counters.commits++;
  }

  failure(error: unknown): unknown {
    if (isHung(error)) {
      this.#opened.log.warn('database-connection-hung', { limitMs: this.#limitMs });
      this.#opened.idle.giveUp();
    }
    if (isReadOnly(error)) {
      this.#opened.log.warn('database-takes-no-writes', { reason: messageOf(error) });
      this.#opened.idle.giveUp();
    }
    return driverFailure(error, this.#opened.place);
  }

  #isLong(): boolean {
    return this.#limitMs > this.#opened.limitMs;
  }
}

/** The declared type of the driver's queries lacks the limit, which it has. */
function driverQuery({ name, text, values }: Statement, limitMs: number): pg.QueryConfig {
  const limit = { query_timeout: clientPatienceMs(limitMs) };
  return { text, values: values as unknown[], ...(name === undefined ? {} : { name }), ...limit };
}

/** The same pool for Kysely, with our counters and errors. */
function kyselyPool(database: PooledDatabase): PostgresPool {
  return {
    options: {},
    end: async () => {},
    async connect(): Promise<PostgresPoolClient> {
      const client = await database.connect();
      let broken = false;
      return {
        release: () => client.release(broken),
        async query(text: string, values: readonly unknown[]) {
          database.counters.statements++;
          try {
            const result = await client.query(text, values as unknown[]);
            database.countWrite(result.command);
            return result;
          } catch (error) {
            broken ||= isConnectionLoss(error);
            throw database.failure(error);
          }
        },
        // The declared type also has an overload for cursors, which nobody here passes.
      } as unknown as PostgresPoolClient;
    },
  };
}
