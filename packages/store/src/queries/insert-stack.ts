/** A new root stack with its first definition, credential and event, due at once. Part of one transaction. */
import type { JsonObject } from '@hearth/kernel';
import { insertDefinitions } from '../contents/insert-definitions.ts';
import type { Queryable } from '../database.ts';
import type { CredentialRecord, DefinitionRecord, NewEvent, StackRecord } from '../records.ts';
import { storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import { appendEvent } from './append-event.ts';
import { settleSinks, sinksOf } from './event-sinks.ts';
import { wakeStack } from './wake-stack.ts';

export interface NewStack {
  readonly stack: StackRecord;
  readonly definition: DefinitionRecord;
  readonly credential: CredentialRecord | null;
  readonly event: NewEvent;
}

/** Makes the creations of one project queue until the transaction ends, so that a limit on their number holds. */
export async function lockProjectStacks(tx: Queryable, projectId: string): Promise<void> {
  await tx.query({
    name: 'lock-project-stacks',
    text: `select pg_advisory_xact_lock(hashtextextended('hearth.stacks.' || $1, 0))`,
    values: [projectId],
  });
}

/** False when a live stack of the project has the name: the caller must roll back, a credential may have been written. */
export async function insertStack(tx: Queryable, box: SecretBox, { stack, definition, credential, event }: NewStack): Promise<boolean> {
  if (credential !== null) await insertCredential(tx, box, credential);
  const inserted = await tx.query<JsonObject>({
    name: 'insert-stack',
    text: `insert into stack (id, project_id, name, description, action, status, status_reason, target_definition_id, definition_id,
        rollback_definition_id, traversal, timeout_mins, disable_rollback, tags, owner_name, user_id, credential_id, created_at, deadline_at,
        adopting, root_id, due_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $1, now())
      on conflict (project_id, name) where deleted_at is null and parent_id is null do nothing
      returning 1 as inserted`,
    values: [
      stack.id,
      stack.projectId,
      stack.name,
      storableText(stack.description),
      stack.action,
      stack.status,
      stack.statusReason,
      stack.targetDefinitionId,
      stack.definitionId,
      stack.rollbackDefinitionId,
      stack.traversal,
      stack.timeoutMins,
      stack.disableRollback,
      stack.tags?.map(storableText) ?? null,
      storableText(stack.ownerName),
      stack.userId,
      stack.credentialId,
      new Date(stack.createdAt),
      stack.deadlineAt === null ? null : new Date(stack.deadlineAt),
      stack.adopting,
    ],
  });
  if (inserted.length === 0) return false;
  await insertDefinitions(tx, box, [definition], 'plain');
  const sinks = sinksOf(definition.environment);
  if (sinks.length > 0) await settleSinks(tx, box, stack.id, sinks);
  await appendEvent(tx, event);
  await wakeStack(tx, stack.id);
  return true;
}

async function insertCredential(tx: Queryable, box: SecretBox, credential: CredentialRecord): Promise<void> {
  await tx.query({
    name: 'insert-credential',
    text: 'insert into credential (id, project_id, kind, data) values ($1, $2, $3, $4)',
    values: [credential.id, credential.projectId, credential.kind, box.seal(credential.data)],
  });
}
