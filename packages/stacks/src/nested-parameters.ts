/** The parameters of the stacks that a template's resources are, as `POST /validate?show_nested=true` tells them. */
import { isJsonArray, type JsonObject } from '@hearth/kernel';
import {
  compiledOf,
  compositeInput,
  handlerOf,
  MAX_DEPTH,
  storedChild,
  type CompiledDefinition,
  type StoredEnvironment,
} from '@hearth/engine';
import { checkProperties, ResourceFailed } from '@hearth/resource-kit';
import { bindDefinition, matchesPattern, nothingKnown, parseTemplate, resolveResource, validateView } from '@hearth/template';
import { limitExceeded } from './definition-limits.ts';
import { distinctMembers } from './distinct-members.ts';
import type { StackPorts } from './ports.ts';

/** `{NestedParameters: {resource: {Type, Description, Parameters, ParameterGroups?, NestedParameters?}}}`, or nothing when there are none. */
export function nestedParameters(ports: StackPorts, compiled: CompiledDefinition): JsonObject {
  return below(ports, compiled, { depth: 0, count: { stacks: 0 } });
}

/** Its links are different things; the members of other groups are alike, and one is shown for all. */
const CHAIN = 'OS::Heat::ResourceChain';

/** Lists reach a nested template as text with commas. */
const shownParameters = (given: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const isPlain = isJsonArray(value) && value.every((item) => item === null || typeof item === 'string' || typeof item === 'number');
      return [name, isPlain ? value.map((item) => item ?? '').join(',') : value];
    }),
  );

interface Position {
  readonly depth: number;
  readonly count: { stacks: number };
}

function below(ports: StackPorts, compiled: CompiledDefinition, { depth, count }: Position): JsonObject {
  if (depth >= MAX_DEPTH) return {};
  const found: [string, JsonObject][] = [];
  for (const name of compiled.bound.resources.keys()) {
    const child = childOf(ports, compiled, name);
    if (child === null) continue;
    count.stacks += 1;
    const limit = ports.limits.resourcesPerStack;
    if (limit >= 0 && count.stacks > limit)
      throw limitExceeded(`You have reached the maximum resources per stack, ${limit}: nested stacks.`);
    const { Environment: _environment, ...view } = validateView(child.bound.definition, child.environment);
    const type = compiled.bound.resources.get(name)?.definition.type ?? '';
    found.push([name, { Type: type, ...view, ...below(ports, child, { depth: depth + 1, count }) }]);
  }
  return found.length === 0 ? {} : { NestedParameters: Object.fromEntries(found) };
}

/** With as many values as there are; null for a resource that is no stack, or whose template cannot be made from them. */
function childOf(ports: StackPorts, compiled: CompiledDefinition, name: string): CompiledDefinition | null {
  const implementation = compiled.implementations.get(name);
  const type = implementation === undefined ? null : ports.registry.get(handlerOf(implementation));
  if (type?.composite === undefined) return null;
  const { properties } = resolveResource(compiled.bound, name, nothingKnown);
  const { props } = checkProperties(type, properties.value, { lenient: true, matchesPattern });
  const known = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
  try {
    const definition = type.composite.definition(compositeInput(compiled, name, known, {}, true));
    const stored = storedChild(compiled, { name, metadata: {}, deletionPolicy: 'delete' }, definition);
    const isAlike = type.hasOpenProperties !== true && type.composite.templateFile === undefined && type.name !== CHAIN;
    const parsed = parseTemplate(isAlike ? distinctMembers(stored.template).template : stored.template);
    if (parsed.definition === null) return null;
    const given = stored.environment as unknown as StoredEnvironment;
    const environment = { ...given, parameters: shownParameters(given.parameters) };
    const { bound } = bindDefinition({
      definition: parsed.definition,
      environment,
      pseudo: { stackId: 'None', stackName: name, projectId: 'None' },
      files: stored.files,
      facade: environment.facade ?? null,
      strict: false,
    });
    return bound === null ? null : compiledOf('unsaved', bound, environment, ports.registry);
  } catch (error) {
    if (error instanceof ResourceFailed) return null;
    throw error;
  }
}
