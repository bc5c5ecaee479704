/**
 * Binds a definition to values: parameters, conditions, which resources exist, what each requires. Every live expression is evaluated once
 * with nothing known of other resources: that finds the references (whatever they are computed from) and the errors of functions.
 */
import { findCycle } from '@hearth/graph';
import type { Diagnostic, Json, JsonObject, Path } from '@hearth/kernel';
import type { BoundDefinition, BoundResource, Environment, PseudoParameters, References } from '../definition/bound.ts';
import type { Costs } from '../definition/costs.ts';
import type { Definition, Expression, Names, ResourceDefinition } from '../definition/definition.ts';
import { writtenMap } from '../definition/expression.ts';
import { Problems, similar } from '../definition/problems.ts';
import { evaluateConditions } from '../conditions/evaluate-conditions.ts';
import { functionTables } from '../functions/tables.ts';
import type { FunctionTable } from '../functions/contract.ts';
import { parameterValues } from '../parameters/parameter-values.ts';
import { pseudoNames } from '../parameters/pseudo.ts';
import { checkRules } from './check-rules.ts';
import { deletionPolicyOf } from './deletion-policy.ts';
import { Evaluation, type EvaluationInput } from './evaluation.ts';
import { exportedNames } from './exported-names.ts';
import { leniently, type Outside, outsideOf } from './outside.ts';
import { recordingReferences, type Used } from './recording-references.ts';

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
  /** Absent: there are no exports, and one zone, `nova`. */
  readonly outside?: Outside;
  /** Parameter values are demanded and checked; false for validating a template alone. */
  readonly strict: boolean;
  /** A look before values are given: what goes wrong with parameters as they are now, or for want of a parent, proves nothing. */
  readonly valuesMayChange?: boolean;
  /** What the request has cost before, to which this adds; absent: it begins here. */
  readonly costs?: Costs;
  /**
   * A look for all that is wrong: there is something bound in spite of errors, and what hangs on conditions that cannot be decided is looked
   * at either way. Nothing may be made from it.
   */
  readonly looksOn?: boolean;
  /** With `looksOn`: no condition is decided, so that what present values leave out is looked at as well. */
  readonly decidesNothing?: boolean;
}

export interface BindResult {
  /** Null when there was an error, unless `looksOn`. */
  readonly bound: BoundDefinition | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Names declared as parameters, pseudo ones included. */
export function declaredNames(definition: Definition): EvaluationInput['declared'] {
  const pseudo = pseudoNames(definition.language);
  return {
    has: (name) => definition.parameters.has(name) || pseudo.includes(name) || definition.unread?.parameters.has(name) === true,
    keys: () => [...definition.parameters.keys(), ...pseudo],
  };
}

export function tableOf(definition: Definition): FunctionTable {
  return functionTables.get(definition.version) as FunctionTable;
}

export function hiddenNames(definition: Definition): ReadonlySet<string> {
  return new Set([...definition.parameters.values()].filter((schema) => schema.hidden).map((schema) => schema.name));
}

export function bindDefinition(input: BindInput): BindResult {
  const { environment, files, strict } = input;
  let whole: Definition | null = null;
  const problems = new Problems((path) => (whole ?? input.definition).positionOf(path), input.costs);
  const parameters = parameterValues(
    { definition: input.definition, environment, parameters: input.parameters ?? {}, pseudo: input.pseudo, strict },
    problems,
  );
  const asked = input.outside ?? outsideOf(undefined);
  const outside = strict ? asked : leniently(asked);
  const base = {
    table: tableOf(input.definition),
    parameters,
    declared: declaredNames(input.definition),
    hidden: hiddenNames(input.definition),
    files,
    facade: input.facade ?? null,
    mappings: input.definition.mappings,
    outside,
    problems,
    ...(input.valuesMayChange === true && { valuesMayChange: true }),
  };
  const definition = unrolledDefinition(input.definition, base, input.looksOn === true);
  whole = definition;
  if (definition === null) return { bound: null, diagnostics: problems.list() };
  const nothing = recordingReferences();
  const noResources = new Map<string, never>();
  const decided = new Set<string>();
  const looking = input.looksOn === true ? { undecided: undecidedNames(definition, decided) } : {};
  const judged = (expression: Expression, path: Path, conditions: ReadonlyMap<string, boolean>): { truth: boolean; undecided: boolean } => {
    const one = new Evaluation({ ...base, ...looking, conditions, resources: noResources, references: nothing.references });
    const truth = one.conditionOf(expression, path);
    return { truth, undecided: one.undecided };
  };
  const truthOf = (expression: Expression, path: Path, known: ReadonlyMap<string, boolean>): boolean => {
    const { truth, undecided } = judged(expression, path, known);
    if (!undecided && input.decidesNothing !== true) decided.add(path.at(-1) as string);
    return truth;
  };
  const conditions = evaluateConditions(definition.keys.conditions, definition.conditions, truthOf, problems);
  checkRules(definition.rules, { ...base, ...looking, references: nothing.references }, strict);
  const holds = (condition: Expression | null, path: Path): boolean => {
    if (condition === null) return true;
    const { truth, undecided } = judged(condition, [...path, definition.keys.condition], conditions);
    return truth || (undecided && input.looksOn === true);
  };

  const enabled = new Map<string, ResourceDefinition>();
  for (const [name, resource] of definition.resources) if (holds(resource.condition, resource.path)) enabled.set(name, resource);
  // An output of a resource that its condition leaves out has no value, and the stack is made all the same.
  const leftOut = { has: (name: string): boolean => definition.resources.has(name) && !enabled.has(name) };
  const outputEvaluation = (references: References): Evaluation =>
    new Evaluation({ ...base, ...looking, conditions, leftOut, resources: withUnread(enabled, definition), references });
  const evaluationOf = (references: References): Evaluation =>
    new Evaluation({ ...base, ...looking, conditions, resources: withUnread(enabled, definition), references });
  const used: Used = { attributes: new Map(), selections: new Map() };
  const resources = new Map<string, BoundResource>();
  for (const [name, resource] of enabled)
    resources.set(name, boundResource(name, resource, evaluationOf, used, enabled, definition, problems));
  const live = [...definition.outputs.values()].filter((output) => holds(output.condition, output.path));
  for (const output of live)
    outputEvaluation(recordingReferences(used).references).valueOf(output.value, [...output.path, definition.keys.value]);
  const exports = exportedNames(live, evaluationOf, problems);
  reportCycle(resources, problems);
  if (problems.hasErrors && input.looksOn !== true) return { bound: null, diagnostics: problems.list() };
  const { hidden, facade } = base;
  const { outputs } = definition;
  const bound = { definition, parameters, hidden, files, facade, resources, outputs, conditions, exports, outside, ...looking };
  return { bound, diagnostics: problems.list() };
}

/** The definition with its loops over parameters written out; null when that cannot be done. */
function unrolledDefinition(
  definition: Definition,
  base: Omit<EvaluationInput, 'conditions' | 'resources' | 'references'>,
  looksOn: boolean,
): Definition | null {
  if (definition.unrolled === null) return definition;
  const nothing = new Map<string, never>();
  const {
    definition: whole,
    draft,
    diagnostics,
  } = definition.unrolled((expression, path) => {
    const evaluation = new Evaluation({ ...base, conditions: nothing, resources: nothing, references: recordingReferences().references });
    const value = evaluation.valueOf(expression, path);
    if (!evaluation.secret) return evaluation.unknown ? undefined : value;
    const message = 'a loop cannot run over a hidden parameter: its items would be seen in names';
    base.problems.add({ type: 'StackValidationFailed', code: 'invalid-loop', message, path });
    return [];
  });
  base.problems.take(diagnostics);
  return looksOn ? draft : whole;
}

/** All that are not decided, those that could not be read among them; grows smaller as they are decided. */
const undecidedNames = ({ conditions, unread }: Definition, decided: Names): Names => ({
  has: (name) => (conditions.has(name) ? !decided.has(name) : unread?.conditions.has(name) === true),
});

/** Resources that exist, as expressions may refer to them. */
export function withUnread(resources: ReadonlyMap<string, unknown>, { unread }: Definition): EvaluationInput['resources'] {
  if (unread === undefined) return resources;
  return { has: (name) => resources.has(name) || unread.resources.has(name), keys: () => resources.keys() };
}

const NOTHING: ReadonlySet<string> = new Set();

function boundResource(
  name: string,
  resource: ResourceDefinition,
  evaluationOf: (references: References) => Evaluation,
  used: Used,
  enabled: ReadonlyMap<string, ResourceDefinition>,
  definition: Definition,
  problems: Problems,
): BoundResource {
  const { keys } = definition;
  const computed = (['properties', 'metadata'] as const).filter((part) => resource[part].kind !== 'data');
  let asked = NOTHING;
  if (computed.length > 0) {
    const recorded = recordingReferences(used);
    asked = recorded.requires;
    const evaluation = evaluationOf(recorded.references);
    for (const part of computed) {
      const path = [...resource.path, keys[part]];
      checkMap(evaluation.valueOf(resource[part], path), resource[part], path, evaluation, problems);
    }
  }
  // Requirements come from properties and metadata alone; the rest is evaluated for its errors.
  for (const [key, expression] of [
    [keys.updatePolicy, resource.updatePolicy],
    [keys.deletionPolicy, resource.deletionPolicy],
    [keys.externalId, resource.externalId],
  ] as const) {
    if (expression === null || expression.kind === 'data') continue;
    const other = evaluationOf(recordingReferences().references);
    const value = other.valueOf(expression, [...resource.path, key]);
    if (key === keys.deletionPolicy && !other.unknown) checkPolicy(value, other.secret, [...resource.path, key], problems);
  }
  const requires = new Set<string>();
  resource.dependsOn.forEach((other, i) => {
    if (enabled.has(other)) requires.add(other);
    else if (!definition.resources.has(other) && definition.unread?.resources.has(other) !== true) {
      problems.add({
        type: 'InvalidTemplateReference',
        code: 'unknown-resource',
        message: `The specified reference "${other}" (in ${name}) is incorrect.`,
        path: [...resource.path, keys.dependsOn, ...(resource.dependsOn.length > 1 ? [i] : [])],
        hint: similar(other, definition.resources.keys()),
      });
    }
  });
  for (const other of asked) requires.add(other);
  return {
    definition: resource,
    // Rarely asked for, and a copy: made on demand.
    get rawProperties() {
      return writtenMap(resource.properties);
    },
    requires: [...requires],
    // Those that come later ask, too.
    get usedAttributes() {
      return used.attributes.get(name) ?? NOTHING;
    },
    get usedSelections() {
      return used.selections.get(name) ?? NOTHING;
    },
  };
}

function checkPolicy(value: Json, isSecret: boolean, path: Path, problems: Problems): void {
  if (value === null || (typeof value === 'string' && deletionPolicyOf(value) !== null)) return;
  const shown = typeof value === 'string' && !isSecret ? ` "${value.slice(0, 100)}"` : '';
  const message = `Invalid deletion policy${shown}`;
  problems.add({ type: 'StackValidationFailed', code: 'invalid-resource', message, path, hint: 'use Delete, Retain or Snapshot' });
}

function checkMap(value: Json, expression: Expression, path: Path, evaluation: Evaluation, problems: Problems): void {
  if (value === null || (typeof value === 'object' && !Array.isArray(value)) || expression.kind !== 'call') return;
  if (evaluation.unknown || evaluation.mayChange) return;
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
