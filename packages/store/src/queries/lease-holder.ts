/** The lease of a process: one row, renewed by heartbeat. Expiry is always judged by the database's clock. */
import type { HolderId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { dueTableName, type DueTable } from './due-table.ts';

const RENEW = `
insert into lease_holder (id, name, expires_at) values ($1, $2, statement_timestamp() + $3 * interval '1 millisecond')
on conflict (id) do update set renewed_at = statement_timestamp(), expires_at = excluded.expires_at`;

/** Also the first registration, and the return after others have removed the expired row. */
export async function renewLease(
  database: Queryable,
  holder: { readonly id: HolderId; readonly name: string; readonly ttlMs: number },
): Promise<void> {
  await database.query({ name: 'renew-lease', text: RENEW, values: [holder.id, holder.name, holder.ttlMs] });
}

/** What the holder still holds is free for others at once. */
export async function endLease(database: Queryable, id: HolderId): Promise<void> {
  await database.query({ text: 'delete from lease_holder where id = $1', values: [id] });
}

/**
 * Removes leases that passed over an hour ago and whose holder has no row in `table`; until then those who look for their processes see which are
 * dead. A missing lease counts as a passed one.
 */
export async function removePassedLeases(database: Queryable, table: DueTable): Promise<void> {
  await database.query({
    text: `
delete from lease_holder l
where l.expires_at < statement_timestamp() - interval '1 hour' and not exists (select from ${dueTableName(table)} t where t.holder_id = l.id)`,
    values: [],
  });
}

export interface LeaseHolder {
  readonly id: HolderId;
  /** `<host>:<process id>`. */
  readonly name: string;
  readonly startedAt: number;
  readonly renewedAt: number;
  readonly isAlive: boolean;
}

/** Living ones and those that died within the hour; the oldest first. */
export function listLeaseHolders(database: Queryable): Promise<readonly LeaseHolder[]> {
  return database.query<LeaseHolder>({
    name: 'list-lease-holders',
    text: `select id, name, started_at as "startedAt", renewed_at as "renewedAt", expires_at > statement_timestamp() as "isAlive"
      from lease_holder order by started_at, id`,
    values: [],
  });
}
