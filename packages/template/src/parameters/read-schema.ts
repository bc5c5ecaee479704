/** One entry of HOT's `parameters` section to a schema; the default is coerced and checked. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { ParameterSchema, ParameterType } from '../definition/definition.ts';
import { type Problems, similar } from '../definition/problems.ts';
import { coerceParameter, type Coerced } from './coercion.ts';
import { isFalsy } from '../semantics/truth.ts';
import { brokenConstraint } from './constraints.ts';
import { readConstraints, type SchemaFeatures } from './read-constraints.ts';

export const PARAMETER_TYPES: readonly ParameterType[] = ['string', 'number', 'comma_delimited_list', 'json', 'boolean'];

/** `schema` is let be: nothing reads it. */
const KEYS = ['type', 'default', 'description', 'label', 'hidden', 'immutable', 'constraints', 'schema'];

/** What other languages call them. */
const OTHER_NAMES: Readonly<Record<string, ParameterType>> = {
  ...{ integer: 'number', int: 'number', float: 'number', text: 'string', str: 'string', bool: 'boolean' },
  ...{ list: 'comma_delimited_list', array: 'comma_delimited_list', map: 'json', object: 'json', dict: 'json' },
};

function typeHint(type: string): string | null {
  const other = OTHER_NAMES[type.toLowerCase()];
  return other === undefined ? similar(type, PARAMETER_TYPES) : `did you mean "${other}"?`;
}

/** Null when the type is unknown: nothing can then be said of values. */
export function readParameterSchema(
  name: string,
  given: Json,
  path: Path,
  features: SchemaFeatures,
  problems: Problems,
): ParameterSchema | null {
  const wrong = (message: string, at: Path = path, hint: string | null = null): null => {
    problems.add({ type: 'InvalidSchemaError', code: 'invalid-parameter-schema', message, path: at, hint });
    return null;
  };
  if (!isJsonObject(given)) return wrong(`the parameter "${name}" must be a map with at least a type`);
  const keys = features.tags ? [...KEYS, 'tags'] : KEYS;
  for (const key of Object.keys(given)) {
    if (!keys.includes(key))
      wrong(`invalid key "${key}" for a parameter; known are ${keys.join(', ')}`, [...path, key], similar(key, keys));
  }
  const type = given['type'];
  // A misspelt key is one mistake, not two.
  if (type === undefined && Object.keys(given).some((key) => !keys.includes(key) && similar(key, ['type']) !== null)) return null;
  if (type === undefined || type === null) return wrong(`the parameter "${name}" has no type`);
  if (typeof type !== 'string' || !(PARAMETER_TYPES as readonly string[]).includes(type)) {
    const hint = typeof type === 'string' ? typeHint(type) : null;
    return wrong(`invalid type of the parameter "${name}"; valid types are ${PARAMETER_TYPES.join(', ')}`, [...path, 'type'], hint);
  }
  const parameterType = type as ParameterType;
  const before = problems.count;
  const tags = readTags(given['tags']);
  if (tags === null) wrong('tags must be a list of strings', [...path, 'tags']);
  const fallback = given['default'] ?? null;
  const schema: ParameterSchema = {
    name,
    type: parameterType,
    description: textOf(given['description']) ?? '',
    label: textOf(given['label']),
    hidden: !isFalsy(given['hidden'] ?? null),
    immutable: !isFalsy(given['immutable'] ?? null),
    hasDefault: fallback !== null,
    default: fallback,
    constraints: readConstraints(given['constraints'] ?? null, parameterType, [...path, 'constraints'], features, problems),
    tags: tags ?? [],
  };
  return problems.count > before || fallback === null
    ? schema
    : { ...schema, default: checkedDefault(schema, [...path, 'default'], problems) };
}

/**
 * The default as it is, once what is wrong with it is reported at `at`. One of the wrong type says so where it is used: until then a value
 * may be given. Constraints, though, are put on it at once, and a list is taken apart even when it is empty text.
 */
export function checkedDefault(schema: ParameterSchema, at: Path, problems: Problems): Json {
  const { type, name, default: given, constraints } = schema;
  const coerced: Coerced = type === 'comma_delimited_list' && given === '' ? { value: [''], reason: null } : coerceParameter(type, given);
  const isConstrained = constraints.some(({ kind }) => kind !== 'custom');
  if (coerced.reason !== null && (isConstrained || type === 'comma_delimited_list')) {
    const message = `Parameter '${name}' is invalid: ${coerced.reason}`;
    problems.add({ type: 'InvalidSchemaError', code: 'invalid-parameter-default', message, path: at });
  }
  const broken = coerced.reason === null ? brokenConstraint(schema, coerced.value, problems.costs) : null;
  if (broken !== null) {
    problems.add({ type: 'InvalidSchemaError', code: 'invalid-parameter-default', message: `the default is invalid: ${broken}`, path: at });
  }
  return given;
}

const textOf = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);

function readTags(value: JsonObject[string] | undefined): readonly string[] | null {
  if (value === undefined || value === null) return [];
  if (!isJsonArray(value) || !value.every((tag) => typeof tag === 'string')) return null;
  return value as readonly string[];
}
