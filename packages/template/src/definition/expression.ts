/** From data to expressions and back: where a map of one key names a function, it is a call. */
import { isJsonArray, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { FunctionTable } from '../functions/contract.ts';
import type { Expression } from './definition.ts';

export type ExpressionMode = 'value' | 'condition';

/** Depth is bounded by the loader. Parts without calls are kept as they are. */
export function expressionOf(value: Json, path: Path, table: FunctionTable, mode: ExpressionMode = 'value'): Expression {
  if (value === null || typeof value !== 'object') return { kind: 'data', value };
  if (isJsonArray(value)) return listExpression(value, path, table, () => mode);
  const keys = Object.keys(value);
  if (keys.length === 1) {
    const name = keys[0] as string;
    const entry = table.functions.get(name) ?? (mode === 'condition' ? table.conditionFunctions.get(name) : undefined);
    if (entry !== undefined) {
      const given = value[name] as Json;
      const callPath = [...path, name];
      const args =
        entry.conditions === 'first' && isJsonArray(given)
          ? listExpression(given, callPath, table, (i) => (i === 0 ? 'condition' : mode))
          : expressionOf(given, callPath, table, entry.conditions === 'all' ? 'condition' : mode);
      return { kind: 'call', name, args, path: callPath };
    }
  }
  let plain = true;
  const entries = keys.map((key): readonly [string, Expression] => {
    const item = value[key] as Json;
    const expression: Expression =
      item === null || typeof item !== 'object' ? { kind: 'data', value: item } : expressionOf(item, [...path, key], table, mode);
    plain &&= expression.kind === 'data';
    return [key, expression];
  });
  return plain ? { kind: 'data', value } : { kind: 'map', entries };
}

function listExpression(list: readonly Json[], path: Path, table: FunctionTable, modeOf: (index: number) => ExpressionMode): Expression {
  let plain = true;
  const items = list.map((item, i): Expression => {
    const expression: Expression =
      item === null || typeof item !== 'object' ? { kind: 'data', value: item } : expressionOf(item, [...path, i], table, modeOf(i));
    plain &&= expression.kind === 'data';
    return expression;
  });
  return plain ? { kind: 'data', value: list } : { kind: 'list', items };
}

/** The data an expression was made from. */
export function writtenForm(expression: Expression): Json {
  switch (expression.kind) {
    case 'data':
      return expression.value;
    case 'list':
      return expression.items.map(writtenForm);
    case 'map':
      return Object.fromEntries(expression.entries.map(([key, item]) => [key, writtenForm(item)]));
    case 'call':
      return { [expression.name]: writtenForm(expression.args) };
  }
}

/** The written form of something that is a map, or is computed to one (then the call stands in it). */
export function writtenMap(expression: Expression): JsonObject {
  const written = writtenForm(expression);
  return written !== null && typeof written === 'object' && !isJsonArray(written) ? written : {};
}
