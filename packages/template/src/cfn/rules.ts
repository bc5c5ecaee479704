/** The section `Rules`: assertions about the parameters, checked before anything else is looked at. */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';
import type { RuleDefinition } from '../definition/definition.ts';
import { expressionOf } from '../definition/expression.ts';
import { RULE_TABLE } from '../functions/cfn-tables.ts';
import { type CfnContext, wrong } from './context.ts';

export function readRules(given: Json, context: CfnContext): readonly RuleDefinition[] {
  if (given === null) return [];
  if (!isJsonObject(given)) {
    wrong(context, 'invalid-rule', 'Rules must be a map of rules by name', ['Rules']);
    return [];
  }
  return Object.entries(given).flatMap(([name, rule]) => readRule(name, rule, context) ?? []);
}

function readRule(name: string, given: Json, context: CfnContext): RuleDefinition | null {
  const path = ['Rules', name];
  const assertions = isJsonObject(given) ? (given['Assertions'] ?? null) : null;
  if (!isJsonObject(given) || !isJsonArray(assertions) || assertions.length === 0) {
    wrong(context, 'invalid-rule', `the rule "${name}" must be a map with a list of Assertions`, path);
    return null;
  }
  const known = ['RuleCondition', 'Assertions'];
  for (const key of Object.keys(given)) {
    if (!known.includes(key))
      wrong(context, 'invalid-rule', `"${key}" is not a key of a rule; valid are ${known.join(', ')}`, [...path, key]);
  }
  const condition = given['RuleCondition'] ?? null;
  return {
    name,
    path,
    condition: condition === null ? null : expressionOf(condition, [...path, 'RuleCondition'], RULE_TABLE, 'condition'),
    assertions: assertions.flatMap((item, i) => {
      const at = [...path, 'Assertions', i];
      const assert = isJsonObject(item) ? (item['Assert'] ?? null) : null;
      if (!isJsonObject(item) || assert === null) {
        wrong(context, 'invalid-rule', 'an assertion must be a map with an Assert', at);
        return [];
      }
      const description = item['AssertDescription'];
      return {
        assert: expressionOf(assert, [...at, 'Assert'], RULE_TABLE, 'condition'),
        description: typeof description === 'string' ? description : null,
        path: at,
      };
    }),
  };
}
