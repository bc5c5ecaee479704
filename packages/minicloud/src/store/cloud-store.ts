/** The mini-cloud's state in the database: documents, claims, settings and blobs, alone or in one transaction. */
import type { Database, Queryable } from '@hearth/store';
import { documentsIn, type Documents } from './documents.ts';

/** Values that only one owner may hold: `space` `subnet:<id>`, value `10.0.0.5`, owner `port:<id>`. */
export interface Claims {
  /** False when somebody holds it (the same owner too). */
  take(space: string, value: string, owner: string): Promise<boolean>;
  /** Takes the first of the values that looks free; null when none does, or when somebody else took it at the same moment. */
  takeFirst(space: string, values: readonly string[], owner: string): Promise<string | null>;
  holder(space: string, value: string): Promise<string | null>;
  /** What is taken in a space, in no order. */
  taken(space: string): Promise<readonly { readonly value: string; readonly owner: string }[]>;
  release(space: string, value: string): Promise<void>;
  releaseAll(owner: string): Promise<void>;
  releaseSpace(space: string): Promise<void>;
}

export interface Settings {
  get(name: string): Promise<string | null>;
  /** The stored value, which is this one if there was none. */
  ensure(name: string, value: string): Promise<string>;
  put(name: string, value: string): Promise<void>;
}

export interface Blobs {
  put(id: string, bytes: Uint8Array): Promise<void>;
  get(id: string): Promise<Uint8Array | null>;
  remove(id: string): Promise<void>;
  removeAll(ids: readonly string[]): Promise<void>;
  /** Reads through all of them: for what an interrupted write left, not for every day. */
  removeStartingWith(prefix: string): Promise<void>;
}

export interface CloudStore {
  readonly documents: Documents;
  readonly claims: Claims;
  readonly settings: Settings;
  readonly blobs: Blobs;
  /** Waits until no other transaction holds the lock of this name; held until this one ends. */
  lock(name: string): Promise<void>;
}

export interface CloudDatabase extends CloudStore {
  /** `work` is repeated after a serialisation failure or deadlock, so its effects must all be in `tx`. */
  transaction<T>(work: (tx: CloudStore) => Promise<T>): Promise<T>;
}

export const cloudStoreIn = (db: Queryable): CloudStore => ({
  documents: documentsIn(db),
  claims: claimsIn(db),
  settings: settingsIn(db),
  blobs: blobsIn(db),
  async lock(name) {
    await db.query({ text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [`minicloud:${name}`] });
  },
});

export const cloudDatabase = (database: Database): CloudDatabase => ({
  ...cloudStoreIn(database),
  transaction: (work) => database.transaction((tx) => work(cloudStoreIn(tx))),
});

function claimsIn(db: Queryable): Claims {
  return {
    async take(space, value, owner) {
      const rows = await db.query({
        name: 'minicloud-claim',
        text: 'insert into minicloud.claim (space, value, owner) values ($1, $2, $3) on conflict do nothing returning value',
        values: [space, value, owner],
      });
      return rows.length > 0;
    },
    async takeFirst(space, values, owner) {
      const [row] = await db.query<{ value: string }>({
        name: 'minicloud-claim-first',
        text: `insert into minicloud.claim (space, value, owner)
               select $1, wished.value, $3 from unnest($2::text[]) with ordinality as wished (value, place)
               where not exists (select 1 from minicloud.claim c where c.space = $1 and c.value = wished.value)
               order by wished.place limit 1
               on conflict do nothing returning value`,
        values: [space, values, owner],
      });
      return row?.value ?? null;
    },
    async holder(space, value) {
      const [row] = await db.query<{ owner: string }>({
        name: 'minicloud-claim-holder',
        text: 'select owner from minicloud.claim where space = $1 and value = $2',
        values: [space, value],
      });
      return row?.owner ?? null;
    },
    taken: (space) =>
      db.query({ name: 'minicloud-claimed', text: 'select value, owner from minicloud.claim where space = $1', values: [space] }),
    async release(space, value) {
      await db.query({ text: 'delete from minicloud.claim where space = $1 and value = $2', values: [space, value] });
    },
    async releaseAll(owner) {
      await db.query({ name: 'minicloud-release', text: 'delete from minicloud.claim where owner = $1', values: [owner] });
    },
    async releaseSpace(space) {
      await db.query({ text: 'delete from minicloud.claim where space = $1', values: [space] });
    },
  };
}

function settingsIn(db: Queryable): Settings {
  const get = async (name: string): Promise<string | null> => {
    const [row] = await db.query<{ value: string }>({ text: 'select value from minicloud.setting where name = $1', values: [name] });
    return row?.value ?? null;
  };
  return {
    get,
    async ensure(name, value) {
      await db.query({ text: 'insert into minicloud.setting (name, value) values ($1, $2) on conflict do nothing', values: [name, value] });
      return (await get(name)) ?? value;
    },
    async put(name, value) {
      const text = 'insert into minicloud.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value';
      await db.query({ text, values: [name, value] });
    },
  };
}

function blobsIn(db: Queryable): Blobs {
  return {
    async put(id, bytes) {
      const text = 'insert into minicloud.blob (id, bytes) values ($1, $2) on conflict (id) do update set bytes = excluded.bytes';
      await db.query({ text, values: [id, Buffer.from(bytes)] });
    },
    async get(id) {
      const [row] = await db.query<{ bytes: Uint8Array }>({ text: 'select bytes from minicloud.blob where id = $1', values: [id] });
      return row?.bytes ?? null;
    },
    async remove(id) {
      await db.query({ text: 'delete from minicloud.blob where id = $1', values: [id] });
    },
    async removeAll(ids) {
      await db.query({ text: 'delete from minicloud.blob where id = any($1::text[])', values: [ids] });
    },
    async removeStartingWith(prefix) {
      await db.query({ text: 'delete from minicloud.blob where starts_with(id, $1)', values: [prefix] });
    },
  };
}
