/** What a template demands of its parameters together: each rule whose condition holds, and whose assertions then must. */
import type { RuleDefinition } from '../definition/definition.ts';
import { RULE_TABLE } from '../functions/cfn-tables.ts';
import { Evaluation, type EvaluationInput } from './evaluation.ts';

/** Without strictness values may be missing: then nothing is demanded of them, but errors of functions are reported. */
export function checkRules(
  rules: readonly RuleDefinition[],
  base: Omit<EvaluationInput, 'conditions' | 'resources'>,
  strict: boolean,
): void {
  const nothing = new Map<string, never>();
  const evaluation = (): Evaluation => new Evaluation({ ...base, table: RULE_TABLE, conditions: nothing, resources: nothing });
  for (const rule of rules) {
    if (rule.condition !== null && !evaluation().conditionOf(rule.condition, [...rule.path, 'RuleCondition'])) continue;
    for (const { assert, description, path } of rule.assertions) {
      const before = base.problems.count;
      const one = evaluation();
      if (one.conditionOf(assert, [...path, 'Assert']) || one.unknown || !strict || base.problems.count > before) continue;
      base.problems.add({
        type: 'StackValidationFailed',
        code: 'rule-broken',
        message: `Rule '${rule.name}' is broken: ${description ?? 'the values of the parameters do not go together'}`,
        path,
      });
    }
  }
}
