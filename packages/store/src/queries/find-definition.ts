/** One definition of a stack, with its environment decrypted. */
import type { DefinitionId, StackId } from '@hearth/kernel';
import { readDefinitions } from '../contents/read-definitions.ts';
import type { Queryable } from '../database.ts';
import type { DefinitionRecord } from '../records.ts';
import { DEFINITION_COLUMNS } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export async function findDefinition(db: Queryable, box: SecretBox, stackId: StackId, id: DefinitionId): Promise<DefinitionRecord | null> {
  const [definition] = await readDefinitions(db, box, {
    name: 'find-definition',
    text: `select ${DEFINITION_COLUMNS} from definition where id = $1 and stack_id = $2`,
    values: [id, stackId],
  });
  return definition ?? null;
}
