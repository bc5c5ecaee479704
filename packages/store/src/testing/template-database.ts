/** Databases for tests: cloned from a template that is migrated once, so that each costs milliseconds. */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '@hearth/kernel';
import { withDatabase, type Connection } from '../connection.ts';
import type { Database } from '../database.ts';
import { migrate, type MigrationSource } from '../migrate.ts';
import { LONG_STATEMENT_MS, openDatabase } from '../open-database.ts';

/** Makes a fresh database with these migrations applied on the server of `server`; gives its connection. */
export function cloneDatabase(server: Connection, sources: readonly MigrationSource[]): Promise<Connection> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  return withAdministrator(server, async (administrator) => {
    const template = await ensureTemplate(administrator, server, sources);
    await administrator.query({ text: `create database ${name} template ${template} strategy file_copy`, values: [] });
    return withDatabase(server, name);
  });
}

/** Drops a database, cutting whoever is connected. */
export async function dropDatabase(server: Connection, name: string): Promise<void> {
  await withAdministrator(server, (administrator) =>
    administrator.query({ text: `drop database if exists ${name} with (force)`, values: [] }),
  );
}

async function withAdministrator<T>(server: Connection, work: (administrator: Database) => Promise<T>): Promise<T> {
  const administrator = await openDatabase({ connection: withDatabase(server, 'postgres'), log: silentLog, schema: 'public', poolSize: 2 });
  try {
    return await work(administrator);
  } finally {
    await administrator.close();
  }
}

/** Makes the template for these migrations unless another test file of the run has; its name tells their contents. */
async function ensureTemplate(administrator: Database, server: Connection, sources: readonly MigrationSource[]): Promise<string> {
  const name = `template_${contentsDigest(sources)}`;
  await administrator.within(LONG_STATEMENT_MS).transaction(async (tx) => {
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
