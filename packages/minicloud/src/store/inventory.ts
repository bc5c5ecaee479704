/** Everything that is stored, whatever service it belongs to, except what was there from the start: for asking what is left over. */
import type { JsonObject } from '@hearth/kernel';
import type { Queryable } from '@hearth/store';
import type { CloudStore } from './cloud-store.ts';

const SEEDED = 'control.seeded';
const PAGE = 2_000;
/** Long parts of bodies that say nothing of what a thing is. */
const LEFT_OUT = ['actions', 'disks', 'hints', 'publicKey', 'segments', 'flavor_data', 'extraSpecs'];

export interface StoredThing {
  readonly collection: string;
  readonly id: string;
  readonly projectId: string | null;
  readonly name: string | null;
  readonly parentId: string | null;
  readonly createdMs: number;
  readonly body: JsonObject;
}

interface Row {
  readonly collection: string;
  readonly id: string;
  readonly seq: string;
  readonly project_id: string | null;
  readonly name: string | null;
  readonly parent_id: string | null;
  readonly created_ms: string;
  readonly body: JsonObject;
}

/** Of one project (with all that names none), or of all; in order of creation, page by page. */
export async function* storedThings(db: Queryable, projectId: string | null): AsyncGenerator<StoredThing> {
  for (let after = '-1'; ; ) {
    const rows = await db.query<Row>({
      name: 'minicloud-inventory',
      text: `select o.collection, o.id, o.seq, o.project_id, o.name, o.parent_id, o.created_ms, o.body - $3::text[] as body
             from minicloud.object o
             where o.seq > $1 and ($2::text is null or o.project_id is null or o.project_id = $2)
               and not exists (select 1 from minicloud.claim c where c.space = '${SEEDED}' and c.value = o.collection || ' ' || o.id)
             order by o.seq limit ${PAGE}`,
      values: [after, projectId, LEFT_OUT],
    });
    for (const row of rows) {
      const { collection, id, name } = row;
      yield { collection, id, name, projectId: row.project_id, parentId: row.parent_id, createdMs: Number(row.created_ms), body: row.body };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.seq;
  }
}

/** In a database that another version has filled: what it holds counts as there from the start. To be called before anything is seeded. */
export async function markAllSeededOnce(db: Queryable, store: CloudStore): Promise<void> {
  if ((await store.settings.get(SEEDED)) !== null) return;
  await db.query({
    text: `insert into minicloud.claim (space, value, owner)
           select '${SEEDED}', collection || ' ' || id, 'seed' from minicloud.object on conflict do nothing`,
    values: [],
  });
  await store.settings.put(SEEDED, 'from then on');
}

/** The same store, which remembers whatever is made with it as there from the start. */
export const seedingStore = (tx: CloudStore): CloudStore => ({
  ...tx,
  documents: {
    ...tx.documents,
    async insert(collection, document, nowMs) {
      const made = await tx.documents.insert<typeof document.body>(collection, document, nowMs);
      if (made !== null) await tx.claims.take(SEEDED, `${collection} ${document.id}`, 'seed');
      return made;
    },
  },
});
