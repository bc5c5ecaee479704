/** One stack with everything its owner plans from, read in one snapshot. */
import type { StackId } from '@hearth/kernel';
import { readDefinitions } from '../contents/read-definitions.ts';
import type { Database } from '../database.ts';
import type { StackSnapshot } from '../engine-store.ts';
import { credentialFromRow, DEFINITION_COLUMNS, type Row, STACK_COLUMNS, snapshotStateFromRow, stackFromRow } from '../row-mapping.ts';
import type { RowCache } from '../row-cache.ts';
import type { SecretBox } from '../secret-box.ts';
import { loadResources } from './load-resources.ts';

const STACK = `select ${STACK_COLUMNS} from stack where id = $1`;
const DEFINITIONS = `select ${DEFINITION_COLUMNS} from definition where stack_id = $1 and id = any ($2::uuid[]) order by number`;
const CREDENTIAL = 'select id, project_id, kind, data from credential where id = $1';

const SNAPSHOTS = `select id, stack_id, name, action, status, status_reason, attempt from snapshot
  where stack_id = $1 or id = $2 or id in (select snapshot_id from resource where stack_id = $1 and snapshot_id is not null)`;

export function loadStack(database: Database, secretBox: SecretBox, stackId: StackId, cache: RowCache): Promise<StackSnapshot | null> {
  return database.transaction(async (tx) => {
    await tx.query({ text: 'set transaction isolation level repeatable read, read only', values: [] });
    const row = (await tx.query<Row>({ name: 'load-stack', text: STACK, values: [stackId] }))[0];
    if (row === undefined) return null;
    const stack = stackFromRow(row);
    const wanted = [stack.targetDefinitionId, stack.definitionId, stack.rollbackDefinitionId].filter((id) => id !== null);
    const definitions = await readDefinitions(tx, secretBox, { name: 'load-definitions', text: DEFINITIONS, values: [stackId, wanted] });
    const resources = await loadResources(tx, secretBox, stackId, cache);
    const snapshots = await tx.query<Row>({ name: 'load-snapshots', text: SNAPSHOTS, values: [stackId, stack.snapshotId] });
    const credentials =
      stack.credentialId === null ? [] : await tx.query<Row>({ name: 'load-credential', text: CREDENTIAL, values: [stack.credentialId] });
    return {
      stack,
      definitions,
      resources,
      credential: credentials[0] === undefined ? null : credentialFromRow(credentials[0], secretBox),
      snapshots: snapshots.map(snapshotStateFromRow),
    };
  });
}
