/** One stack's credential, decrypted. */
import type { CredentialId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { CredentialRecord } from '../records.ts';
import type { Row } from '../row-mapping.ts';
import { credentialFromRow } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';

export async function findCredential(db: Queryable, box: SecretBox, id: CredentialId): Promise<CredentialRecord | null> {
  const [row] = await db.query<Row>({
    name: 'find-credential',
    text: 'select id, project_id, kind, data from credential where id = $1',
    values: [id],
  });
  return row === undefined ? null : credentialFromRow(row, box);
}
