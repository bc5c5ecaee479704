/**
 * What a parent's owner does to its children, in the transaction of the parent's batch, which holds the fence. Many new ones are three statements.
 * Locks go from parent to child, never back. Each write looks first whether it was made already: a batch may be sent twice.
 */
import { insertDefinitions } from '../contents/insert-definitions.ts';
import type { Queryable } from '../database.ts';
import type { ChildWrite } from '../engine-store.ts';
import { exceptionsValue } from '../exceptions.ts';
import { eventToRow, storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import { nextDefinitionNumber, requestUpdate } from './request-update.ts';
import { requestDelete } from './request-delete.ts';
import { requestHalt } from './request-halt.ts';
import { passOnLook } from './request-look.ts';
import { requestVisit } from './request-visit.ts';

type Kind<K extends ChildWrite['kind']> = Extract<ChildWrite, { readonly kind: K }>;

export async function writeChildren(tx: Queryable, box: SecretBox, writes: readonly ChildWrite[]): Promise<void> {
  const created = writes.filter((write): write is Kind<'create'> => write.kind === 'create');
  if (created.length > 0) await insertChildren(tx, box, created);
  for (const write of writes) {
    if (write.kind === 'update') await updateChild(tx, box, write);
    else if (write.kind === 'delete') await deleteChild(tx, write);
    else if (write.kind === 'visit') await visitChild(tx, write);
    else if (write.kind === 'look') await passOnLook(tx, write);
    else if (write.kind === 'halt') await requestHalt(tx, write);
  }
}

const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

async function insertChildren(tx: Queryable, box: SecretBox, created: readonly Kind<'create'>[]): Promise<void> {
  await tx.query({
    name: 'insert-children',
    text: `insert into stack (id, project_id, name, parent_id, parent_resource, root_id, depth, description, action, status, status_reason,
        target_definition_id, definition_id, traversal, timeout_mins, disable_rollback, owner_name, user_id, credential_id, adopting, created_at, deadline_at, due_at)
      select id, project_id, name, parent_id, parent_resource, root_id, depth, description, action, status, status_reason,
        definition_id, definition_id, 1, timeout_mins, true, owner_name, user_id, credential_id, adopting, created_at, deadline_at, now()
      from json_to_recordset($1::json) as s (id uuid, project_id text, name text, parent_id uuid, parent_resource text, root_id uuid, depth integer,
        description text, action text, status text, status_reason text, definition_id uuid, timeout_mins integer, owner_name text, user_id text,
        credential_id uuid, adopting boolean, created_at timestamptz, deadline_at timestamptz)
      on conflict (id) do nothing`,
    values: [JSON.stringify(created.map(({ stack }) => stackRow(stack)))],
  });
  const definitions = created.map(({ definition }) => definition);
  await insertDefinitions(tx, box, definitions, 'sealed');
  await tx.query({
    name: 'insert-child-events',
    text: `insert into event (id, stack_id, root_id, project_id, resource_name, resource_type, physical_id, action, status, reason, at)
      select id, stack_id, root_id, project_id, resource_name, resource_type, physical_id, action, status, reason, at
      from json_to_recordset($1::json) as e (id uuid, stack_id uuid, root_id uuid, project_id text, resource_name text, resource_type text, physical_id text, action text,
        status text, reason text, at timestamptz)
      on conflict (id) do nothing`,
    values: [
      JSON.stringify(
        created.map(({ event, stack }) => ({
          ...eventToRow(event),
          stack_id: event.stackId,
          root_id: stack.rootId,
          project_id: stack.projectId,
        })),
      ),
    ],
  });
}

const stackRow = (stack: Kind<'create'>['stack']) => ({
  id: stack.id,
  project_id: stack.projectId,
  name: storableText(stack.name),
  parent_id: stack.parentId,
  parent_resource: stack.parentResource === null ? null : storableText(stack.parentResource),
  root_id: stack.rootId,
  depth: stack.depth,
  description: storableText(stack.description),
  action: stack.action,
  status: stack.status,
  status_reason: stack.statusReason,
  definition_id: stack.definitionId,
  timeout_mins: stack.timeoutMins,
  owner_name: storableText(stack.ownerName),
  user_id: stack.userId,
  credential_id: stack.credentialId,
  adopting: stack.adopting,
  created_at: isoTime(stack.createdAt),
  deadline_at: isoTime(stack.deadlineAt),
});

/** A deleted child stays deleted: its parent sees that and makes another one. */
async function updateChild(tx: Queryable, box: SecretBox, { definition, patch, event }: Kind<'update'>): Promise<void> {
  const rows = await tx.query<{ known: boolean }>({
    name: 'lock-child-for-update',
    text: `select exists (select from definition d where d.id = $2) as known from stack
      where id = $1 and deleted_at is null and action <> 'DELETE' for no key update`,
    values: [definition.stackId, definition.id],
  });
  if (rows[0] === undefined || rows[0].known) return;
  const number = await nextDefinitionNumber(tx, definition.stackId);
  await requestUpdate(tx, box, { ...definition, number }, patch, event, 'sealed');
}

async function deleteChild(tx: Queryable, request: Kind<'delete'>): Promise<void> {
  const rows = await tx.query<{ told: boolean }>({
    name: 'lock-child-for-delete',
    text: `select exists (select from event e where e.id = $2) as told from stack
      where id = $1 and deleted_at is null and not (action = 'DELETE' and status = 'IN_PROGRESS' and exceptions is not distinct from $3::jsonb)
      for no key update`,
    values: [request.stackId, request.event.id, exceptionsValue(request.exceptions)],
  });
  if (rows[0] === undefined || rows[0].told) return;
  await requestDelete(tx, request);
}

async function visitChild(tx: Queryable, request: Kind<'visit'>): Promise<void> {
  const rows = await tx.query<{ told: boolean }>({
    name: 'lock-child-for-visit',
    text: `select exists (select from event e where e.id = $2) as told from stack
      where id = $1 and deleted_at is null and action <> 'DELETE' for no key update`,
    values: [request.stackId, request.event.id],
  });
  if (rows[0] === undefined || rows[0].told) return;
  await requestVisit(tx, request);
}
