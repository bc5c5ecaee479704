/** One entry of the section `Parameters` to a schema: its type, its constraints (keys of their own here), its default. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { ParameterConstraint, ParameterSchema, ParameterType } from '../definition/definition.ts';
import { type Problems, similar } from '../definition/problems.ts';
import { numberFromText } from '../parameters/coercion.ts';
import { CONSTRAINT_TYPES } from '../parameters/constraints.ts';
import { compilePattern } from '../parameters/pattern.ts';
import { checkedDefault } from '../parameters/read-schema.ts';
import { plainText } from '../semantics/rendering.ts';

const TYPES: Readonly<Record<string, ParameterType>> = {
  String: 'string',
  Number: 'number',
  CommaDelimitedList: 'comma_delimited_list',
  Json: 'json',
  Boolean: 'boolean',
};

const KEYS = [
  'Type',
  'Default',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'MaxLength',
  'MinLength',
  'MaxValue',
  'MinValue',
  'Description',
  'ConstraintDescription',
  'Label',
];

type Report = (message: string, at: Path, hint?: string | null) => void;

/** Null when the type is unknown: nothing can then be said of values. */
export function readParameterSchema(name: string, given: Json, path: Path, problems: Problems): ParameterSchema | null {
  const invalid: Report = (message, at, hint = null) =>
    problems.add({ type: 'InvalidSchemaError', code: 'invalid-parameter-schema', message, path: at, hint });
  if (!isJsonObject(given)) {
    invalid(`Invalid parameter (${name}), expected a mapping`, path);
    return null;
  }
  const before = problems.count;
  for (const key of Object.keys(given)) {
    if (!KEYS.includes(key)) invalid(`Invalid key '${key}' for parameter (${name})`, [...path, key], similar(key, KEYS));
  }
  if (!Object.hasOwn(given, 'Type')) {
    invalid(`Missing parameter type for parameter: ${name}`, path);
    return null;
  }
  const written = given['Type'] as Json;
  const type = typeof written === 'string' && Object.hasOwn(TYPES, written) ? TYPES[written] : undefined;
  if (type === undefined) {
    invalid(`Invalid type (${plainText(written)})`, [...path, 'Type'], typeHint(written));
    return null;
  }
  const fallback = given['Default'] ?? null;
  const schema: ParameterSchema = {
    name,
    type,
    description: text(given['Description']) ?? '',
    label: text(given['Label']),
    hidden: plainText(given['NoEcho'] ?? false).toLowerCase() === 'true',
    immutable: false,
    hasDefault: fallback !== null,
    default: fallback,
    constraints: readConstraints({ name, given, type, path }, invalid),
    tags: [],
  };
  if (problems.count === before && fallback !== null) checkedDefault(schema, [...path, 'Default'], problems);
  return schema;
}

const text = (value: Json | undefined): string | null => (value === undefined || value === null ? null : plainText(value));

function typeHint(type: Json): string | null {
  if (typeof type !== 'string') return `valid types are ${Object.keys(TYPES).join(', ')}`;
  if (type.startsWith('AWS::SSM::')) return 'there is no parameter store to look values up in: give the value itself, as a String';
  if (type.startsWith('List<')) return 'use CommaDelimitedList';
  if (type.startsWith('AWS::')) return 'use String';
  return similar(type, Object.keys(TYPES)) ?? `valid types are ${Object.keys(TYPES).join(', ')}`;
}

interface Declared {
  readonly name: string;
  readonly given: JsonObject;
  readonly type: ParameterType;
  readonly path: Path;
}

function readConstraints({ name, given, type, path }: Declared, invalid: Report): readonly ParameterConstraint[] {
  const has = (key: string): boolean => Object.hasOwn(given, key);
  const message = text(given['ConstraintDescription']);
  const found: ParameterConstraint[] = [];
  const add = (key: string, kind: ParameterConstraint['kind'], title: string, constraint: ParameterConstraint | null): void => {
    if (constraint === null) return;
    if (CONSTRAINT_TYPES[kind].includes(type)) found.push(constraint);
    else invalid(`Parameter '${name}' is invalid: ${title} constraint invalid for ${plainText(given['Type'] ?? null)}`, [...path, key]);
  };
  for (const [kind, title, min, max] of [
    ['range', 'Range', 'MinValue', 'MaxValue'],
    ['length', 'Length', 'MinLength', 'MaxLength'],
  ] as const) {
    if (has(min) || has(max)) add(has(min) ? min : max, kind, title, bounds(kind, [min, max], { given, path, message }, invalid));
  }
  if (has('AllowedValues')) {
    const values = given['AllowedValues'] as Json;
    if (!isJsonArray(values)) invalid('AllowedValues must be a list', [...path, 'AllowedValues']);
    else add('AllowedValues', 'allowed-values', 'AllowedValues', { kind: 'allowed-values', values, message });
  }
  if (has('AllowedPattern')) {
    const at = [...path, 'AllowedPattern'];
    const pattern = given['AllowedPattern'] as Json;
    const problem = typeof pattern === 'string' ? compilePattern(pattern).problem : null;
    if (typeof pattern !== 'string') invalid('AllowedPattern must be a string', at);
    else if (problem !== null) invalid(`AllowedPattern: ${problem}`, at);
    else add('AllowedPattern', 'allowed-pattern', 'AllowedPattern', { kind: 'allowed-pattern', pattern, message });
  }
  return found;
}

/** Null when it was reported. */
function bounds(
  kind: 'range' | 'length',
  keys: readonly [string, string],
  { given, path, message }: { readonly given: JsonObject; readonly path: Path; readonly message: string | null },
  invalid: Report,
): ParameterConstraint | null {
  const values: (number | null)[] = [];
  for (const key of keys) {
    const value = numberOf(given[key] ?? null);
    if (value === undefined) {
      invalid(`${key} must be a number`, [...path, key]);
      return null;
    }
    if (kind === 'length' && value !== null && !Number.isInteger(value)) {
      invalid('min/max length must be integral', [...path, key]);
      return null;
    }
    values.push(value);
  }
  const [min, max] = values as [number | null, number | null];
  if (min !== null || max !== null) return { kind, min, max, message };
  invalid(`A ${kind} constraint must have a min value and/or a max value specified.`, path);
  return null;
}

/** Undefined when it is none; null when there is none. */
function numberOf(value: Json): number | null | undefined {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  const parsed = typeof value === 'string' ? numberFromText(value) : null;
  return parsed === null ? undefined : Number(parsed);
}
