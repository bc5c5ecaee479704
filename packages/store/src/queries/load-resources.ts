/** The resource rows of one stack, in the order of their names; those of a large stack that this process knows are not read again. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { ResourceRecord } from '../records.ts';
import type { KeptRows, RowCache } from '../row-cache.ts';
import { RESOURCE_COLUMNS, resourceFromRow, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

const ORDER = 'order by name, created_at, id';
/** The transaction that wrote the row as it is now: no two versions of a row have the same one. */
const VERSION = 'xmin::text as version';
const ALL = `select ${RESOURCE_COLUMNS}, ${VERSION} from resource where stack_id = $1 ${ORDER}`;
const VERSIONS = `select id, ${VERSION} from resource where stack_id = $1 ${ORDER}`;
const SOME = `select ${RESOURCE_COLUMNS}, ${VERSION} from resource where stack_id = $1 and id = any ($2::uuid[]) ${ORDER}`;

interface Version {
  readonly id: ResourceRecord['id'];
  readonly version: string;
}

/** All statements of one snapshot. */
export async function loadResources(tx: Queryable, box: SecretBox, stackId: StackId, cache: RowCache): Promise<readonly ResourceRecord[]> {
  const known = cache.get(stackId);
  const rows =
    known === null
      ? await readRows(tx, box, { name: 'load-resources', text: ALL, values: [stackId] })
      : await again(tx, box, stackId, known);
  cache.put(stackId, rows);
  return [...rows.values()].map(({ record }) => record);
}

async function again(tx: Queryable, box: SecretBox, stackId: StackId, known: KeptRows): Promise<KeptRows> {
  const versions = await tx.query<Version & Row>({ name: 'load-row-versions', text: VERSIONS, values: [stackId] });
  const changed = versions.filter(({ id, version }) => known.get(id)?.version !== version).map(({ id }) => id);
  const read =
    changed.length === 0
      ? new Map<never, never>()
      : await readRows(tx, box, { name: 'load-some-resources', text: SOME, values: [stackId, changed] });
  const found = versions.flatMap(({ id }) => {
    const one = read.get(id as never) ?? known.get(id);
    return one === undefined ? [] : [[id, one] as const];
  });
  return new Map(found);
}

async function readRows(tx: Queryable, box: SecretBox, statement: Parameters<Queryable['query']>[0]): Promise<KeptRows> {
  const rows = await tx.query<Row>(statement);
  return new Map(
    rows.map((row) => {
      const record = resourceFromRow(row, box);
      return [record.id, { version: row['version'] as string, record }];
    }),
  );
}
