/** What this server knows: resource types, template versions and their functions, its own revision. */
import { Refusal, type JsonObject } from '@hearth/kernel';
import { generateTemplate, resourceTypeView, templateNameOf, type ResourceType } from '@hearth/resource-kit';
import { compilePattern, templateFunctions, templateVersions } from '@hearth/template';
import type { Caller } from './caller.ts';
import { allTypes, typeNamed } from './named-types.ts';
import type { StackPorts } from './ports.ts';
import { invalid, notAuthorized, notFound, notSupported } from './refusals.ts';
import { refuseUnavailable, usableTypes } from './service-knowledge.ts';
import { mayUseType } from './type-policy.ts';

export interface ListResourceTypes {
  readonly supportStatus: string | null;
  /** A pattern to be found at the start of the name. */
  readonly name: string | null;
  readonly version: string | null;
}
const SUPPORT_STATUSES = ['UNKNOWN', 'SUPPORTED', 'DEPRECATED', 'UNSUPPORTED', 'HIDDEN'];
/** Of a pattern for type names: its characters, and the steps that all names together may take. */
const MAX_PATTERN = 255;
const MAX_STEPS = 2_000_000;

/** Hidden types are told to nobody, and types that the caller's cloud has no service for not to the caller. */
export async function listResourceTypes(
  ports: StackPorts,
  caller: Caller,
  request: ListResourceTypes,
): Promise<readonly { readonly name: string; readonly description: string }[]> {
  const { supportStatus, name, version } = request;
  if (supportStatus !== null && !SUPPORT_STATUSES.includes(supportStatus)) {
    throw invalid(`Data supplied was not valid: Invalid support status and should be one of ${SUPPORT_STATUSES.join(', ')}`, 'Invalid');
  }
  const isWanted = nameFilter(name);
  const wanted = allTypes(ports)
    .filter(({ support: { status } }) => status !== 'HIDDEN' && (supportStatus === null || status === supportStatus))
    .filter((type) => version === null || type.support.since === version)
    .filter((type) => mayUseType(caller, type.name) && isWanted(type.name));
  return (await usableTypes(ports, caller, wanted)).map((type) => ({ name: type.name, description: type.doc }));
}

/** A pattern that cannot be read matches nothing, as in Heat. */
function nameFilter(name: string | null): (typeName: string) => boolean {
  if (name === null) return () => true;
  const refused = (why: string) => invalid(`Data supplied was not valid: the pattern for names of types ${why}`, 'Invalid');
  if (name.length > MAX_PATTERN) throw refused(`has ${name.length} characters, more than the ${MAX_PATTERN} allowed`);
  const pattern = compilePattern(`(?:${name}).*`);
  if (pattern.problem !== null) {
    if (pattern.isTooLarge) throw refused('is too large once its repetitions are written out');
    return () => false;
  }
  let left = MAX_STEPS;
  const steps = {
    step(count: number): boolean {
      left -= count;
      return left >= 0;
    },
  };
  return (typeName) => {
    const matches = pattern.matchesWhole(typeName, steps);
    if (matches === null) throw refused(`takes more than the ${MAX_STEPS} steps allowed`);
    return matches;
  };
}

export async function showResourceType(ports: StackPorts, caller: Caller, name: string, withDescription: boolean): Promise<JsonObject> {
  const type = knownType(ports, caller, name);
  await refuseUnavailable(ports, caller, type, name);
  return resourceTypeView({ ...type, name }, withDescription);
}

/** Of a type that the cloud has no service for, too. */
export function resourceTypeTemplate(ports: StackPorts, caller: Caller, name: string, language: 'hot' | 'cfn'): JsonObject {
  const type = knownType(ports, caller, name);
  return generateTemplate({ ...type, name, templateName: templateNameOf(type) }, language);
}

function knownType(ports: StackPorts, caller: Caller, name: string): ResourceType {
  if (!mayUseType(caller, name)) throw notAuthorized(`resource_types:${name}`);
  const type = typeNamed(ports, name);
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
