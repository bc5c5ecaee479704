/**
 * An export into an empty database, all or nothing: one transaction, committed when the last line says what was read. Nobody owns anything afterwards,
 * so the first engine takes everything up that was under way.
 */
import { createHash, type Hash } from 'node:crypto';
import { Failure, isJsonObject, type Json, type JsonObject, type Secret } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import { LONG_STATEMENT_MS } from '../open-database.ts';
import type { SecretBox } from '../secret-box.ts';
import { resealed, STATE_FORMAT, STATE_VERSION, type StateCount } from './export-state.ts';
import { isSealing, openSealing } from './state-seal.ts';
import {
  appliedMigrations,
  type AppliedMigration,
  identifier,
  MADE_WITH_THE_DATABASE,
  type StateTable,
  stateTables,
  travelsAsText,
} from './state-tables.ts';

export interface ImportStateOptions {
  /** Seals for this database. */
  readonly box: SecretBox;
  readonly passphrase: Secret;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** In order, without their ends. */
  readonly lines: AsyncIterable<string>;
}

/** A row may be large: what goes together is bounded by its size too. */
const ROWS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 1_000_000;

const broken = (line: number, what: string): Failure =>
  new Failure(
    'invalid',
    `Line ${line} of the file ${what}. Nothing was imported. What to do: take the file anew, or a copy that is whole.`,
  );

export async function importState(database: Database, options: ImportStateOptions): Promise<StateCount> {
  const long = database.within(LONG_STATEMENT_MS);
  // Lines are read once, so this cannot be tried again by itself.
  const import_ = new StateImport(options);
  return long.transaction((tx) => import_.run(tx));
}

class StateImport {
  readonly #options: ImportStateOptions;
  readonly #hash: Hash = createHash('sha256');
  readonly #counts: Record<string, number> = {};
  #line = 0;
  #tables: ReadonlyMap<string, StateTable> = new Map();
  #from: SecretBox | null = null;
  #table: StateTable | null = null;
  #waiting: JsonObject[] = [];
  #size = 0;
  #isOver = false;

  constructor(options: ImportStateOptions) {
    this.#options = options;
  }

  async run(tx: Queryable): Promise<StateCount> {
    for await (const text of this.#options.lines) {
      this.#line++;
      if (this.#isOver) throw broken(this.#line, 'stands behind the end');
      const line = this.#parsed(text);
      if (this.#line === 1) await this.#begin(tx, line);
      else if (line['row'] !== undefined) await this.#row(tx, line['row'], text.length);
      else if (typeof line['table'] === 'string') await this.#nextTable(tx, line['table']);
      else if (typeof line['sequence'] === 'string') await this.#sequence(tx, line['sequence'], line['last'] ?? null);
      else if (line['end'] === true) await this.#end(tx, line);
      else throw broken(this.#line, 'is of no kind that is known');
      if (line['end'] !== true) this.#hash.update(`${text}\n`);
    }
    if (!this.#isOver) throw broken(this.#line + 1, 'is missing: the file ends too early');
    return { rows: this.#rows(), tables: this.#counts };
  }

  #parsed(text: string): JsonObject {
    try {
      const value = JSON.parse(text) as Json;
      if (isJsonObject(value)) return value;
    } catch {
      // Told below, without the text, which may be of any kind.
    }
    throw broken(this.#line, 'is no object in JSON');
  }

  async #begin(tx: Queryable, line: JsonObject): Promise<void> {
    const { passphrase } = this.#options;
    if (line['format'] !== STATE_FORMAT) throw new Failure('invalid', 'The file is no export of state: its first line does not say so.');
    if (line['version'] !== STATE_VERSION)
      throw new Failure(
        'invalid',
        `The file has version ${JSON.stringify(line['version'])} of the format; this program reads version ${STATE_VERSION}.`,
      );
    const { migrations, sealing } = line;
    if (!Array.isArray(migrations) || !isSealing(sealing)) throw broken(1, 'does not say how the file was made');
    refuseOtherSchema(migrations as unknown as readonly AppliedMigration[], await appliedMigrations(tx));
    this.#from = openSealing(passphrase, sealing);
    const tables = await stateTables(tx);
    await refuseFilled(tx, tables);
    this.#tables = new Map(tables.map((table) => [table.name, table]));
    await deferForeignKeys(tx);
    await tx.query({ text: 'delete from chore', values: [] });
    await tx.query({ text: 'delete from setting', values: [] });
  }

  async #nextTable(tx: Queryable, name: string): Promise<void> {
    await this.#flush(tx);
    const table = this.#tables.get(name);
    if (table === undefined) throw broken(this.#line, `names a table that is not known: ${name}`);
    this.#table = table;
    this.#counts[name] ??= 0;
  }

  async #row(tx: Queryable, row: Json, size: number): Promise<void> {
    if (this.#table === null || !isJsonObject(row)) throw broken(this.#line, 'is a row of no table');
    let sealed: JsonObject;
    try {
      sealed = resealed(this.#table, row, this.#from as SecretBox, this.#options.box);
    } catch {
      throw broken(this.#line, 'holds something sealed that is damaged');
    }
    this.#waiting.push(this.#asFree(sealed));
    this.#size += size;
    if (this.#waiting.length >= ROWS_AT_ONCE || this.#size >= CHARACTERS_AT_ONCE) await this.#flush(tx);
  }

  /** Who owned it is not here: it is due at once. Transaction ids of another server mean nothing here: all events are of one long past transaction. */
  #asFree(row: JsonObject): JsonObject {
    const { columns } = this.#table as StateTable;
    const changed: Record<string, Json> = {};
    if (typeof row['holder_id'] === 'string')
      Object.assign(changed, { holder_id: null, due_at: new Date(this.#options.now).toISOString() });
    for (const { name, type } of columns) if (type === 'xid8' && row[name] !== null) changed[name] = '1';
    return { ...row, ...changed };
  }

  async #flush(tx: Queryable): Promise<void> {
    const { name, columns } = this.#table ?? { name: '', columns: [] };
    const rows = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    if (rows.length === 0) return;
    const names = columns.map((column) => identifier(column.name)).join(', ');
    const types = columns.map((column) => `${identifier(column.name)} ${travelsAsText(column.type) ? 'text' : column.type}`).join(', ');
    const values = columns
      .map((column) => `r.${identifier(column.name)}${travelsAsText(column.type) ? `::${column.type}` : ''}`)
      .join(', ');
    await tx.query({
      text: `insert into ${identifier(name)} (${names}) overriding system value select ${values} from json_to_recordset($1::json) as r (${types})`,
      values: [JSON.stringify(rows)],
    });
    this.#counts[name] = (this.#counts[name] ?? 0) + rows.length;
  }

  async #sequence(tx: Queryable, place: string, last: Json): Promise<void> {
    await this.#flush(tx);
    const [table = '', column = ''] = place.split('.');
    if (!this.#tables.get(table)?.columns.some(({ name }) => name === column))
      throw broken(this.#line, `names a sequence that is not known: ${place}`);
    if (typeof last === 'string')
      await tx.query({ text: 'select setval(pg_get_serial_sequence($1, $2), $3::bigint)', values: [identifier(table), column, last] });
  }

  async #end(tx: Queryable, line: JsonObject): Promise<void> {
    await this.#flush(tx);
    if (line['rows'] !== this.#rows() || line['sha256'] !== this.#hash.digest('hex'))
      throw broken(this.#line, 'does not fit what came before it: the file was changed');
    await tx.query({ text: 'update event_sink set ends_xid = pg_current_xact_id() where ends_xid is not null', values: [] });
    await checkForeignKeys(tx);
    this.#isOver = true;
  }

  #rows(): number {
    return Object.values(this.#counts).reduce((sum, one) => sum + one, 0);
  }
}

function refuseOtherSchema(theirs: readonly AppliedMigration[], ours: readonly AppliedMigration[]): void {
  const isSame =
    theirs.length === ours.length &&
    ours.every((one, index) => one.checksum === theirs[index]?.checksum && one.name === theirs[index]?.name);
  if (isSame) return;
  throw new Failure(
    'configuration',
    `The file was made by a Hearth whose database is at ${theirs.at(-1)?.name ?? 'nothing'}, and this one is at ${ours.at(-1)?.name ?? 'nothing'}. ` +
      'What to do: import it with the version that made it, and upgrade afterwards.',
  );
}

async function refuseFilled(tx: Queryable, tables: readonly StateTable[]): Promise<void> {
  await tx.query({ text: 'lock table stack in share row exclusive mode', values: [] });
  for (const { name } of tables) {
    if (MADE_WITH_THE_DATABASE.includes(name)) continue;
    const rows = await tx.query({ text: `select 1 from ${identifier(name)} limit 1`, values: [] });
    if (rows.length > 0)
      throw new Failure('configuration', `The database is not empty: there are rows in "${name}". What to do: import into a new database.`);
  }
}

const FOREIGN_KEYS = `
select conrelid::regclass::text as "table", conname as name, condeferrable as "mayWait" from pg_constraint
where contype = 'f' and connamespace = current_schema()::regnamespace and not condeferred`;

/** Rows come table by table: what they refer to may come later. The constraints are themselves again when the transaction ends. */
async function deferForeignKeys(tx: Queryable): Promise<void> {
  const keys = await tx.query<{ table: string; name: string; mayWait: boolean }>({ text: FOREIGN_KEYS, values: [] });
  for (const { table, name } of keys)
    await tx.query({ text: `alter table ${table} alter constraint ${identifier(name)} deferrable initially deferred`, values: [] });
  await tx.query({ text: 'create temporary table undeferred (relation text, name text, may_wait boolean) on commit drop', values: [] });
  await tx.query({
    text: 'insert into undeferred select * from unnest($1::text[], $2::text[], $3::boolean[])',
    values: [keys.map((key) => key.table), keys.map((key) => key.name), keys.map((key) => key.mayWait)],
  });
}

async function checkForeignKeys(tx: Queryable): Promise<void> {
  await tx.query({ text: 'set constraints all immediate', values: [] });
  const keys = await tx.query<{ relation: string; name: string; may_wait: boolean }>({ text: 'select * from undeferred', values: [] });
  for (const { relation, name, may_wait: mayWait } of keys)
    await tx.query({
      text: `alter table ${relation} alter constraint ${identifier(name)} ${mayWait ? 'deferrable initially immediate' : 'not deferrable'}`,
      values: [],
    });
}
