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
  if (typeof type !== 'string' || type === '')
    return wrong(type === undefined ? `the resource "${name}" has no type` : 'the type must be a non-empty string', path);
  const shaped = (key: string, isFit: (value: Json) => boolean, what: string): Expression => {
    const value = given[key] ?? null;
    const expression = expressionOf(value, [...path, key], context.table);
    if (value !== null && expression.kind !== 'call' && !isFit(value)) wrong(`${key} must be ${what}`, [...path, key]);
    return expression;
  };
  const policy = shaped('deletion_policy', (value) => typeof value === 'string', 'a string');
  if (policy.kind === 'data' && typeof policy.value === 'string' && !isDeletionPolicy(policy.value, context.version.conditions)) {
    wrong(`Invalid deletion policy "${policy.value}"; use Delete, Retain or Snapshot`, [...path, 'deletion_policy']);
  }
  const later = (key: string, isFit: (value: Json) => boolean, what: string): Expression | null => {
    if (!context.version.conditions || (given[key] ?? null) === null) return null;
    if (key === 'condition') return expressionOf(given[key] as Json, [...path, key], context.table, 'condition');
    return shaped(key, isFit, what);
  };
  if (given['description'] !== undefined && given['description'] !== null && typeof given['description'] !== 'string') {
    wrong('description must be a string', [...path, 'description']);
  }
  const dependsOn = readDependsOn(given, path, wrong);
  const externalId = later('external_id', (value) => typeof value === 'string', 'a string');
  if (externalId !== null && dependsOn.length > 0) wrong('a resource with an external_id cannot have depends_on', [...path, 'depends_on']);
  return {
    name,
    type,
    description: typeof given['description'] === 'string' ? given['description'] : '',
    properties: shaped('properties', isJsonObject, 'a map'),
    metadata: shaped('metadata', isJsonObject, 'a map'),
    dependsOn,
    deletionPolicy: policy,
    updatePolicy: shaped('update_policy', isJsonObject, 'a map'),
    condition: later('condition', () => true, ''),
    externalId,
    path,
  };
}

function readDependsOn(given: JsonObject, path: Path, wrong: (message: string, at?: Path) => null): readonly string[] {
  const value = given['depends_on'] ?? [];
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (isJsonArray(value) && value.every((item) => typeof item === 'string')) return value;
  wrong('depends_on must be the name of a resource, or a list of names', [...path, 'depends_on']);
  return [];
}
