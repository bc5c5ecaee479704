/**
 * The values an expression computes with. Integers are bigint and other numbers are number, for the language tells them apart;
 * maps and sets keep their entries under a key that falls together for equal values, so no property of an object is ever touched.
 */
import type { Context } from './context.ts';
import type { Moment, Span } from './moments.ts';
import type { SearchPattern } from '../parameters/pattern-search.ts';

export type YaqlValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | List
  | Dict
  | SetOf
  | View
  | Stream
  | Ordering
  | Regex
  | Moment
  | Span
  | Rule
  | Context;

/** A sequence: fixed ones come from data and list expressions, growing ones from a few functions (they are no keys of maps). */
export class List {
  readonly items: readonly YaqlValue[];
  readonly fixed: boolean;
  constructor(items: readonly YaqlValue[], fixed = true) {
    this.items = items;
    this.fixed = fixed;
  }
}

export type Entries = ReadonlyMap<string, readonly [YaqlValue, YaqlValue]>;
export class Dict {
  /** By hash key. */
  readonly entries: Entries;
  readonly fixed: boolean;
  constructor(entries: Entries, fixed = true) {
    this.entries = entries;
    this.fixed = fixed;
  }
}

export class SetOf {
  /** By hash key. */
  readonly members: ReadonlyMap<string, YaqlValue>;
  constructor(members: ReadonlyMap<string, YaqlValue>) {
    this.members = members;
  }
}

/** Keys, values or items of a map. Keys and items count as sets. */
export class View {
  readonly of: 'keys' | 'values' | 'items';
  readonly dict: Dict;
  constructor(of: 'keys' | 'values' | 'items', dict: Dict) {
    this.of = of;
    this.dict = dict;
  }
}

/** Something that is gone through once, or from the start each time when it is remembered. */
export class Stream {
  readonly open: () => Iterator<YaqlValue>;
  constructor(open: () => Iterator<YaqlValue>) {
    this.open = open;
  }
}
export function streamOf(source: Iterator<YaqlValue>): Stream {
  return new Stream(() => source);
}

/** A collection in an order that more fields may still be added to; sorted when first gone through. */
export class Ordering {
  readonly source: Iterable<YaqlValue>;
  readonly fields: { readonly select: (item: YaqlValue) => YaqlValue; readonly ascending: boolean }[] = [];
  readonly sort: (ordering: Ordering) => readonly YaqlValue[];
  sorted: readonly YaqlValue[] | null = null;
  constructor(source: Iterable<YaqlValue>, sort: (ordering: Ordering) => readonly YaqlValue[]) {
    this.source = source;
    this.sort = sort;
  }
}

export class Regex {
  readonly source: string;
  readonly pattern: SearchPattern;
  constructor(source: string, pattern: SearchPattern) {
    this.source = source;
    this.pattern = pattern;
  }
}

/** `a => b` where it stands for itself. */
export class Rule {
  readonly source: YaqlValue;
  readonly destination: YaqlValue;
  constructor(source: YaqlValue, destination: YaqlValue) {
    this.source = source;
    this.destination = destination;
  }
}

export type Collection = List | SetOf | View | Stream | Ordering;
export const isIterable = (value: unknown): value is Collection =>
  value instanceof List || value instanceof SetOf || value instanceof View || value instanceof Stream || value instanceof Ordering;
export const isSetLike = (value: unknown): value is SetOf | View =>
  value instanceof SetOf || (value instanceof View && value.of !== 'values');
export const isNumber = (value: unknown): value is bigint | number => typeof value === 'bigint' || typeof value === 'number';

export function viewItems(view: View): YaqlValue[] {
  const pairs = [...view.dict.entries.values()];
  if (view.of === 'items') return pairs.map(([key, value]) => new List([key, value]));
  return pairs.map(([key, value]) => (view.of === 'keys' ? key : value));
}

/** A sorted ordering keeps its items, so that sorting happens once. */
function orderedItems(ordering: Ordering): readonly YaqlValue[] {
  ordering.sorted ??= ordering.sort(ordering);
  return ordering.sorted;
}

/** Goes through a collection. */
export function iterate(collection: Collection): Iterator<YaqlValue> {
  if (collection instanceof Stream) return collection.open();
  if (collection instanceof List) return collection.items[Symbol.iterator]();
  if (collection instanceof SetOf) return collection.members.values();
  if (collection instanceof View) return viewItems(collection)[Symbol.iterator]();
  return lazily(() => orderedItems(collection));
}

function* lazily(items: () => readonly YaqlValue[]): Generator<YaqlValue> {
  yield* items();
}

/** Whether a value counts as true. */
export function isTrue(value: YaqlValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return false;
  if (value instanceof List) return value.items.length > 0;
  if (value instanceof Dict) return value.entries.size > 0;
  if (value instanceof SetOf) return value.members.size > 0;
  if (value instanceof View) return value.dict.entries.size > 0;
  return !(typeof value === 'object' && 'span' in value && value.span === 0n);
}
