/** Why a stack's resources are not as they are wanted, each with the row that stands for it. Asks the planner as the owner does. */
import type { Random } from '@hearth/kernel';
import type { Cause } from '@hearth/planner';
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord, StackSnapshot } from '@hearth/store';
import { StackView } from './stack-view.ts';

export interface ExplainedRow {
  readonly name: string;
  /** Null: nothing of it was begun. */
  readonly row: ResourceRecord | null;
  readonly wish: 'there' | 'gone';
  readonly cause: Cause;
  /** Names of the resources that the cause speaks of. */
  readonly others: readonly string[];
}

export function explainRows(
  snapshot: StackSnapshot,
  registry: Registry,
  random: Random,
  { now, inFlight }: { readonly now: number; readonly inFlight: number },
): readonly ExplainedRow[] {
  const view = new StackView(snapshot, { registry, random }, null);
  const { status, haltReason, deadlineAt } = view.stack;
  const isHalted = status === 'IN_PROGRESS' && (haltReason !== null || (deadlineAt !== null && now >= deadlineAt));
  const nameOf = (id: string): string => view.rows.get(id as ResourceRecord['id'])?.name ?? id;
  return view.explain(isHalted, inFlight).map(({ id, name, wish, cause }) => ({
    name,
    row: id === null ? null : (view.rows.get(id as ResourceRecord['id']) ?? null),
    wish,
    cause,
    others: othersOf(cause, nameOf),
  }));
}

function othersOf(cause: Cause, nameOf: (id: string) => string): readonly string[] {
  if (cause.kind === 'requires') return cause.names;
  return cause.kind === 'used' || cause.kind === 'broken' ? [...new Set(cause.ids.map(nameOf))] : [];
}
