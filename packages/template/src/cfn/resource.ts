/** One entry of the section `Resources`. Keys that nobody knows are let be, as Heat does: newer templates have more than Heat reads. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import { isDeletionPolicy } from '../binding/deletion-policy.ts';
import type { Expression, ResourceDefinition } from '../definition/definition.ts';
import { expressionOf } from '../definition/expression.ts';
import { similar } from '../definition/problems.ts';
import { typeName } from '../semantics/type-names.ts';
import { isFalsy } from '../semantics/truth.ts';
import { type CfnContext, wrong } from './context.ts';

const NOTHING: Expression = { kind: 'data', value: null };

/** Null when it is so wrong that nothing can be made of it; errors are reported either way. */
export function readResource(name: string, given: Json, context: CfnContext): ResourceDefinition | null {
  const path = ['Resources', name];
  const invalid = (message: string, at: Path = path, hint: string | null = null): null => {
    wrong(context, 'invalid-resource', message, at, hint);
    return null;
  };
  if (name.includes('/')) invalid('Resource name may not contain "/"');
  if (!isFalsy(given) && !isJsonObject(given)) {
    return invalid(`Resources must contain Resource. Found a [<class '${typeName(given)}'>] instead`);
  }
  const fields = (isFalsy(given) ? {} : given) as JsonObject;
  const type = fields['Type'] ?? null;
  if (isFalsy(type)) {
    const slip = Object.keys(fields).find((key) => key !== 'Type' && similar(key, ['Type']) !== null);
    return invalid('Each Resource must contain a Type key.', path, slip === undefined ? null : `did you mean "Type" by "${slip}"?`);
  }
  const mustBe = (key: string, what: string): null => invalid(`Resource ${name} ${key} type must be ${what}`, [...path, key]);
  if (typeof type !== 'string') return mustBe('Type', 'string');

  const expression = (key: string, isFit: (value: Json) => boolean, what: string): Expression => {
    if (!Object.hasOwn(fields, key)) return NOTHING;
    const found = expressionOf(fields[key] as Json, [...path, key], context.table);
    if (found.kind !== 'call' && !isFit(fields[key] as Json)) mustBe(key, what);
    return found;
  };
  const description = fields['Description'];
  if (description !== undefined && typeof description !== 'string') mustBe('Description', 'string');
  const policy = expression('DeletionPolicy', (value) => typeof value === 'string', 'string');
  if (policy.kind === 'data' && typeof policy.value === 'string' && !isDeletionPolicy(policy.value, false)) {
    invalid(`Invalid deletion policy "${policy.value}"`, [...path, 'DeletionPolicy'], 'use Delete, Retain or Snapshot');
  }
  return {
    name,
    type,
    description: typeof description === 'string' ? description : '',
    properties: expression('Properties', isJsonObject, 'object'),
    metadata: expression('Metadata', isJsonObject, 'object'),
    dependsOn: dependsOn(fields['DependsOn'], name, path, context),
    deletionPolicy: policy,
    updatePolicy: expression('UpdatePolicy', isJsonObject, 'object'),
    condition: condition(fields, name, path, context),
    externalId: null,
    path,
  };
}

function condition(fields: JsonObject, name: string, path: Path, context: CfnContext): Expression | null {
  if (!context.version.conditions || !Object.hasOwn(fields, 'Condition')) return null;
  const at = [...path, 'Condition'];
  const found = expressionOf(fields['Condition'] as Json, at, context.table, 'condition');
  if (found.kind === 'call' || (found.kind === 'data' && (typeof found.value === 'string' || typeof found.value === 'boolean')))
    return found;
  wrong(context, 'invalid-resource', `Resource ${name} Condition type must be string or boolean`, at);
  return null;
}

function dependsOn(given: Json | undefined, name: string, path: Path, context: CfnContext): readonly string[] {
  if (given === undefined) return [];
  if (typeof given === 'string') return [given];
  if (isJsonArray(given) && given.every((item) => typeof item === 'string')) return given;
  const what = isJsonArray(given) ? 'must be a list of strings' : 'type must be list or string';
  wrong(context, 'invalid-resource', `Resource ${name} DependsOn ${what}`, [...path, 'DependsOn']);
  return [];
}
