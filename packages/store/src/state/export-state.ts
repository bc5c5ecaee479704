/**
 * All state of a database as lines of JSON, from one snapshot, while everything goes on: who has stacks, what they are, how far they have got. Memory
 * does not grow with the number of rows. The format is told in docs/state-and-keys.md.
 */
import { createHash } from 'node:crypto';
import type { JsonObject, Secret } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import { LONG_STATEMENT_MS } from '../open-database.ts';
import { SEQUENCE_ANEW } from '../queries/event-sinks.ts';
import type { SecretBox } from '../secret-box.ts';
import { newSealing } from './state-seal.ts';
import { appliedMigrations, identifier, stateSequences, type StateTable, stateTables, travelsAsText } from './state-tables.ts';

export const STATE_FORMAT = 'hearth-state';
export const STATE_VERSION = 1;

export interface ExportStateOptions {
  /** Opens what the database has sealed. */
  readonly box: SecretBox;
  readonly passphrase: Secret;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Takes a line with its end; the next one comes when this is done. */
  readonly write: (line: string) => Promise<void>;
}
export interface StateCount {
  readonly rows: number;
  readonly tables: Readonly<Record<string, number>>;
}

/** Sinks as they stand where transaction ids begin anew. */
const ROWS_ANEW: Readonly<Record<string, string>> = {
  event_sink: `(select k.*, ${SEQUENCE_ANEW} as sequence_anew from event_sink k)`,
};
const ROWS_AT_ONCE = 200;

export function exportState(database: Database, options: ExportStateOptions): Promise<StateCount> {
  return database.within(LONG_STATEMENT_MS).transaction(async (tx) => {
    await tx.query({ text: 'set transaction isolation level repeatable read, read only', values: [] });
    return writeState(tx, options);
  });
}

async function writeState(tx: Queryable, { box, passphrase, now, write }: ExportStateOptions): Promise<StateCount> {
  const { sealing, box: target } = newSealing(passphrase);
  const hash = createHash('sha256');
  const tell = async (line: JsonObject): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    await write(text);
  };
  const migrations = (await appliedMigrations(tx)).map(({ number, name, checksum }) => ({ number, name, checksum }));
  await tell({ format: STATE_FORMAT, version: STATE_VERSION, exportedAt: new Date(now).toISOString(), migrations, sealing });
  const tables: Record<string, number> = {};
  for (const table of await stateTables(tx)) {
    await tell({ table: table.name, columns: table.columns.map(({ name }) => name) });
    tables[table.name] = await writeRows(tx, table, async (row) => tell({ row: resealed(table, row, box, target) }));
  }
  for (const { table, column, last } of await stateSequences(tx)) await tell({ sequence: `${table}.${column}`, last });
  const rows = Object.values(tables).reduce((sum, one) => sum + one, 0);
  await write(`${JSON.stringify({ end: true, rows, sha256: hash.digest('hex') })}\n`);
  return { rows, tables };
}

async function writeRows(tx: Queryable, table: StateTable, take: (row: JsonObject) => Promise<void>): Promise<number> {
  const columns = table.columns.map(
    ({ name, type }) => `t.${identifier(name)}${travelsAsText(type) ? '::text' : ''} as ${identifier(name)}`,
  );
  const order = table.primaryKey.length === 0 ? '' : `order by ${table.primaryKey.map((name) => `t.${identifier(name)}`).join(', ')}`;
  await tx.query({
    text: `declare state_rows no scroll cursor for
      select row_to_json(r)::text as row from (select ${columns.join(', ')} from ${ROWS_ANEW[table.name] ?? identifier(table.name)} t ${order}) r`,
    values: [],
  });
  let count = 0;
  for (;;) {
    const rows = await tx.query<{ row: string }>({ text: `fetch ${ROWS_AT_ONCE} from state_rows`, values: [] });
    for (const { row } of rows) await take(JSON.parse(row) as JsonObject);
    count += rows.length;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await tx.query({ text: 'close state_rows', values: [] });
  return count;
}

/** Sealed columns under another key: never plain, not even on the way. */
export function resealed(table: StateTable, row: JsonObject, from: SecretBox, to: SecretBox): JsonObject {
  const changed: Record<string, string> = {};
  for (const { name, isSealed } of table.columns) {
    const value = row[name];
    if (isSealed && typeof value === 'string')
      changed[name] = `\\x${to.seal(from.open(Buffer.from(value.slice(2), 'hex'))).toString('hex')}`;
  }
  return { ...row, ...changed };
}
