/** What a template function is: data for the table of a version, and how its call is evaluated. */
import type { Json, JsonObject } from '@hearth/kernel';
import type { Expression } from '../definition/definition.ts';

/** What a two-argument `if` yields when its condition is false: the list item or map entry around it goes away. */
export const ELIDED: unique symbol = Symbol('elided');
export type Evaluated = Json | typeof ELIDED;

/** What a call may ask of its surroundings. Everything it reads or produces is counted against the bound of one resolution. */
export interface Scope {
  /** Evaluates an argument. */
  resolve(expression: Expression): Evaluated;
  /** Evaluates an argument that must be a condition: a name, a boolean or a condition function. */
  condition(expression: Expression): boolean;
  /** The same; null where it cannot be decided and all that may be chosen is to be looked at. */
  decision(expression: Expression): boolean | null;
  /** Looks at every branch of a choice that cannot be made yet. */
  eitherOf(branches: readonly Expression[]): Json;
  /** Value of a parameter; an unknown name is reported. */
  parameter(name: string): Json;
  /** Something in the expression was not known yet. */
  readonly unknown: boolean;
  hasParameter(name: string): boolean;
  hasResource(name: string): boolean;
  referenceId(resource: string): Json;
  /** An attribute, or what the path leads to in it; null where it leads nowhere. */
  attribute(resource: string, attribute: string, path: readonly Json[]): Json;
  allAttributes(resource: string): Json;
  file(key: string): string;
  /** What names neither, for an error. */
  unknownName(name: string): FunctionError;
  /** The section of fixed values, for `Fn::FindInMap`. */
  readonly mappings: JsonObject;
  /** Names of the cloud's zones. */
  availabilityZones(): Json;
  /** The value that another stack exports under a name; an unknown name is reported. */
  importedValue(name: string): Json;
  /** Data of the parent's resource that this template stands for; undefined when it stands for none. */
  facadeValue(key: string): Json | undefined;
  /** Counts characters and elements about to be produced; throws when the bound is exceeded. */
  spend(size: number): void;
}

export interface TemplateFunction {
  readonly name: string;
  /** One or two sentences for the list of functions. */
  readonly doc: string;
  /** Which arguments are conditions and are parsed as such. */
  readonly conditions?: 'first' | 'all';
  /** Gone in this version: the name is still taken, and a call is an error. */
  readonly removed?: true;
  /** Heat does not have it: the lists of the API, which name Heat's, leave it out. */
  readonly addition?: true;
  evaluate(args: Expression, scope: Scope): Evaluated;
}

/** The functions of one template version. */
export interface FunctionTable {
  /** `heat_template_version.2018-08-31` */
  readonly version: string;
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  /** Functions allowed in conditions, those shared with `functions` included. */
  readonly conditionFunctions: ReadonlyMap<string, TemplateFunction>;
}

export type FunctionErrorKind = 'ValueError' | 'TypeError' | 'KeyError';

/**
 * A call that cannot be evaluated. Never holds a value that was computed: it may be secret. `structural` errors stand in the text itself
 * and are reported even when values were not known yet.
 */
export class FunctionError extends Error {
  readonly kind: FunctionErrorKind;
  readonly type: string;
  readonly code: string;
  readonly structural: boolean;
  readonly hint: string | null;
  constructor(
    kind: FunctionErrorKind,
    message: string,
    options: { type?: string; code?: string; structural?: boolean; hint?: string | null } = {},
  ) {
    super(message);
    this.kind = kind;
    this.type = options.type ?? 'StackValidationFailed';
    this.code = options.code ?? 'invalid-function-call';
    this.structural = options.structural ?? false;
    this.hint = options.hint ?? null;
  }
}

/** The value has the wrong type. */
export const wrongType = (message: string): FunctionError => new FunctionError('TypeError', message);
/** The value is of the right type but cannot be used. */
export const wrongValue = (message: string): FunctionError => new FunctionError('ValueError', message);
/** The call itself is written wrongly, whatever its values are. */
export const wrongCall = (message: string, options: { type?: string; code?: string; hint?: string | null } = {}): FunctionError =>
  new FunctionError('ValueError', message, { ...options, structural: true });

/** A function that needs its arguments evaluated first. */
export function eager(name: string, doc: string, evaluate: (args: Json, scope: Scope) => Json): TemplateFunction {
  return {
    name,
    doc,
    evaluate(args, scope) {
      const value = scope.resolve(args);
      return evaluate(value === ELIDED ? null : value, scope);
    },
  };
}
