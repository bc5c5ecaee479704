/** Conditions that are decided whatever the parameters are, and comparisons that can never hold. */
import { isJsonArray, type Diagnostic, type Json, type Path } from '@hearth/kernel';
import type { Definition, Expression, ParameterSchema } from '../definition/definition.ts';
import { similar } from '../definition/problems.ts';
import { coerceParameter } from '../parameters/coercion.ts';
import { looselyEqual } from '../semantics/truth.ts';
import { callsIn, expressionsOf, firstText, type Call } from './calls-in.ts';
import { warning } from './remarks.ts';

const PSEUDO = /^(?:OS|AWS)::/;

export function settledConditions(definition: Definition): readonly Diagnostic[] {
  const { conditions, keys } = definition;
  const found: Diagnostic[] = [];
  const constant = (message: string, path: Path): void =>
    void found.push(
      warning(definition, { code: 'constant-condition', message, path, hint: 'write what it comes to, without a condition' }),
    );
  for (const [name, expression] of conditions) {
    const isReferring = (one: Expression): boolean =>
      callsIn(one).some((call) => ['get_param', 'Ref', 'Fn::FindInMap', 'Condition', 'yaql'].includes(call.name)) ||
      mentions(one, conditions);
    if (!isReferring(expression)) constant(`the condition "${name}" does not hang on any parameter`, [keys.conditions, name]);
  }
  for (const { path, condition, name } of definition.resources.values()) {
    if (condition?.kind === 'data' && typeof condition.value === 'boolean')
      constant(`the resource "${name}" is ${condition.value ? 'always' : 'never'} made`, [...path, keys.condition]);
  }
  for (const call of expressionsOf(definition).flatMap(callsIn))
    found.push(...decidedIf(call, definition), ...neverEqual(call, definition));
  return found;
}

/** Names of other conditions stand as texts. */
function mentions(expression: Expression, conditions: Definition['conditions']): boolean {
  const open: Json[] = [];
  const texts = (one: Expression): void => {
    if (one.kind === 'data') open.push(one.value);
    else if (one.kind === 'list') one.items.forEach(texts);
    else if (one.kind === 'map') for (const [, item] of one.entries) texts(item);
    else texts(one.args);
  };
  texts(expression);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string' && conditions.has(value)) return true;
    if (isJsonArray(value)) open.push(...value);
  }
  return false;
}

function decidedIf({ name, args, path }: Call, definition: Definition): readonly Diagnostic[] {
  if (name !== 'if' && name !== 'Fn::If') return [];
  const first = args.kind === 'list' ? args.items[0] : args;
  const value = first?.kind === 'data' && isJsonArray(first.value) ? first.value[0] : first?.kind === 'data' ? first.value : null;
  if (typeof value !== 'boolean') return [];
  const message = `the condition is always ${value}: one of the values is never used`;
  return [warning(definition, { code: 'constant-condition', message, path, hint: 'write the other value alone' })];
}

/** `equals` of a parameter and a text that its allowed values leave out. */
function neverEqual({ name, args, path }: Call, definition: Definition): readonly Diagnostic[] {
  if ((name !== 'equals' && name !== 'Fn::Equals') || args.kind !== 'list' || args.items.length !== 2) return [];
  const [left, right] = args.items as [Expression, Expression];
  for (const [reference, literal] of [
    [left, right],
    [right, left],
  ] as const) {
    if (reference.kind !== 'call' || literal.kind !== 'data' || literal.value === null || typeof literal.value === 'object') continue;
    const parameter = reference.name === 'get_param' || reference.name === 'Ref' ? firstText(reference.args) : null;
    const schema = parameter === null || PSEUDO.test(parameter) ? undefined : definition.parameters.get(parameter);
    if (schema === undefined || reference.args.kind !== 'data' || typeof reference.args.value !== 'string') continue;
    const allowed = allowedValues(schema);
    if (allowed === null || allowed.some((value) => looselyEqual(value, literal.value))) continue;
    const message = `the parameter "${schema.name}" is never ${JSON.stringify(literal.value)}: its allowed values are ${allowed.map((one) => JSON.stringify(one)).join(', ')}`;
    const hint =
      typeof literal.value === 'string'
        ? similar(
            literal.value,
            allowed.filter((one) => typeof one === 'string'),
          )
        : null;
    return [warning(definition, { code: 'unreachable-condition', message, path, hint })];
  }
  return [];
}

/** Null: any. */
function allowedValues(schema: ParameterSchema): readonly Json[] | null {
  if (schema.type === 'boolean') return [true, false];
  if (schema.type !== 'string' && schema.type !== 'number') return null;
  for (const constraint of schema.constraints)
    if (constraint.kind === 'allowed-values') return constraint.values.map((value) => coerceParameter(schema.type, value).value ?? value);
  return null;
}
