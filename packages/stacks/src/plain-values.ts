/** Properties of a template in which parameters stand by themselves, with the values that the parameters have. Pure. */
import { isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Environment } from '@hearth/template';

const PARAMETER_FUNCTIONS: ReadonlySet<string> = new Set(['get_param', 'Ref']);

/** Values of a template's parameters as they were given, or the defaults as they are written. */
export function plainValues(template: JsonObject, { parameters, parameterDefaults }: Environment): JsonObject {
  const section = template['parameters'] ?? template['Parameters'];
  const defaults = Object.entries(isJsonObject(section) ? section : {}).flatMap(([name, schema]) => {
    const value = isJsonObject(schema) ? (schema['default'] ?? schema['Default']) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(defaults), ...parameterDefaults, ...parameters };
}

/** Other functions stay as they are. */
export const withPlainValues = (properties: JsonObject, values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value, values)]));

function plain(value: Json, values: JsonObject): Json {
  const [call, ...more] = isJsonObject(value) ? Object.entries(value) : [];
  if (call === undefined || more.length > 0 || !PARAMETER_FUNCTIONS.has(call[0])) return value;
  const name = call[1];
  return typeof name === 'string' && Object.hasOwn(values, name) ? (values[name] ?? null) : value;
}
