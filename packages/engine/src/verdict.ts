/** What a plan's verdict means for the stack: complete, failed, or rolled back. Pure. */
import { type EventId, unreachable } from '@hearth/kernel';
import type { Plan, Reason } from '@hearth/planner';
import type { NewEvent, ResourceRecord, StackPatch, StackRecord } from '@hearth/store';
import { isGivenUp, reasonAt } from './failure-reason.ts';
import { cannotVisit, isVisitAction } from './visits.ts';

export interface StackChange {
  readonly patch: StackPatch;
  /** Reason of the stack event that goes with it. */
  readonly reason: string;
  readonly action: StackRecord['action'];
  readonly status: StackRecord['status'];
}

export const stackEvent = (
  { id: stackId, name }: StackRecord,
  { action, status, reason }: StackChange,
  id: EventId,
  at: number,
): NewEvent => ({
  id,
  stackId,
  resourceName: name,
  resourceType: 'OS::Heat::Stack',
  physicalId: stackId,
  action,
  status,
  reason,
  at,
});

/** Null while the traversal works on, or when the stack already says so. */
export function stackChange(
  stack: StackRecord,
  plan: Plan,
  rows: ReadonlyMap<string, ResourceRecord>,
  now: number,
): readonly StackChange[] {
  if (plan.verdict === 'working' || stack.status !== 'IN_PROGRESS') return [];
  if (plan.verdict === 'converged') return [completed(stack, now)];
  const reason = failureText(stack, plan.reasons, rows);
  const patch = { status: 'FAILED', statusReason: reason, haltReason: null } as const;
  const failed: StackChange = { patch, reason, action: stack.action, status: 'FAILED' };
  return rollsBack(stack) ? [failed, rollback(stack, reason, now)] : [failed];
}

function completed(stack: StackRecord, now: number): StackChange {
  const reason = `Stack ${stack.action} completed successfully`;
  const deleted = stack.action === 'DELETE';
  return {
    patch: {
      status: 'COMPLETE',
      statusReason: reason,
      deadlineAt: null,
      haltReason: null,
      ...(deleted ? { deletedAt: now } : {}),
      ...(stack.adopting && ownsAll(stack) ? { adopting: false } : {}),
      ...(stack.targetDefinitionId === null || isVisitAction(stack.action)
        ? {}
        : { definitionId: stack.targetDefinitionId, rollbackDefinitionId: stack.targetDefinitionId }),
    },
    reason,
    action: stack.action,
    status: 'COMPLETE',
  };
}

/** Everything is as the definition says: what was adopted is the tree's own. */
const ownsAll = ({ parentId, action, targetDefinitionId }: StackRecord): boolean =>
  parentId === null && targetDefinitionId !== null && !isVisitAction(action);

/** Nested stacks never roll back by themselves: their parent does. */
const rollsBack = (stack: StackRecord): boolean =>
  !stack.disableRollback && stack.haltReason === null && stack.parentId === null && ROLLED_BACK.has(stack.action);
const ROLLED_BACK: ReadonlySet<StackRecord['action']> = new Set(['CREATE', 'UPDATE', 'ADOPT', 'RESTORE']);
/** Before it there was nothing. */
const isFirst = ({ action }: StackRecord): boolean => action === 'CREATE' || action === 'ADOPT';

function rollback(stack: StackRecord, cause: string, now: number): StackChange {
  const reason = `Stack ROLLBACK started: ${cause}`;
  return {
    patch: {
      action: 'ROLLBACK',
      status: 'IN_PROGRESS',
      statusReason: reason,
      traversal: stack.traversal + 1,
      exceptions: null,
      targetDefinitionId: isFirst(stack) ? null : stack.rollbackDefinitionId,
      ...(isFirst(stack) || stack.rollbackDefinitionId === null ? {} : { definitionId: stack.rollbackDefinitionId }),
      updatedAt: now,
      deadlineAt: now + stack.timeoutMins * 60_000,
    },
    reason,
    action: 'ROLLBACK',
    status: 'IN_PROGRESS',
  };
}

function failureText(stack: StackRecord, reasons: readonly Reason[], rows: ReadonlyMap<string, ResourceRecord>): string {
  if (stack.haltReason !== null) return stack.haltReason;
  const isCause = ({ id }: Reason): boolean => id === null || !isGivenUp(rows.get(id)?.statusReason ?? '');
  const texts = reasons
    .filter((reason) => reason.kind !== 'halted' && isCause(reason))
    .map((reason) => {
      const row = reason.id === null ? null : (rows.get(reason.id) ?? null);
      const unfit = row !== null && isVisitAction(stack.action) ? cannotVisit(row, stack.action) : null;
      return reasonText(reason, row, unfit);
    });
  if (texts.length === 0) return 'Timed out';
  return `Resource ${stack.action} failed: ${texts.join('; ')}`;
}

function reasonText(reason: Reason, row: ResourceRecord | null, unfit: string | null): string {
  switch (reason.kind) {
    case 'failed':
    case 'delete-failed':
    case 'halted':
    case 'retrying':
      return unfit === null ? (row?.statusReason ?? reasonAt(reason.name, 'unknown')) : reasonAt(reason.name, unfit);
    default:
      return unreachable(reason.kind);
  }
}
