/** One definition of a stack, with its environment decrypted. */
import type { DefinitionId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { DefinitionRecord } from '../records.ts';
import { DEFINITION_COLUMNS, definitionFromRow, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export async function findDefinition(db: Queryable, box: SecretBox, stackId: StackId, id: DefinitionId): Promise<DefinitionRecord | null> {
  const rows = await db.query<Row>({
    name: 'find-definition',
    text: `select ${DEFINITION_COLUMNS} from definition where id = $1 and stack_id = $2`,
    values: [id, stackId],
  });
  const row = rows[0];
  return row === undefined ? null : definitionFromRow(row, box);
}
