/** Several stacks with the definitions that they name and their rows, without what acts for them: for those who look, not for owners. */
import type { StackId } from '@hearth/kernel';
import { readDefinitions } from '../contents/read-definitions.ts';
import type { Queryable } from '../database.ts';
import type { StackSnapshot } from '../engine-store.ts';
import { DEFINITION_COLUMNS, RESOURCE_COLUMNS, resourceFromRow, type Row, STACK_COLUMNS, stackFromRow } from '../row-mapping.ts';
import type { DefinitionRecord, ResourceRecord, StackRecord } from '../records.ts';
import type { SecretBox } from '../secret-box.ts';

const DEFINITIONS = `select ${DEFINITION_COLUMNS} from definition where id = any ($1::uuid[]) order by stack_id, number`;
const RESOURCES = `select ${RESOURCE_COLUMNS} from resource where stack_id = any ($1::uuid[]) order by stack_id, name, created_at, id`;

/** Those that are there, deleted ones too. */
export async function loadStacks(db: Queryable, box: SecretBox, ids: readonly StackId[]): Promise<ReadonlyMap<StackId, StackSnapshot>> {
  const found = await db.query<Row>({
    name: 'load-stacks',
    text: `select ${STACK_COLUMNS} from stack where id = any ($1::uuid[])`,
    values: [ids],
  });
  const stacks = found.map(stackFromRow);
  if (stacks.length === 0) return new Map();
  const named = stacks.flatMap((one) => [one.targetDefinitionId, one.definitionId, one.rollbackDefinitionId]).filter((id) => id !== null);
  const definitions = await readDefinitions(db, box, { name: 'load-definitions-of-stacks', text: DEFINITIONS, values: [named] });
  const rows = await db.query<Row>({ name: 'load-resources-of-stacks', text: RESOURCES, values: [stacks.map(({ id }) => id)] });
  const snapshots = new Map<StackId, Growing>(stacks.map((stack) => [stack.id, { stack, definitions: [], resources: [] }]));
  for (const one of definitions) snapshots.get(one.stackId)?.definitions.push(one);
  for (const row of rows) {
    const record = resourceFromRow(row, box);
    snapshots.get(record.stackId)?.resources.push(record);
  }
  return new Map([...snapshots].map(([id, one]) => [id, { ...one, credential: null, snapshots: [] }]));
}

interface Growing {
  readonly stack: StackRecord;
  readonly definitions: DefinitionRecord[];
  readonly resources: ResourceRecord[];
}
