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
  nothingKnown,
  resolveResource,
  validateView,
  type BoundDefinition,
  type Environment,
} from '@hearth/template';
import type { Caller } from './caller.ts';
import { policyProblems } from './checked-level.ts';
import { definitionSources } from './definition-sources.ts';
import { error } from './findings.ts';
import { nestedParameters } from './nested-parameters.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { refuseErrors } from './refusals.ts';
import type { DefinitionInput } from './stack-input.ts';
import { unknownTypes } from './unusable-types.ts';

/** With `showsNested`, parameters of the stacks that its resources are, too. */
export async function validateTemplate(
  ports: StackPorts,
  caller: Caller,
  request: DefinitionInput,
  showsNested: boolean,
): Promise<JsonObject> {
  const { definition, environment, files } = await definitionSources(ports, caller, request, null, 'look');
  const pseudo = { stackId: 'None', stackName: 'validated_stack', projectId: ownProject(caller) };
  const { bound, diagnostics } = bindDefinition({ definition, environment, pseudo, files, strict: false, valuesMayChange: true });
  refuseErrors(diagnostics);
  if (bound === null) return validateView(definition, environment);
  refuseUnusableResources(ports, bound, environment);
  const nested = showsNested ? nestedParameters(ports, compiledOf('unsaved', bound, environment, ports.registry)) : {};
  const { Environment: shown, ...view } = validateView(definition, environment);
  return { ...view, ...nested, Environment: shown as JsonObject };
}

/** Types that do not exist, properties that the type does not have, policies that say nothing: bad requests, as in Heat. */
function refuseUnusableResources(ports: StackPorts, bound: BoundDefinition, environment: Environment): void {
  const { definition } = bound;
  const compiled = compiledOf('unsaved', bound, environment, ports.registry);
  const found: Diagnostic[] = [...unknownTypes(ports, compiled)];
  for (const [name, resource] of bound.resources) {
    const implementation = compiled.implementations.get(name);
    const type = implementation === undefined ? null : ports.registry.get(handlerOf(implementation));
    if (type === null) continue;
    const { properties, externalId } = resolveResource(bound, name, nothingKnown);
    if (externalId !== null) continue;
    const base = [...resource.definition.path, definition.keys.properties];
    for (const one of policyProblems(compiled, name, type)) found.push({ ...one, message: one.message.replaceAll(': : ', ': ') });
    for (const problem of strangeProperties(type, properties.value)) {
      const at = problem.key === undefined ? base : [...base, problem.key];
      found.push(error(problem.code, `Property error: ${pathText(base)}: ${problem.message}`, at, definition, problem.hint));
    }
  }
  refuseErrors(found.map((diagnostic) => ({ ...diagnostic, type: 'HTTPBadRequest' })));
}

/** Names that the type does not know, or has not yet made anything of; what lies inside a property is its value. */
const strangeProperties = (type: ResourceType, given: JsonObject) =>
  checkProperties(type, given, { lenient: true, matchesPattern }).problems.filter(
    ({ code, path }) => (code === 'unknown-property' || code === 'not-supported') && path.length === 0,
  );
