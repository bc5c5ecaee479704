/** Which stacks of a project a list or a count is about, as a condition with its values. Nothing of the user's becomes SQL text. */
import type { ProjectId } from '@hearth/kernel';
import { storableText } from '../row-mapping.ts';

export interface StackFilter {
  readonly projectId: ProjectId;
  /** Lists of allowed values by column; all must hold. */
  readonly equals: Readonly<Partial<Record<FilterColumn, readonly string[]>>>;
  /** Any of these pairs; a null part is any. */
  readonly states: readonly { readonly action: string | null; readonly status: string | null }[];
  readonly tagsAll: readonly string[];
  readonly tagsAny: readonly string[];
  readonly notTagsAll: readonly string[];
  readonly notTagsAny: readonly string[];
  readonly showsDeleted: boolean;
  readonly showsNested: boolean;
}
export type FilterColumn =
  | 'id'
  | 'name'
  | 'action'
  | 'status'
  | 'statusReason'
  | 'ownerName'
  | 'parentId'
  | 'disableRollback'
  | 'timeoutMins'
  | 'projectId';

const COLUMNS: Readonly<Record<FilterColumn, string>> = {
  id: 'id::text',
  name: 'name',
  action: 'action',
  status: 'status',
  statusReason: 'status_reason',
  ownerName: 'owner_name',
  parentId: 'parent_id::text',
  disableRollback: 'disable_rollback::text',
  timeoutMins: 'timeout_mins::text',
  projectId: 'project_id',
};

export function stackCondition(filter: StackFilter): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = [filter.projectId];
  const parts = ['project_id = $1'];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  for (const [column, allowed] of Object.entries(filter.equals) as [FilterColumn, readonly string[]][])
    parts.push(`${COLUMNS[column]} = any(${bind(allowed.map(storableText))}::text[])`);
  if (filter.states.length > 0) {
    const states = filter.states.map(({ action, status }) => {
      const both = [
        action === null ? null : `action = ${bind(storableText(action))}`,
        status === null ? null : `status = ${bind(storableText(status))}`,
      ].filter((part) => part !== null);
      return both.length === 0 ? 'true' : `(${both.join(' and ')})`;
    });
    parts.push(`(${states.join(' or ')})`);
  }
  if (filter.tagsAll.length > 0) parts.push(`tags @> ${bind(filter.tagsAll.map(storableText))}::text[]`);
  if (filter.tagsAny.length > 0) parts.push(`tags && ${bind(filter.tagsAny.map(storableText))}::text[]`);
  if (filter.notTagsAll.length > 0) parts.push(`not coalesce(tags @> ${bind(filter.notTagsAll.map(storableText))}::text[], false)`);
  if (filter.notTagsAny.length > 0) parts.push(`not coalesce(tags && ${bind(filter.notTagsAny.map(storableText))}::text[], false)`);
  if (!filter.showsDeleted) parts.push('deleted_at is null');
  if (!filter.showsNested) parts.push('parent_id is null');
  return { text: parts.join(' and '), values };
}
