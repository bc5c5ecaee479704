/** From a request to everything its definition is made from: template, environment and files, with what had to be fetched. */
import { Failure, Refusal } from '@hearth/kernel';
import type { Definition, Environment } from '@hearth/template';
import type { Caller } from './caller.ts';
import { parsedTemplate } from './checked-definition.ts';
import { checkEnvironmentSize, checkFiles, checkInputSizes } from './definition-limits.ts';
import { GLOBAL_FILE_PREFIX, type StackPorts } from './ports.ts';
import { fetchedTemplate, withRemoteFiles, type FetchPurpose } from './remote-files.ts';
import { environmentOf, type DefinitionInput } from './stack-input.ts';

type Files = Readonly<Record<string, string>>;

export interface DefinitionSources {
  readonly definition: Definition;
  readonly environment: Environment;
  readonly files: Files;
}

/** What a patch is laid over. */
export interface Present {
  readonly files: Files;
  readonly definition: Definition;
  /** The stored environment as far as it still counts under the wanted template. */
  environmentFor(definition: Definition): Environment;
}

export async function definitionSources(
  ports: StackPorts,
  caller: Caller,
  input: DefinitionInput,
  present: Present | null = null,
  purpose: FetchPurpose = 'store',
): Promise<DefinitionSources> {
  checkInputSizes(ports.limits, input);
  const definition = await wantedTemplate(ports, input, present);
  const files = { ...ownFiles(present?.files ?? {}), ...ownFiles(await containerFiles(ports, caller, input)), ...ownFiles(input.files) };
  checkFiles(ports.limits, files);
  for (const name of input.environmentFiles)
    if (Object.hasOwn(files, name)) checkEnvironmentSize(ports.limits, files[name] as string, name);
  const given = environmentOf(input, definition, files, present?.environmentFor(definition));
  const { resourceRegistry } = ports.globalEnvironment;
  const environment = Object.keys(resourceRegistry).length === 0 ? given : { ...given, globalRegistry: resourceRegistry };
  return { definition, environment, files: await withRemoteFiles(ports, definition.raw, environment, files, purpose) };
}

/** Names of the operator's templates are not for others; those are taken anew whenever they are used. */
export const ownFiles = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith(GLOBAL_FILE_PREFIX)));

async function wantedTemplate(ports: StackPorts, input: DefinitionInput, present: Present | null): Promise<Definition> {
  if (input.template !== null) return parsedTemplate(ports, input.template);
  if (input.templateUrl !== null) return parsedTemplate(ports, await fetchedTemplate(ports, input.templateUrl));
  if (present === null) throw new Refusal('invalid', 'HTTPBadRequest', 'No template specified');
  return present.definition;
}

/** Files that were sent count before objects of the same name. */
export async function containerFiles(ports: StackPorts, caller: Caller, { filesContainer, files }: DefinitionInput): Promise<Files> {
  if (filesContainer === null) return {};
  const { filesCount, filesSize } = ports.limits;
  const limits = { maxFiles: filesCount, maxBytes: filesSize, except: new Set(Object.keys(files)) };
  const place = `The files of the container "${filesContainer.slice(0, 256)}" (files_container) could not be read`;
  try {
    const found = await ports.remote.containerFiles(caller, filesContainer, limits);
    if (found !== null) return found;
  } catch (error) {
    if (!(error instanceof Failure || error instanceof Refusal)) throw error;
    throw new Refusal(
      'invalid',
      error instanceof Refusal && error.code === 'too-large' ? 'DownloadLimitExceeded' : 'HTTPBadRequest',
      `${place}: ${error.message}`,
    );
  }
  throw new Refusal('not-found', 'NotFound', `${place}: there is no such container in the project. Make it, or send the files in "files".`);
}
