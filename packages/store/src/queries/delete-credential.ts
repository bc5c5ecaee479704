/** Detaching a stack's credential and, when no other stack uses it, deleting it. */
import type { CredentialId } from '@hearth/kernel';
import type { Database } from '../database.ts';
import type { Fence } from '../engine-store.ts';
import { FENCED, fenceValues, leaseLost } from './fence.ts';

const DETACH = `
update stack set credential_id = nullif(credential_id, $4::uuid)
where ${FENCED}
returning project_id`;

const DELETE = `
delete from credential c
where c.id = $1 and c.project_id = $2 and not exists (select from stack s where s.credential_id = c.id)`;

export function deleteCredential(database: Database, fence: Fence, credentialId: CredentialId): Promise<void> {
  return database.transaction(async (tx) => {
    const rows = await tx.query<{ project_id: string }>({
      text: DETACH,
      values: [...fenceValues(fence), credentialId],
    });
    if (rows[0] === undefined) throw leaseLost(fence);
    await tx.query({ text: DELETE, values: [credentialId, rows[0].project_id] });
  });
}
