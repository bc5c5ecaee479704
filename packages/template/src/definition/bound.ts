/** A definition bound to parameter values and files: which resources exist, what each requires, and how to resolve its values. */
import type { Diagnostic, Json, JsonObject } from '@hearth/kernel';
import type { Outside } from '../binding/outside.ts';
import type { Definition, Names, OutputDefinition, ResourceDefinition } from './definition.ts';

/** What the user supplies beside the template. */
export interface Environment {
  readonly parameters: JsonObject;
  readonly parameterDefaults: JsonObject;
  /** As sent: `{resources: {...}, "My::Type": "OS::..."}`. */
  readonly resourceRegistry: JsonObject;
  /** What the operator has mapped for everybody; it counts below the user's registry. Absent: nothing. */
  readonly globalRegistry?: JsonObject;
  readonly eventSinks: readonly Json[];
  readonly encryptedParamNames: readonly string[];
}

/** Values every template can refer to: as `OS::stack_id`, `OS::stack_name`, `OS::project_id`, or in CloudFormation's words. */
export interface PseudoParameters {
  readonly stackId: string;
  readonly stackName: string;
  readonly projectId: string;
}

export interface BoundDefinition {
  readonly definition: Definition;
  /** Coerced values by name, pseudo parameters included. */
  readonly parameters: ReadonlyMap<string, Json>;
  /** Names of hidden parameters; whatever is computed from them is secret. */
  readonly hidden: ReadonlySet<string>;
  readonly files: Readonly<Record<string, string>>;
  /** Data of the parent's resource that this definition stands for; null for a root stack. */
  readonly facade: JsonObject | null;
  /** Resources whose condition holds, in template order. */
  readonly resources: ReadonlyMap<string, BoundResource>;
  /** All outputs; one whose condition is false resolves to null. */
  readonly outputs: ReadonlyMap<string, OutputDefinition>;
  /** Truth of each named condition. */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Only in a look at all that is wrong, which may go on in spite of errors: conditions that could not be decided. */
  readonly undecided?: Names;
  /** Names under which outputs are exported, each with the name of its output. */
  readonly exports: ReadonlyMap<string, string>;
  readonly outside: Outside;
}

export interface BoundResource {
  readonly definition: ResourceDefinition;
  /** The properties as written, functions unresolved: types look for hidden order in them. */
  readonly rawProperties: JsonObject;
  /** Resources it needs: `depends_on` plus every reference in properties and metadata. Without type-specific hidden order. */
  readonly requires: readonly string[];
  /** Attributes that other resources or outputs ask of it; `'*'` when all (or one chosen at run time) are. */
  readonly usedAttributes: ReadonlySet<string>;
  /** The same with the paths that lead into them, each as `selectionKey` writes it. */
  readonly usedSelections: ReadonlySet<string>;
}

/** What resolution asks about other resources. `undefined` = not known yet. */
export interface References {
  /** What `get_resource` yields. */
  referenceId(resource: string): string | undefined;
  /** The whole attribute; path selection is done by the resolver. Null: no such value. */
  attribute(resource: string, attribute: string): Json | undefined;
  /** All attributes but `show`, for `get_attr: [resource]`. */
  allAttributes(resource: string): JsonObject | undefined;
  /** For resources that select by path themselves (groups ask each member): the value at the path, or null for an ordinary resource. */
  attributeAt?(resource: string, attribute: string, path: readonly Json[]): SelectedAttribute | null;
}

export interface SelectedAttribute {
  readonly value: Json | undefined;
  /** There is no such attribute, or it cannot be computed: Heat's class of that error, and what it says. */
  readonly problem?: { readonly type: string; readonly message: string } | null;
}

/** Before anything is there. */
export const nothingKnown: References = { referenceId: () => undefined, attribute: () => undefined, allAttributes: () => undefined };

/** An attribute with the path that leads into it. */
export const selectionKey = (attribute: string, path: readonly Json[]): string => JSON.stringify([attribute, ...path]);

/**
 * A resolved value. `unknown` is true when something in it was not known yet (such places hold null); `secret` when a hidden
 * parameter went into it.
 */
export interface Resolved<T extends Json = Json> {
  readonly value: T;
  readonly unknown: boolean;
  readonly secret: boolean;
  readonly diagnostics: readonly Diagnostic[];
}
