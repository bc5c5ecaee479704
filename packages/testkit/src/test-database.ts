/** A database of its own for a test file, on the run's one server. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert, Failure, Secret, silentLog, type Log } from '@hearth/kernel';
import { openDatabase, orchestrationMigrations, type Connection, type Database, type MigrationSource } from '@hearth/store';
import { cloneDatabase, dropDatabase } from '@hearth/store/testing';
import { FAILED, READY, WANTED, type TestServerReady } from './test-server.ts';

export interface TestDatabase {
  /** On the schema of the first migration source. */
  readonly database: Database;
  readonly connection: Connection;
  /** One more `Database` object on the same database, as another process would have; closed by `drop`. */
  another(options?: { schema?: string; poolSize?: number; log?: Log }): Promise<Database>;
  /** Closes everything opened here and drops the database. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** What is migrated into the template; default: the orchestration schema. An empty list gives an empty database. */
  readonly migrations?: readonly MigrationSource[];
  /** Default 4: many test files share the server. */
  readonly poolSize?: number;
}

const SERVER_LIMIT_MS = 60_000;

export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const sources = options.migrations ?? [orchestrationMigrations()];
  const server = await testServer();
  const connection = await cloneDatabase(server, sources);
  const opened: Database[] = [];
  const open = async (more: { schema?: string; poolSize?: number; log?: Log }): Promise<Database> => {
    const database = await openDatabase({
      connection,
      log: silentLog,
      poolSize: options.poolSize ?? 4,
      schema: sources[0]?.schema ?? 'public',
      ...more,
    });
    opened.push(database);
    return database;
  };
  return {
    database: await open({}),
    connection,
    another: (more = {}) => open(more),
    async drop() {
      await Promise.all(opened.map((database) => database.close()));
      assert(connection.kind === 'socket', 'the test server is reached by its socket');
      await dropDatabase(server, connection.database);
    },
  };
}

/** The run's server; its database `postgres`. Started if this is the first test to ask. */
export async function testServer(): Promise<Connection> {
  // Loaded here, not above: the rest of this package also serves programs that run outside vitest.
  const { inject } = await import('vitest');
  const place = inject('hearthTestServer') as { folder: string } | undefined;
  if (place === undefined) {
    throw new Failure('configuration', "There is no test database: vitest's globalSetup must name packages/testkit/src/global-setup.ts.");
  }
  writeFileSync(join(place.folder, WANTED), '');
  const until = performance.now() + SERVER_LIMIT_MS;
  while (!existsSync(join(place.folder, READY))) {
    if (existsSync(join(place.folder, FAILED))) throw new Failure('unavailable', readFileSync(join(place.folder, FAILED), 'utf8'));
    if (performance.now() > until) throw new Failure('unavailable', `The test database did not start within ${SERVER_LIMIT_MS / 1000} s.`);
    await sleep(10);
  }
  const ready = JSON.parse(readFileSync(join(place.folder, READY), 'utf8')) as TestServerReady;
  return { kind: 'socket', folder: ready.socketFolder, user: 'hearth', password: new Secret(ready.password), database: 'postgres' };
}
