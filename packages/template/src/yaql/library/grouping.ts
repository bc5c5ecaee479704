/** Ordering, grouping, and putting collections together. */
import { badValue, checkedBytes, YaqlProblem } from '../bounds.ts';
import type { Context } from '../context.ts';
import type { Engine } from '../engine.ts';
import { areEqual, hashKey } from '../equality.ts';
import { define, type FunctionDefinition, type Invocation, type Lambda } from '../signature.ts';
import { type Collection, Dict, isIterable, isTrue, iterate, List, Ordering, type YaqlValue } from '../values.ts';
import { distinct } from './queries.ts';
import { again, streaming } from './streams.ts';

const operated = (engine: Engine, context: Context, name: string, a: YaqlValue, b: YaqlValue): boolean =>
  isTrue(engine.call(name, context.child(), [a, b]));

/** Sorted by the fields in turn with the operators `<` and `>`; equal items keep their order. */
function sorter(engine: Engine, context: Context): (ordering: Ordering) => readonly YaqlValue[] {
  return ({ source, fields }) => {
    const compare = (left: YaqlValue, right: YaqlValue): number => {
      for (const { select, ascending } of fields) {
        const [a, b] = [select(left), select(right)];
        if (operated(engine, context, '#operator_<', a, b)) return ascending ? -1 : 1;
        if (operated(engine, context, '#operator_>', a, b)) return ascending ? 1 : -1;
      }
      return 0;
    };
    return [...source].sort(compare);
  };
}
function orderedBy(ascending: boolean): (call: Invocation) => YaqlValue {
  return ({ args, engine, context }) => {
    const ordering = new Ordering(engine.through(args[0] as Collection), sorter(engine, context));
    ordering.fields.push({ select: args[1] as Lambda, ascending });
    return ordering;
  };
}
function thenBy(ascending: boolean): (call: Invocation) => YaqlValue {
  return ({ args }) => {
    const ordering = args[0] as Ordering;
    ordering.fields.push({ select: args[1] as Lambda, ascending });
    return ordering;
  };
}

/**
 * What an aggregator makes of the groups. It gets the values of a group; where that fails because nothing takes them, it gets the pair of
 * key and values instead, as old templates expect, unless it already worked the new way.
 */
class Aggregator {
  readonly #aggregate: Lambda;
  readonly #engine: Engine;
  #mayFallBack = true;
  #failure: YaqlProblem | null = null;

  constructor(aggregate: Lambda, engine: Engine) {
    this.#aggregate = aggregate;
    this.#engine = engine;
  }
  of(key: YaqlValue, values: List): YaqlValue {
    if (this.#failure === null) {
      try {
        const result = this.#aggregate(values);
        if (!this.#couldBePair(values, result)) this.#mayFallBack = false;
        return new List([key, result]);
      } catch (error) {
        if (!(error instanceof YaqlProblem) || !(error.fault === 'no-match' || error.isIndex)) throw error;
        this.#failure = error;
      }
    }
    if (this.#mayFallBack) {
      const result = this.#pair(new List([key, values]));
      if (result !== null) return result;
    }
    throw this.#failure;
  }
  #couldBePair({ items }: List, result: YaqlValue): boolean {
    const [first] = items;
    return (
      items.length === 2 &&
      result instanceof List &&
      result.items.length === 2 &&
      areEqual(result.items[0] as YaqlValue, first as YaqlValue, this.#engine.meter)
    );
  }
  #pair(group: List): YaqlValue | null {
    try {
      const result = this.#aggregate(group);
      const size =
        result instanceof List
          ? result.items.length
          : result instanceof Dict
            ? result.entries.size
            : typeof result === 'string'
              ? result.length
              : 0;
      return size === 2 ? result : null;
    } catch (error) {
      if (error instanceof YaqlProblem && error.fault !== 'limit') return null;
      throw error;
    }
  }
}

function grouped({ args, engine }: Invocation): YaqlValue {
  const [collection, key, value, aggregate] = args as [Collection, Lambda, Lambda | null, Lambda | null];
  const groups = new Map<string, readonly [YaqlValue, YaqlValue[]]>();
  for (const item of engine.through(collection)) {
    const member = value === null ? item : value(item);
    const name = key(item);
    const hash = hashKey(name, engine.meter);
    const group = groups.get(hash) ?? ([name, []] as const);
    group[1].push(member);
    groups.set(hash, group);
  }
  const aggregator = aggregate === null ? null : new Aggregator(aggregate, engine);
  return streaming(function* () {
    for (const [name, members] of groups.values()) {
      const values = new List(members, false);
      yield aggregator === null ? new List([name, values]) : aggregator.of(name, values);
    }
  });
}

/** One tuple of the next elements of all; shorter ones are filled up when `fill` is given. */
function* zipped(collections: readonly Collection[], engine: Engine, fill: YaqlValue | undefined): Generator<YaqlValue> {
  const sources = collections.map((collection) => iterate(collection));
  const ended = new Set<number>();
  for (;;) {
    const row: YaqlValue[] = [];
    engine.meter.step(sources.length);
    for (const [i, source] of sources.entries()) {
      const next = ended.has(i) ? null : source.next();
      if (next !== null && next.done !== true) row.push(next.value);
      else if (fill === undefined) return;
      else {
        ended.add(i);
        row.push(fill);
      }
    }
    if (ended.size === sources.length) return;
    yield new List(row);
  }
}

interface Merging {
  readonly lists: (a: YaqlValue, b: YaqlValue) => YaqlValue;
  readonly items: (a: YaqlValue, b: YaqlValue) => YaqlValue;
}
function merged(a: Dict, b: Dict, merging: Merging, levels: number, engine: Engine): Dict {
  return engine.meter.within(() => {
    engine.meter.step(a.entries.size + b.entries.size);
    const entries = new Map(a.entries);
    for (const [hash, [key, other]] of b.entries) {
      const mine = a.entries.get(hash)?.[1];
      entries.set(hash, [a.entries.get(hash)?.[0] ?? key, mine === undefined ? other : mergedValue(mine, other, merging, levels, engine)]);
    }
    return new Dict(entries, false);
  });
}
function mergedValue(mine: YaqlValue, other: YaqlValue, merging: Merging, levels: number, engine: Engine): YaqlValue {
  if (levels !== 1 && other instanceof Dict) {
    if (!(mine instanceof Dict)) throw badValue('mergeWith: a map cannot be merged with something else');
    return merged(mine, other, merging, levels === 0 ? 0 : levels - 1, engine);
  }
  if (levels !== 1 && other instanceof List) {
    if (!(mine instanceof List)) throw badValue('mergeWith: a list cannot be merged with something else');
    return merging.lists(mine, other);
  }
  return merging.items(mine, other);
}

export const groupingFunctions: readonly FunctionDefinition[] = [
  ...define('method orderBy (collection: iterable, selector: lambda)', orderedBy(true)),
  ...define('method orderByDescending (collection: iterable, selector: lambda)', orderedBy(false)),
  ...define('method thenBy (collection: ordering, selector: lambda)', thenBy(true)),
  ...define('method thenByDescending (collection: ordering, selector: lambda)', thenBy(false)),
  ...define('method groupBy (collection: iterable, keySelector: lambda, valueSelector: lambda = null, aggregator: lambda = null)', grouped),
  ...define('method zip (*collections: iterable)', ({ rest, engine }) => streaming(() => zipped(rest as Collection[], engine, undefined))),
  ...define('method zipLongest (*collections: iterable, **named)', ({ rest, named, engine }) =>
    streaming(() => zipped(rest as Collection[], engine, named.get('default') ?? null)),
  ),
  ...define('method join (collection1: iterable, collection2: iterable, predicate: lambda, selector: lambda)', ({ args, engine }) => {
    const [first, second, predicate, selector] = args as [Collection, Collection, Lambda, Lambda];
    return streaming(function* () {
      const others = again(second, engine);
      for (const a of engine.through(first)) for (const b of engine.through(others)) if (isTrue(predicate(a, b))) yield selector(a, b);
    });
  }),
  ...define(
    'method mergeWith (dict: mapping, another: mapping, listMerger: lambda = null, itemMerger: lambda = null, maxLevels: int = 0)',
    (call) => {
      const [first, second, lists, items, levels] = call.args as [Dict, Dict, Lambda | null, Lambda | null, bigint];
      const { engine } = call;
      const mergedLists = (a: YaqlValue, b: YaqlValue): YaqlValue => {
        const [x, y] = [a as List, b as List];
        if (x.fixed !== y.fixed) throw badValue('mergeWith: lists of different kinds cannot be merged');
        return new List([...distinct([...x.items, ...y.items], null, engine)]);
      };
      return merged(first, second, { lists: lists ?? mergedLists, items: items ?? ((_, b) => b) }, Number(levels), engine);
    },
  ),
];

export const generatingFunctions: readonly FunctionDefinition[] = [
  ...define('function range (stop: int)', ({ args, engine }) => ranged(0n, BigInt(args[0] as bigint), 1n, engine)),
  ...define('function range (start: int, stop: int, step: int = 1)', ({ args, engine }) =>
    ranged(BigInt(args[0] as bigint), BigInt(args[1] as bigint), BigInt(args[2] as bigint), engine),
  ),
  ...define('function sequence (start: int = 0, step: int = 1)', ({ args, engine }) =>
    streaming(function* () {
      for (let at = BigInt(args[0] as bigint); ; at += BigInt(args[1] as bigint)) {
        engine.meter.step();
        yield at;
      }
    }),
  ),
  ...define('method repeat (value: any?, times: int = -1)', ({ args, engine }) => {
    const times = Number(args[1]);
    return streaming(function* () {
      for (let i = 0; times < 0 || i < times; i++) {
        engine.meter.step();
        yield args[0] as YaqlValue;
      }
    });
  }),
  ...define('method cycle (collection: iterable)', ({ args, engine }) =>
    streaming(function* () {
      const kept = again(args[0] as Collection, engine);
      for (let any = true; any; ) {
        any = false;
        for (const item of engine.through(kept)) {
          any = true;
          yield item;
        }
      }
    }),
  ),
  ...define(
    'function generate (initial: any?, predicate: lambda, producer: lambda, selector: lambda = null, decycle: bool = false)',
    (call) => {
      const [initial, predicate, producer, selector, decycle] = call.args as [YaqlValue, Lambda, Lambda, Lambda | null, boolean];
      return streaming(function* () {
        const seen = new Set<string>();
        for (let item = initial; isTrue(predicate(item)); item = producer(item)) {
          if (decycle && !isNew(seen, item, call.engine)) return;
          yield selector === null ? item : selector(item);
        }
      });
    },
  ),
  ...define(
    'function generateMany (initial: any?, producer: lambda, selector: lambda = null, decycle: bool = false, depthFirst: bool = false)',
    ({ args, engine }) => streaming(() => generatedMany(args, engine)),
  ),
];

function ranged(from: bigint, to: bigint, by: bigint, engine: Engine): YaqlValue {
  if (by === 0n) throw badValue('range: the step must not be 0');
  return streaming(function* () {
    for (let at = from; by > 0n ? at < to : at > to; at += by) {
      engine.meter.step();
      yield at;
    }
  });
}
function isNew(seen: Set<string>, item: YaqlValue, engine: Engine): boolean {
  const key = hashKey(item, engine.meter);
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
function* generatedMany(args: readonly unknown[], engine: Engine): Generator<YaqlValue> {
  const [initial, producer, selector, decycle, depthFirst] = args as [YaqlValue, Lambda, Lambda | null, boolean, boolean];
  const seen = new Set<string>();
  let queue: YaqlValue[] = [initial];
  while (queue.length > 0) {
    const item = queue[0] as YaqlValue;
    queue = queue.slice(1);
    if (decycle && !isNew(seen, item, engine)) continue;
    yield selector === null ? item : selector(item);
    const produced = spread(producer(item), engine);
    queue = depthFirst ? [...produced, ...queue] : [...queue, ...produced];
    checkedBytes(16 * queue.length);
  }
}
/** Elements of whatever can be gone through, a text by its characters and a map by its keys. */
function spread(value: YaqlValue, engine: Engine): YaqlValue[] {
  if (typeof value === 'string') return [...value];
  if (value instanceof Dict) return [...value.entries.values()].map(([key]) => key);
  if (!isIterable(value)) throw badValue('generateMany: the producer must yield a collection');
  return [...engine.through(engine.counted(value))];
}
