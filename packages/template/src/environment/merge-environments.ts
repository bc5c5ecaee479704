/**
 * Environment files of one request made one environment, in their order, on top of the parameters that the request gives by itself
 * (templates.md 7.1, checked against what Heat 19 answers). So a file's value beats the request's for the same parameter.
 */
import type { Diagnostic, Json, JsonObject, Path, Position } from '@hearth/kernel';
import type { Environment } from '../definition/bound.ts';
import type { Definition, ParameterType } from '../definition/definition.ts';
import { parseTemplate } from '../parse-template.ts';
import { mergedValue, type MergeStrategy } from './merged-values.ts';
import { emptyEnvironment, type ParsedEnvironment, readEnvironment } from './parse-environment.ts';
import { appliedRegistry } from './registry-entries.ts';

export interface EnvironmentFile {
  readonly name: string;
  /** Null: it was not sent. */
  readonly content: string | null;
}

export interface MergeInput {
  readonly parameters: JsonObject;
  readonly files: readonly EnvironmentFile[];
  /** Of the template and those that were sent along: see `parameterTypes`. */
  readonly types: ReadonlyMap<string, ParameterType>;
  /** A registry that the merged one is loaded onto. */
  readonly onto?: JsonObject;
  /** A look for all that is wrong: later files are read in spite of errors. */
  readonly looksOn?: boolean;
}

/** Never throws. What is wrong names the file. */
export function mergeEnvironmentFiles({ parameters, files, types, onto = {}, looksOn = false }: MergeInput): ParsedEnvironment {
  const merging = new Merging(parameters, types);
  for (const file of files) {
    if (!merging.add(file) && !looksOn) break;
  }
  return merging.result(onto);
}

/** Parameters of a template and of every file that reads as one; where both have a name, the template's counts. */
export function parameterTypes(definition: Definition, files: Readonly<Record<string, string>>): ReadonlyMap<string, ParameterType> {
  const types = new Map<string, ParameterType>();
  const parse = (content: string): Definition | null => (readsAsTemplate(content) ? parseTemplate(content).definition : null);
  for (const one of [...Object.values(files).map(parse), definition])
    for (const schema of one?.parameters.values() ?? []) types.set(schema.name, schema.type);
  return types;
}
const VERSION_KEY = /heat_template_version|HeatTemplateFormatVersion|AWSTemplateFormatVersion/;
/** Whether it may be one: cheap, and generous. */
export const readsAsTemplate = (content: string): boolean => VERSION_KEY.test(content);

class Merging {
  readonly #types: ReadonlyMap<string, ParameterType>;
  /** The strategy for each parameter, fixed by the first file that has it. */
  readonly #fixed = new Map<string, string>();
  readonly #diagnostics: Diagnostic[] = [];
  #merged: Environment;
  #place: Place = NOWHERE;

  constructor(parameters: JsonObject, types: ReadonlyMap<string, ParameterType>) {
    this.#types = types;
    this.#merged = { ...emptyEnvironment, parameters };
  }

  /** False when there is no use in going on. */
  add({ name, content }: EnvironmentFile): boolean {
    this.#place = NOWHERE;
    if (content === null) {
      const message = `The environment file "${name}" is not among the files of the request.`;
      this.#refuse('HTTPBadRequest', 'missing-environment-file', message, [], 'send its text in "files" under that very name');
      return false;
    }
    const { draft: above, strategies, diagnostics, positionOf } = readEnvironment(content);
    this.#place = { file: name, positionOf };
    this.#diagnostics.push(...diagnostics.map((one) => ({ ...one, file: name, message: `${name}: ${one.message}` })));
    const below = this.#merged;
    const file = { name, strategies };
    this.#merged = {
      parameters: this.#values(below.parameters, above.parameters, file, 'parameters'),
      parameterDefaults: this.#values(below.parameterDefaults, above.parameterDefaults, file, 'parameter_defaults'),
      resourceRegistry: overlaid(below.resourceRegistry, above.resourceRegistry),
      eventSinks: [...below.eventSinks, ...above.eventSinks],
      encryptedParamNames: [...new Set([...below.encryptedParamNames, ...above.encryptedParamNames])],
    };
    return !this.#isRefused;
  }

  result(onto: JsonObject): ParsedEnvironment {
    const draft = { ...this.#merged, resourceRegistry: appliedRegistry(onto, this.#merged.resourceRegistry) };
    return { environment: this.#isRefused ? emptyEnvironment : draft, draft, diagnostics: this.#diagnostics };
  }

  get #isRefused(): boolean {
    return this.#diagnostics.some(({ severity }) => severity === 'error');
  }

  #values(
    below: JsonObject,
    above: JsonObject,
    file: { readonly name: string; readonly strategies: JsonObject },
    section: string,
  ): JsonObject {
    const isFirst = Object.keys(below).length === 0;
    const merged = new Map<string, Json>(Object.entries(below));
    for (const [parameter, value] of Object.entries(above)) {
      const type = this.#types.get(parameter);
      if (type === undefined || value === null) continue;
      const strategy = strategyFor(parameter, file.strategies, this.#fixed.get(parameter));
      const fixed = this.#fixed.get(parameter) ?? strategy;
      this.#fixed.set(parameter, fixed);
      const path = [section, parameter];
      if (strategy !== fixed) {
        const message = `Conflicting merge strategy '${strategy}' for parameter '${parameter}' in file '${file.name}'.`;
        this.#refuse('ConflictingMergeStrategyForParam', 'conflicting-merge-strategy', message, path, `an earlier file has '${fixed}'`);
      } else if (strategy === 'merge' || strategy === 'deep_merge')
        this.#merge(merged, { parameter, value, type, strategy, path, file: file.name });
      else merged.set(parameter, value);
    }
    return isFirst ? above : Object.fromEntries(merged);
  }

  #merge(merged: Map<string, Json>, one: MergeOf): void {
    const { parameter, value, type, strategy, path, file } = one;
    if (!merged.has(parameter)) {
      // The first value is taken as it is; what is wrong with it shows when the template is bound.
      merged.set(parameter, value);
      return;
    }
    const result = mergedValue(merged.get(parameter), value, type, strategy);
    if ('value' in result) merged.set(parameter, result.value);
    else if (type === 'boolean') {
      const message = `Invalid merge strategy '${strategy}' for parameter '${parameter}'.`;
      this.#refuse('InvalidMergeStrategyForParam', 'invalid-merge-strategy', message, path, `${result.wrong}; in ${file} say overwrite`);
    } else
      this.#refuse(
        'HTTPBadRequest',
        'unlike-values',
        `${file}: the parameter "${parameter}" cannot be merged: ${result.wrong}`,
        path,
        null,
      );
  }

  #refuse(type: string, code: string, message: string, path: readonly string[], hint: string | null): void {
    const { file, positionOf } = this.#place;
    this.#diagnostics.push({ severity: 'error', type, code, message, file, path, position: positionOf(path), hint });
  }
}

/** The file that is being read. */
interface Place {
  readonly file: string | null;
  readonly positionOf: (path: Path) => Position | null;
}
const NOWHERE: Place = { file: null, positionOf: () => null };

interface MergeOf {
  readonly parameter: string;
  readonly value: Json;
  readonly type: ParameterType;
  readonly strategy: MergeStrategy;
  readonly path: readonly string[];
  readonly file: string;
}

/** What the file says of the parameter, else what was said before, else the file's default; a word that is none of the three counts as the default. */
function strategyFor(parameter: string, strategies: JsonObject, fixed: string | undefined): string {
  const fallback = wordOf(strategies['default']) ?? 'overwrite';
  const said = Object.hasOwn(strategies, parameter) ? wordOf(strategies[parameter]) : fixed;
  return said ?? fallback;
}

const wordOf = (value: Json | undefined): MergeStrategy | undefined =>
  value === 'overwrite' || value === 'merge' || value === 'deep_merge' ? value : undefined;

/** Key by key at the top; null in a later file says nothing. */
function overlaid(below: JsonObject, above: JsonObject): JsonObject {
  if (Object.keys(below).length === 0) return above;
  return { ...below, ...Object.fromEntries(Object.entries(above).filter(([, value]) => value !== null)) };
}
