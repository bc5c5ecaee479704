/** The truth of every named condition, in an order in which those it mentions come first. */
import { dependencyOrder, findCycle } from '@hearth/graph';
import type { Path } from '@hearth/kernel';
import type { Expression } from '../definition/definition.ts';
import type { Problems } from '../definition/problems.ts';
import { argumentItems } from '../functions/conditions.ts';

const CONNECTIVES: ReadonlySet<string> = new Set(['not', 'and', 'or', 'Fn::Not', 'Fn::And', 'Fn::Or', 'Condition']);

/** Names that stand where a condition is wanted. Recursion is bounded by the depth of documents. */
function mentionedNames(expression: Expression): readonly string[] {
  if (expression.kind === 'data') return typeof expression.value === 'string' ? [expression.value] : [];
  if (expression.kind !== 'call') return [];
  if (!CONNECTIVES.has(expression.name)) return [];
  return argumentItems(expression.args)?.flatMap(mentionedNames) ?? mentionedNames(expression.args);
}

/** `truthOf` evaluates one condition, given those decided before it. Conditions on a cycle are reported and count as false. */
export function evaluateConditions(
  section: string,
  conditions: ReadonlyMap<string, Expression>,
  truthOf: (expression: Expression, path: Path, known: ReadonlyMap<string, boolean>) => boolean,
  problems: Problems,
): ReadonlyMap<string, boolean> {
  const truth = new Map<string, boolean>();
  if (conditions.size === 0) return truth;
  const mentions = [...conditions].map(([name, expression]) => ({ name, requires: mentionedNames(expression) }));
  const cycle = findCycle(mentions);
  if (cycle !== null) {
    const message = `Circular definition for condition "${cycle[0]}": ${cycle.join(' → ')}`;
    problems.add({ type: 'StackValidationFailed', code: 'circular-condition', message, path: [section, cycle[0] as string] });
    for (const name of conditions.keys()) truth.set(name, false);
  }
  for (const { name } of dependencyOrder(mentions)) {
    truth.set(name, truthOf(conditions.get(name) as Expression, [section, name], truth));
  }
  return new Map([...conditions.keys()].map((name) => [name, truth.get(name) ?? false]));
}
