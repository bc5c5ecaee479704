/**
 * Binds a definition to values: parameters, conditions, which resources exist, what each requires. Every live expression is evaluated once
 * with nothing known of other resources: that finds the references (whatever they are computed from) and the errors of functions.
 */
import { findCycle } from '@hearth/graph';
import type { Diagnostic, Json, JsonObject, Path } from '@hearth/kernel';
import type { BoundDefinition, BoundResource, Environment, PseudoParameters, References } from '../definition/bound.ts';
import type { Definition, Expression, ResourceDefinition } from '../definition/definition.ts';
import { writtenMap } from '../definition/expression.ts';
import { Problems, similar } from '../definition/problems.ts';
import { evaluateConditions } from '../conditions/evaluate-conditions.ts';
import { functionTables } from '../functions/tables.ts';
import type { FunctionTable } from '../functions/contract.ts';
import { parameterValues } from '../parameters/parameter-values.ts';
import { PSEUDO_NAMES } from '../parameters/pseudo.ts';
import { Evaluation, type EvaluationInput } from './evaluation.ts';
import { entryOf, recordingReferences, type Used } from './recording-references.ts';

export interface BindInput {
  readonly definition: Definition;
  readonly environment: Environment;
  /** Over the environment's parameters. */
  readonly parameters?: JsonObject;
  readonly pseudo: PseudoParameters;
  /** Contents by the key that `get_file` names. */
  readonly files: Readonly<Record<string, string>>;
  /** `metadata`, `deletion_policy` and `update_policy` of the parent's resource; absent for a root stack. */
  readonly facade?: JsonObject | null;
  /** Parameter values are demanded and checked; false for validating a template alone. */
  readonly strict: boolean;
}

export interface BindResult {
  /** Null when there was an error. */
  readonly bound: BoundDefinition | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Names declared as parameters, pseudo ones included. */
export function declaredNames(definition: Definition): EvaluationInput['declared'] {
  return {
    has: (name) => definition.parameters.has(name) || PSEUDO_NAMES.includes(name),
    keys: () => [...definition.parameters.keys(), ...PSEUDO_NAMES],
  };
}

export function tableOf(definition: Definition): FunctionTable {
  return functionTables.get(definition.version) as FunctionTable;
}

export function hiddenNames(definition: Definition): ReadonlySet<string> {
  return new Set([...definition.parameters.values()].filter((schema) => schema.hidden).map((schema) => schema.name));
}

export function bindDefinition(input: BindInput): BindResult {
  const { definition, environment, files, strict } = input;
  const problems = new Problems(definition.positionOf);
  const parameters = parameterValues(
    { schemas: definition.parameters, environment, parameters: input.parameters ?? {}, pseudo: input.pseudo, strict },
    problems,
  );
  const base = {
    table: tableOf(definition),
    parameters,
    declared: declaredNames(definition),
    hidden: hiddenNames(definition),
    files,
    facade: input.facade ?? null,
    problems,
  };
  const nothing = recordingReferences();
  const noResources = new Map<string, never>();
  const truthOf = (expression: Expression, path: Path, conditions: ReadonlyMap<string, boolean>): boolean =>
    new Evaluation({ ...base, conditions, resources: noResources, references: nothing.references }).conditionOf(expression, path);
  const conditions = evaluateConditions(definition.conditions, truthOf, problems);
  const holds = (condition: Expression | null, path: Path): boolean =>
    condition === null || truthOf(condition, [...path, 'condition'], conditions);

  const enabled = new Map<string, ResourceDefinition>();
  for (const [name, resource] of definition.resources) if (holds(resource.condition, resource.path)) enabled.set(name, resource);
  const evaluationOf = (references: References): Evaluation => new Evaluation({ ...base, conditions, resources: enabled, references });
  const used: Used = { attributes: new Map(), selections: new Map() };
  const resources = new Map<string, BoundResource>();
  for (const [name, resource] of enabled)
    resources.set(name, boundResource(name, resource, evaluationOf, used, enabled, definition, problems));
  for (const output of definition.outputs.values()) {
    if (!holds(output.condition, output.path)) continue;
    const recorded = recordingReferences(used);
    evaluationOf(recorded.references).valueOf(output.value, [...output.path, 'value']);
  }
  reportCycle(resources, problems);
  if (problems.hasErrors) return { bound: null, diagnostics: problems.list() };
  const { hidden, facade } = base;
  const bound: BoundDefinition = { definition, parameters, hidden, files, facade, resources, outputs: definition.outputs, conditions };
  return { bound, diagnostics: problems.list() };
}

function boundResource(
  name: string,
  resource: ResourceDefinition,
  evaluationOf: (references: References) => Evaluation,
  used: Used,
  enabled: ReadonlyMap<string, ResourceDefinition>,
  definition: Definition,
  problems: Problems,
): BoundResource {
  const recorded = recordingReferences(used);
  const evaluation = evaluationOf(recorded.references);
  for (const part of ['properties', 'metadata'] as const) {
    if (resource[part].kind === 'data') continue;
    const value = evaluation.valueOf(resource[part], [...resource.path, part]);
    checkMap(value, resource[part], [...resource.path, part], evaluation, problems);
  }
  // Requirements come from properties and metadata alone; the rest is evaluated for its errors.
  for (const [key, expression] of [
    ['update_policy', resource.updatePolicy],
    ['deletion_policy', resource.deletionPolicy],
    ['external_id', resource.externalId],
  ] as const) {
    if (expression === null || expression.kind === 'data') continue;
    evaluationOf(recordingReferences().references).valueOf(expression, [...resource.path, key]);
  }
  const requires = new Set<string>();
  resource.dependsOn.forEach((other, i) => {
    if (enabled.has(other)) requires.add(other);
    else if (!definition.resources.has(other)) {
      problems.add({
        type: 'InvalidTemplateReference',
        code: 'unknown-resource',
        message: `The specified reference "${other}" (in ${name}) is incorrect.`,
        path: [...resource.path, 'depends_on', ...(resource.dependsOn.length > 1 ? [i] : [])],
        hint: similar(other, definition.resources.keys()),
      });
    }
  });
  for (const other of recorded.requires) requires.add(other);
  // Filled by those that come later, too.
  const usedAttributes = entryOf(used.attributes, name);
  const usedSelections = entryOf(used.selections, name);
  return {
    definition: resource,
    // Rarely asked for, and a copy: made on demand.
    get rawProperties() {
      return writtenMap(resource.properties);
    },
    requires: [...requires],
    usedAttributes,
    usedSelections,
  };
}

function checkMap(value: Json, expression: Expression, path: Path, evaluation: Evaluation, problems: Problems): void {
  if (value === null || (typeof value === 'object' && !Array.isArray(value)) || evaluation.unknown || expression.kind !== 'call') return;
  problems.add({ type: 'StackValidationFailed', code: 'invalid-resource', message: 'the value must be a map', path });
}

function reportCycle(resources: ReadonlyMap<string, BoundResource>, problems: Problems): void {
  const cycle = findCycle([...resources].map(([name, resource]) => ({ name, requires: resource.requires })));
  if (cycle === null) return;
  const first = resources.get(cycle[0] as string) as BoundResource;
  problems.add({
    type: 'CircularDependencyException',
    code: 'circular-dependency',
    message: `Circular Dependency Found: ${cycle.join(' → ')}`,
    path: first.definition.path,
    hint: 'each requires the next: by depends_on, or by a reference in its properties or metadata',
  });
}
