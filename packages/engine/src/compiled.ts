/** A stored definition, parsed and bound again: what each resource is, needs and asks of others. Immutable, so kept as long as wanted. */
import { Bug, type Diagnostic, diagnosticText, isJsonObject, type JsonObject } from '@hearth/kernel';
import type { Registry, Selection } from '@hearth/resource-kit';
import type { DefinitionRecord, StackRecord } from '@hearth/store';
import {
  bindDefinition,
  type BoundDefinition,
  type Environment,
  type Implementation,
  implementationOf,
  outsideOf,
  type ParseResult,
  parseTemplate,
  selectionKey,
  type TakenIn,
} from '@hearth/template';
import type { AdoptedResources, RestoredResources } from './adoption.ts';
import { allRequires } from './hidden-order.ts';

/** Acts for every resource that a template stands for. */
export const TEMPLATE_HANDLER = 'OS::Heat::TemplateResource';

/** A stored environment: what the user gave, and for a child what its parent gives it. */
export interface StoredEnvironment extends Environment {
  /** `metadata`, `deletion_policy` and `update_policy` of the parent's resource. */
  readonly facade?: JsonObject;
  /** What the parent will ask of the resources. */
  readonly asks?: Readonly<Record<string, readonly Selection[]>>;
  /** What is taken in instead of being made. */
  readonly adopted?: AdoptedResources;
  /** What becomes what a snapshot holds of it. */
  readonly restored?: RestoredResources;
  /** What it takes from outside, for itself and all below. */
  readonly taken?: TakenIn;
}

export interface CompiledDefinition {
  readonly id: string;
  readonly bound: BoundDefinition;
  readonly environment: StoredEnvironment;
  /** What each resource requires: explicit, by reference, and the hidden order of its type. */
  readonly requires: ReadonlyMap<string, readonly string[]>;
  /** The registered type or the template that stands for each resource's type. */
  readonly implementations: ReadonlyMap<string, Implementation>;
  /** Names of attributes that others, outputs or the parent ask of each resource. */
  usedAttributes(name: string): ReadonlySet<string>;
  /** The same with paths. */
  usedSelections(name: string): ReadonlySet<string>;
}

export const handlerOf = (implementation: Implementation): string =>
  implementation.kind === 'template' ? TEMPLATE_HANDLER : implementation.name;

/**
 * What templates say, parsed once for each: a thousand stacks whose template is one content are told of it by one object. Goes with the template;
 * what is parsed is never changed.
 */
const parsedTemplates = new WeakMap<JsonObject, ParseResult>();
function parsedOnce(template: JsonObject): ParseResult {
  const known = parsedTemplates.get(template);
  if (known !== undefined) return known;
  const parsed = parseTemplate(template);
  parsedTemplates.set(template, parsed);
  return parsed;
}

type Compiled =
  | { readonly compiled: CompiledDefinition; readonly diagnostics: readonly Diagnostic[] }
  | { readonly compiled: null; readonly diagnostics: readonly Diagnostic[] };

/** The stored definition of a stack. That it parses and binds was checked before it was stored. */
export function compileDefinition(record: DefinitionRecord, stack: StackRecord, registry: Registry): CompiledDefinition {
  const { compiled, diagnostics } = tryCompile(record, stack, registry);
  if (compiled === null) throw new Bug(`stored definition ${record.id} is no longer valid: ${diagnostics.map(diagnosticText).join('; ')}`);
  return compiled;
}

/** The same for a definition that nobody has checked yet; `strict` false: some of its values may still be unknown. */
export function tryCompile(
  record: Pick<DefinitionRecord, 'id' | 'template' | 'environment' | 'files'>,
  stack: Pick<StackRecord, 'id' | 'name' | 'projectId'>,
  registry: Registry,
  strict = true,
): Compiled {
  const parsed = parsedOnce(record.template);
  if (parsed.definition === null) return { compiled: null, diagnostics: parsed.diagnostics };
  const environment = record.environment as unknown as StoredEnvironment;
  const { bound, diagnostics } = bindDefinition({
    definition: parsed.definition,
    environment,
    pseudo: { stackId: stack.id, stackName: stack.name, projectId: stack.projectId },
    files: record.files,
    facade: environment.facade ?? null,
    outside: outsideOf(environment.taken),
    strict,
  });
  if (bound === null) return { compiled: null, diagnostics };
  return { compiled: compiledOf(record.id, bound, environment, registry), diagnostics };
}

/** A bound definition in its environment, stored or not. */
export function compiledOf(id: string, bound: BoundDefinition, environment: StoredEnvironment, registry: Registry): CompiledDefinition {
  const implementations = implementationsOf(bound, environment, registry);
  const asked = (name: string): readonly Selection[] => environment.asks?.[name] ?? [];
  return {
    id,
    bound,
    environment,
    implementations,
    requires: allRequires(bound, implementations, registry),
    usedAttributes: (name) =>
      extended(
        bound.resources.get(name)?.usedAttributes,
        asked(name).map(([attribute]) => attribute),
      ),
    usedSelections: (name) =>
      extended(
        bound.resources.get(name)?.usedSelections,
        asked(name).map(([attribute, ...path]) => selectionKey(attribute, path)),
      ),
  };
}

const NONE: ReadonlySet<string> = new Set();
const extended = (known: ReadonlySet<string> = NONE, more: readonly string[]): ReadonlySet<string> =>
  more.length === 0 ? known : new Set([...known, ...more]);

function implementationsOf(bound: BoundDefinition, environment: Environment, registry: Registry): ReadonlyMap<string, Implementation> {
  const mappings = isJsonObject(environment.resourceRegistry) ? environment.resourceRegistry : {};
  const isKnown = (type: string): boolean => registry.get(type) !== null;
  const isToldApart = [mappings, environment.globalRegistry].some((scope) => isJsonObject(scope?.['resources'] ?? null));
  const byType = new Map<string, Implementation>();
  const implementation = (name: string, type: string): Implementation => {
    const known = isToldApart ? undefined : byType.get(type);
    if (known !== undefined) return known;
    const found = implementationOf(mappings, name, type, isKnown, environment.globalRegistry);
    byType.set(type, found);
    return found;
  };
  return new Map([...bound.resources].map(([name, resource]) => [name, implementation(name, resource.definition.type)]));
}
