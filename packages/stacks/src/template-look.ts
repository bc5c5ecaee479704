/**
 * A look at a template without values, as `POST /validate` gives it: what a client's form needs to know, or what is wrong whatever the
 * values turn out to be. Values of properties and parameters are not judged: they may still be given.
 */
import { compiledOf, handlerOf } from '@hearth/engine';
import { pathText, type Diagnostic, type JsonObject } from '@hearth/kernel';
import { checkProperties, type ResourceType } from '@hearth/resource-kit';
import {
  bindDefinition,
  matchesPattern,
  sharedTemplate,
  nothingKnown,
  resolveResource,
  validateView,
  type BoundDefinition,
  type BoundResource,
  type Definition,
  type Environment,
} from '@hearth/template';
import { attributeReferences } from './attribute-references.ts';
import type { Caller } from './caller.ts';
import { policyProblems } from './checked-level.ts';
import { definitionSources } from './definition-sources.ts';
import { error } from './findings.ts';
import { interfaceProblems } from './interface-problems.ts';
import { nestedParameters } from './nested-parameters.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { refuseErrors } from './refusals.ts';
import { serviceKnowledge, unavailable, UNAVAILABLE_TYPE, type ServiceKnowledge } from './service-knowledge.ts';
import { snapshotProblems } from './snapshot-policy.ts';
import type { DefinitionInput } from './stack-input.ts';
import { unknownAttributes } from './unknown-attributes.ts';
import { unknownTypes } from './unusable-types.ts';

export interface LookWish {
  /** Parameters of the stacks that its resources are, too. */
  readonly showsNested: boolean;
  /** Types whose service is not there are passed over. */
  readonly overlooksServices: boolean;
}

export async function validateTemplate(
  ports: StackPorts,
  caller: Caller,
  request: DefinitionInput,
  { showsNested, overlooksServices }: LookWish,
): Promise<JsonObject> {
  const { definition, environment, files } = await definitionSources(ports, caller, request, null, 'look');
  const pseudo = { stackId: 'None', stackName: 'validated_stack', projectId: ownProject(caller) };
  const { bound, diagnostics } = bindDefinition({ definition, environment, pseudo, files, strict: false, valuesMayChange: true });
  refuseErrors(diagnostics);
  if (bound === null) return validateView(definition, environment);
  const services = serviceKnowledge(ports, caller);
  const look = () => unusableResources(ports, bound, environment, services);
  let found = look();
  while (await services.learn()) found = look();
  refuseErrors(overlooksServices ? found.filter(({ type }) => type !== UNAVAILABLE_TYPE) : found);
  const nested = showsNested ? nestedParameters(ports, compiledOf('unsaved', bound, environment, ports.registry)) : {};
  const { Environment: shown, ...view } = validateView(definition, environment);
  return { ...view, ...nested, Environment: shown as JsonObject };
}

/** Types that do not exist, properties that the type does not have, policies that say nothing: bad requests, as in Heat. */
function unusableResources(
  ports: StackPorts,
  bound: BoundDefinition,
  environment: Environment,
  services: ServiceKnowledge,
): readonly Diagnostic[] {
  const { definition } = bound;
  const compiled = compiledOf('unsaved', bound, environment, ports.registry);
  const found: Diagnostic[] = [...unknownTypes(ports, compiled), ...unknownAttributes(ports, compiled).map(plainly)];
  for (const [name, resource] of bound.resources) {
    const implementation = compiled.implementations.get(name);
    const type = implementation === undefined ? null : ports.registry.get(handlerOf(implementation));
    if (implementation === undefined || type === null) continue;
    const lack = services.lackOf(type);
    if (lack !== null) {
      found.push(unavailable(bound, name, type, lack));
      continue;
    }
    const resolved = resolveResource(bound, name, nothingKnown);
    const { properties, externalId } = resolved;
    if (externalId !== null) {
      found.push(...unknowableId(resource, definition));
      continue;
    }
    const base = [...resource.definition.path, definition.keys.properties];
    const policies = [...snapshotProblems(definition, name, type, resolved), ...policyProblems(compiled, name, type)];
    found.push(...policies.map(plainly));
    if (implementation.kind === 'template') found.push(...strangeToTemplate(bound, name, implementation.key, environment));
    for (const problem of strangeProperties(type, properties.value)) {
      const at = problem.key === undefined ? base : [...base, problem.key];
      found.push(error(problem.code, `Property error: ${pathText(base)}: ${problem.message}`, at, definition, problem.hint));
    }
  }
  return found.map((one) => (KEPT_TYPES.has(one.type) ? one : { ...one, type: 'HTTPBadRequest' }));
}

const KEPT_TYPES: ReadonlySet<string> = new Set([UNAVAILABLE_TYPE, 'InvalidTemplateVersion']);

const plainly = (one: Diagnostic): Diagnostic => ({ ...one, message: one.message.replaceAll(': : ', ': ') });

/** What is taken in from outside is known before anything is made: no attribute can name it. */
function unknowableId({ definition: { externalId } }: BoundResource, definition: Definition): readonly Diagnostic[] {
  if (externalId === null) return [];
  return attributeReferences([externalId]).map(({ resource, attribute, path }) =>
    error('external-id', `${pathText(path)}: The Referenced Attribute (${resource} ${attribute}) is incorrect.`, path, definition, null),
  );
}

/** What makes the template behind the type unreadable, or names that it has no parameter for. */
function strangeToTemplate(bound: BoundDefinition, name: string, file: string, environment: Environment): readonly Diagnostic[] {
  const text = bound.files[file];
  if (text === undefined) return [];
  const { draft, diagnostics } = sharedTemplate(text);
  const unfit = diagnostics.filter((one) => one.severity === 'error' && (isUnreadable(one) || isOfInterface(one)));
  if (draft === null || unfit.length > 0) return unfit.map((one) => ({ ...one, file }));
  return interfaceProblems(draft, environment, name, bound)
    .filter(({ code }) => code === 'unknown-property')
    .map(plainly);
}

const UNREADABLE: ReadonlySet<string> = new Set(['HTTPBadRequest', 'InvalidTemplateVersion']);
/** Not a template at all, whatever its sections say. */
const isUnreadable = ({ type, code }: Diagnostic): boolean => UNREADABLE.has(type) || code === 'not-a-map';

const INTERFACE: ReadonlySet<string> = new Set(['invalid-parameter-schema', 'invalid-parameter-constraint', 'invalid-output']);
/** Of what the template shows of itself: its parameters and outputs. What goes on inside it is looked at when it is made. */
const isOfInterface = ({ code, path: [section] }: Diagnostic): boolean =>
  INTERFACE.has(code) || (code === 'invalid-section' && /^(?:parameters|outputs)$/i.test(String(section)));

/** Names that the type does not know, or has not yet made anything of; what lies inside a property is its value. */
const strangeProperties = (type: ResourceType, given: JsonObject) =>
  checkProperties(type, given, { lenient: true, matchesPattern }).problems.filter(
    ({ code, path }) => (code === 'unknown-property' || code === 'not-supported') && path.length === 0,
  );
