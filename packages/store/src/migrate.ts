/** Brings a schema up to date from numbered SQL files; refuses one that a newer program made, or whose history was changed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, messageOf } from '@hearth/kernel';
import type { Database, Queryable } from './database.ts';
import { LONG_STATEMENT_MS } from './open-database.ts';

export interface MigrationSource {
  /** Folder of files `NNNN-what-it-does.sql`, numbered from 0001 upwards; numbers may be left out. */
  readonly folder: string;
  /** Made if missing; the statements run with it as search path. */
  readonly schema: string;
}

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Applies what is missing, each file in one transaction, under a lock: any number of processes may start at once. Gives the names of
 * the files that this call applied. Throws `Failure('configuration')` when the database is newer than the files or differs from them.
 */
export async function migrate(database: Database, source: MigrationSource): Promise<readonly string[]> {
  const migrations = readMigrations(source.folder);
  const applied: string[] = [];
  for (;;) {
    const name = await database.within(LONG_STATEMENT_MS).transaction((tx) => applyNext(tx, source.schema, migrations));
    if (name === null) return applied;
    applied.push(name);
  }
}

/** The migrations of a folder in order; doubles and odd names are refused, and a folder whose beginning is missing. */
export function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  if (names.length === 0) throw new Failure('configuration', `There are no migrations in ${folder}: the installation is incomplete.`);
  let last = 0;
  return names.map((file) => {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1] ?? 0);
    if (number <= last || (last === 0 && number !== 1)) {
      throw new Failure(
        'configuration',
        `The migration ${join(folder, file)} should be named ${String(last + 1).padStart(4, '0')}-what-it-does.sql.`,
      );
    }
    last = number;
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
    return { number, name: file.slice(0, -'.sql'.length), sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
}

async function applyNext(tx: Queryable, schema: string, migrations: readonly Migration[]): Promise<string | null> {
  const name = quoted(schema);
  await tx.query({ text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [`hearth migrations of ${schema}`] });
  const [there] = await tx.query<{ found: string | null }>({
    text: 'select to_regclass($1)::text as found',
    values: [`${name}.migration`],
  });
  if (there?.found == null) {
    await tx.query({ text: `create schema if not exists ${name}`, values: [] });
    await tx.query({
      text: `create table ${name}.migration (number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`,
      values: [],
    });
  }
  const recorded = await tx.query<{ number: number; name: string; checksum: string }>({
    text: `select number, name, checksum from ${name}.migration order by number`,
    values: [],
  });
  checkHistory(schema, recorded, migrations);
  const next = migrations[recorded.length];
  if (next === undefined) return null;
  await tx.query({ text: `set local search_path to ${name}`, values: [] });
  try {
    await tx.query({ text: next.sql, values: [] });
  } catch (error) {
    throw new Failure('configuration', `The migration ${next.name} of schema ${schema} failed and changed nothing: ${messageOf(error)}`, {
      cause: error,
    });
  }
  await tx.query({
    text: `insert into ${name}.migration (number, name, checksum) values ($1, $2, $3)`,
    values: [next.number, next.name, next.checksum],
  });
  return next.name;
}

function checkHistory(
  schema: string,
  recorded: readonly { number: number; name: string; checksum: string }[],
  migrations: readonly Migration[],
): void {
  const newest = recorded.at(-1);
  if (newest !== undefined && newest.number > (migrations.at(-1)?.number ?? 0)) {
    throw new Failure(
      'configuration',
      `The database was used by a newer Hearth: its schema ${schema} has migration ${newest.name}, and the newest that this program knows is ${migrations.at(-1)?.name}. ` +
        'Start that newer version, or restore the backup from before the upgrade.',
    );
  }
  for (const [index, row] of recorded.entries()) {
    const known = migrations[index];
    if (known !== undefined && row.number === known.number && row.checksum === known.checksum) continue;
    throw new Failure(
      'configuration',
      `The database's schema ${schema} was made by another migration ${row.name} than the one this program has. ` +
        'Use the version of Hearth that made it, or another database.',
    );
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
