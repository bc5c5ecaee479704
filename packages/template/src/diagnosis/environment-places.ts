/** Where environments give values to parameters, and what they say that nothing asks for. */
import { didYouMean, isJsonObject, type Diagnostic, type Json, type Path } from '@hearth/kernel';
import type { Environment } from '../definition/bound.ts';
import type { Definition } from '../definition/definition.ts';
import { readEnvironment, type EnvironmentDocument } from '../environment/parse-environment.ts';
import { isTemplateName } from '../environment/resource-registry.ts';

/** What the one environment of a request is called that comes without a file. */
export const ENVIRONMENT = 'environment';

interface Document extends EnvironmentDocument {
  readonly file: string;
}

export interface EnvironmentLook {
  readonly definition: Definition;
  /** Of all templates that are looked at. */
  readonly declared: ReadonlySet<string>;
  /** As merged. */
  readonly environment: Environment;
  /** Null: nothing is known of types. */
  readonly types: { isKnown(type: string): boolean; names(): readonly string[] } | null;
}

export interface EnvironmentSource {
  readonly file: string;
  readonly source: string | Json;
}

export class EnvironmentPlaces {
  readonly #documents: readonly Document[];

  constructor(sources: readonly EnvironmentSource[]) {
    this.#documents = sources.map(({ file, source }) => ({ file, ...readEnvironment(source) }));
  }

  /** A problem of the template: where it is about a parameter's value, at the place that gave the value. */
  placed(one: Diagnostic, { keys, parameters }: Definition): Diagnostic {
    const [section, name] = one.path;
    if (one.file != null || one.path.length !== 2 || section !== keys.parameters || !VALUE_CODES.has(one.code)) return one;
    const parameter = String(name);
    // Given with the request itself and not declared: there is no line to show.
    return this.#placeOf(one, parameter) ?? (parameters.has(parameter) ? one : { ...one, position: null });
  }

  #placeOf(one: Diagnostic, parameter: string): Diagnostic | null {
    for (const section of ['parameters', 'parameter_defaults']) {
      for (const document of this.#documents.toReversed()) {
        const values = section === 'parameters' ? document.draft.parameters : document.draft.parameterDefaults;
        if (!Object.hasOwn(values, parameter) || values[parameter] === null) continue;
        return { ...one, ...placeIn(document, [section, parameter]) };
      }
    }
    return null;
  }

  /** What is said for nothing: no template has the parameter, or the registry leads to a type that does not exist. */
  unused({ definition, declared, environment, types }: EnvironmentLook): readonly Diagnostic[] {
    const found: Diagnostic[] = [];
    const warn = (document: Document, path: Path, code: string, message: string, hint: string | null): void =>
      void found.push({ severity: 'warning', type: 'StackValidationFailed', code, message, hint, ...placeIn(document, path) });
    for (const document of this.#documents) {
      for (const name of Object.keys(document.draft.parameters)) {
        // Those of the first file are errors already.
        if (isDeclared(definition, name) || Object.hasOwn(environment.parameters, name)) continue;
        const message = `the template has no parameter "${name}": the value is not used`;
        warn(document, ['parameters', name], 'unused-value', message, meant(name, definition.parameters.keys()));
      }
      for (const name of Object.keys(document.draft.parameterDefaults)) {
        if (declared.has(name) || isDeclared(definition, name)) continue;
        const message = `no template has a parameter "${name}": the default is not used`;
        warn(document, ['parameter_defaults', name], 'unused-value', message, meant(name, declared));
      }
      for (const [name, target] of Object.entries(document.draft.resourceRegistry)) {
        if (name === 'base_url' || typeof target !== 'string' || isTemplateName(target) || target.includes('*')) continue;
        if (types === null || types.isKnown(target) || Object.hasOwn(environment.resourceRegistry, target)) continue;
        const message = `"${name}" is mapped to the type "${target}", which does not exist`;
        warn(document, ['resource_registry', name], 'mapping-leads-nowhere', message, meant(target, types.names()));
      }
    }
    return found;
  }
}

const VALUE_CODES = new Set(['unknown-parameter', 'invalid-parameter', 'custom-constraint']);

const placeIn = ({ file, positionOf }: Document, path: Path): Pick<Diagnostic, 'file' | 'path' | 'position'> => ({
  file,
  path,
  position: positionOf(path),
});

const isDeclared = ({ parameters, unread, raw }: Definition, name: string): boolean =>
  parameters.has(name) ||
  unread?.parameters.has(name) === true ||
  (isJsonObject(raw['parameters'] ?? null) && name in (raw['parameters'] as object));

function meant(name: string, names: Iterable<string>): string | null {
  const found = didYouMean(name, names);
  return found === null ? null : `did you mean "${found}"?`;
}
