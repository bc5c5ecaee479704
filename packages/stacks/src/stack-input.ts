/** What a request says about a stack's definition, and how its environment comes about: by itself, or from files merged in order. */
import type { StackRecord } from '@hearth/store';
import { jsonEqual, type Diagnostic, type Json, type JsonObject } from '@hearth/kernel';
import {
  emptyEnvironment,
  mergeEnvironmentFiles,
  parameterTypes,
  parseEnvironment,
  withBaseUrl,
  type Definition,
  type Environment,
  type TakenIn,
} from '@hearth/template';
import { asFormatError, refuseErrors } from './refusals.ts';

export interface DefinitionInput {
  /** As sent: YAML or JSON text, or data. Null: none was sent. */
  readonly template: string | JsonObject | null;
  /** Looked at when there is no template. */
  readonly templateUrl: string | null;
  readonly parameters: JsonObject;
  readonly environment: string | JsonObject | null;
  /** Names in `files`, merged in this order; when there are any, `environment` is not looked at (as Heat does). */
  readonly environmentFiles: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** One of the caller's containers, whose objects are files beside those sent. */
  readonly filesContainer: string | null;
}

/** A request that says nothing of it. */
export const NOTHING_SENT: DefinitionInput = {
  template: null,
  templateUrl: null,
  parameters: {},
  environment: null,
  environmentFiles: [],
  files: {},
  filesContainer: null,
};

export const hasTemplate = (input: DefinitionInput): boolean => input.template !== null || input.templateUrl !== null;

/**
 * The environment of a request, on top of `base` (a stored one, for a patch). Explicit parameters win over an environment; environment files
 * win over them, as in Heat.
 */
export function environmentOf(
  input: DefinitionInput,
  definition: Definition,
  files: Readonly<Record<string, string>>,
  base: Environment = emptyEnvironment,
): Environment {
  const { environment, diagnostics } = readEnvironmentOf(input, definition, files, { base });
  refuseErrors(diagnostics.map((diagnostic) => asFormatError(diagnostic, 'Environment')));
  return environment;
}

export interface EnvironmentReading {
  readonly environment: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

/** The same with what is wrong; `looksOn`: what can be read in spite of that. */
export function readEnvironmentOf(
  input: DefinitionInput,
  definition: Definition | null,
  files: Readonly<Record<string, string>>,
  { base = emptyEnvironment, looksOn = false }: { readonly base?: Environment; readonly looksOn?: boolean },
): EnvironmentReading {
  const { environment: above, diagnostics } =
    input.environmentFiles.length > 0 ? mergedFiles(input, definition, files, { base, looksOn }) : single(input, base, looksOn);
  const environment: Environment = {
    parameters: { ...base.parameters, ...above.parameters },
    parameterDefaults: { ...base.parameterDefaults, ...above.parameterDefaults },
    resourceRegistry: withBaseUrl(above.resourceRegistry, (name) => Object.hasOwn(files, name)),
    eventSinks: [...base.eventSinks, ...above.eventSinks],
    encryptedParamNames: [...new Set([...base.encryptedParamNames, ...above.encryptedParamNames])],
  };
  return { environment, diagnostics };
}

function single({ environment: source, parameters }: DefinitionInput, base: Environment, looksOn: boolean): EnvironmentReading {
  const { environment, draft, diagnostics } = parseEnvironment(source ?? {}, base.resourceRegistry);
  const read = looksOn ? draft : environment;
  return { environment: { ...read, parameters: { ...read.parameters, ...parameters } }, diagnostics };
}

/**
 * Files merged in order onto the request's parameters. What was said explicitly wins over what a file would merely put in its place (Heat lets the
 * file win, to the surprise of all); where a strategy merges, both are in the result.
 */
function mergedFiles(
  { environmentFiles, parameters }: DefinitionInput,
  definition: Definition | null,
  files: Readonly<Record<string, string>>,
  { base, looksOn }: { readonly base: Environment; readonly looksOn: boolean },
): EnvironmentReading {
  const contents = environmentFiles.map((name) => ({ name, content: Object.hasOwn(files, name) ? (files[name] ?? null) : null }));
  const types = definition === null ? new Map() : parameterTypes(definition, files);
  const input = { files: contents, types, onto: base.resourceRegistry, looksOn };
  const { environment, draft, diagnostics } = mergeEnvironmentFiles({ ...input, parameters });
  const merged = looksOn ? draft : environment;
  const filesAlone = mergeEnvironmentFiles({ ...input, parameters: {} }).draft.parameters;
  const isOverwritten = (name: string): boolean => jsonEqual(merged.parameters[name] ?? null, filesAlone[name] ?? null);
  const explicit = Object.entries(parameters).filter(([name]) => isOverwritten(name));
  const values = { ...merged.parameters, ...Object.fromEntries(explicit) };
  return { environment: { ...merged, parameters: values }, diagnostics };
}

/**
 * What an update leaves in the environment: what a parent has put into that of its child; what was restored, while the template stays; and what is to be
 * adopted, until everything is.
 */
export function nestingOf(
  stored: JsonObject,
  { isSameTemplate, stack }: { readonly isSameTemplate: boolean; readonly stack: Pick<StackRecord, 'adopting'> },
): JsonObject {
  const kept = ['facade', 'asks', ...(isSameTemplate ? ['restored'] : []), ...(stack.adopting ? ['adopted'] : [])];
  return Object.fromEntries(kept.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]])));
}

/** A stored environment as data and back. */
export const environmentAsJson = (environment: Environment, taken: TakenIn | undefined): JsonObject => ({
  ...environment,
  ...(taken !== undefined && { taken: taken as unknown as JsonObject }),
});
export function environmentFromJson(stored: JsonObject): Environment {
  const object = (name: string): JsonObject => (stored[name] as JsonObject | undefined) ?? {};
  return {
    parameters: object('parameters'),
    parameterDefaults: object('parameterDefaults'),
    resourceRegistry: object('resourceRegistry'),
    ...(stored['globalRegistry'] === undefined ? {} : { globalRegistry: object('globalRegistry') }),
    eventSinks: (stored['eventSinks'] as readonly Json[] | undefined) ?? [],
    encryptedParamNames: (stored['encryptedParamNames'] as readonly string[] | undefined) ?? [],
  };
}
