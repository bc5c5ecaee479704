/** Where environments give values to parameters, and what they say that nothing asks for. */
import { didYouMean, isJsonObject, type Diagnostic, type Path } from '@hearth/kernel';
import type { Registry } from '@hearth/resource-kit';
import { isTemplateName, readEnvironment, type Definition, type Environment, type EnvironmentDocument } from '@hearth/template';
import type { DefinitionInput } from '../stack-input.ts';

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
  readonly registry: Registry;
}

export class EnvironmentPlaces {
  readonly #documents: readonly Document[];

  constructor({ environment, environmentFiles }: DefinitionInput, files: Readonly<Record<string, string>>) {
    const sources =
      environmentFiles.length === 0
        ? [{ file: ENVIRONMENT, source: environment ?? {} }]
        : environmentFiles.flatMap((file) => (Object.hasOwn(files, file) ? [{ file, source: files[file] as string }] : []));
    this.#documents = sources.map(({ file, source }) => ({ file, ...readEnvironment(source) }));
  }

  /** A problem with a parameter's value, at the place that gave the value; as it was where none of the environments did. */
  placed(one: Diagnostic, parameter: string): Diagnostic {
    for (const section of ['parameters', 'parameter_defaults']) {
      for (const document of this.#documents.toReversed()) {
        const values = section === 'parameters' ? document.draft.parameters : document.draft.parameterDefaults;
        if (!Object.hasOwn(values, parameter) || values[parameter] === null) continue;
        return { ...one, ...placeIn(document, [section, parameter]) };
      }
    }
    return one;
  }

  /** What is said for nothing: no template has the parameter, or the registry leads to a type that does not exist. */
  unused({ definition, declared, environment, registry }: EnvironmentLook): readonly Diagnostic[] {
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
        if (registry.get(target) !== null || Object.hasOwn(environment.resourceRegistry, target)) continue;
        const message = `"${name}" is mapped to the type "${target}", which does not exist`;
        warn(document, ['resource_registry', name], 'mapping-leads-nowhere', message, meant(target, registry.names()));
      }
    }
    return found;
  }
}

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
