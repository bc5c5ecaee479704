/**
 * A definition: a template parsed and checked, immutable. Every front end (HOT now; CloudFormation, TOSCA later) ends here, and nothing
 * behind this point knows which language it was.
 */
import type { Diagnostic, Json, JsonObject, Path, Position } from '@hearth/kernel';

export interface Definition {
  /** `heat_template_version.2018-08-31`, as `template_versions` lists it. */
  readonly version: string;
  readonly language: 'hot' | 'cfn';
  readonly description: string;
  readonly parameters: ReadonlyMap<string, ParameterSchema>;
  readonly parameterGroups: readonly ParameterGroup[];
  readonly conditions: ReadonlyMap<string, Expression>;
  /** Fixed values that `Fn::FindInMap` looks up; empty where the language has none. */
  readonly mappings: JsonObject;
  /** What parameter values must keep together. */
  readonly rules: readonly RuleDefinition[];
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  readonly outputs: ReadonlyMap<string, OutputDefinition>;
  /** The document as data, as `stack template show` gives it back. */
  readonly raw: JsonObject;
  /** Position of a path in the text the user sent; null when only data is known. Found lazily: only errors need it. */
  readonly positionOf: (path: Path) => Position | null;
  /** The language's own words, for paths. */
  readonly keys: LanguageKeys;
  /**
   * For a template in which loops run over parameters: the definition that it becomes with their values. `knownValue` gives the value of data
   * with calls in it, undefined when it is not known. Null where the definition is whole as it is. Whoever binds does this.
   */
  readonly unrolled: ((knownValue: LoopValues) => ParseResult) | null;
  /** Of a draft: names that stand in the document but could not be read; what refers to them is not wrong for that. */
  readonly unread?: UnreadNames;
}

export interface UnreadNames {
  readonly parameters: Names;
  readonly conditions: Names;
  readonly resources: Names;
}
export interface Names {
  has(name: string): boolean;
}

export type LoopValues = (expression: Expression, path: Path) => Json | undefined;

export interface LanguageKeys {
  readonly parameters: string;
  readonly conditions: string;
  readonly type: string;
  readonly properties: string;
  readonly metadata: string;
  readonly dependsOn: string;
  readonly deletionPolicy: string;
  readonly updatePolicy: string;
  readonly externalId: string;
  readonly condition: string;
  readonly value: string;
}

/** Assertions that must hold when the condition does. */
export interface RuleDefinition {
  readonly name: string;
  readonly condition: Expression | null;
  readonly assertions: readonly { readonly assert: Expression; readonly description: string | null; readonly path: Path }[];
  readonly path: Path;
}

export type ParameterType = 'string' | 'number' | 'boolean' | 'comma_delimited_list' | 'json';

export interface ParameterSchema {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string;
  readonly label: string | null;
  readonly hidden: boolean;
  readonly immutable: boolean;
  readonly hasDefault: boolean;
  readonly default: Json;
  readonly constraints: readonly ParameterConstraint[];
  readonly tags: readonly string[];
}

/** One item of `constraints`; `message` replaces the standard reason. */
export type ParameterConstraint =
  | { readonly kind: 'length' | 'range'; readonly min: number | null; readonly max: number | null; readonly message: string | null }
  | { readonly kind: 'modulo'; readonly step: number; readonly offset: number; readonly message: string | null }
  | { readonly kind: 'allowed-values'; readonly values: readonly Json[]; readonly message: string | null }
  | { readonly kind: 'allowed-pattern'; readonly pattern: string; readonly message: string | null }
  | { readonly kind: 'custom'; readonly name: string; readonly message: string | null };

export interface ParameterGroup {
  readonly label: string | null;
  readonly description: string | null;
  readonly parameters: readonly string[];
}

export interface ResourceDefinition {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly properties: Expression;
  readonly metadata: Expression;
  readonly dependsOn: readonly string[];
  readonly deletionPolicy: Expression;
  readonly updatePolicy: Expression;
  readonly condition: Expression | null;
  readonly externalId: Expression | null;
  /** `['resources', name]` or the language's own. */
  readonly path: Path;
}

export interface OutputDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly value: Expression;
  readonly condition: Expression | null;
  /** The name under which other stacks of the project may import the value. */
  readonly exportName: Expression | null;
  readonly path: Path;
}

/**
 * A value with function calls in it. `data` holds no call below it (kept as it is, so that plain values cost nothing);
 * `call` names a function of the definition's version. New functions are new entries of the function table, not new kinds.
 */
export type Expression =
  | { readonly kind: 'data'; readonly value: Json }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: Expression; readonly path: Path };

/** What parsing gives: a definition when there was no error, and everything that was noticed. */
export interface ParseResult {
  readonly definition: Definition | null;
  /** What could be read in spite of errors, to look for more of them; nothing may be made from it. Null when that is nothing. */
  readonly draft: Definition | null;
  readonly diagnostics: readonly Diagnostic[];
}
