/** The kinds of parameters functions have: what each accepts, what it hands to the function, and which kinds are special cases of others. */
import { checkedCount } from './bounds.ts';
import { Context } from './context.ts';
import { Moment, Span } from './moments.ts';
import { type Argument, Call, isExpression, Literal, OMITTED, RuleExpression } from './syntax.ts';
import { Dict, isIterable, isNumber, isSetLike, List, Ordering, Regex, Rule, SetOf, Stream, View, type YaqlValue } from './values.ts';

/** What may stand where an argument goes: written, computed, or left out. */
export type Given = Argument | YaqlValue;

export interface ParameterKind {
  readonly name: string;
  readonly nullable: boolean;
  /** The argument is handed over unevaluated. */
  readonly lazy: boolean;
  accepts(given: Given): boolean;
}

type Family = readonly [check: (value: YaqlValue) => boolean, includes: readonly string[]];

/** By name: what belongs to it, and which wider kinds it is a special case of. Numbers have no relations in the reference. */
const FAMILIES: Readonly<Record<string, Family>> = {
  any: [() => true, []],
  none: [() => false, ['any']],
  int: [(value) => typeof value === 'bigint' || typeof value === 'boolean', ['any']],
  integer: [(value) => typeof value === 'bigint', ['any']],
  bool: [(value) => typeof value === 'boolean', ['int', 'integer', 'any']],
  number: [isNumber, []],
  string: [(value) => typeof value === 'string', ['sequence', 'iterable', 'any']],
  iterable: [isIterable, ['any']],
  unordered: [(value) => isIterable(value) && !isSetLike(value), ['any']],
  iterator: [(value) => value instanceof Stream, ['iterable', 'unordered', 'any']],
  sequence: [(value) => value instanceof List, ['iterable', 'unordered', 'any']],
  mapping: [(value) => value instanceof Dict, ['iterable', 'unordered', 'any']],
  set: [isSetLike, ['iterable', 'unordered', 'any']],
  ordering: [(value) => value instanceof Ordering, ['iterable', 'unordered', 'any']],
  regex: [(value) => value instanceof Regex, ['any']],
  moment: [(value) => value instanceof Moment, ['any']],
  span: [(value) => value instanceof Span, ['any']],
  rule: [(value) => value instanceof Rule, ['any']],
  context: [(value) => value instanceof Context, ['any']],
};

const isWord = (given: Given): boolean => given instanceof Literal && given.isWord;
/** Kinds about how an argument is written. */
const WRITTEN: Readonly<Record<string, readonly [lazy: boolean, accepts: (given: Given) => boolean]>> = {
  lambda: [true, () => true],
  'lambda-in': [true, () => true],
  'lambda-named': [true, () => true],
  'lambda-on': [true, (given) => !isExpression(given) || (given instanceof Call && given.isPlain)],
  expression: [true, isExpression],
  'lazy-rule': [true, (given) => given instanceof RuleExpression],
  word: [false, isWord],
  'word-itself': [false, isWord],
};

export function kindOf(text: string): ParameterKind {
  const nullable = text.endsWith('?');
  const name = nullable ? text.slice(0, -1) : text;
  const written = WRITTEN[name];
  if (written !== undefined) return { name, nullable: true, lazy: written[0], accepts: written[1] };
  const family = FAMILIES[name] as Family;
  const accepts = (given: Given): boolean => {
    const value = given instanceof Literal ? given.value : given;
    if (value === null) return nullable;
    return value === OMITTED || isExpression(value) || family[0](value);
  };
  return { name, nullable, lazy: false, accepts };
}

/** Whether everything of kind `a` is of kind `b`, but not the other way round, where the reference knows about it. */
export function isSpecialCase(a: ParameterKind, b: ParameterKind): boolean {
  return a.name !== b.name && (FAMILIES[a.name]?.[1].includes(b.name) ?? false);
}

/** Whether the kind wants a collection that is counted while it is gone through. */
export const isCounted = (kind: ParameterKind): boolean => kind.name === 'iterable' || kind.name === 'unordered';

/** Elements of a collection whose size is known are counted at once. */
export function countOf(value: YaqlValue): number | null {
  if (value instanceof List) return value.items.length;
  if (value instanceof Dict) return value.entries.size;
  if (value instanceof SetOf) return value.members.size;
  return value instanceof View && value.of !== 'values' ? value.dict.entries.size : null;
}
export function checkCount(value: YaqlValue): boolean {
  const count = countOf(value);
  if (count !== null) checkedCount(count);
  return count !== null;
}
