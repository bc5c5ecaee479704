/** One environment document: its sections, each of the right kind, with what cannot mean anything refused. */
import { type Diagnostic, isJsonArray, isJsonObject, type Json, type JsonObject, type Path, type Position } from '@hearth/kernel';
import type { Environment } from '../definition/bound.ts';
import { Problems, similar } from '../definition/problems.ts';
import { loadDocument } from '../document/load-document.ts';
import { checkEventSinks } from './event-sinks.ts';
import { appliedRegistry, checkRegistry } from './registry-entries.ts';

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
  /** What could be read in spite of errors, to look for more of them. */
  readonly draft: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

/** One document with its say in how parameters of several documents are merged. */
export interface EnvironmentDocument extends ParsedEnvironment {
  /** `parameter_merge_strategies`, as written. */
  readonly strategies: JsonObject;
  readonly positionOf: (path: Path) => Position | null;
}

/** `onto`: a registry that this one is loaded onto. Never throws. Errors are of type `HTTPBadRequest`, as Heat refuses them, but for hooks and restricted actions, which have their own. */
export function parseEnvironment(source: string | Json, onto: JsonObject = {}): ParsedEnvironment {
  const { draft: read, diagnostics } = readEnvironment(source);
  const draft = { ...read, resourceRegistry: appliedRegistry(onto, read.resourceRegistry) };
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  return { environment: isWrong ? emptyEnvironment : draft, draft, diagnostics };
}

/** The same before null takes entries of the registry away: files are merged first. */
export function readEnvironment(source: string | Json): EnvironmentDocument {
  const { value, positions, diagnostics } = loadDocument(source);
  const nothing = { environment: emptyEnvironment, draft: emptyEnvironment, strategies: {}, positionOf: positions };
  if (diagnostics.length > 0) return { ...nothing, diagnostics };
  const problems = new Problems(positions);
  const wrong = (code: string, message: string, path: readonly string[], hint: string | null = null): void =>
    problems.add({ type: 'HTTPBadRequest', code, message, path, hint });
  if (!isJsonObject(value)) {
    wrong('not-a-map', 'the environment must be a map of sections', []);
    return { ...nothing, diagnostics: problems.list() };
  }
  const isFlat = !Object.keys(value).some((key) => SECTIONS.includes(key));
  for (const [key, given] of Object.entries(value)) {
    if (!SECTIONS.includes(key)) {
      const hint =
        similar(key, SECTIONS) ?? (isFlat ? 'write parameters below "parameters:"' : `known sections are ${SECTIONS.join(', ')}`);
      wrong('unknown-section', `the environment has a wrong section "${key}"`, [key], hint);
    } else if (given === null) wrong('empty-section', `the environment has an empty section "${key}"`, [key], 'leave it out, or write {}');
  }
  const map = (key: string): JsonObject => {
    const given = value[key] ?? {};
    if (isJsonObject(given)) return given;
    wrong('invalid-section', `the section "${key}" of the environment must be a map`, [key]);
    return {};
  };
  const list = (key: string): readonly Json[] => {
    const given = value[key] ?? [];
    if (isJsonArray(given)) return given;
    wrong('invalid-section', `the section "${key}" of the environment must be a list`, [key]);
    return [];
  };
  const draft: Environment = {
    parameters: map('parameters'),
    parameterDefaults: map('parameter_defaults'),
    resourceRegistry: map('resource_registry'),
    eventSinks: list('event_sinks'),
    encryptedParamNames: list('encrypted_param_names').filter((name) => typeof name === 'string'),
  };
  const strategies = map('parameter_merge_strategies');
  checkRegistry(draft.resourceRegistry, ['resource_registry'], problems);
  checkEventSinks(draft.eventSinks, problems);
  const environment = problems.hasErrors ? emptyEnvironment : draft;
  return { environment, draft, strategies, diagnostics: problems.list(), positionOf: positions };
}
