/**
 * Everything that can be said against a definition before anything is written: template, parameters, types, properties, attributes,
 * values only the cloud can judge, limits. All of it at once.
 */
import { didYouMean, pathText, type Diagnostic, type JsonObject, type Path } from '@hearth/kernel';
import { checkProperties, type PropertyProblem, type ResourceType } from '@hearth/resource-kit';
import {
  bindDefinition,
  matchesPattern,
  parseTemplate,
  resolveResource,
  type BoundDefinition,
  type Definition,
  type Environment,
  type References,
} from '@hearth/template';
import { attributeReferences } from './attribute-references.ts';
import type { Caller } from './caller.ts';
import type { ConstraintQuestion, StackPorts } from './ports.ts';
import { asFormatError, invalid, notAuthorized, refuseErrors } from './refusals.ts';
import { mayUseType } from './type-policy.ts';

export interface DefinitionCheck {
  readonly definition: Definition;
  readonly environment: Environment;
  readonly files: Readonly<Record<string, string>>;
  readonly stackId: string;
  readonly stackName: string;
}

/** Before creation nothing is known of any resource. */
const NOTHING_KNOWN: References = { referenceId: () => undefined, attribute: () => undefined, allAttributes: () => undefined };

/** The template of a request, or the refusal that says what is wrong with it. */
export function parsedTemplate(ports: StackPorts, template: string | JsonObject): Definition {
  const size = typeof template === 'string' ? template.length : JSON.stringify(template).length;
  const { templateSize } = ports.limits;
  if (size > templateSize)
    throw invalid(
      `Request limit exceeded: Template size (${size} bytes) exceeds maximum allowed size (${templateSize} bytes).`,
      'RequestLimitExceeded',
    );
  const { definition, diagnostics } = parseTemplate(template);
  refuseErrors(diagnostics.map((diagnostic) => asFormatError(diagnostic, 'Template')));
  if (definition === null) throw invalid('The template could not be read.');
  return definition;
}

/** The definition bound to its parameters, once nothing can be said against it; a refusal that lists everything otherwise. */
export async function checkedDefinition(ports: StackPorts, caller: Caller, check: DefinitionCheck): Promise<BoundDefinition> {
  const { definition, environment, files } = check;
  checkResourceCount(ports, definition);
  checkTypePolicy(caller, definition);
  const { bound, diagnostics } = bindDefinition({
    definition,
    environment,
    pseudo: { stackId: check.stackId, stackName: check.stackName, projectId: caller.projectId },
    files,
    strict: true,
  });
  if (bound === null) {
    // Without values properties cannot be resolved, but unknown types are known to be unknown.
    refuseErrors([...diagnostics, ...unknownTypes(ports, definition, definition.resources.keys())]);
    throw invalid('The template could not be bound to its parameters.');
  }
  const findings: Finding[] = [];
  const questions: Question[] = parameterQuestions(bound);
  const found: Diagnostic[] = [
    ...diagnostics,
    ...unknownTypes(ports, definition, bound.resources.keys()),
    ...unknownAttributes(ports, bound),
  ];
  for (const name of bound.resources.keys()) checkResource(ports, bound, name, found, questions);
  findings.push(...(await judged(ports, caller, questions)));
  refuseErrors([...found, ...findings.map((finding) => ({ ...finding, position: definition.positionOf(finding.path) }))]);
  return bound;
}

const HIDDEN_VALUE = 'Error validating a value that is not shown: it is not valid.';

type Finding = Omit<Diagnostic, 'position'>;
/** A value for the cloud to judge, and how to say so when it is wrong. */
interface Question extends ConstraintQuestion {
  readonly path: Path;
  readonly wrong: (reason: string) => string;
}

/**
 * For a look at a template without values: types that do not exist or are not for this caller, properties that the type does not have or
 * cannot do without. Heat calls all of these bad requests there.
 */
export function refuseUnusableResources(ports: StackPorts, caller: Caller, bound: BoundDefinition): void {
  const { definition } = bound;
  checkTypePolicy(caller, definition);
  const found: Diagnostic[] = [...unknownTypes(ports, definition, bound.resources.keys())];
  for (const [name, resource] of bound.resources) {
    const type = ports.registry.get(resource.definition.type);
    if (type === null) continue;
    const { properties } = resolveResource(bound, name, NOTHING_KNOWN);
    const base = [...resource.definition.path, 'properties'];
    for (const problem of checkProperties(type, properties.value, { lenient: true, matchesPattern }).problems) {
      if (problem.code !== 'unknown-property' && problem.code !== 'missing-property') continue;
      const path = [...base, ...problem.path];
      found.push(error(problem.code, `Property error: ${pathText(path)}: ${problem.message}`, path, definition, problem.hint));
    }
  }
  refuseErrors(found.map((diagnostic) => ({ ...diagnostic, type: 'HTTPBadRequest' })));
}

function checkResourceCount(ports: StackPorts, definition: Definition): void {
  const limit = ports.limits.resourcesPerStack;
  if (limit >= 0 && definition.resources.size > limit) {
    throw invalid(
      `Request limit exceeded: You have reached the maximum resources per stack, ${limit}: the template has ${definition.resources.size}.`,
      'RequestLimitExceeded',
    );
  }
}

function checkTypePolicy(caller: Caller, definition: Definition): void {
  for (const resource of definition.resources.values()) {
    if (!mayUseType(caller, resource.type)) throw notAuthorized(`resource_types:${resource.type}`);
  }
}

function unknownTypes({ registry }: StackPorts, definition: Definition, names: Iterable<string>): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const name of names) {
    const resource = definition.resources.get(name);
    if (resource === undefined || registry.get(resource.type) !== null) continue;
    const path = [...resource.path, 'type'];
    const meant = didYouMean(resource.type, registry.names());
    const hint = meant === null ? null : `did you mean "${meant}"?`;
    found.push(error('unknown-resource-type', `The Resource Type (${resource.type}) could not be found.`, path, definition, hint));
  }
  return found;
}

function unknownAttributes({ registry }: StackPorts, bound: BoundDefinition): readonly Diagnostic[] {
  const { definition } = bound;
  const expressions = [...bound.outputs.values()].map((output) => output.value);
  for (const resource of bound.resources.values()) expressions.push(resource.definition.properties, resource.definition.metadata);
  return attributeReferences(expressions).flatMap(({ resource, attribute, path }) => {
    const type = registry.get(bound.resources.get(resource)?.definition.type ?? '');
    if (type === null || type.acceptsAnything === true || attribute === 'show' || Object.hasOwn(type.attributes, attribute)) return [];
    const meant = didYouMean(attribute, Object.keys(type.attributes));
    const message = `${pathText(path)}: : The Referenced Attribute (${resource} ${attribute}) is incorrect.`;
    return [error('unknown-attribute', message, path, definition, meant === null ? null : `did you mean "${meant}"?`)];
  });
}

const error = (code: string, message: string, path: Path, definition: Definition, hint: string | null): Diagnostic => ({
  severity: 'error',
  type: 'StackValidationFailed',
  code,
  message,
  path,
  position: definition.positionOf(path),
  hint,
});

function checkResource({ registry }: StackPorts, bound: BoundDefinition, name: string, found: Diagnostic[], questions: Question[]): void {
  const resource = bound.resources.get(name);
  const type = resource === undefined ? null : registry.get(resource.definition.type);
  if (resource === undefined || type === null) return;
  const resolved = resolveResource(bound, name, NOTHING_KNOWN);
  found.push(...resolved.properties.diagnostics, ...resolved.metadata.diagnostics);
  const checked = checkProperties(type, resolved.properties.value, { lenient: resolved.properties.unknown, matchesPattern });
  const base = [...resource.definition.path, 'properties'];
  const isSecret = resolved.properties.secret;
  for (const problem of checked.problems) found.push(propertyDiagnostic(bound.definition, base, problem, type, isSecret));
  for (const custom of checked.custom) {
    const path = [...base, ...custom.path];
    questions.push({
      constraint: custom.name,
      value: custom.value,
      path,
      wrong: (reason) => `Property error: : ${pathText(path)}: : ${custom.message ?? (custom.secret || isSecret ? HIDDEN_VALUE : reason)}`,
    });
  }
}

/** A message about a property that a hidden parameter went into names the place and not the value. */
function propertyDiagnostic(
  definition: Definition,
  base: Path,
  problem: PropertyProblem,
  type: ResourceType,
  isSecret: boolean,
): Diagnostic {
  const path = [...base, ...problem.path];
  const quotesValue = problem.code === 'wrong-type' || problem.code === 'constraint' || problem.code === 'invalid-combination';
  const message =
    isSecret && quotesValue
      ? `The value of ${type.name} is not valid (it comes from a hidden parameter and is not shown)`
      : problem.message;
  return {
    severity: problem.severity,
    type: 'StackValidationFailed',
    code: problem.code,
    message: `Property error: : ${pathText(path)}: : ${message}`,
    path,
    position: definition.positionOf(path),
    hint: problem.hint,
  };
}

function parameterQuestions(bound: BoundDefinition): Question[] {
  const questions: Question[] = [];
  for (const [name, schema] of bound.definition.parameters) {
    const value = bound.parameters.get(name);
    if (value === undefined || value === null || value === '') continue;
    for (const constraint of schema.constraints) {
      if (constraint.kind !== 'custom') continue;
      questions.push({
        constraint: constraint.name,
        value,
        path: ['parameters', name],
        wrong: (reason) => `Parameter '${name}' is invalid: ${constraint.message ?? (schema.hidden ? HIDDEN_VALUE : reason)}`,
      });
    }
  }
  return questions;
}

/** Asks the cloud once for each different question. */
async function judged(ports: StackPorts, caller: Caller, questions: readonly Question[]): Promise<readonly Finding[]> {
  const asked = new Map<string, ConstraintQuestion>();
  for (const { constraint, value } of questions) asked.set(JSON.stringify([constraint, value]), { constraint, value });
  if (asked.size === 0) return [];
  const answers = await ports.constraints.check(caller, [...asked.values()]);
  const answerOf = new Map([...asked.keys()].map((key, i) => [key, answers[i] ?? null]));
  return questions.flatMap((question): Finding[] => {
    const reason = answerOf.get(JSON.stringify([question.constraint, question.value])) ?? null;
    if (reason === null) return [];
    return [
      {
        severity: 'error',
        type: 'StackValidationFailed',
        code: 'custom-constraint',
        message: question.wrong(reason),
        path: question.path,
        hint: null,
      },
    ];
  });
}
