/**
 * Claiming rows: those that are due and free, those of holders whose lease has passed (whatever their due time: the owner died
 * holding them), and strays: rows of our own that this process knows nothing about. Cost does not grow with idle rows.
 */
import type { HolderId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';
import { dueTableName, shareColumn, type DueTable } from './due-table.ts';

export interface DueClaim {
  readonly id: string;
  readonly holderId: HolderId;
  readonly epoch: number;
  readonly wakeVersion: number;
  /** Whose it is; null where rows are nobody's. */
  readonly share: string | null;
  /** The row was held: by a holder whose lease has passed, or by this one without this process knowing. */
  readonly tookOver: boolean;
}

export interface ClaimRequest {
  readonly table: DueTable;
  readonly holderId: HolderId;
  readonly limit: number;
  /** Look for rows of dead holders and for strays too. */
  readonly sweep: boolean;
  /** Rows that this process holds and works on. */
  readonly known: readonly string[];
  /** Whose free rows are passed over for now; only where rows are somebody's. */
  readonly full?: readonly string[];
}

export interface ClaimAnswer {
  readonly claims: readonly DueClaim[];
  /** When the next free row is due, in milliseconds since 1970 by the database's clock; null: none is. */
  readonly nextDueAt: number | null;
  /** The database's clock, to be compared with `nextDueAt`. */
  readonly databaseNow: number;
}

// `holder` steps from one distinct holder to the next along the index. The joins are lateral, and the update goes by an array of ids,
// so that no plan can prefer to scan the table. A holder whose own lease has passed gets nothing.
export function claimStatement({ table, holderId, limit, sweep, known, full }: ClaimRequest): Statement {
  const name = dueTableName(table);
  const share = shareColumn(table);
  const text = `
with recursive holder (id) as (
  (select t.holder_id from ${name} t where $4 and t.holder_id is not null order by t.holder_id limit 1)
  union all
  select (select t.holder_id from ${name} t where t.holder_id > h.id order by t.holder_id limit 1) from holder h where h.id is not null
), orphaned as (
  select o.id from holder h cross join lateral (
    select t.id from ${name} t where t.holder_id = h.id limit $2 for no key update skip locked
  ) o
  where h.id is not null and h.id <> $1
    and not exists (select from lease_holder l where l.id = h.id and l.expires_at > statement_timestamp())
), stray as (
  select t.id from ${name} t where $4 and t.holder_id = $1 and t.id <> all ($3::uuid[]) limit $2 for no key update skip locked
), ${share === null ? dueOfAll(name) : dueOfShares(name, share)}, chosen as (
  select id, true as took_over from orphaned union all select id, true from stray union all select id, false from due limit $2
), claimed as (
  update ${name} t set holder_id = $1, epoch = t.epoch + 1
  where t.id = any (array (select id from chosen))
    and exists (select from lease_holder l where l.id = $1 and l.expires_at > statement_timestamp())
  returning t.id, t.epoch, t.wake_version${share === null ? '' : `, t.${share} as share`}
)
select n.next_due_at, statement_timestamp() as database_now, c.id, c.epoch, c.wake_version, c.took_over${share === null ? '' : ', c.share'}
from (select min(t.due_at) as next_due_at from ${name} t where t.due_at > statement_timestamp() and t.holder_id is null) n
left join (select claimed.*, chosen.took_over from claimed join chosen using (id)) c on true`;
  return { name: `claim-${name}`, text, values: [holderId, limit, known, sweep, ...(share === null ? [] : [full ?? []])] };
}

const dueOfAll = (name: string): string => `due as (
  select t.id from ${name} t where t.due_at <= statement_timestamp() and t.holder_id is null
  order by t.due_at limit $2 for no key update skip locked
)`;

// As above: `sharer` steps from one share to the next along the index, so that what a full one has waiting costs nothing.
const dueOfShares = (name: string, share: string): string => `sharer (id) as (
  (select t.${share} from ${name} t where t.due_at is not null and t.holder_id is null order by t.${share} limit 1)
  union all
  select (
    select t.${share} from ${name} t where t.due_at is not null and t.holder_id is null and t.${share} > s.id order by t.${share} limit 1
  ) from sharer s where s.id is not null
), due as (
  select d.id from sharer s cross join lateral (
    select t.id, t.due_at from ${name} t
    where t.${share} = s.id and t.due_at <= statement_timestamp() and t.holder_id is null
    order by t.due_at limit $2 for no key update skip locked
  ) d
  where s.id is not null and s.id <> all ($5::text[]) order by d.due_at limit $2
)`;

interface ClaimRow {
  readonly next_due_at: number | null;
  readonly database_now: number;
  readonly id: string | null;
  readonly epoch: number;
  readonly wake_version: number;
  readonly took_over: boolean;
  readonly share?: string;
}

export async function claimDueRows(database: Queryable, request: ClaimRequest): Promise<ClaimAnswer> {
  const rows = await database.query<ClaimRow>(claimStatement(request));
  const claims: DueClaim[] = [];
  for (const row of rows) {
    if (row.id === null) continue;
    const { id, epoch, wake_version: wakeVersion, took_over: tookOver, share = null } = row;
    claims.push({ id, holderId: request.holderId, epoch, wakeVersion, share, tookOver });
  }
  return { claims, nextDueAt: rows[0]?.next_due_at ?? null, databaseNow: rows[0]?.database_now ?? 0 };
}

/** When the next free row is due (it may be overdue already), by the database's clock. */
export async function nextDueAt(database: Queryable, table: DueTable): Promise<number | null> {
  const name = dueTableName(table);
  const rows = await database.query<{ at: number | null }>({
    name: `next-due-${name}`,
    text: `select min(due_at) as at from ${name} where due_at is not null and holder_id is null`,
    values: [],
  });
  return rows[0]?.at ?? null;
}

export interface HeldRow {
  readonly id: string;
  readonly epoch: number;
  readonly wakeVersion: number;
}

/** Everything a holder holds. */
export async function heldRows(database: Queryable, table: DueTable, holderId: HolderId): Promise<readonly HeldRow[]> {
  const name = dueTableName(table);
  const rows = await database.query<{ id: string; epoch: number; wake_version: number }>({
    name: `held-${name}`,
    text: `select id, epoch, wake_version from ${name} where holder_id = $1`,
    values: [holderId],
  });
  return rows.map((row) => ({ id: row.id, epoch: row.epoch, wakeVersion: row.wake_version }));
}

/** Makes a row due now and its owner, if it has one, look again. To be called in the transaction that changes what is wanted. */
export async function wakeRow(tx: Queryable, table: DueTable, id: string): Promise<void> {
  const name = dueTableName(table);
  await tx.query({
    name: `wake-row-${name}`,
    text: `
with woken as (
  update ${name} set wake_version = wake_version + 1, due_at = least(due_at, statement_timestamp()) where id = $1 returning id
)
select pg_notify($2, id::text) from woken`,
    values: [id, table.channel],
  });
}
