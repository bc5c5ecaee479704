/** Going through collections: filtering, mapping, looking, cutting, folding. Most yield streams that compute their elements when asked. */
import { badValue, type YaqlProblem } from '../bounds.ts';
import { areEqual, hashKey } from '../equality.ts';
import type { Engine } from '../engine.ts';
import { define, type FunctionDefinition, type Invocation, type Lambda } from '../signature.ts';
import type { Literal } from '../syntax.ts';
import { type Collection, isIterable, isTrue, iterate, List, type YaqlValue } from '../values.ts';
import { toList } from './lists.ts';
import { again, countFrom, gathered, part, streaming } from './streams.ts';

/** The collection of a call and its lambda. */
const both = (call: Invocation): [Iterable<YaqlValue>, Lambda] => [call.engine.through(call.args[0] as Collection), call.args[1] as Lambda];
const source = (call: Invocation): Iterable<YaqlValue> => call.engine.through(call.args[0] as Collection);
const empty = (name: string): YaqlProblem => badValue(`${name}: the collection is empty`);

function position(call: Invocation, matches: (item: YaqlValue) => boolean, lastOne: boolean): bigint {
  let index = -1n;
  let i = 0n;
  for (const item of source(call)) {
    if (matches(item)) {
      index = i;
      if (!lastOne) break;
    }
    i++;
  }
  return index;
}
const equals =
  (call: Invocation) =>
  (item: YaqlValue): boolean =>
    areEqual(item, call.args[1] as YaqlValue, call.engine.meter);
const satisfies =
  (call: Invocation) =>
  (item: YaqlValue): boolean =>
    isTrue((call.args[1] as Lambda)(item));

/** Folds from the left; without a seed the first element is it. */
export function folded(
  items: Iterable<YaqlValue>,
  combine: (a: YaqlValue, b: YaqlValue) => YaqlValue,
  seed: YaqlValue | undefined,
): YaqlValue {
  let total = seed;
  for (const item of items) total = total === undefined ? item : combine(total, item);
  if (total === undefined) throw empty('aggregate');
  return total;
}
const foldedBy =
  (name: string): ((call: Invocation) => YaqlValue) =>
  (call) =>
    folded(source(call), (a, b) => call.engine.call(name, call.context.child(), [a, b]), call.args[1] as YaqlValue | undefined);

export const queryFunctions: readonly FunctionDefinition[] = [
  ...define('method where filter (collection: iterable, predicate: lambda)', (call) => {
    const [items, predicate] = both(call);
    return streaming(function* () {
      for (const item of items) if (isTrue(predicate(item))) yield item;
    });
  }),
  ...define('method select map (collection: iterable, selector: lambda)', (call) => {
    const [items, selector] = both(call);
    return streaming(function* () {
      for (const item of items) yield selector(item);
    });
  }),
  ...define('function #operator_. (collection: iterable, attribute: word-itself)', (call) => {
    const items = source(call);
    return streaming(function* () {
      for (const item of items) yield call.engine.call('#operator_.', call.context.child(), [item, call.args[1] as Literal]);
    });
  }),
  ...define('method selectMany (collection: iterable, selector: lambda)', (call) => {
    const [items, selector] = both(call);
    return streaming(function* () {
      for (const item of items) {
        const inner = selector(item);
        if (isIterable(inner)) yield* call.engine.through(inner);
        else yield inner;
      }
    });
  }),
  ...define('method skip (collection: iterable, count: int)', (call) => {
    const count = countFrom(call.args[1], 'skip');
    return streaming(function* () {
      let i = 0;
      for (const item of source(call)) if (i++ >= count) yield item;
    });
  }),
  ...define('method limit take (collection: iterable, count: int)', (call) => {
    const count = countFrom(call.args[1], 'limit');
    return streaming(() => part(iterate(call.args[0] as Collection), count));
  }),
  ...define('method takeWhile (collection: iterable, predicate: lambda)', (call) => {
    const [items, predicate] = both(call);
    return streaming(function* () {
      for (const item of items) {
        if (!isTrue(predicate(item))) return;
        yield item;
      }
    });
  }),
  ...define('method skipWhile (collection: iterable, predicate: lambda)', (call) => {
    const [items, predicate] = both(call);
    return streaming(function* () {
      let skipping = true;
      for (const item of items) {
        skipping &&= isTrue(predicate(item));
        if (!skipping) yield item;
      }
    });
  }),
  ...define('both append (collection: iterable, *args: any?)', (call) =>
    streaming(function* () {
      yield* source(call);
      yield* call.rest as YaqlValue[];
    }),
  ),
  ...define('both concat (*collections: iterable)', ({ rest, engine }) =>
    streaming(function* () {
      for (const collection of rest as Collection[]) yield* engine.through(collection);
    }),
  ),
  ...define('both distinct (collection: iterable, keySelector: lambda = null)', (call) => {
    const selector = call.args[1] as Lambda | null;
    return streaming(() => distinct(source(call), selector, call.engine));
  }),
  ...define('both enumerate (collection: iterable, start: int? = 0)', (call) =>
    streaming(function* () {
      let i = numberFrom(call.args[1]);
      for (const item of source(call)) yield new List([i++, item], false);
    }),
  ),
  ...define('both any (collection: iterable, predicate: lambda = null)', (call) => {
    for (const item of source(call)) if (call.args[1] === null || isTrue((call.args[1] as Lambda)(item))) return true;
    return false;
  }),
  ...define('both all (collection: iterable, predicate: lambda = null)', (call) => {
    for (const item of source(call)) if (!isTrue(call.args[1] === null ? item : (call.args[1] as Lambda)(item))) return false;
    return true;
  }),
  ...define('both len (collection: iterator)', counted),
  ...define('method count (collection: iterable)', counted),
  ...define('method memorize (collection: iterable)', ({ args, engine }) => again(args[0] as Collection, engine)),
  ...define('method sum (collection: iterable, initial: any? = none)', foldedBy('#operator_+')),
  ...define('method max (collection: iterable, initial: any? = none)', foldedBy('max')),
  ...define('method min (collection: iterable, initial: any? = none)', foldedBy('min')),
  ...define('method aggregate reduce (collection: iterable, selector: lambda, seed: any? = none)', (call) => {
    const [items, combine] = both(call);
    return folded(items, combine, call.args[2] as YaqlValue | undefined);
  }),
  ...define('method accumulate (collection: iterable, selector: lambda, seed: any? = none)', (call) => {
    const [items, combine] = both(call);
    return streaming(function* () {
      let total = call.args[2] as YaqlValue | undefined;
      if (total !== undefined) yield total;
      for (const item of items) {
        total = total === undefined ? item : combine(total, item);
        yield total;
      }
      if (total === undefined) throw empty('accumulate');
    });
  }),
  ...define('method first (collection: iterable, default: any? = none)', ({ args }) => {
    const next = iterate(args[0] as Collection).next();
    return next.done === true ? orElse(args[1], 'first') : next.value;
  }),
  ...define('method single (collection: iterable)', ({ args }) => {
    const items = iterate(args[0] as Collection);
    const next = items.next();
    if (next.done === true) throw empty('single');
    if (items.next().done !== true) throw badValue('single: the collection has more than one element');
    return next.value;
  }),
  ...define('method last (collection: iterable, default: any? = none)', (call) => {
    let found: YaqlValue | undefined;
    for (const item of source(call)) found = item;
    return found === undefined ? orElse(call.args[1], 'last') : found;
  }),
  ...define('method indexOf (collection: iterable, item: any?)', (call) => position(call, equals(call), false)),
  ...define('method lastIndexOf (collection: iterable, item: any?)', (call) => position(call, equals(call), true)),
  ...define('method indexWhere (collection: iterable, predicate: lambda)', (call) => position(call, satisfies(call), false)),
  ...define('method lastIndexWhere (collection: iterable, predicate: lambda)', (call) => position(call, satisfies(call), true)),
  ...define('method slice (collection: iterable, length: int)', (call) =>
    streaming(function* () {
      const items = iterate(call.args[0] as Collection);
      const length = countFrom(call.args[1], 'slice');
      for (;;) {
        const piece = gathered(part(items, length));
        if (piece.length === 0) return;
        yield new List(piece);
      }
    }),
  ),
  ...define('method splitWhere (collection: iterable, predicate: lambda)', (call) =>
    streaming(function* () {
      const { items } = toList(call.args[0] as Collection, call.engine);
      let from = 0;
      for (const [i, item] of items.entries()) {
        if (!satisfies(call)(item)) continue;
        yield new List(items.slice(from, i));
        from = i + 1;
      }
      if (from !== items.length) yield new List(items.slice(from));
    }),
  ),
  ...define('method sliceWhere (collection: iterable, predicate: lambda)', (call) =>
    streaming(function* () {
      const { items } = toList(call.args[0] as Collection, call.engine);
      let from = 0;
      let before: YaqlValue | undefined;
      for (const [i, item] of items.entries()) {
        const value = (call.args[1] as Lambda)(item);
        if (before !== undefined && !areEqual(value, before, call.engine.meter)) {
          yield new List(items.slice(from, i));
          from = i;
        }
        before = value;
      }
      if (from !== items.length) yield new List(items.slice(from));
    }),
  ),
  ...define('method splitAt (collection: iterable, index: int)', ({ args, engine }) => {
    const { items } = toList(args[0] as Collection, engine);
    const index = Number(args[1]);
    return new List([new List(items.slice(0, index)), new List(items.slice(index))], false);
  }),
  ...define('method reverse (collection: iterable)', ({ args, engine }) => {
    const { items } = toList(args[0] as Collection, engine);
    return streaming(() => backwards(items));
  }),
  ...define('function isIterable (value: any?)', ({ args }) => isIterable(args[0])),
  ...define('method defaultIfEmpty (collection: iterable, default: iterable)', ({ args, engine }) => {
    const [collection, otherwise] = args as [Collection, Collection];
    const kept = again(collection, engine);
    return iterate(kept).next().done === true ? otherwise : kept;
  }),
];

function* backwards(items: readonly YaqlValue[]): Generator<YaqlValue> {
  for (let i = items.length - 1; i >= 0; i--) yield items[i] as YaqlValue;
}
function numberFrom(value: unknown): bigint {
  if (value === null) throw badValue('enumerate: the start must be an integer');
  return BigInt(value as bigint);
}
function orElse(value: unknown, name: string): YaqlValue {
  if (value === undefined) throw empty(name);
  return value as YaqlValue;
}
function counted(call: Invocation): YaqlValue {
  let count = 0n;
  for (const _ of source(call)) count++;
  return count;
}

/** Each element once, by itself or by what the selector makes of it. */
export function* distinct(items: Iterable<YaqlValue>, selector: Lambda | null, engine: Engine): Generator<YaqlValue> {
  const seen = new Set<string>();
  for (const item of items) {
    const key = hashKey(selector === null ? item : selector(item), engine.meter);
    if (seen.has(key)) continue;
    seen.add(key);
    yield item;
  }
}
