/** What a request says about a stack's definition, and how it becomes one environment: files merged in order, explicit parameters last. */
import { Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { emptyEnvironment, parseEnvironment, type Environment } from '@hearth/template';
import { asFormatError, refuseErrors } from './refusals.ts';

export interface DefinitionInput {
  /** As sent: YAML or JSON text, or data. Null: none was sent. */
  readonly template: string | JsonObject | null;
  readonly parameters: JsonObject;
  readonly environment: string | JsonObject | null;
  /** Names in `files`, merged in this order; when there are any, `environment` is not looked at (as Heat does). */
  readonly environmentFiles: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** The environment of a request, on top of `base` (a stored one, for a patch). Explicit parameters win over all files. */
export function environmentOf(input: DefinitionInput, base: Environment = emptyEnvironment): Environment {
  const merged = environmentSources(input).reduce((below, source) => merge(below, parsed(source)), base);
  return { ...merged, parameters: { ...merged.parameters, ...input.parameters } };
}

function environmentSources(input: DefinitionInput): readonly (string | JsonObject)[] {
  if (input.environmentFiles.length === 0) return input.environment === null ? [] : [input.environment];
  return input.environmentFiles.map((name) => {
    const content = Object.hasOwn(input.files, name) ? input.files[name] : undefined;
    if (content === undefined)
      throw new Refusal('invalid', 'HTTPBadRequest', `The environment file "${name}" is not among the files of the request.`);
    return content;
  });
}

function parsed(source: string | JsonObject): Environment {
  const { environment, diagnostics } = parseEnvironment(source);
  refuseErrors(diagnostics.map((diagnostic) => asFormatError(diagnostic, 'Environment')));
  return environment;
}

function merge(below: Environment, above: Environment): Environment {
  return {
    parameters: { ...below.parameters, ...above.parameters },
    parameterDefaults: { ...below.parameterDefaults, ...above.parameterDefaults },
    resourceRegistry: { ...below.resourceRegistry, ...above.resourceRegistry },
    eventSinks: [...below.eventSinks, ...above.eventSinks],
    encryptedParamNames: [...new Set([...below.encryptedParamNames, ...above.encryptedParamNames])],
  };
}

/** What a parent has put into the environment of its child: a change of the child alone leaves it there. */
export function nestingOf(stored: JsonObject): JsonObject {
  return Object.fromEntries(['facade', 'asks'].flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]])));
}

/** A stored environment as data and back. */
export const environmentAsJson = (environment: Environment): JsonObject => ({ ...environment });
export function environmentFromJson(stored: JsonObject): Environment {
  const object = (name: string): JsonObject => (stored[name] as JsonObject | undefined) ?? {};
  return {
    parameters: object('parameters'),
    parameterDefaults: object('parameterDefaults'),
    resourceRegistry: object('resourceRegistry'),
    eventSinks: (stored['eventSinks'] as readonly Json[] | undefined) ?? [],
    encryptedParamNames: (stored['encryptedParamNames'] as readonly string[] | undefined) ?? [],
  };
}
