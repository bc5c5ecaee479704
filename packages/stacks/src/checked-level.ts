/**
 * What can be said against one level of a tree of stacks: types, policies, properties, attributes; and, for resources that are stacks of their own,
 * against the levels below. Collects diagnostics and the questions that only the cloud can answer.
 */
import { didYouMean, pathText, type Diagnostic, type JsonObject, type Path } from '@hearth/kernel';
import {
  compiledOf,
  compositeInput,
  externalConstraint,
  handlerOf,
  MAX_DEPTH,
  storedChild,
  updatePolicyOf,
  type CompiledDefinition,
  type StoredEnvironment,
} from '@hearth/engine';
import {
  checkProperties,
  compositeType,
  ResourceFailed,
  type ChildDefinition,
  type PropertyProblem,
  type ResourceType,
} from '@hearth/resource-kit';
import {
  bindDefinition,
  matchesPattern,
  nothingKnown,
  parseTemplate,
  resolveResource,
  type BoundDefinition,
  type Definition,
  type Outside,
  type ResourceDefinition,
} from '@hearth/template';
import { attributeReferences } from './attribute-references.ts';
import type { Caller } from './caller.ts';
import type { ConstraintQuestion, StackPorts } from './ports.ts';
import { distinctMembers } from './distinct-members.ts';
import { invalid, notAuthorized } from './refusals.ts';
import { toldAbove } from './nested-wording.ts';
import { mayUseType } from './type-policy.ts';

export interface Level {
  readonly compiled: CompiledDefinition;
  readonly stackName: string;
  /** 0 for the root. */
  readonly depth: number;
  /** False: null in properties may stand for what is not known before the levels above are made. */
  readonly isKnown: boolean;
  readonly outside: Outside;
}

/** A value for the cloud to judge, and how to say so when it is wrong. */
export interface Question extends ConstraintQuestion {
  readonly path: Path;
  readonly wrong: (reason: string) => string;
}

export interface Findings {
  readonly found: Diagnostic[];
  readonly questions: Question[];
}

const HIDDEN_VALUE = 'Error validating a value that is not shown: it is not valid.';

/** Gives how many resources the level and all below it have. */
export function checkLevel(ports: StackPorts, caller: Caller, level: Level, findings: Findings): number {
  const { compiled } = level;
  const { bound } = compiled;
  checkTypePolicy(caller, bound.definition);
  findings.found.push(...unknownTypes(ports, compiled), ...unknownAttributes(ports, compiled));
  let count = 0;
  for (const name of bound.resources.keys()) {
    count += 1 + checkResource(ports, caller, level, name, findings);
    refuseTooMany(ports, count);
  }
  return count;
}

function refuseTooMany(ports: StackPorts, count: number): void {
  const limit = ports.limits.resourcesPerStack;
  if (limit < 0 || count <= limit) return;
  throw invalid(
    `Request limit exceeded: You have reached the maximum resources per stack, ${limit}: the template has more, nested stacks included.`,
    'RequestLimitExceeded',
  );
}

export function checkTypePolicy(caller: Caller, definition: Definition): void {
  for (const resource of definition.resources.values()) {
    if (!mayUseType(caller, resource.type)) throw notAuthorized(`resource_types:${resource.type}`);
  }
}

export function unknownTypes({ registry }: StackPorts, { bound, implementations }: CompiledDefinition): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [name, implementation] of implementations) {
    const { definition } = bound;
    const resource = definition.resources.get(name);
    if (resource === undefined) continue;
    const path = [...resource.path, definition.keys.type];
    if (implementation.kind === 'template') {
      if (Object.hasOwn(bound.files, implementation.key)) continue;
      const message = `Could not fetch remote template "${implementation.key}": no content was sent for it`;
      const hint = `${implementation.key.startsWith('file:') ? 'the server reads no files of its own for users; ' : ''}send the file along with the template, in "files"`;
      found.push(error('missing-template', message, path, definition, hint));
    } else if (registry.get(implementation.name) === null) {
      const meant = didYouMean(resource.type, registry.names());
      const hint = meant === null ? null : `did you mean "${meant}"?`;
      found.push(error('unknown-resource-type', `The Resource Type (${resource.type}) could not be found.`, path, definition, hint));
    }
  }
  return found;
}

function unknownAttributes({ registry }: StackPorts, { bound, implementations }: CompiledDefinition): readonly Diagnostic[] {
  const { definition } = bound;
  const expressions = [...bound.outputs.values()].map((output) => output.value);
  for (const resource of bound.resources.values()) expressions.push(resource.definition.properties, resource.definition.metadata);
  return attributeReferences(expressions).flatMap(({ resource, attribute, path }) => {
    const implementation = implementations.get(resource);
    const type = implementation === undefined ? null : registry.get(handlerOf(implementation));
    if (type === null || takesAnyAttribute(type)) return [];
    if (attribute === 'show' || Object.hasOwn(type.attributes, attribute)) return [];
    const meant = didYouMean(attribute, Object.keys(type.attributes));
    const message = `${pathText(path)}: : The Referenced Attribute (${resource} ${attribute}) is incorrect.`;
    return [error('unknown-attribute', message, path, definition, meant === null ? null : `did you mean "${meant}"?`)];
  });
}

/** A composite resource has the attributes of what it consists of. */
const takesAnyAttribute = ({ acceptsAnything, hasOpenAttributes, composite }: ResourceType): boolean =>
  acceptsAnything === true || hasOpenAttributes === true || composite !== undefined;

/** Attributes that the level above asks of a group's members, and that they do not have. */
function unknownAsked(
  { registry }: StackPorts,
  { bound, implementations }: CompiledDefinition,
  { asks }: StoredEnvironment,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const name of bound.resources.keys()) {
    const implementation = implementations.get(name);
    const type = implementation === undefined ? null : registry.get(handlerOf(implementation));
    if (type === null || takesAnyAttribute(type)) continue;
    for (const attribute of new Set((asks?.[name] ?? []).map(([asked]) => asked))) {
      if (attribute === 'show' || Object.hasOwn(type.attributes, attribute)) continue;
      const meant = didYouMean(attribute, Object.keys(type.attributes));
      const hint = meant === null ? null : `did you mean "${meant}"?`;
      const message = `outputs.${attribute}.value.get_attr: : The Referenced Attribute (${name} ${attribute}) is incorrect.`;
      found.push(error('unknown-attribute', message, ['resources', name], bound.definition, hint));
    }
  }
  return found;
}

export const error = (code: string, message: string, path: Path, definition: Definition, hint: string | null): Diagnostic => ({
  severity: 'error',
  type: 'StackValidationFailed',
  code,
  message,
  path,
  position: definition.positionOf(path),
  hint,
});

/** Gives how many resources there are below this one. */
function checkResource(ports: StackPorts, caller: Caller, level: Level, name: string, { found, questions }: Findings): number {
  const { compiled } = level;
  const { bound, implementations } = compiled;
  const resource = bound.resources.get(name);
  const implementation = implementations.get(name);
  const type = implementation === undefined ? null : ports.registry.get(handlerOf(implementation));
  if (resource === undefined || type === null) return 0;
  if (type.isDeclaredOnly === true) found.push(cannotBeMade(bound.definition, resource.definition, type));
  const resolved = resolveResource(bound, name, nothingKnown);
  if (resolved.externalId !== null) return checkExternal(level, { name, type, externalId: resolved.externalId }, { found, questions });
  found.push(...resolved.properties.diagnostics, ...resolved.metadata.diagnostics);
  const isKnown = level.isKnown && !resolved.properties.unknown;
  const checked = checkProperties(type, resolved.properties.value, { lenient: !isKnown, matchesPattern });
  const base = [...resource.definition.path, bound.definition.keys.properties];
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
  found.push(...policyProblems(compiled, name, type));
  const isSound = checked.problems.every((problem) => problem.severity !== 'error');
  if (type.composite === undefined || !isSound) return 0;
  const known = Object.fromEntries(Object.entries(checked.props).filter(([, value]) => value !== undefined));
  return checkBelow(ports, caller, level, { name, type, props: known, isKnown }, { found, questions });
}

const cannotBeMade = (definition: Definition, { path }: ResourceDefinition, { name }: ResourceType): Diagnostic =>
  error(
    'declared-only',
    `The Resource Type (${name}) cannot be made by this server: it is known by its schema alone.`,
    [...path, definition.keys.type],
    definition,
    "templates with it can be validated; to create a stack, leave the resource out or map its type in the environment's resource_registry",
  );

interface External {
  readonly name: string;
  readonly type: ResourceType;
  /** Empty: no text, or not known. */
  readonly externalId: string;
}

/** What is there already has the properties that it has; it must be there, and be one thing. */
function checkExternal({ compiled }: Level, { name, type, externalId }: External, { found, questions }: Findings): number {
  const { definition } = compiled.bound;
  const path = [...(definition.resources.get(name)?.path ?? []), 'external_id'];
  const refuse = (message: string): void => void found.push(error('external-id', message, path, definition, null));
  if (externalId === '') refuse('external_id must be the id of an existing resource, known before anything is made');
  else if (type.composite !== undefined) refuse(`external_id: ${type.name} is a stack of its own, which cannot be had from outside`);
  else {
    const wrong = () => `Invalid external resource: Resource ${externalId} (${type.name}) can not be found.`;
    questions.push({ constraint: externalConstraint(type.name), value: externalId, path, wrong });
  }
  return 0;
}

/** What a group's update policy says wrongly. */
export function policyProblems(compiled: CompiledDefinition, name: string, type: ResourceType): readonly Diagnostic[] {
  const schemas = type.updatePolicy;
  const resource = compiled.bound.definition.resources.get(name);
  if (schemas === undefined || resource === undefined) return [];
  const base = [...resource.path, compiled.bound.definition.keys.updatePolicy];
  const { problems } = checkProperties(policyType(type, schemas), updatePolicyOf(compiled, name), { lenient: false, matchesPattern });
  return problems.map((problem) => propertyDiagnostic(compiled.bound.definition, base, problem, type, false));
}

/** The policy's settings as if they were properties. */
function policyType({ name, examples }: ResourceType, properties: ResourceType['properties']): ResourceType {
  return compositeType({
    name,
    doc: '',
    support: { status: 'HIDDEN', since: null },
    properties,
    attributes: {},
    examples,
    composite: { definition: () => ({ template: {}, parameters: {}, asks: {} }), select: () => null },
  });
}

interface Nested {
  readonly name: string;
  readonly type: ResourceType;
  readonly props: JsonObject;
  /** False: some properties depend on resources that are not there yet. */
  readonly isKnown: boolean;
}

function checkBelow(ports: StackPorts, caller: Caller, level: Level, nested: Nested, findings: Findings): number {
  const { compiled, depth } = level;
  const { definition } = compiled.bound;
  const resource = definition.resources.get(nested.name);
  const path = resource?.path ?? [];
  const fail = (code: string, message: string, hint: string | null = null): number => {
    findings.found.push(error(code, message, path, definition, hint));
    return 0;
  };
  if (depth + 1 > MAX_DEPTH) return fail('too-deep', `Recursion depth exceeds ${MAX_DEPTH}.`, 'a template may be using itself');
  const file = compiled.implementations.get(nested.name);
  // That it was not sent is told with the types.
  if (file?.kind === 'template' && !Object.hasOwn(compiled.bound.files, file.key)) return 0;
  let child: ChildDefinition | undefined;
  try {
    child = nested.type.composite?.definition(compositeInput(compiled, nested.name, nested.props, {}, true));
  } catch (thrown) {
    if (thrown instanceof ResourceFailed) return fail('no-child', thrown.message);
    throw thrown;
  }
  if (child === undefined) return 0;
  const below: Findings = { found: [], questions: [] };
  const row = { name: nested.name, metadata: {}, deletionPolicy: 'delete' } as const;
  const count = checkChild(
    ports,
    caller,
    { level, nested, child, stored: storedChild(compiled, row, child), above: findings.found },
    below,
  );
  const place = { path, position: definition.positionOf(path), file: file?.kind === 'template' ? file.key : null };
  for (const one of below.found) findings.found.push(toldAbove(one, place));
  for (const one of below.questions) findings.questions.push({ ...one, path: [...path, ...one.path] });
  return count;
}

interface ChildCheck {
  readonly level: Level;
  readonly nested: Nested;
  readonly child: ChildDefinition;
  readonly stored: ReturnType<typeof storedChild>;
  /** Problems of the resource itself, and not of what is below it. */
  readonly above: Diagnostic[];
}

function checkChild(ports: StackPorts, caller: Caller, { level, nested, stored, above }: ChildCheck, findings: Findings): number {
  const isGenerated = nested.type.hasOpenProperties !== true;
  const { template, copies } = isGenerated ? distinctMembers(stored.template) : { template: stored.template, copies: null };
  const parsed = parseTemplate(template);
  findings.found.push(...parsed.diagnostics);
  if (parsed.definition === null) return 0;
  const environment = stored.environment as unknown as StoredEnvironment;
  if (!isGenerated) {
    const wrong = interfaceProblems(parsed.definition, environment, nested, level);
    above.push(...wrong);
    // Binding would say the same in other words.
    if (wrong.length > 0) return 0;
  }
  const stackName = `${level.stackName}-${nested.name}`;
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment,
    pseudo: { stackId: 'None', stackName, projectId: caller.projectId },
    files: stored.files,
    facade: environment.facade ?? null,
    outside: level.outside,
    strict: nested.isKnown,
  });
  findings.found.push(...diagnostics);
  if (bound === null) return 0;
  for (const output of bound.exports.values()) findings.found.push(nestedExport(bound.definition, output));
  const compiled = compiledOf('unsaved', bound, environment, ports.registry);
  findings.questions.push(...parameterQuestions(bound));
  if (isGenerated) findings.found.push(...unknownAsked(ports, compiled, environment));
  const count = checkLevel(ports, caller, { ...level, compiled, stackName, depth: level.depth + 1, isKnown: nested.isKnown }, findings);
  const all = copies === null || bound.resources.size === 0 ? count : Math.ceil((count * copies) / bound.resources.size);
  refuseTooMany(ports, all);
  return all;
}

const nestedExport = (definition: Definition, name: string): Diagnostic =>
  error(
    'nested-export',
    `the output "${name}" of a nested template cannot be exported`,
    [...(definition.outputs.get(name)?.path ?? []), 'Export'],
    definition,
    'export an output of the stack itself that has the value of this one',
  );

/** The properties that a resource gives, against the parameters of the template that stands for it. */
function interfaceProblems(definition: Definition, environment: StoredEnvironment, { name }: Nested, level: Level): readonly Diagnostic[] {
  const given = Object.keys(level.compiled.bound.resources.get(name)?.rawProperties ?? {});
  const found: Diagnostic[] = [];
  const above = level.compiled.bound.definition;
  const path = [...(above.resources.get(name)?.path ?? []), above.keys.properties];
  const report = (code: string, message: string, hint: string | null): void => {
    found.push(error(code, `Property error: : ${pathText(path)}: : ${message}`, path, above, hint));
  };
  for (const property of given) {
    if (definition.parameters.has(property)) continue;
    const meant = didYouMean(property, definition.parameters.keys());
    report('unknown-property', `Unknown Property ${property}`, meant === null ? null : `did you mean "${meant}"?`);
  }
  for (const parameter of definition.parameters.values()) {
    if (parameter.hasDefault || given.includes(parameter.name) || Object.hasOwn(environment.parameterDefaults, parameter.name)) continue;
    report('missing-property', `Property ${parameter.name} not assigned`, null);
  }
  return found;
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

export function parameterQuestions(bound: BoundDefinition): readonly Question[] {
  const questions: Question[] = [];
  for (const [name, schema] of bound.definition.parameters) {
    const value = bound.parameters.get(name);
    if (value === undefined || value === null || value === '') continue;
    for (const constraint of schema.constraints) {
      if (constraint.kind !== 'custom') continue;
      questions.push({
        constraint: constraint.name,
        value,
        path: [bound.definition.keys.parameters, name],
        wrong: (reason) => `Parameter '${name}' is invalid: ${constraint.message ?? (schema.hidden ? HIDDEN_VALUE : reason)}`,
      });
    }
  }
  return questions;
}
