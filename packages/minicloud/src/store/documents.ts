/** Objects of every service as JSON documents: get, list by conditions with sort and marker, insert, replace, delete. */
import { Bug, type JsonObject } from '@hearth/kernel';
import type { Queryable } from '@hearth/store';
import { SqlText, type Condition } from './conditions.ts';

export interface Document<Body extends JsonObject = JsonObject> {
  readonly id: string;
  /** Grows with every insertion; the default order of lists. */
  readonly seq: number;
  readonly projectId: string | null;
  readonly name: string | null;
  readonly parentId: string | null;
  /** 0 at creation, one more with each change. */
  readonly revision: number;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly body: Body;
}

export interface NewDocument<Body extends JsonObject = JsonObject> {
  readonly id: string;
  readonly projectId?: string | null;
  readonly name?: string | null;
  readonly parentId?: string | null;
  readonly body: Body;
}

export interface Sort {
  /** A body field, or one of the columns `id`, `name`, `project_id`, `created_at`, `updated_at`; `id bytes`: the id in the order of bytes. */
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

export interface ListQuery {
  /** Makes the statement a prepared one. For lists that are asked often; every list of this name must have conditions, order and limit of one shape. */
  readonly preparedAs?: string;
  /** All must hold. */
  readonly where?: readonly Condition[];
  /** Order of insertion when absent; ties are broken by it. */
  readonly sort?: readonly Sort[];
  readonly limit?: number | null;
  /** Id of the object after which the page begins; one that does not exist gives an empty page. */
  readonly marker?: string | null;
  /** Fields of the bodies that are left out: what long lists have no use for costs more than all the rest. */
  readonly without?: readonly string[];
}

/** Collections are named `<service>.<plural>`, e.g. `neutron.ports`. */
export interface Documents {
  /** `lock` keeps the row for this transaction; `share` keeps others from changing it, while they may share it too. */
  get<Body extends JsonObject = JsonObject>(
    collection: string,
    id: string,
    options?: { lock?: boolean | 'share' },
  ): Promise<Document<Body> | null>;
  list<Body extends JsonObject = JsonObject>(collection: string, query?: ListQuery): Promise<readonly Document<Body>[]>;
  count(collection: string, where?: readonly Condition[]): Promise<number>;
  /** How many there are, and the sum of a numeric field over them. */
  total(collection: string, field: string, where?: readonly Condition[]): Promise<{ readonly count: number; readonly sum: number }>;
  /** Null when the id is taken. */
  insert<Body extends JsonObject = JsonObject>(
    collection: string,
    document: NewDocument<Body>,
    nowMs: number,
  ): Promise<Document<Body> | null>;
  /** Absent columns stay as they are. Null when there is no such object. */
  replace<Body extends JsonObject = JsonObject>(
    collection: string,
    change: { readonly id: string; readonly body: Body } & Partial<NewDocument<Body>>,
    nowMs: number,
  ): Promise<Document<Body> | null>;
  remove(collection: string, id: string): Promise<boolean>;
  /** Ids of what was removed. */
  removeWhere(collection: string, where: readonly Condition[]): Promise<readonly string[]>;
}

interface Row {
  readonly id: string;
  readonly seq: string;
  readonly project_id: string | null;
  readonly name: string | null;
  readonly parent_id: string | null;
  readonly revision: number;
  readonly created_ms: string;
  readonly updated_ms: string;
  readonly body: JsonObject;
}

const COLUMNS = 'id, seq, project_id, name, parent_id, revision, created_ms, updated_ms, body';

function documentOf<Body extends JsonObject>(row: Row): Document<Body> {
  return {
    id: row.id,
    seq: Number(row.seq),
    projectId: row.project_id,
    name: row.name,
    parentId: row.parent_id,
    revision: row.revision,
    createdMs: Number(row.created_ms),
    updatedMs: Number(row.updated_ms),
    body: row.body as Body,
  };
}

export function documentsIn(db: Queryable): Documents {
  const one = async <Body extends JsonObject>(name: string, text: string, values: readonly unknown[]): Promise<Document<Body> | null> => {
    const [row] = await db.query<Row>({ name, text, values });
    return row === undefined ? null : documentOf<Body>(row);
  };
  return {
    get: (collection, id, options) =>
      options?.lock === true
        ? one('minicloud-lock', `select ${COLUMNS} from minicloud.object where collection = $1 and id = $2 for update`, [collection, id])
        : options?.lock === 'share'
          ? one('minicloud-share', `select ${COLUMNS} from minicloud.object where collection = $1 and id = $2 for share`, [collection, id])
          : one('minicloud-get', `select ${COLUMNS} from minicloud.object where collection = $1 and id = $2`, [collection, id]),
    async list<Body extends JsonObject>(collection: string, query: ListQuery = {}) {
      const statement = listStatement(collection, query);
      const rows = await db.query<Row>(
        query.preparedAs === undefined ? statement : { ...statement, name: `minicloud-list-${query.preparedAs}` },
      );
      return rows.map((row) => documentOf<Body>(row));
    },
    async count(collection, where = []) {
      const sql = new SqlText();
      const text = `select count(*)::int as n from minicloud.object o where ${whereText(sql, collection, where)}`;
      const [row] = await db.query<{ n: number }>({ text, values: sql.values });
      return row?.n ?? 0;
    },
    async total(collection, field, where = []) {
      const sql = new SqlText();
      const sum = `coalesce(sum((${sql.textOf(field)})::numeric), 0)::float8`;
      const text = `select count(*)::int as n, ${sum} as sum from minicloud.object o where ${whereText(sql, collection, where)}`;
      const [row] = await db.query<{ n: number; sum: number }>({ text, values: sql.values });
      return { count: row?.n ?? 0, sum: row?.sum ?? 0 };
    },
    insert: (collection, document, nowMs) =>
      one(
        'minicloud-insert',
        `insert into minicloud.object (collection, id, project_id, name, parent_id, created_ms, updated_ms, body)
         values ($1, $2, $3, $4, $5, $6, $6, $7::jsonb) on conflict (collection, id) do nothing returning ${COLUMNS}`,
        [
          collection,
          document.id,
          document.projectId ?? null,
          document.name ?? null,
          document.parentId ?? null,
          nowMs,
          JSON.stringify(document.body),
        ],
      ),
    replace: (collection, change, nowMs) =>
      one(
        'minicloud-replace',
        `update minicloud.object set body = $3::jsonb, updated_ms = $4, revision = revision + 1,
           project_id = case when $5 then $6 else project_id end, name = case when $7 then $8 else name end,
           parent_id = case when $9 then $10 else parent_id end
         where collection = $1 and id = $2 returning ${COLUMNS}`,
        [
          collection,
          change.id,
          JSON.stringify(change.body),
          nowMs,
          change.projectId !== undefined,
          change.projectId ?? null,
          change.name !== undefined,
          change.name ?? null,
          change.parentId !== undefined,
          change.parentId ?? null,
        ],
      ),
    async remove(collection, id) {
      const rows = await db.query({
        name: 'minicloud-remove',
        text: 'delete from minicloud.object where collection = $1 and id = $2 returning id',
        values: [collection, id],
      });
      return rows.length > 0;
    },
    async removeWhere(collection, where) {
      if (where.length === 0) throw new Bug(`removing all of ${collection} needs a condition that says so`);
      const sql = new SqlText();
      const text = `delete from minicloud.object o where ${whereText(sql, collection, where)} returning id`;
      const rows = await db.query<{ id: string }>({ text, values: sql.values });
      return rows.map((row) => row.id);
    },
  };
}

const whereText = (sql: SqlText, collection: string, where: readonly Condition[]): string =>
  [`o.collection = ${sql.value(collection)}`, ...where.map((condition) => sql.condition(condition))].join(' and ');

/** Keyset paging: the page begins after the marker's own sort values, so that insertions before it do not shift pages. */
function listStatement(collection: string, query: ListQuery): { text: string; values: readonly unknown[] } {
  const sql = new SqlText();
  const sort = query.sort ?? [];
  const last = sort.at(-1);
  const keys = last?.field === 'seq' ? sort : [...sort, { field: 'seq', direction: last?.direction ?? 'asc' } satisfies Sort];
  const conditions = [whereText(sql, collection, query.where ?? [])];
  if (query.marker !== undefined && query.marker !== null) {
    const marker = (field: string): string => sql.sortKey(field, 'm');
    const alternatives = keys.map((key, index) => {
      const equal = keys.slice(0, index).map((before) => `${sql.sortKey(before.field, 'o')} = ${marker(before.field)}`);
      return [...equal, `${sql.sortKey(key.field, 'o')} ${key.direction === 'asc' ? '>' : '<'} ${marker(key.field)}`].join(' and ');
    });
    const markerRow = `from minicloud.object m where m.collection = ${sql.value(collection)} and m.id = ${sql.value(query.marker)}`;
    const [only, ...others] = keys;
    // The sequence alone, compared with a value: an index gives the page in order, however far the marker.
    if (only?.field === 'seq' && others.length === 0)
      conditions.push(`o.seq ${only.direction === 'asc' ? '>' : '<'} (select m.seq ${markerRow})`);
    else conditions.push(`exists (select 1 ${markerRow} and (${alternatives.map((text) => `(${text})`).join(' or ')}))`);
  }
  const order = keys.map((key) => `${sql.sortKey(key.field, 'o')} ${key.direction}`).join(', ');
  const limit = query.limit === undefined || query.limit === null ? '' : ` limit ${sql.value(query.limit)}`;
  const columns = COLUMNS.replaceAll(/\w+/g, 'o.$&');
  const without = query.without === undefined ? '' : ` - ${sql.value(query.without)}::text[] as body`;
  const text = `select ${columns}${without} from minicloud.object o where ${conditions.join(' and ')} order by ${order}${limit}`;
  return { text, values: sql.values };
}
