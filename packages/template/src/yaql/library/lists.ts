/** Lists: making, indexing, joining, changing. A change makes a new list; the given one stays. */
import { badValue, checkedBytes, YaqlProblem } from '../bounds.ts';
import { areEqual, hashKey, memberKeys } from '../equality.ts';
import type { Engine } from '../engine.ts';
import { define, type FunctionDefinition } from '../signature.ts';
import { byteSize } from '../sizes.ts';
import { type Collection, isIterable, isSetLike, List, SetOf, Stream, View, type YaqlValue } from '../values.ts';
import { start, streaming } from './streams.ts';

/** Streams among the items are written out, whatever is in them. */
export function* unrolled(items: Iterable<YaqlValue>, engine: Engine): Generator<YaqlValue> {
  for (const item of items) {
    engine.meter.step();
    if (item instanceof Stream) yield* unrolled(engine.through(item), engine);
    else yield item;
  }
}
function* flattened(items: Iterable<YaqlValue>, engine: Engine): Generator<YaqlValue> {
  for (const item of items) {
    engine.meter.step();
    if (isIterable(item)) yield* flattened(engine.through(item), engine);
    else yield item;
  }
}

/** Whether a value is among the elements; sets are asked by key. */
export function isIn(value: YaqlValue, collection: Collection, engine: Engine): boolean {
  if (isSetLike(collection)) {
    if (collection instanceof View && collection.of === 'items') return isItem(value, collection, engine);
    return memberKeys(collection, engine.meter).has(hashKey(value, engine.meter));
  }
  for (const item of engine.through(collection)) if (areEqual(item, value, engine.meter)) return true;
  return false;
}

/** Whether a pair is among the items of a map. */
function isItem(value: YaqlValue, { dict }: View, engine: Engine): boolean {
  if (!(value instanceof List) || value.items.length !== 2) throw badValue('only pairs can be among the items of a map');
  const [key, item] = value.items as readonly [YaqlValue, YaqlValue];
  const found = dict.entries.get(hashKey(key, engine.meter));
  return found !== undefined && areEqual(found[1], item, engine.meter);
}

export function itemAt(list: List, index: bigint): YaqlValue {
  const item = list.items.at(Number(index));
  if (item === undefined) throw new YaqlProblem('value', 'an index lies outside the list', true);
  return item;
}

function repeatedList(list: List, times: unknown): List {
  const count = Math.max(0, Number(times));
  const bytes = byteSize(list);
  checkedBytes(bytes * count - 56 * (count - 1));
  return new List(Array.from({ length: count }, () => list.items).flat(), list.fixed);
}

/** Whether position `i` is among the `count` from `position` on; all of them when `count` is negative. */
const isTouched = (i: number, position: number, count: number): boolean => i >= position && (count < 0 || i < position + count);

export const listFunctions: readonly FunctionDefinition[] = [
  ...define('function #list (*args: any?)', ({ rest }) => {
    return new List(rest as YaqlValue[]);
  }),
  ...define('function list (*args: any?)', ({ rest, engine }) =>
    toList(
      streaming(() => unrolled(rest as YaqlValue[], engine)),
      engine,
    ),
  ),
  ...define('method toList (collection: iterable)', ({ args, engine }) => toList(args[0] as Collection, engine)),
  ...define('method flatten (collection: iterable)', ({ args, engine }) =>
    streaming(() => flattened(engine.through(args[0] as Collection), engine)),
  ),
  ...define('function #indexer (list: sequence, index: int)', ({ args }) => itemAt(args[0] as List, BigInt(args[1] as bigint))),
  ...define('function #operator_in (value: any?, collection: iterable)', ({ args, engine }) =>
    isIn(args[0] as YaqlValue, args[1] as Collection, engine),
  ),
  ...define('method contains (collection: iterable, value: any?)', ({ args, engine }) =>
    isIn(args[1] as YaqlValue, args[0] as Collection, engine),
  ),
  ...define('function #operator_+ (left: iterable, right: iterable)', ({ args, engine }) => {
    const [left, right] = args as [Collection, Collection];
    if (left instanceof List && right instanceof List && left.fixed && right.fixed) {
      engine.meter.produce(left.items.length + right.items.length);
      return new List([...left.items, ...right.items]);
    }
    if (left instanceof SetOf && right instanceof SetOf) return new SetOf(new Map([...left.members, ...right.members]));
    return streaming(function* () {
      yield* engine.through(left);
      yield* engine.through(right);
    });
  }),
  ...define('function #operator_* (left: sequence, right: int)', ({ args, engine }) => times(args[0] as List, args[1], engine)),
  ...define('function #operator_* (left: int, right: sequence)', ({ args, engine }) => times(args[1] as List, args[0], engine)),
  ...define('function isList (arg: any?)', ({ args }) => args[0] instanceof List),
  ...define('both len (sequence: sequence)', ({ args }) => BigInt((args[0] as List).items.length)),
  ...define('method delete (collection: iterable, position: int, count: int = 1)', ({ args, engine }) => {
    const [position, count] = [Number(args[1]), Number(args[2])];
    return streaming(function* () {
      let i = 0;
      for (const item of engine.through(args[0] as Collection)) if (!isTouched(i++, position, count)) yield item;
    });
  }),
  ...define('method replace (collection: iterable, position: int, value: any?, count: int = 1)', ({ args, engine }) =>
    replaced(args[0] as Collection, [Number(args[1]), Number(args[3])], [args[2] as YaqlValue], engine),
  ),
  ...define('method replaceMany (collection: iterable, position: int, values: iterable, count: int = 1)', ({ args, engine }) =>
    replaced(args[0] as Collection, [Number(args[1]), Number(args[3])], engine.through(args[2] as Collection), engine),
  ),
  ...define('method insert (collection: unordered, position: int, value: any?)', ({ args, engine }) => {
    const position = Number(args[1]);
    return streaming(function* () {
      let i = -1;
      for (const item of engine.through(args[0] as Collection)) {
        if (++i === position) yield args[2] as YaqlValue;
        yield item;
      }
      if (position > i) yield args[2] as YaqlValue;
    });
  }),
  ...define('method insert (collection: sequence, position: int, value: any?)', ({ args, engine }) => {
    const items = [...(args[0] as List).items];
    engine.meter.produce(items.length);
    items.splice(Number(args[1]), 0, args[2] as YaqlValue);
    return new List(items, false);
  }),
  ...define('method insertMany (collection: iterable, position: int, values: iterable)', ({ args, engine }) => {
    const position = Number(args[1]);
    const values = args[2] as Collection;
    return streaming(function* () {
      let i = -1;
      if (position < 0) yield* engine.through(values);
      for (const item of engine.through(args[0] as Collection)) {
        if (++i === position) yield* engine.through(values);
        yield item;
      }
      if (position > i) yield* engine.through(values);
    });
  }),
];

export function toList(collection: Collection, engine: Engine): List {
  if (collection instanceof List && collection.fixed) {
    engine.counted(collection);
    return collection;
  }
  const items = engine.listOf(collection);
  engine.meter.produce(items.length);
  return new List(items);
}

function times(list: List, count: unknown, engine: Engine): List {
  engine.meter.step();
  const result = repeatedList(list, count);
  engine.meter.produce(result.items.length);
  return result;
}

function replaced(
  collection: Collection,
  [position, count]: readonly [number, number],
  values: Iterable<YaqlValue>,
  engine: Engine,
): Stream {
  return streaming(function* () {
    let i = 0;
    let done = false;
    for (const item of engine.through(collection)) {
      if (!isTouched(i++, position, count)) yield item;
      else if (!done) {
        done = true;
        yield* values;
      }
    }
  });
}

/** The items of a pair: of anything that has items, of a map its keys, of a text its characters. */
export function pairOf(value: YaqlValue, keys: (value: YaqlValue) => Iterable<YaqlValue> | null): readonly [YaqlValue, YaqlValue] {
  const source = isIterable(value) ? start(value) : typeof value === 'string' ? value[Symbol.iterator]() : keys(value)?.[Symbol.iterator]();
  const [first, second] = [source?.next(), source?.next()];
  if (first === undefined || second === undefined || first.done === true || second.done === true)
    throw badValue('dict: every element must hold a key and a value');
  return [first.value, second.value];
}
