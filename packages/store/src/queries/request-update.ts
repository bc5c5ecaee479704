/** Writes down that a stack is to become something else. The caller holds the row's lock, and has checked that it may. */
import type { StackId } from '@hearth/kernel';
import type { TemplateKind } from '../contents/content-rows.ts';
import { insertDefinitions } from '../contents/insert-definitions.ts';
import type { Queryable } from '../database.ts';
import { exceptionsValue, type Exceptions } from '../exceptions.ts';
import type { DefinitionRecord, NewEvent, StackRecord } from '../records.ts';
import { storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import { appendEvent } from './append-event.ts';
import { markMending } from './mark-mending.ts';
import { settleSinks, sinksOf } from './event-sinks.ts';
import { wakeStack } from './wake-stack.ts';

export type UpdatePatch = Pick<
  StackRecord,
  'description' | 'statusReason' | 'rollbackDefinitionId' | 'timeoutMins' | 'disableRollback' | 'tags' | 'updatedAt' | 'deadlineAt'
> & {
  /** What stays as it is. Absent: nothing. */
  readonly exceptions?: Exceptions | null;
  /** Paths of what is brought back where it drifted; none: everything. Absent or null: nothing. */
  readonly mends?: readonly string[] | null;
  /** It goes back to a snapshot: RESTORE, and no UPDATE. */
  readonly restores?: true;
  /** Whether what it adopted is not its own yet. Absent: as it was. */
  readonly adopting?: boolean;
};

/** The number a stack's next definition bears. */
export async function nextDefinitionNumber(tx: Queryable, stackId: StackId): Promise<number> {
  const rows = await tx.query<{ next: number }>({
    name: 'next-definition-number',
    text: 'select coalesce(max(number), 0)::integer + 1 as next from definition where stack_id = $1',
    values: [stackId],
  });
  return (rows[0] as { next: number }).next;
}

export async function requestUpdate(
  tx: Queryable,
  box: SecretBox,
  definition: DefinitionRecord,
  patch: UpdatePatch,
  event: NewEvent,
  kind: TemplateKind = 'plain',
): Promise<void> {
  await insertDefinitions(tx, box, [definition], kind);
  // A child tells the sinks of the stack at the top.
  if (kind === 'plain') await settleSinks(tx, box, definition.stackId, sinksOf(definition.environment));
  await tx.query({
    name: 'request-update',
    text: `update stack set action = $12, status = 'IN_PROGRESS', status_reason = $2, traversal = traversal + 1,
        target_definition_id = $3, definition_id = $3, rollback_definition_id = $4, description = $5, timeout_mins = $6, disable_rollback = $7,
        tags = $8, updated_at = $9, deadline_at = $10, wake_version = wake_version + 1, due_at = now(), halt_reason = null,
        exceptions = $11, adopting = coalesce($13, adopting)
      where id = $1`,
    values: [
      definition.stackId,
      patch.statusReason,
      definition.id,
      patch.rollbackDefinitionId,
      storableText(patch.description),
      patch.timeoutMins,
      patch.disableRollback,
      patch.tags?.map(storableText) ?? null,
      patch.updatedAt === null ? null : new Date(patch.updatedAt),
      patch.deadlineAt === null ? null : new Date(patch.deadlineAt),
      exceptionsValue(patch.exceptions),
      patch.restores === true ? 'RESTORE' : 'UPDATE',
      patch.adopting ?? null,
    ],
  });
  if (patch.mends != null) await markMending(tx, definition.stackId, patch.mends, event.at);
  await appendEvent(tx, event);
  await wakeStack(tx, definition.stackId);
}
