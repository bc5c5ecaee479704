/** The HOT front end: a document to a definition. Every error is collected; expressions are only shaped here, and evaluated when bound. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path, type Position } from '@hearth/kernel';
import type {
  Definition,
  Expression,
  LanguageKeys,
  OutputDefinition,
  ParameterGroup,
  ParameterSchema,
  ParseResult,
  ResourceDefinition,
} from '../definition/definition.ts';
import { expressionOf } from '../definition/expression.ts';
import { Problems, similar } from '../definition/problems.ts';
import { unreadNames } from '../definition/unread.ts';
import { functionTables } from '../functions/tables.ts';
import { readParameterSchema } from '../parameters/read-schema.ts';
import { pseudoNames } from '../parameters/pseudo.ts';
import { isFalsy } from '../semantics/truth.ts';
import type { HotContext } from './context.ts';
import { readResource } from './resource.ts';
import { HOT_VERSION_KEY, type HotVersion } from './versions.ts';

const PSEUDO_NAMES = pseudoNames('hot');

const KEYS: LanguageKeys = {
  parameters: 'parameters',
  conditions: 'conditions',
  type: 'type',
  properties: 'properties',
  metadata: 'metadata',
  dependsOn: 'depends_on',
  deletionPolicy: 'deletion_policy',
  updatePolicy: 'update_policy',
  externalId: 'external_id',
  condition: 'condition',
  value: 'value',
};

const SECTIONS = [HOT_VERSION_KEY, 'description', 'parameter_groups', 'parameters', 'resources', 'outputs'];

export function parseHot(raw: JsonObject, version: HotVersion, positionOf: (path: Path) => Position | null): ParseResult {
  const problems = new Problems(positionOf);
  const name = `${HOT_VERSION_KEY}.${version.date}`;
  const context: HotContext = { version, table: functionTables.get(name) as NonNullable<ReturnType<typeof functionTables.get>>, problems };
  const sections = version.conditions ? [...SECTIONS, 'conditions'] : SECTIONS;
  for (const key of Object.keys(raw)) {
    if (sections.includes(key)) continue;
    problems.add({
      type: 'StackValidationFailed',
      code: 'unknown-section',
      message: `The template section is invalid: ${key}`,
      path: [key],
      hint:
        key === 'conditions'
          ? 'it needs heat_template_version 2016-10-14 or later'
          : (similar(key, sections) ?? `known sections are ${sections.join(', ')}`),
    });
  }
  const parameters = readParameters(raw, context);
  const definition: Definition = {
    version: name,
    language: 'hot',
    description: typeof raw['description'] === 'string' ? raw['description'] : 'No description',
    parameters,
    parameterGroups: readGroups(raw, parameters, context),
    conditions: readConditions(raw, context),
    mappings: {},
    rules: [],
    resources: readResources(raw, context),
    outputs: readOutputs(raw, context),
    raw,
    positionOf,
    keys: KEYS,
    unrolled: null,
  };
  for (const resource of definition.resources.keys()) {
    if (!definition.parameters.has(resource) && !PSEUDO_NAMES.includes(resource)) continue;
    wrong(context, 'duplicate-name', `the name "${resource}" is used for a parameter and for a resource`, ['resources', resource]);
  }
  if (!problems.hasErrors) return { definition, draft: definition, diagnostics: problems.list() };
  return { definition: null, draft: { ...definition, unread: unreadNames(raw, sections, definition) }, diagnostics: problems.list() };
}

function wrong(context: HotContext, code: string, message: string, path: Path, hint: string | null = null): void {
  context.problems.add({ type: 'StackValidationFailed', code, message, path, hint });
}

/** What is empty in whatever way counts as absent. */
function section(raw: JsonObject, name: string, context: HotContext): JsonObject {
  const given = raw[name] ?? null;
  if (isFalsy(given)) return {};
  if (isJsonObject(given)) return given;
  wrong(context, 'invalid-section', `the section "${name}" must be a map`, [name]);
  return {};
}

function readParameters(raw: JsonObject, context: HotContext): ReadonlyMap<string, ParameterSchema> {
  const result = new Map<string, ParameterSchema>();
  for (const [name, given] of Object.entries(section(raw, 'parameters', context))) {
    const schema = readParameterSchema(name, given, ['parameters', name], context.version, context.problems);
    if (schema !== null) result.set(name, schema);
  }
  return result;
}

function readGroups(raw: JsonObject, parameters: ReadonlyMap<string, ParameterSchema>, context: HotContext): readonly ParameterGroup[] {
  const given = raw['parameter_groups'] ?? null;
  const path = ['parameter_groups'];
  if (isFalsy(given)) return [];
  if (!isJsonArray(given)) {
    wrong(context, 'invalid-parameter-group', 'parameter_groups must be a list', path);
    return [];
  }
  const declared = isJsonObject(raw['parameters'] ?? null) ? (raw['parameters'] as JsonObject) : {};
  const seen = new Set<string>();
  return given.flatMap((group, i): ParameterGroup[] => {
    const at = [...path, i];
    const names = isJsonObject(group) ? group['parameters'] : undefined;
    if (!isJsonObject(group) || !isJsonArray(names) || !names.every((name) => typeof name === 'string')) {
      wrong(context, 'invalid-parameter-group', 'a parameter group must be a map with a list "parameters" of names', at);
      return [];
    }
    names.forEach((name, k) => {
      if (seen.has(name)) wrong(context, 'invalid-parameter-group', `the parameter "${name}" is in two groups`, [...at, 'parameters', k]);
      seen.add(name);
      if (parameters.has(name) || Object.hasOwn(declared, name) || PSEUDO_NAMES.includes(name)) return;
      wrong(
        context,
        'invalid-parameter-group',
        `the grouped parameter "${name}" does not exist`,
        [...at, 'parameters', k],
        similar(name, parameters.keys()),
      );
    });
    return [{ label: text(group['label']), description: text(group['description']), parameters: names }];
  });
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

function readConditions(raw: JsonObject, context: HotContext): ReadonlyMap<string, Expression> {
  const result = new Map<string, Expression>();
  if (!context.version.conditions || !Object.hasOwn(raw, 'conditions')) return result;
  const given = raw['conditions'] ?? null;
  if (!isJsonObject(given)) {
    wrong(context, 'invalid-section', 'Conditions validation error: Condition definitions must be a map', ['conditions']);
    return result;
  }
  for (const [name, written] of Object.entries(given)) {
    const path = ['conditions', name];
    const expression = expressionOf(written, path, context.table, 'condition');
    if (expression.kind === 'call' || (expression.kind === 'data' && typeof expression.value === 'boolean')) result.set(name, expression);
    else wrong(context, 'invalid-condition', `Condition validation error: The definition of condition "${name}" is invalid`, path);
  }
  return result;
}

function readResources(raw: JsonObject, context: HotContext): ReadonlyMap<string, ResourceDefinition> {
  const result = new Map<string, ResourceDefinition>();
  for (const [name, given] of Object.entries(section(raw, 'resources', context))) {
    const resource = readResource(name, given, context);
    if (resource !== null) result.set(name, resource);
  }
  return result;
}

function slipHint(keys: readonly string[]): string | null {
  const slip = keys.find((key) => similar(key, ['value']) !== null);
  return slip === undefined ? null : `did you mean "value" by "${slip}"?`;
}

function readOutputs(raw: JsonObject, context: HotContext): ReadonlyMap<string, OutputDefinition> {
  const result = new Map<string, OutputDefinition>();
  for (const [name, given] of Object.entries(section(raw, 'outputs', context))) {
    const path = ['outputs', name];
    if (!isJsonObject(given)) {
      wrong(context, 'invalid-output', `the output "${name}" must be a map with a value`, path);
      continue;
    }
    if (!Object.hasOwn(given, 'value')) {
      wrong(context, 'invalid-output', `the output "${name}" has no "value"`, path, slipHint(Object.keys(given)));
      continue;
    }
    const condition = context.version.conditions ? (given['condition'] ?? null) : null;
    result.set(name, {
      name,
      description: text(given['description']),
      value: expressionOf(given['value'] as Json, [...path, 'value'], context.table),
      condition: condition === null ? null : expressionOf(condition, [...path, 'condition'], context.table, 'condition'),
      exportName: null,
      path,
    });
  }
  return result;
}
