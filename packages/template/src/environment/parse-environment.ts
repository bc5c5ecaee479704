/** One environment document: its sections, or the old flat form that is a map of parameters only. */
import { type Diagnostic, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { Environment } from '../definition/bound.ts';
import { Problems, similar } from '../definition/problems.ts';
import { loadDocument } from '../document/load-document.ts';

export const emptyEnvironment: Environment = {
  parameters: {},
  parameterDefaults: {},
  resourceRegistry: {},
  eventSinks: [],
  encryptedParamNames: [],
};

const SECTIONS = [
  'parameters',
  'parameter_defaults',
  'resource_registry',
  'event_sinks',
  'encrypted_param_names',
  'parameter_merge_strategies',
];

export interface ParsedEnvironment {
  /** The empty one when there was an error. */
  readonly environment: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

/** Never throws. Errors are of type `HTTPBadRequest`, as Heat refuses them. */
export function parseEnvironment(source: string | Json): ParsedEnvironment {
  const { value, positions, diagnostics } = loadDocument(source);
  if (diagnostics.length > 0) return { environment: emptyEnvironment, diagnostics };
  const problems = new Problems(positions);
  const wrong = (code: string, message: string, path: readonly string[], hint: string | null = null): void =>
    problems.add({ type: 'HTTPBadRequest', code, message, path, hint });
  if (!isJsonObject(value)) {
    wrong('not-a-map', 'the environment must be a map of sections', []);
    return { environment: emptyEnvironment, diagnostics: problems.list() };
  }
  const flat = !Object.keys(value).some((key) => SECTIONS.includes(key)) && Object.keys(value).length > 0;
  const sections: JsonObject = flat ? { parameters: value } : value;
  for (const [key, given] of Object.entries(sections)) {
    if (!SECTIONS.includes(key)) {
      wrong(
        'unknown-section',
        `the environment has a wrong section "${key}"`,
        [key],
        similar(key, SECTIONS) ?? `known sections are ${SECTIONS.join(', ')}`,
      );
    } else if (given === null) wrong('empty-section', `the environment has an empty section "${key}"`, [key], 'leave it out, or write {}');
  }
  const map = (key: string): JsonObject => {
    const given = sections[key] ?? {};
    if (isJsonObject(given)) return given;
    wrong('invalid-section', `the section "${key}" of the environment must be a map`, [key]);
    return {};
  };
  const list = (key: string): readonly Json[] => {
    const given = sections[key] ?? [];
    if (isJsonArray(given)) return given;
    wrong('invalid-section', `the section "${key}" of the environment must be a list`, [key]);
    return [];
  };
  const environment: Environment = {
    parameters: map('parameters'),
    parameterDefaults: map('parameter_defaults'),
    resourceRegistry: map('resource_registry'),
    eventSinks: list('event_sinks'),
    encryptedParamNames: list('encrypted_param_names').filter((name) => typeof name === 'string'),
  };
  map('parameter_merge_strategies');
  return { environment: problems.hasErrors ? emptyEnvironment : environment, diagnostics: problems.list() };
}
