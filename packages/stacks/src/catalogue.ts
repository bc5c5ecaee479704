/** What this server knows: resource types, template versions and their functions, its own revision. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { generateTemplate, resourceTypeView, type ResourceType } from '@hearth/resource-kit';
import { matchesPattern, templateFunctions, templateVersions } from '@hearth/template';
import type { Caller } from './caller.ts';
import type { StackPorts } from './ports.ts';
import { invalid, notAuthorized, notFound, notSupported } from './refusals.ts';
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
