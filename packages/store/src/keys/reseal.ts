/**
 * Sealing anew what was sealed with another key than the primary one, in short batches along primary keys. Rows that somebody is writing are passed by:
 * a round that came upon any is followed by another, until a whole round finds nothing.
 */
import { assert } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import { keyIdIn, keyIdOf, type SecretBox } from '../secret-box.ts';
import { identifier, type StateTable, stateTables } from '../state/state-tables.ts';

export interface ResealPlace {
  readonly table: string;
  /** As text; null: from the first row. */
  readonly after: string | null;
  /** Boxes that this round has found under another key. */
  readonly found: number;
}
export interface Resealed {
  /** Rows that were written. */
  readonly rows: number;
  /** Null: the round has come to its end. */
  readonly next: ResealPlace | null;
  readonly found: number;
}

const ROWS_AT_ONCE = 200;

/** One batch. Whatever it did may be done again. */
export async function resealBatch(database: Database, box: SecretBox, place: ResealPlace | null): Promise<Resealed> {
  const tables = (await stateTables(database)).filter(({ columns }) => columns.some(({ isSealed }) => isSealed));
  const at = place ?? { table: tables[0]?.name ?? '', after: null, found: 0 };
  const index = tables.findIndex(({ name }) => name >= at.table);
  const table = tables[index];
  if (table === undefined) return { rows: 0, next: null, found: at.found };
  const after = table.name === at.table ? at.after : null;
  const batch = await database.transaction((tx) => resealRows(tx, box, table, after));
  const found = at.found + batch.found;
  const following = tables[index + 1];
  const next =
    batch.last !== null
      ? { table: table.name, after: batch.last, found }
      : following === undefined
        ? null
        : { table: following.name, after: null, found };
  return { rows: batch.rows, next, found };
}

interface Batch {
  readonly rows: number;
  readonly found: number;
  /** Null: the table is done. */
  readonly last: string | null;
}

async function resealRows(tx: Queryable, box: SecretBox, table: StateTable, after: string | null): Promise<Batch> {
  const [key, ...more] = table.primaryKey;
  assert(key !== undefined && more.length === 0, `the table ${table.name} has sealed columns and no plain primary key`);
  const keyType = table.columns.find(({ name }) => name === key)?.type ?? 'text';
  const sealed = table.columns.filter(({ isSealed }) => isSealed).map(({ name }) => name);
  const [name, keyName] = [identifier(table.name), identifier(key)];
  const isOld = sealed.map((column) => `substring(t.${identifier(column)} from 2 for 4) <> $2::bytea`).join(' or ');
  const looked = await tx.query<{ key: string; old: boolean }>({
    text: `select t.${keyName}::text as key, coalesce(${isOld}, false) as old from ${name} t
      where $1::text is null or t.${keyName} > $1::${keyType} order by t.${keyName} limit ${ROWS_AT_ONCE}`,
    values: [after, Buffer.from(keyIdOf(box.fingerprint), 'hex')],
  });
  const old = looked.filter((row) => row.old).map((row) => row.key);
  const last = looked.length < ROWS_AT_ONCE ? null : (looked.at(-1)?.key ?? null);
  if (old.length === 0) return { rows: 0, found: 0, last };
  // Nobody is waited for while rows are held, so nobody can wait crosswise.
  const rows = await tx.query<Record<string, Buffer | string | null>>({
    text: `select t.${keyName}::text as key, ${sealed.map((column, at) => `t.${identifier(column)} as v${at}`).join(', ')} from ${name} t
      where t.${keyName} = any ($1::${keyType}[]) for no key update skip locked`,
    values: [old],
  });
  const anew = (value: Buffer | null): Buffer | null =>
    value === null || keyIdIn(value) === keyIdOf(box.fingerprint) ? value : box.seal(box.open(value));
  const values = sealed.map((_column, at) => rows.map((row) => anew(row[`v${at}`] as Buffer | null)));
  await tx.query({
    text: `update ${name} t set ${sealed.map((column, at) => `${identifier(column)} = u.v${at}`).join(', ')}
      from unnest($1::${keyType}[], ${sealed.map((_column, at) => `$${at + 2}::bytea[]`).join(', ')}) as u (key, ${sealed.map((_column, at) => `v${at}`).join(', ')})
      where t.${keyName} = u.key`,
    values: [rows.map((row) => row['key']), ...values],
  });
  return { rows: rows.length, found: old.length, last };
}

/** How many rows are sealed with a key; goes through whole tables. */
export async function countSealedWith(db: Queryable, fingerprint: string): Promise<number> {
  let sum = 0;
  for (const { name, columns } of await stateTables(db)) {
    const sealed = columns.filter(({ isSealed }) => isSealed);
    if (sealed.length === 0) continue;
    const [row] = await db.query<{ n: number }>({
      text: `select count(*) as n from ${identifier(name)} t where ${sealed.map((column) => `substring(t.${identifier(column.name)} from 2 for 4) = $1::bytea`).join(' or ')}`,
      values: [Buffer.from(keyIdOf(fingerprint), 'hex')],
    });
    sum += row?.n ?? 0;
  }
  return sum;
}
