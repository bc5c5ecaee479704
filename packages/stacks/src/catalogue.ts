/** What this server knows: resource types, template versions and their functions, its own revision; and templates looked at without a stack. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { compiledOf } from '@hearth/engine';
import { generateTemplate, resourceTypeView, type ResourceType } from '@hearth/resource-kit';
import { bindDefinition, matchesPattern, templateFunctions, templateVersions, validateView } from '@hearth/template';
import type { Caller } from './caller.ts';
import { refuseUnusableResources } from './checked-definition.ts';
import { definitionSources } from './definition-sources.ts';
import { nestedParameters } from './nested-parameters.ts';
import { ownProject } from './own-stack.ts';
import type { StackPorts } from './ports.ts';
import { invalid, notAuthorized, notFound, notSupported, refuseErrors } from './refusals.ts';
import type { DefinitionInput } from './stack-input.ts';
import { mayUseType } from './type-policy.ts';

export interface ListResourceTypes {
  readonly supportStatus: string | null;
  /** A pattern to be found at the start of the name. */
  readonly name: string | null;
  readonly version: string | null;
}
const SUPPORT_STATUSES = ['UNKNOWN', 'SUPPORTED', 'DEPRECATED', 'UNSUPPORTED', 'HIDDEN'];
/** Longest pattern for type names; names are short, so that any pattern of this length ends soon. */
const MAX_PATTERN = 255;

export function listResourceTypes(
  ports: StackPorts,
  caller: Caller,
  request: ListResourceTypes,
): readonly { readonly name: string; readonly description: string }[] {
  const { supportStatus, name, version } = request;
  if (supportStatus !== null && !SUPPORT_STATUSES.includes(supportStatus)) {
    throw invalid(`Data supplied was not valid: Invalid support status and should be one of ${SUPPORT_STATUSES.join(', ')}`, 'Invalid');
  }
  if (name !== null && name.length > MAX_PATTERN) return [];
  const types = ports.registry.names().map((typeName) => ports.registry.get(typeName) as ResourceType);
  return types
    .filter((type) => (supportStatus === null ? type.support.status !== 'HIDDEN' : type.support.status === supportStatus))
    .filter((type) => version === null || type.support.since === version)
    .filter((type) => mayUseType(caller, type.name) && (name === null || matchesPattern(`(?:${name}).*`, type.name)))
    .map((type) => ({ name: type.name, description: type.doc }));
}

export function showResourceType(ports: StackPorts, caller: Caller, name: string, withDescription: boolean): JsonObject {
  return resourceTypeView(usableType(ports, caller, name), withDescription);
}

export function resourceTypeTemplate(ports: StackPorts, caller: Caller, name: string, language: 'hot' | 'cfn'): JsonObject {
  return generateTemplate(usableType(ports, caller, name), language);
}

function usableType({ registry }: StackPorts, caller: Caller, name: string): ResourceType {
  if (!mayUseType(caller, name)) throw notAuthorized(`resource_types:${name}`);
  const type = registry.get(name);
  if (type === null) throw notFound('Resource Type', name);
  if (type.support.status === 'HIDDEN') throw notSupported(`Hidden resource type ${name}`);
  return type;
}

export function listTemplateFunctions(version: string, withConditions: boolean): ReturnType<typeof functionsOf> {
  const functions = functionsOf(version, withConditions);
  if (functions === null) throw new Refusal('not-found', 'NotFound', `Template with version ${version} not found`);
  return functions;
}
const functionsOf = (version: string, withConditions: boolean) => templateFunctions(version, withConditions);

export const listTemplateVersions = () => templateVersions();

/**
 * A template's parameters as a client's form needs them; with `showsNested`, those of the stacks that its resources are, too. Values may be
 * missing or wrong; the template may not.
 */
export async function validateTemplate(
  ports: StackPorts,
  caller: Caller,
  request: DefinitionInput,
  showsNested: boolean,
): Promise<JsonObject> {
  const { definition, environment, files } = await definitionSources(ports, caller, request, null, 'look');
  const pseudo = { stackId: 'None', stackName: 'validated_stack', projectId: ownProject(caller) };
  const { bound, diagnostics } = bindDefinition({ definition, environment, pseudo, files, strict: false });
  refuseErrors(diagnostics);
  if (bound === null) return validateView(definition, environment);
  refuseUnusableResources(ports, caller, bound, environment);
  const nested = showsNested ? nestedParameters(ports, compiledOf('unsaved', bound, environment, ports.registry)) : {};
  const { Environment: shown, ...view } = validateView(definition, environment);
  return { ...view, ...nested, Environment: shown as JsonObject };
}
