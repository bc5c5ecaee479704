/** The CloudFormation front end: a document to a definition. Every error is collected; expressions are only shaped here, and evaluated when bound. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path, type Position } from '@hearth/kernel';
import type {
  Definition,
  Expression,
  LoopValues,
  OutputDefinition,
  ParameterSchema,
  ParseResult,
  ResourceDefinition,
} from '../definition/definition.ts';
import { expressionOf } from '../definition/expression.ts';
import { Problems, similar } from '../definition/problems.ts';
import type { FunctionTable } from '../functions/contract.ts';
import { unreadNames } from '../definition/unread.ts';
import { functionTables } from '../functions/tables.ts';
import { pseudoNames } from '../parameters/pseudo.ts';
import { plainText } from '../semantics/rendering.ts';
import { isFalsy } from '../semantics/truth.ts';
import { typeName } from '../semantics/type-names.ts';
import { type CfnContext, CFN_KEYS, wrong } from './context.ts';
import { hasLoops, writtenOut } from './for-each.ts';
import { readParameterSchema } from './parameter-schema.ts';
import { readResource } from './resource.ts';
import { readRules } from './rules.ts';
import { CFN_VERSIONS, type CfnVersion } from './versions.ts';

const SECTIONS = [...CFN_VERSIONS.map(({ key }) => key), 'Description', 'Mappings', 'Parameters', 'Resources', 'Outputs'];
/** Only where there are conditions; the last two are additions to what Heat reads. */
const LATER_SECTIONS = ['Conditions', 'Rules', 'Transform'];

type Positions = (path: Path) => Position | null;

export function parseCfn(raw: JsonObject, version: CfnVersion, positionOf: Positions): ParseResult {
  if (!version.conditions || !hasLoops(raw)) return parseSections(raw, raw, version, new Problems(positionOf), positionOf);
  const table = tableOf(version);
  const unroll = (knownValue: LoopValues, isLast: boolean): ParseResult => {
    const problems = new Problems(positionOf);
    const { document, isWhole, positions } = writtenOut(raw, { table, problems, positionOf, knownValue });
    const known = new Problems(positions);
    known.take(problems.list());
    const parsed = parseSections(document, raw, version, known, positions);
    if (parsed.draft === null || isWhole || isLast) return parsed;
    const draft: Definition = { ...parsed.draft, unrolled: (values) => unroll(values, true) };
    return { ...parsed, draft, definition: parsed.definition === null ? null : draft };
  };
  return unroll((expression) => (expression.kind === 'data' ? expression.value : undefined), false);
}

const PSEUDO_NAMES = pseudoNames('cfn');
const tableOf = (version: CfnVersion): FunctionTable => functionTables.get(`${version.key}.${version.date}`) as FunctionTable;

/** `document` is `raw` with its loops written out. */
function parseSections(document: JsonObject, raw: JsonObject, version: CfnVersion, problems: Problems, positionOf: Positions): ParseResult {
  const context: CfnContext = { version, table: tableOf(version), problems };
  const sections = version.conditions ? [...SECTIONS, ...LATER_SECTIONS] : SECTIONS;
  checkSections(document, sections, context);
  const { Description: description = null } = document;
  const definition: Definition = {
    version: context.table.version,
    language: 'cfn',
    description: isFalsy(description) ? 'No description' : plainText(description),
    parameters: readParameters(document, context),
    parameterGroups: [],
    conditions: readConditions(document, context),
    mappings: isJsonObject(document['Mappings'] ?? null) ? (document['Mappings'] as JsonObject) : {},
    rules: version.conditions ? readRules(document['Rules'] ?? null, context) : [],
    resources: readResources(document, context),
    outputs: readOutputs(document, context),
    raw,
    positionOf,
    keys: CFN_KEYS,
    unrolled: null,
  };
  for (const resource of definition.resources.keys()) {
    if (!definition.parameters.has(resource) && !PSEUDO_NAMES.includes(resource)) continue;
    wrong(context, 'duplicate-name', `Duplicate names: "${resource}" is a parameter and a resource`, ['Resources', resource]);
  }
  if (!problems.hasErrors) return { definition, draft: definition, diagnostics: problems.list() };
  return { definition: null, draft: { ...definition, unread: unreadNames(document, sections, definition) }, diagnostics: problems.list() };
}

function checkSections(document: JsonObject, sections: readonly string[], context: CfnContext): void {
  for (const key of Object.keys(document)) {
    if (sections.includes(key)) continue;
    const hint = similar(key, sections) ?? `known sections are ${sections.join(', ')}`;
    wrong(context, 'unknown-section', `The template section is invalid: ${key}`, [key], hint);
  }
  if (context.version.conditions) checkTransform(document['Transform'] ?? null, context);
}

/** Adds functions that are here anyway. */
const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

function checkTransform(given: Json, context: CfnContext): void {
  if (given === null) return;
  const names = isJsonArray(given) ? given : [given];
  const macro = names.find((name) => name !== LANGUAGE_EXTENSIONS);
  if (macro === undefined) return;
  const shown = typeof macro === 'string' ? ` "${macro.slice(0, 100)}"` : '';
  wrong(
    context,
    'transform-not-supported',
    `The template section is invalid: Transform${shown}: macros are not run here`,
    ['Transform'],
    `write out what the macro would produce; "${LANGUAGE_EXTENSIONS}" alone may stay`,
  );
}

/** What is empty in whatever way counts as absent. */
function section(document: JsonObject, name: string, context: CfnContext): JsonObject {
  const given = document[name] ?? null;
  if (isFalsy(given)) return {};
  if (isJsonObject(given)) return given;
  wrong(context, 'invalid-section', `the section "${name}" must be a map. Found a ${typeName(given)} instead`, [name]);
  return {};
}

function readParameters(document: JsonObject, context: CfnContext): ReadonlyMap<string, ParameterSchema> {
  const result = new Map<string, ParameterSchema>();
  for (const [name, given] of Object.entries(section(document, 'Parameters', context))) {
    const schema = readParameterSchema(name, given, ['Parameters', name], context.problems);
    if (schema !== null) result.set(name, schema);
  }
  return result;
}

function readConditions(document: JsonObject, context: CfnContext): ReadonlyMap<string, Expression> {
  const result = new Map<string, Expression>();
  if (!context.version.conditions || !Object.hasOwn(document, 'Conditions')) return result;
  const given = document['Conditions'] as Json;
  if (!isJsonObject(given)) {
    const message = `Conditions validation error: Condition definitions must be a map. Found a ${typeName(given)} instead`;
    wrong(context, 'invalid-section', message, ['Conditions']);
    return result;
  }
  for (const [name, written] of Object.entries(given)) {
    const path = ['Conditions', name];
    const expression = expressionOf(written, path, context.table, 'condition');
    if (expression.kind === 'call' || (expression.kind === 'data' && typeof expression.value === 'boolean')) result.set(name, expression);
    else wrong(context, 'invalid-condition', `Condition validation error: The definition of condition "${name}" is invalid`, path);
  }
  return result;
}

function readResources(document: JsonObject, context: CfnContext): ReadonlyMap<string, ResourceDefinition> {
  const result = new Map<string, ResourceDefinition>();
  for (const [name, given] of Object.entries(section(document, 'Resources', context))) {
    const resource = readResource(name, given, context);
    if (resource !== null) result.set(name, resource);
  }
  return result;
}

function readOutputs(document: JsonObject, context: CfnContext): ReadonlyMap<string, OutputDefinition> {
  const result = new Map<string, OutputDefinition>();
  for (const [name, given] of Object.entries(section(document, 'Outputs', context))) {
    const output = readOutput(name, given, context);
    if (output !== null) result.set(name, output);
  }
  return result;
}

function readOutput(name: string, given: Json, context: CfnContext): OutputDefinition | null {
  const path = ['Outputs', name];
  const invalid = (message: string, hint: string | null = null): null => {
    wrong(context, 'invalid-output', `Output validation error: ${message}`, path, hint);
    return null;
  };
  if (!isJsonObject(given)) return invalid(`Output definitions must be a map. Found a ${typeName(given)} instead`);
  if (!Object.hasOwn(given, 'Value')) {
    const slip = Object.keys(given).find((key) => similar(key, ['Value']) !== null);
    return invalid('Each output definition must contain a Value key.', slip === undefined ? null : `did you mean "Value" by "${slip}"?`);
  }
  const { conditions } = context.version;
  const condition = conditions ? (given['Condition'] ?? null) : null;
  const description = given['Description'] ?? null;
  return {
    name,
    description: description === null ? null : plainText(description),
    value: expressionOf(given['Value'] as Json, [...path, 'Value'], context.table),
    condition: condition === null ? null : expressionOf(condition, [...path, 'Condition'], context.table, 'condition'),
    exportName: conditions ? exportName(given['Export'] ?? null, path, context) : null,
    path,
  };
}

function exportName(given: Json, path: Path, context: CfnContext): Expression | null {
  if (given === null) return null;
  const name = isJsonObject(given) ? (given['Name'] ?? null) : null;
  if (name !== null) return expressionOf(name, [...path, 'Export', 'Name'], context.table);
  wrong(context, 'invalid-export', 'Export must be a map with a Name', [...path, 'Export']);
  return null;
}
