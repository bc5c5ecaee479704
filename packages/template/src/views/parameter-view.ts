/** Parameters as `stack show` presents them: every value a string, hidden ones masked. */
import { isJsonArray, type Json } from '@hearth/kernel';
import type { BoundDefinition } from '../definition/bound.ts';
import type { ParameterType } from '../definition/definition.ts';
import { jsonText, plainText } from '../semantics/rendering.ts';

export const MASK = '******';

export function parameterText(type: ParameterType, value: Json): string {
  if (type === 'json') return jsonText(value, false);
  if (type === 'comma_delimited_list' && isJsonArray(value)) return value.map(plainText).join(',');
  return plainText(value);
}

export function parameterView(bound: BoundDefinition): Readonly<Record<string, string>> {
  const entries = [...bound.parameters].map(([name, value]): [string, string] => {
    if (bound.hidden.has(name)) return [name, MASK];
    return [name, parameterText(bound.definition.parameters.get(name)?.type ?? 'string', value)];
  });
  return Object.fromEntries(entries);
}
