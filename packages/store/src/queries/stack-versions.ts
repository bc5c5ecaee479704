/** Definitions of the past, as versions of their stack. */
import type { DefinitionId, StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { readDefinitions } from '../contents/read-definitions.ts';
import type { DefinitionRecord } from '../records.ts';
import { DEFINITION_COLUMNS, storableText, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export interface VersionRecord {
  readonly definition: DefinitionRecord;
  readonly madeAt: number;
  /** Null: made before that was noted. */
  readonly madeBy: string | null;
  /** The version that this one is a return to. */
  readonly returnsTo: number | null;
  /** When the stack first was as it says. */
  readonly completedAt: number | null;
}

/** Part of the transaction that writes the definition. */
export async function noteVersion(tx: Queryable, id: DefinitionId, madeBy: string, returnsTo: number | null): Promise<void> {
  await tx.query({
    name: 'note-version',
    text: 'update definition set made_by = $2, returns_to = $3 where id = $1',
    values: [id, storableText(madeBy), returnsTo],
  });
}

/** The newest first. */
export async function listVersions(db: Queryable, box: SecretBox, stackId: StackId, limit: number): Promise<readonly VersionRecord[]> {
  const order = 'where stack_id = $1 order by number desc limit $2';
  const values = [stackId, limit];
  const text = `select id, created_at, made_by, returns_to, completed_at from definition ${order}`;
  const notes = await db.query<Row>({ name: 'list-versions', text, values });
  const statement = { name: 'list-version-definitions', text: `select ${DEFINITION_COLUMNS} from definition ${order}`, values };
  const definitions = new Map((await readDefinitions(db, box, statement)).map((one) => [one.id as string, one]));
  return notes.flatMap((row) => {
    const definition = definitions.get(row['id'] as string);
    if (definition === undefined) return [];
    return {
      definition,
      madeAt: row['created_at'] as number,
      madeBy: row['made_by'] as string | null,
      returnsTo: row['returns_to'] as number | null,
      completedAt: row['completed_at'] as number | null,
    };
  });
}
