/**
 * Functions as data: a signature such as `method where filter (collection: iterable, predicate: lambda)` and what it does. A parameter may
 * have a default (`count: int = 1`), the last may take the rest (`*args: any?`), and `**` takes any named ones.
 */
import type { YaqlValue } from './values.ts';
import type { Engine } from './engine.ts';
import type { Context } from './context.ts';
import { type Given, kindOf, type ParameterKind } from './parameter-kinds.ts';

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** Null when the argument must be given. */
  readonly fallback: { readonly value: YaqlValue | undefined } | null;
}

/** A lambda: evaluates what was written, with its arguments as `$1` (`$`), `$2`, … */
export type Lambda = (...args: YaqlValue[]) => YaqlValue;
/** What a function gets: its arguments in the order of the signature; those without a value are undefined. */
export interface Invocation {
  readonly engine: Engine;
  /** New for this call, below that of the caller; what it defines is seen by lambdas only. */
  readonly context: Context;
  readonly args: readonly unknown[];
  readonly rest: readonly unknown[];
  readonly named: ReadonlyMap<string, YaqlValue>;
  /** Null when not called on anything. */
  readonly receiver: { readonly value: YaqlValue } | null;
}
export type Behaviour = (call: Invocation) => YaqlValue;

export interface FunctionDefinition {
  readonly name: string;
  readonly isFunction: boolean;
  readonly isMethod: boolean;
  /** `a => b` among the arguments is a value, not a named argument. */
  readonly keepsRules: boolean;
  readonly parameters: readonly Parameter[];
  readonly rest: Parameter | null;
  readonly takesNamed: boolean;
  readonly behave: Behaviour;
}

const HEAD = /^(function|method|both)( rules)? ([^(]+?) ?\((.*)\)$/;
const PARAMETER = /^(\*{0,2})([\w]*)(?:: ([\w-]+\??))?(?: = (.+))?$/;
const FALLBACKS: ReadonlyMap<string, YaqlValue | undefined> = new Map<string, YaqlValue | undefined>([
  ['null', null],
  ['false', false],
  ['true', true],
  ['none', undefined],
]);

/** One definition for each name in the signature. */
export function define(signature: string, behave: Behaviour): readonly FunctionDefinition[] {
  const [, use, rules, names, list] = HEAD.exec(signature) as unknown as [string, string, string | undefined, string, string];
  const parameters: Parameter[] = [];
  let rest: Parameter | null = null;
  let takesNamed = false;
  for (const text of list === '' ? [] : list.split(', ')) {
    const [, stars, name, kind = 'any?', fallback] = PARAMETER.exec(text) as unknown as [string, string, string, string?, string?];
    const parameter: Parameter = { name, kind: kindOf(kind), fallback: fallback === undefined ? null : { value: fallbackOf(fallback) } };
    if (stars === '**') takesNamed = true;
    else if (stars === '*') rest = parameter;
    else parameters.push(parameter);
  }
  return names.split(' ').map((name) => ({
    name,
    isFunction: use !== 'method',
    isMethod: use !== 'function',
    keepsRules: rules !== undefined,
    parameters,
    rest,
    takesNamed,
    behave,
  }));
}

const fallbackOf = (text: string): YaqlValue | undefined => (FALLBACKS.has(text) ? FALLBACKS.get(text) : BigInt(text));

/** What the arguments of a call stand for in one definition; null when they do not fit. */
export interface Mapping {
  readonly positional: readonly Parameter[];
  readonly named: ReadonlyMap<string, Parameter>;
}

const NOTHING: ReadonlyMap<string, Parameter> = new Map();

export function mapped(
  definition: FunctionDefinition,
  args: readonly Given[],
  named: ReadonlyMap<string, Given>,
  omitted: symbol,
): Mapping | null {
  const { parameters, rest } = definition;
  if (args.length > parameters.length && rest === null) return null;
  // Most definitions of an operator do not fit, so what is cheap comes first.
  for (let i = 0; i < args.length; i++) {
    const value = args[i] as Given;
    if (value === omitted) {
      if (i >= parameters.length) return null;
    } else if (!((parameters[i] ?? rest) as Parameter).kind.accepts(value)) return null;
  }
  const positional = args.map((_, i) => parameters[i] ?? (rest as Parameter));
  if (named.size === 0 && args.length >= parameters.length && !args.includes(omitted as Given)) return { positional, named: NOTHING };
  const byName = new Map<string, Parameter>();
  for (const [i, parameter] of parameters.entries()) {
    const given = i < args.length && args[i] !== omitted;
    const isNamed = named.has(parameter.name);
    if (given && isNamed) return null;
    if (isNamed) {
      // An argument left out by commas and given by name is taken for the rest in the reference; nobody means that.
      if (i < args.length) return null;
      byName.set(parameter.name, parameter);
    } else if (!given && parameter.fallback === null) return null;
  }
  for (const [name, value] of named) {
    if (byName.has(name)) continue;
    if (!definition.takesNamed) return null;
    const parameter = { name, kind: kindOf('any?'), fallback: null };
    if (!parameter.kind.accepts(value)) return null;
    byName.set(name, parameter);
  }
  return { positional, named: byName };
}
