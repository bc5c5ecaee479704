/**
 * What can be said against one level of a tree of stacks: types, policies, properties, attributes; and, for resources that are stacks of their own,
 * against the levels below. Collects diagnostics and the questions that only the cloud can answer.
 */
import { pathText, type Diagnostic, type JsonObject } from '@hearth/kernel';
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
import { checkProperties, declaredType, ResourceFailed, type ChildDefinition, type ResourceType } from '@hearth/resource-kit';
import {
  bindDefinition,
  type Costs,
  matchesPattern,
  nothingKnown,
  parseTemplate,
  resolveResource,
  sharedTemplate,
  type Definition,
  type Outside,
  valueSize,
  type ResourceDefinition,
} from '@hearth/template';
import type { Caller } from './caller.ts';
import { distinctMembers } from './distinct-members.ts';
import { facadeProblems } from './facade-problems.ts';
import { error, HIDDEN_VALUE, parameterQuestions, propertyDiagnostic, type Findings } from './findings.ts';
import { interfaceProblems } from './interface-problems.ts';
import { unavailable } from './service-knowledge.ts';
import { snapshotProblems } from './snapshot-policy.ts';
import { toldAbove, toldInPlace } from './nested-wording.ts';
import type { StackPorts } from './ports.ts';
import { invalid } from './refusals.ts';
import { unfitAmongOthers } from './unfit-among-others.ts';
import { unknownAsked, unknownAttributes, unknownOutputs } from './unknown-attributes.ts';
import { agedTypes, checkTypePolicy, forbiddenTypes, unknownTypes } from './unusable-types.ts';

export interface Level {
  readonly compiled: CompiledDefinition;
  readonly stackName: string;
  /** 0 for the root. */
  readonly depth: number;
  /** False: null in properties may stand for what is not known before the levels above are made. */
  readonly isKnown: boolean;
  readonly outside: Outside;
  /** Of all levels of one look together. */
  readonly costs: Costs;
}

/** Gives how many resources the level and all below it have. */
export function checkLevel(ports: StackPorts, caller: Caller, level: Level, findings: Findings): number {
  const { compiled } = level;
  const { bound } = compiled;
  if (findings.looksOn === true) findings.found.push(...forbiddenTypes(caller, bound.definition), ...agedTypes(ports, compiled));
  else checkTypePolicy(caller, bound.definition);
  for (const one of [...unknownTypes(ports, compiled), ...unknownAttributes(ports, compiled), ...unfitAmongOthers(ports, compiled)])
    findings.found.push(one);
  let count = 0;
  for (const name of bound.resources.keys()) {
    count += 1 + checkResource(ports, caller, level, name, findings);
    refuseTooMany(ports, count);
  }
  if (findings.seen !== undefined) findings.found.push(...unknownOutputs(compiled, findings.seen));
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

/** Gives how many resources there are below this one. */
function checkResource(ports: StackPorts, caller: Caller, level: Level, name: string, findings: Findings): number {
  const { found, questions } = findings;
  const { compiled } = level;
  const { bound, implementations } = compiled;
  const resource = bound.resources.get(name);
  const implementation = implementations.get(name);
  const type = implementation === undefined ? null : ports.registry.get(handlerOf(implementation));
  if (resource === undefined || type === null) return 0;
  const lack = findings.services.lackOf(type);
  if (lack !== null) {
    found.push(unavailable(bound, name, type, lack));
    if (findings.looksOn !== true) return 0;
  }
  if (type.isDeclaredOnly === true) found.push(cannotBeMade(bound.definition, resource.definition, type));
  const resolved = resolveResource(bound, name, nothingKnown);
  if (resolved.externalId !== null) return checkExternal(level, { name, type, externalId: resolved.externalId }, findings);
  found.push(...snapshotProblems(bound.definition, name, type, resolved));
  found.push(...resolved.properties.diagnostics, ...resolved.metadata.diagnostics);
  const isKnown = level.isKnown && !resolved.properties.unknown && resolved.properties.diagnostics.length === 0;
  const checked = checkProperties(type, resolved.properties.value, { lenient: !isKnown, matchesPattern });
  const base = [...resource.definition.path, bound.definition.keys.properties];
  const isSecret = resolved.properties.secret;
  for (const problem of checked.problems) found.push(propertyDiagnostic(bound.definition, base, problem, type, isSecret));
  for (const custom of checked.custom) {
    const path = [...base, ...custom.path];
    questions.push({
      constraint: custom.name,
      value: custom.value,
      wrong: (reason) => {
        const message = custom.message ?? (custom.secret || isSecret ? HIDDEN_VALUE : reason);
        return error('custom-constraint', `Property error: : ${pathText(path)}: : ${message}`, path, bound.definition, null);
      },
    });
  }
  found.push(...policyProblems(compiled, name, type));
  const isSound = checked.problems.every((problem) => problem.severity !== 'error');
  if (type.composite === undefined || !isSound) return 0;
  const known = Object.fromEntries(Object.entries(checked.props).filter(([, value]) => value !== undefined));
  return checkBelow(ports, caller, level, { name, type, props: known, isKnown }, findings);
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
    const message = `Invalid external resource: Resource ${externalId} (${type.name}) can not be found.`;
    const wrong = (): Diagnostic => error('custom-constraint', message, path, definition, null);
    questions.push({ constraint: externalConstraint(type.name), value: externalId, wrong });
  }
  return 0;
}

/** What an update policy says wrongly; most types know none. */
export function policyProblems(compiled: CompiledDefinition, name: string, type: ResourceType): readonly Diagnostic[] {
  const resource = compiled.bound.definition.resources.get(name);
  if (type.acceptsAnything === true || resource === undefined) return [];
  const base = [...resource.path, compiled.bound.definition.keys.updatePolicy];
  const { problems } = checkProperties(policyType(type), updatePolicyOf(compiled, name), { lenient: false, matchesPattern });
  return problems.map((problem) => propertyDiagnostic(compiled.bound.definition, base, problem, type, false));
}

const policyTypes = new WeakMap<ResourceType, ResourceType>();
/** The policy's settings as if they were properties. */
function policyType(type: ResourceType): ResourceType {
  const known = policyTypes.get(type);
  if (known !== undefined) return known;
  const { name, updatePolicy: properties = {}, validateUpdatePolicy } = type;
  const validate = validateUpdatePolicy === undefined ? {} : { validate: validateUpdatePolicy };
  const made = declaredType({ name, doc: '', support: { status: 'HIDDEN', since: null }, properties, attributes: {}, ...validate });
  policyTypes.set(type, made);
  return made;
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
  const file = fileOf(level, nested);
  // That it was not sent is told with the types.
  if (file !== null && nested.type.hasOpenProperties === true && !Object.hasOwn(compiled.bound.files, file)) return 0;
  const text = file === null ? undefined : compiled.bound.files[file];
  spend(level, text === undefined ? 0 : text.length * (1 + Object.keys(compiled.bound.files).length / NAMES_PER_LOOK));
  let child: ChildDefinition | undefined;
  try {
    child = nested.type.composite?.definition(compositeInput(compiled, nested.name, nested.props, {}, !nested.isKnown));
  } catch (thrown) {
    if (!(thrown instanceof ResourceFailed)) throw thrown;
    const unreadable = findings.looksOn === true && text !== undefined ? sharedTemplate(text).diagnostics : [];
    if (file === null || unreadable.length === 0) return fail('no-child', thrown.message);
    for (const one of unreadable) findings.found.push({ ...one, file });
    return 0;
  }
  if (child === undefined) return 0;
  if (text === undefined) spend(level, valueSize(child.template, MAX_CHILD));
  const below: Findings = { ...findings, found: [], questions: [] };
  const row = { name: nested.name, metadata: {}, deletionPolicy: 'delete' } as const;
  const count = checkChild(
    ports,
    caller,
    { level, nested, child, stored: storedChild(compiled, row, child), above: findings.found },
    below,
  );
  const place = { path, above: definition, file };
  const told = findings.looksOn === true ? toldInPlace : toldAbove;
  for (const one of below.found) findings.found.push(told(one, place));
  for (const one of below.questions) findings.questions.push({ ...one, wrong: (reason) => told(one.wrong(reason), place) });
  return count;
}

/** The file whose template the resource is made from; null where its type makes the template. */
function fileOf({ compiled }: Level, { name, type, props }: Nested): string | null {
  const implementation = compiled.implementations.get(name);
  return implementation?.kind === 'template' ? implementation.key : (type.composite?.templateFile?.(props) ?? null);
}

/** Names of files that are looked for in a text while the text is read once. */
const NAMES_PER_LOOK = 64;
/** Beyond this no child is counted; it is more than the whole request may cost. */
const MAX_CHILD = 2 ** 30;

/** Looking at a child costs about as much as making its template does. */
function spend({ costs }: Level, size: number): void {
  if (costs.produce(size)) return;
  throw invalid('Request limit exceeded: all nested stacks together are too large to be looked at.', 'RequestLimitExceeded');
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
  const file = fileOf(level, nested);
  const isGenerated = file === null;
  const isProvider = nested.type.hasOpenProperties === true;
  const { template, copies } = isGenerated ? distinctMembers(stored.template) : { template: stored.template, copies: null };
  // The text knows where everything stands.
  const text = file === null ? undefined : level.compiled.bound.files[file];
  const parsed = text === undefined ? parseTemplate(template) : sharedTemplate(text);
  findings.found.push(...parsed.diagnostics);
  const looksOn = findings.looksOn === true;
  const definition = looksOn ? parsed.draft : parsed.definition;
  if (definition === null) return 0;
  if (file !== null) findings.seen?.set(file, definition);
  const given = stored.environment as unknown as StoredEnvironment;
  const wrong = !isProvider ? [] : interfaceProblems(definition, given, nested.name, level.compiled.bound);
  const type = level.compiled.bound.resources.get(nested.name)?.definition.type ?? '';
  if (isProvider) above.push(...facadeProblems(definition, ports.registry.get(type), nested.name, level.compiled.bound));
  above.push(...wrong);
  // Binding would say the same in other words.
  if (wrong.length > 0 && !looksOn) return 0;
  const parameters = wrong.length === 0 ? given.parameters : declared(given.parameters, definition);
  const environment = { ...given, parameters };
  const stackName = `${level.stackName}-${nested.name}`;
  const { bound, diagnostics } = bindDefinition({
    definition,
    environment,
    pseudo: { stackId: 'None', stackName, projectId: caller.projectId },
    files: stored.files,
    facade: environment.facade ?? null,
    outside: level.outside,
    costs: level.costs,
    strict: nested.isKnown && wrong.length === 0,
    looksOn,
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

const declared = (parameters: JsonObject, definition: Definition): JsonObject =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => definition.parameters.has(name)));

const nestedExport = (definition: Definition, name: string): Diagnostic =>
  error(
    'nested-export',
    `the output "${name}" of a nested template cannot be exported`,
    [...(definition.outputs.get(name)?.path ?? []), 'Export'],
    definition,
    'export an output of the stack itself that has the value of this one',
  );
