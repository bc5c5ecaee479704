/** What of a plan is worth a look before it is applied. */
import { hasDrifted, type ResourceChange } from '@hearth/engine';
import type { StackRecord } from '@hearth/store';
import type { PlanContent } from './plan.ts';

const MOST_NAMED = 5;

const named = (changes: readonly ResourceChange[]): string => {
  const names = changes.slice(0, MOST_NAMED).map(({ path }) => path.join('/'));
  return names.join(', ') + (changes.length > MOST_NAMED ? ` and ${changes.length - MOST_NAMED} more` : '');
};

export function warningsOf(
  stack: Pick<StackRecord, 'name'> & Partial<StackRecord>,
  what: PlanContent['what'],
  changes: readonly ResourceChange[],
): readonly string[] {
  const warnings: string[] = [];
  if (stack.status === 'IN_PROGRESS')
    warnings.push(
      `The stack is ${stack.action}_${stack.status}: once that goes on, this plan cannot be applied any more. Make one when it has ended.`,
    );
  if (what.kind === 'update' && what.terms.mode === 'replace' && what.terms.tags === null && (stack.tags ?? []).length > 0)
    warnings.push(`The stack's tags (${(stack.tags ?? []).join(', ')}) go, because the request names none.`);
  for (const { path, failure } of changes) if (failure !== null) warnings.push(`${path.join('/')} will fail: ${failure}`);
  const lost = changes.filter(({ deletion }) => deletion === 'retained' || deletion === 'left');
  if (lost.length > 0) warnings.push(`These stay in the cloud, and are no longer looked after: ${named(lost)}.`);
  const uncertain = changes.filter(({ maybe }) => maybe.length > 0);
  if (uncertain.length > 0)
    warnings.push(`These may turn out otherwise, because they depend on values that are known only on the way: ${named(uncertain)}.`);
  const drifted = changes.filter((one) => hasDrifted(one) && one.kind !== 'deleted' && one.kind !== 'replaced');
  if (drifted.length > 0)
    warnings.push(
      `These are not in the cloud as they were applied, and the plan sets only what it changes: ${named(drifted)}. Bring them back with: hearth drift revert ${stack.name}`,
    );
  return warnings;
}
