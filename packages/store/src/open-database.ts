/** Opens the connection pool: statements, transactions tried again on conflicts, notifications, and loss of the server in our words. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf, type Log } from '@hearth/kernel';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { connectionText, driverOptions, type Connection } from './connection.ts';
import type { Database, Queryable, Statement } from './database.ts';
import { driverFailure, isConnectionLoss, sqlState } from './postgres/connection-failure.ts';
import { Listener } from './postgres/listener.ts';
import { rowValueTypes } from './postgres/row-values.ts';

export interface OpenDatabaseOptions {
  readonly connection: Connection;
  /** Where unqualified names are looked up; default `hearth`. Need not exist yet: `migrate` makes it. */
  readonly schema?: string;
  readonly log: Log;
  /** Most connections at once, the listening one not counted; default 10. */
  readonly poolSize?: number;
}

const OLDEST_VERSION = 15;
const CONNECT_LIMIT_MS = 10_000;
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
  const config = {
    ...driverOptions(options.connection),
    application_name: `hearth-${schema}`,
    options: `-c search_path=${schema} -c timezone=UTC`,
    types: rowValueTypes(),
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
  };
  const pool = new pg.Pool({ ...config, max: options.poolSize ?? 10, idleTimeoutMillis: 60_000 });
  const database = new PooledDatabase(pool, new Listener(config, options.log), connectionText(options.connection), options.log);
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

class PooledDatabase implements Database {
  readonly kysely: Kysely<unknown>;
  readonly counters = { statements: 0, commits: 0 };
  readonly #pool: pg.Pool;
  readonly #listener: Listener;
  readonly #place: string;
  readonly #log: Log;
  #closing: Promise<void> | null = null;

  constructor(pool: pg.Pool, listener: Listener, place: string, log: Log) {
    this.#pool = pool;
    this.#listener = listener;
    this.#place = place;
    this.#log = log;
    pool.on('error', (error) => this.#closing ?? log.warn('database-connection-lost', { reason: messageOf(error) }));
    // A connection that breaks between two statements of a transaction reports to nobody else.
    pool.on('connect', (client) => client.on('error', () => {}));
    this.kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: kyselyPool(pool, this) }) });
  }

  async query<Row>(statement: Statement): Promise<readonly Row[]> {
    this.counters.statements++;
    try {
      const result = await this.#pool.query(driverQuery(statement));
      this.countWrite(result.command);
      return result.rows as Row[];
    } catch (error) {
      throw this.failure(error);
    }
  }

  async transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#transactionOnce(work);
      } catch (error) {
        const state = sqlState(error);
        if ((state !== SERIALISATION_FAILURE && state !== DEADLOCK) || tries >= TRANSACTION_TRIES) throw error;
        this.#log.debug('database-transaction-retry', { state, tries });
        await sleep(randomInt(1, 5 * 2 ** tries));
      }
    }
  }

  async #transactionOnce<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let broken = false;
    try {
      await client.query('begin');
      const result = await work(this.#queryableOn(client));
      await client.query('commit');
      this.counters.commits++;
      return result;
    } catch (error) {
      broken = isConnectionLoss(error);
      await client.query('rollback').catch(() => {
        broken = true;
      });
      throw this.failure(error);
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Statements on one connection, one after the other even if asked for at once. */
  #queryableOn(client: pg.PoolClient): Queryable {
    let last: Promise<unknown> = Promise.resolve();
    return {
      query: <Row>(statement: Statement): Promise<readonly Row[]> => {
        this.counters.statements++;
        const result = last.then(() => client.query(driverQuery(statement)));
        last = result.catch(() => {});
        return result.then(({ rows }) => rows as Row[]);
      },
    };
  }

  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#listener.listen(channel, onPayload);
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#listener.close(), this.#pool.end()]).then(() => {});
    return this.#closing;
  }

  /** A change outside a transaction is a commit of its own. */
  countWrite(command: string): void {
    if (command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE' || command === 'COMMIT')
      this.counters.commits++;
  }

  failure(error: unknown): unknown {
    return driverFailure(error, this.#place);
  }
}

function driverQuery({ name, text, values }: Statement): pg.QueryConfig {
  return { text, values: values as unknown[], ...(name === undefined ? {} : { name }) };
}

/** The same pool for Kysely, with our counters and errors. */
function kyselyPool(pool: pg.Pool, database: PooledDatabase): PostgresPool {
  return {
    options: {},
    end: async () => {},
    async connect(): Promise<PostgresPoolClient> {
      let client: pg.PoolClient;
      try {
        client = await pool.connect();
      } catch (error) {
        throw database.failure(error);
      }
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
