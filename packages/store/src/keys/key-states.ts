/** What the database knows of keys and of those who use them. */
import type { Queryable } from '../database.ts';
import { CHORE_DUE } from '../queries/chore.ts';

export type KeyState = 'announced' | 'primary' | 'former' | 'retired';
export interface KnownKey {
  /** The fingerprint. */
  readonly id: string;
  readonly state: KeyState;
  readonly madeAt: number;
  readonly unusedAt: number | null;
}
export interface KeyUser {
  readonly id: string;
  readonly name: string;
  readonly keyIds: readonly string[];
  readonly sealsWith: string;
}

/** Where processes hear that something about the keys has changed. */
export const KEY_CHANNEL = 'hearth_key';
/** A process that was not seen for so long does not count: whoever stands still so long looks at the keys anew before it goes on. */
const SEEN_WITHIN = `interval '30 seconds'`;

export const listKeys = (db: Queryable): Promise<readonly KnownKey[]> =>
  db.query<KnownKey>({
    name: 'list-keys',
    text: `select id, state, made_at as "madeAt", unused_at as "unusedAt" from secret_key order by made_at, id`,
    values: [],
  });

/** The first key of a new database; nothing when it has one. */
export async function settleFirstKey(db: Queryable, id: string): Promise<void> {
  await db.query({
    text: `insert into secret_key (id, state) select $1, 'primary' where not exists (select from secret_key) on conflict do nothing`,
    values: [id],
  });
}

export const listKeyUsers = (db: Queryable): Promise<readonly KeyUser[]> =>
  db.query<KeyUser>({
    text: `select id, name, key_ids as "keyIds", seals_with as "sealsWith" from key_user where seen_at > statement_timestamp() - ${SEEN_WITHIN} order by name`,
    values: [],
  });

/** Comes before the switch to another key, or sees it: the caller looks at the keys in the same transaction. */
export async function writeKeyUser(tx: Queryable, user: KeyUser): Promise<void> {
  await tx.query({ text: 'lock table secret_key in share mode', values: [] });
  await tx.query({
    text: `insert into key_user (id, name, key_ids, seals_with, seen_at) values ($1, $2, $3, $4, statement_timestamp())
      on conflict (id) do update set key_ids = excluded.key_ids, seals_with = excluded.seals_with, seen_at = excluded.seen_at`,
    values: [user.id, user.name, user.keyIds, user.sealsWith],
  });
}

export async function removeKeyUser(db: Queryable, id: string): Promise<void> {
  await db.query({ text: `delete from key_user where id = $1 or seen_at < statement_timestamp() - interval '1 hour'`, values: [id] });
}

/** Nobody registers, and no key changes, until the transaction ends. */
export const lockKeys = (tx: Queryable) => tx.query({ text: 'lock table secret_key in exclusive mode', values: [] });

export async function announceKey(tx: Queryable, id: string): Promise<void> {
  await tx.query({ text: `insert into secret_key (id, state) values ($1, 'announced')`, values: [id] });
  await tellOfKeys(tx);
}

/** The primary becomes a former one, the announced one the primary. */
export async function switchKeys(tx: Queryable): Promise<void> {
  await tx.query({
    text: `update secret_key set state = 'former', changed_at = now(), unused_at = null where state = 'primary'`,
    values: [],
  });
  await tx.query({ text: `update secret_key set state = 'primary', changed_at = now() where state = 'announced'`, values: [] });
  await tx.query({
    text: `with woken as (
        update chore set due_at = least(due_at, now()), place = null, wake_version = wake_version + 1 where name = 'keys' returning id
      )
      select pg_notify($1, id::text) from woken`,
    values: [CHORE_DUE.channel],
  });
  await tellOfKeys(tx);
}

export async function markUnused(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query({
    text: `update secret_key set unused_at = now() where id = any ($1) and state = 'former' and unused_at is null`,
    values: [ids],
  });
}

export async function markRetired(tx: Queryable, id: string): Promise<void> {
  await tx.query({ text: `update secret_key set state = 'retired', changed_at = now() where id = $1`, values: [id] });
  await tellOfKeys(tx);
}

const tellOfKeys = (tx: Queryable) => tx.query({ text: `select pg_notify($1, '')`, values: [KEY_CHANNEL] });
