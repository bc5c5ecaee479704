/** Adopting: what an abandoned or exported stack says of its definition and of its resources, read back. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type ProjectId } from '@hearth/kernel';
import type { AdoptedResource, AdoptedResources } from '@hearth/engine';
import { type Definition, type Environment, loadDocument, parseEnvironment } from '@hearth/template';
import type { Caller } from '../caller.ts';
import { parsedTemplate } from '../checked-definition.ts';
import type { Present } from '../definition-sources.ts';
import type { StackPorts } from '../ports.ts';
import { invalid, notSupported, refuseErrors } from '../refusals.ts';
import { isSealed, openValue, withSecrets } from './sealed-values.ts';
import { OWN_DATA } from './stack-abroad.ts';

const invalidData = (what: string) => invalid(`Invalid adopt data: ${what}`, 'HTTPBadRequest');

/** As sent: text in JSON or YAML, or data. What is too large or too deep is refused. */
export function adoptData(source: string | JsonObject): JsonObject {
  const { value, diagnostics } = loadDocument(source, MOST_TEXT);
  if (isJsonObject(value)) return value;
  throw invalidData(diagnostics[0]?.message ?? 'it is no map');
}

/** As much as a request may have. */
const MOST_TEXT = 8 * 1024 * 1024;

/** The definition that the stack left with; the request is laid over it. */
export function adoptedDefinition(ports: StackPorts, caller: Caller, data: JsonObject): Present {
  if (!ports.limits.adopts) throw notSupported('Stack Adopt');
  const template = data['template'];
  if (template === undefined || (!isJsonObject(template) && typeof template !== 'string')) throw invalidData("it has no 'template'");
  const definition = parsedTemplate(ports, template);
  const given = isJsonObject(data['environment']) ? data['environment'] : {};
  const files = isJsonObject(data['files']) ? data['files'] : {};
  return {
    definition,
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, typeof text === 'string' ? text : JSON.stringify(text)])),
    environmentFor: (wanted) => opened(ports, caller.projectId, wanted, environmentOf(given)),
  };
}

function environmentOf(given: JsonObject): Environment {
  const { encrypted_param_names: _names, ...sections } = given;
  const { environment, diagnostics } = parseEnvironment(sections, {});
  refuseErrors(diagnostics);
  return environment;
}

function opened(ports: StackPorts, projectId: ProjectId, { parameters: schemas }: Definition, environment: Environment): Environment {
  const open = (map: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(map).map(([name, value]) => [
        name,
        isSealed(value) ? openValue(ports, projectId, value, `the parameter ${name}`) : value,
      ]),
    );
  const parameters = Object.entries(environment.parameters).filter(([name]) => schemas.has(name));
  const eventSinks = withSecrets(environment.eventSinks, (secret) =>
    isSealed(secret) ? openValue(ports, projectId, secret, 'the secret of an event sink') : secret,
  );
  return {
    ...environment,
    parameters: open(Object.fromEntries(parameters)),
    parameterDefaults: open(environment.parameterDefaults),
    eventSinks,
  };
}

/** How deep a tree may be told of. */
const MOST_LEVELS = 16;

/** What is told of resources, those of nested stacks included. */
export function adoptedResources(ports: StackPorts, projectId: ProjectId, data: JsonObject, level = 0): AdoptedResources {
  if (level > MOST_LEVELS) throw invalidData('its stacks are nested too deep');
  const resources = data['resources'] ?? {};
  if (!isJsonObject(resources) || isJsonArray(resources)) throw invalidData("'resources' is no map");
  return Object.fromEntries(
    Object.entries(resources).map(([name, told]): [string, AdoptedResource] => {
      if (!isJsonObject(told)) throw invalidData(`the resource ${name} is no map`);
      const { resource_id: given, resource_data: kept, resources: nested } = told;
      if (typeof given === 'string' && given.length > ID_LENGTH) throw invalidData(`the resource_id of ${name} is too long`);
      const id = typeof given === 'string' && given !== '' ? given : null;
      const own = ownDataOf(ports, projectId, { name, id, kept });
      const below = isJsonObject(nested) ? adoptedResources(ports, projectId, told, level + 1) : null;
      return [name, { id: below === null ? id : null, ...own, below }];
    }),
  );
}

/** Longer than any that a cloud gives. */
const ID_LENGTH = 1_000;

interface Told {
  readonly name: string;
  readonly id: string | null;
  readonly kept: Json | undefined;
}

/** What is sealed belongs to the thing that it left with: of another one, put in its place, it says nothing. */
function ownDataOf(ports: StackPorts, projectId: ProjectId, { name, id, kept }: Told): Pick<AdoptedResource, 'data' | 'physicalName'> {
  if (!isJsonObject(kept)) return { data: {}, physicalName: null };
  const sealed = kept[OWN_DATA];
  if (!isSealed(sealed)) return { data: textsIn(kept), physicalName: null };
  const own = openValue(ports, projectId, sealed, `what resource ${name} remembers`);
  if (!isJsonObject(own) || own['id'] !== id) return { data: {}, physicalName: null };
  const { data, physicalName } = own;
  return { data: isJsonObject(data) ? data : {}, physicalName: typeof physicalName === 'string' ? physicalName : null };
}

/** Whoever adopts may have written it: texts are what Heat has there; accounts and keys of guests, which are more, cannot be made up. */
const textsIn = (kept: JsonObject): JsonObject => Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value === 'string'));
