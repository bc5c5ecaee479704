/**
 * What the state consists of, as the database itself tells it: tables, columns, sequences. So no table that a migration adds is forgotten. A column of
 * type bytea holds sealed JSON unless it is one of the few that are listed here.
 */
import type { Queryable } from '../database.ts';

export interface StateColumn {
  readonly name: string;
  /** As it is written in SQL. */
  readonly type: string;
  /** Holds JSON that the secret box sealed. */
  readonly isSealed: boolean;
}
export interface StateTable {
  readonly name: string;
  readonly columns: readonly StateColumn[];
  readonly primaryKey: readonly string[];
}

/** Who is alive, how the database came about, and which keys it is sealed with: a matter of each database. */
const NOT_STATE = ['lease_holder', 'migration', 'secret_key', 'key_user'];
/** Rows that every new database has; an import puts others in their place. */
export const MADE_WITH_THE_DATABASE: readonly string[] = ['chore', 'setting'];
/** Hashes, not secrets. */
const PLAIN_BYTES = ['content.id', 'content_part.whole_id', 'content_part.part_id', 'definition.template_id', 'definition.files_id'];

const TABLES = `
select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type, a.attgenerated <> '' as generated,
  coalesce(a.attnum = any (i.indkey), false) as "inKey"
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where n.nspname = current_schema() and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and c.relname <> all ($1::text[])
order by c.relname, a.attnum`;

/** By name; within a table, columns in their order. */
export async function stateTables(db: Queryable): Promise<readonly StateTable[]> {
  const rows = await db.query<{ table: string; column: string; type: string; generated: boolean; inKey: boolean }>({
    text: TABLES,
    values: [NOT_STATE],
  });
  const byTable = new Map<string, (typeof rows)[number][]>();
  for (const row of rows) if (!row.generated) byTable.set(row.table, [...(byTable.get(row.table) ?? []), row]);
  return [...byTable].map(([name, columns]) => ({
    name,
    columns: columns.map(({ column, type }) => ({
      name: column,
      type,
      isSealed: type === 'bytea' && !PLAIN_BYTES.includes(`${name}.${column}`),
    })),
    primaryKey: columns.filter((row) => row.inKey).map((row) => row.column),
  }));
}

export interface StateSequence {
  readonly table: string;
  readonly column: string;
  /** The last number given, or null when none was. */
  readonly last: string | null;
}

/** Sequences that number the rows of a table, as they stand now. */
export async function stateSequences(db: Queryable): Promise<readonly StateSequence[]> {
  const found = await db.query<{ table: string; column: string; sequence: string }>({
    text: `select t.relname as "table", a.attname as "column", s.oid::regclass::text as sequence
      from pg_class s join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
      join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
      join pg_namespace n on n.oid = t.relnamespace
      where s.relkind = 'S' and n.nspname = current_schema() order by 1, 2`,
    values: [],
  });
  const sequences: StateSequence[] = [];
  for (const { table, column, sequence } of found) {
    const [row] = await db.query<{ last: string | null }>({
      text: `select case when is_called then last_value::text end as last from ${sequence}`,
      values: [],
    });
    sequences.push({ table, column, last: row?.last ?? null });
  }
  return sequences;
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}
export const appliedMigrations = (db: Queryable): Promise<readonly AppliedMigration[]> =>
  db.query<AppliedMigration>({ text: 'select number, name, checksum from migration order by number', values: [] });

/** A name of ours, as SQL has it. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Values of these types travel as text: JSON because it may hold what a JSON parser of PostgreSQL refuses within a row, numbers because JSON has no large ones. */
export const travelsAsText = (type: string): boolean => ['json', 'jsonb', 'bigint', 'numeric', 'xid8'].includes(type);
