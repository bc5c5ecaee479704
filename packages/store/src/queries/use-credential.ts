/** A credential is used by stacks that share it: beginning to, letting go of it while others go on, and deleting it with the last one. */
import type { CredentialId, ProjectId } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import type { Fence } from '../engine-store.ts';
import { FENCED, fenceValues, leaseLost } from './fence.ts';

const DETACH = `
update stack set credential_id = nullif(credential_id, $4::uuid)
where ${FENCED}
returning project_id`;

const DELETE = `
delete from credential c
where c.id = $1 and c.project_id = $2 and not exists (select from stack s where s.credential_id = c.id)`;

const LET_GO = `
update stack set credential_id = null
where id = $1 and credential_id = $2
  and exists (select from stack other where other.credential_id = $2 and other.id <> $1)
returning id`;

/** Who uses it last ends it: nobody may begin to use it any more. */
const RETIRE = 'update credential set retired = true where id = $1';

/**
 * True when the stack no longer has the credential because another one still uses it; false when it is the last (or has none). Those who let go at
 * the same moment queue for the credential's row, so that exactly one of them is the last.
 */
export function letGoOfCredential(database: Database, fence: Fence, credentialId: CredentialId): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.query({ text: 'select id from credential where id = $1 for update', values: [credentialId] });
    const fenced = await tx.query({ text: `select id from stack where ${FENCED} for no key update`, values: [...fenceValues(fence)] });
    if (fenced.length === 0) throw leaseLost(fence);
    const rows = await tx.query({ text: LET_GO, values: [fence.stackId, credentialId] });
    if (rows.length === 0) await tx.query({ name: 'retire-credential', text: RETIRE, values: [credentialId] });
    return rows.length > 0;
  });
}

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

/** In the transaction that writes a stack which is to act with what others act with. False: it is gone, or about to go. */
export async function holdCredential(tx: Queryable, projectId: ProjectId, credentialId: CredentialId): Promise<boolean> {
  const rows = await tx.query({
    name: 'hold-credential',
    text: 'select id from credential where id = $1 and project_id = $2 and not retired for share',
    values: [credentialId, projectId],
  });
  return rows.length > 0;
}
