/** A database of its own for a test file: cloned from a template that was migrated once in the run. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, Secret, silentLog, type Log } from '@hearth/kernel';
import { migrate, openDatabase, orchestrationMigrations, withDatabase, type Connection, type Database, type MigrationSource } from '@hearth/store';
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
  readonly poolSize?: number;
}

const SERVER_LIMIT_MS = 60_000;

export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const sources = options.migrations ?? [orchestrationMigrations()];
  const server = await testServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withAdministrator(server, async (administrator) => {
    const template = await ensureTemplate(administrator, server, sources);
    await administrator.query({ text: `create database ${name} template ${template} strategy file_copy`, values: [] });
  });
  const connection = withDatabase(server, name);
  const opened: Database[] = [];
  const open = async (more: { schema?: string; poolSize?: number; log?: Log }): Promise<Database> => {
    const database = await openDatabase({ connection, log: silentLog, poolSize: 4, schema: sources[0]?.schema ?? 'public', ...more });
    opened.push(database);
    return database;
  };
  return {
    database: await open(options.poolSize === undefined ? {} : { poolSize: options.poolSize }),
    connection,
    another: (more = {}) => open(more),
    async drop() {
      await Promise.all(opened.map((database) => database.close()));
      await withAdministrator(server, (administrator) => administrator.query({ text: `drop database if exists ${name} with (force)`, values: [] }));
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

async function withAdministrator<T>(server: Connection, work: (administrator: Database) => Promise<T>): Promise<T> {
  const administrator = await openDatabase({ connection: server, log: silentLog, schema: 'public', poolSize: 2 });
  try {
    return await work(administrator);
  } finally {
    await administrator.close();
  }
}

/** Makes the template for these migrations unless another test file of the run has; its name tells their contents. */
async function ensureTemplate(administrator: Database, server: Connection, sources: readonly MigrationSource[]): Promise<string> {
  const name = `template_${contentsDigest(sources)}`;
  await administrator.transaction(async (tx) => {
    // Held until the transaction ends; the template is made over other connections meanwhile.
    await tx.query({ text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [name] });
    const found = await administrator.query({ text: 'select 1 from pg_database where datname = $1', values: [name] });
    if (found.length > 0) return;
    const draft = `draft_${randomUUID().replaceAll('-', '')}`;
    await administrator.query({ text: `create database ${draft} strategy file_copy`, values: [] });
    for (const source of sources) {
      const database = await openDatabase({ connection: withDatabase(server, draft), log: silentLog, schema: source.schema, poolSize: 1 });
      try {
        await migrate(database, source);
      } finally {
        await database.close();
      }
    }
    await administrator.query({ text: `alter database ${draft} rename to ${name}`, values: [] });
  });
  return name;
}

function contentsDigest(sources: readonly MigrationSource[]): string {
  const hash = createHash('sha256');
  for (const { folder, schema } of sources) {
    hash.update(`${schema}\0`);
    for (const file of readdirSync(folder).sort()) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 24);
}
