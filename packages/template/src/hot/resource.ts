/** One entry of HOT's `resources` section. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { Expression, ResourceDefinition } from '../definition/definition.ts';
import { expressionOf } from '../definition/expression.ts';
import { similar } from '../definition/problems.ts';
import { isDeletionPolicy } from '../binding/deletion-policy.ts';
import type { HotContext } from './context.ts';

const KEYS = ['type', 'properties', 'metadata', 'depends_on', 'deletion_policy', 'update_policy', 'description'];
const LATER_KEYS = ['external_id', 'condition'];

/** Null when it is so wrong that nothing can be made of it; errors are reported either way. */
export function readResource(name: string, given: Json, context: HotContext): ResourceDefinition | null {
  const path = ['resources', name];
  const wrong = (message: string, at: Path = path, hint: string | null = null): null => {
    context.problems.add({ type: 'StackValidationFailed', code: 'invalid-resource', message, path: at, hint });
    return null;
  };
  if (name === '' || name.includes('/')) wrong(`the resource name "${name}" must not be empty or contain "/"`);
  if (!isJsonObject(given)) return wrong(`the resource "${name}" must be a map with at least a type`);
  const keys = context.version.conditions ? [...KEYS, ...LATER_KEYS] : KEYS;
  for (const key of Object.keys(given)) {
    if (keys.includes(key)) continue;
    const hint = LATER_KEYS.includes(key) ? 'it needs heat_template_version 2016-10-14 or later' : similar(key, keys);
    wrong(`"${key}" is not a valid keyword inside a resource definition; valid are ${keys.join(', ')}`, [...path, key], hint);
  }
  const type = given['type'];
  // A misspelt key is one mistake, not two.
  if (type === undefined && Object.keys(given).some((key) => !keys.includes(key) && similar(key, ['type']) !== null)) return null;
  if (typeof type !== 'string' || type === '')
    return wrong(type === undefined ? `the resource "${name}" has no type` : 'the type must be a non-empty string', path);
  const shaped = (key: string, isFit: (value: Json) => boolean, what: string): Expression => {
    if (!Object.hasOwn(given, key)) return { kind: 'data', value: null };
    const value = given[key] ?? null;
    const expression = expressionOf(value, [...path, key], context.table);
    if (expression.kind !== 'call' && !isFit(value))
      wrong(`Resource ${name} ${key} type must be ${what}`, [...path, key], emptyHint(value));
    return expression;
  };
  const policy = shaped('deletion_policy', (value) => typeof value === 'string', 'string');
  if (policy.kind === 'data' && typeof policy.value === 'string' && !isDeletionPolicy(policy.value, context.version.conditions)) {
    wrong(`Invalid deletion policy "${policy.value}"; use Delete, Retain or Snapshot`, [...path, 'deletion_policy']);
  }
  const later = (key: string, isFit: (value: Json) => boolean, what: string): Expression | null => {
    if (!context.version.conditions || !Object.hasOwn(given, key)) return null;
    if (key !== 'condition') return shaped(key, isFit, what);
    const value = given[key] ?? null;
    if (value === null) wrong(`Resource ${name} ${key} type must be ${what}`, [...path, key], emptyHint(value));
    return value === null ? null : expressionOf(value, [...path, key], context.table, 'condition');
  };
  const description = given['description'] ?? null;
  if (Object.hasOwn(given, 'description') && typeof description !== 'string')
    wrong(`Resource ${name} description type must be string`, [...path, 'description'], emptyHint(description));
  const dependsOn = readDependsOn(given, name, path, wrong);
  const externalId = later('external_id', (value) => typeof value === 'string', 'string');
  if (externalId !== null && dependsOn.length > 0) wrong('a resource with an external_id cannot have depends_on', [...path, 'depends_on']);
  return {
    name,
    type,
    description: typeof description === 'string' ? description : '',
    properties: shaped('properties', isJsonObject, 'object'),
    metadata: shaped('metadata', isJsonObject, 'object'),
    dependsOn,
    deletionPolicy: policy,
    updatePolicy: shaped('update_policy', isJsonObject, 'object'),
    condition: later('condition', () => true, 'string_or_boolean'),
    externalId,
    path,
  };
}

const emptyHint = (value: Json): string | null => (value === null ? 'leave the key out, or give it a value' : null);

function readDependsOn(
  given: JsonObject,
  name: string,
  path: Path,
  wrong: (message: string, at?: Path, hint?: string | null) => null,
): readonly string[] {
  if (!Object.hasOwn(given, 'depends_on')) return [];
  const value = given['depends_on'] ?? null;
  if (typeof value === 'string') return [value];
  if (isJsonArray(value) && value.every((item) => typeof item === 'string')) return value;
  const what = isJsonArray(value) ? 'must be a list of strings' : 'type must be list or string';
  wrong(`Resource ${name} depends_on ${what}`, [...path, 'depends_on'], emptyHint(value));
  return [];
}
