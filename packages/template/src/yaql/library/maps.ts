/** Maps and sets: making, looking up, changing. A change makes a new one. */
import { badValue } from '../bounds.ts';
import { areEqual, entriesOf, hashKey, memberKeys, membersOf } from '../equality.ts';
import type { Engine } from '../engine.ts';
import { define, type FunctionDefinition, type Lambda } from '../signature.ts';
import { type Collection, Dict, isSetLike, type Rule, SetOf, View, type YaqlValue } from '../values.ts';
import { pairOf, unrolled } from './lists.ts';
import { streaming } from './streams.ts';

type Pair = readonly [YaqlValue, YaqlValue];

/** A map of pairs, counted. */
function dictOf(pairs: Iterable<Pair>, engine: Engine, fixed = true): Dict {
  const dict = new Dict(entriesOf(pairs, engine.meter), fixed);
  engine.meter.produce(dict.entries.size);
  return dict;
}
const pairsOf = (dict: Dict): Iterable<Pair> => dict.entries.values();
const rulePairs = (rules: readonly unknown[]): Pair[] => (rules as Rule[]).map((rule) => [rule.source, rule.destination]);

function lookedUp(dict: Dict, key: YaqlValue, engine: Engine): Pair | undefined {
  return dict.entries.get(hashKey(key, engine.meter));
}
function needed(dict: Dict, key: YaqlValue, engine: Engine, word: boolean): YaqlValue {
  const found = lookedUp(dict, key, engine);
  // A key that was computed may be secret; one that stands in the expression is told.
  if (found === undefined) throw badValue(word ? `the map has no key "${key as string}"` : 'the map has no such key');
  return found[1];
}
function without(dict: Dict, keys: Iterable<YaqlValue>, engine: Engine): Dict {
  engine.meter.step(dict.entries.size);
  const entries = new Map(dict.entries);
  for (const key of keys) entries.delete(hashKey(key, engine.meter));
  return new Dict(entries, false);
}

export const mapFunctions: readonly FunctionDefinition[] = [
  ...define('function rules #map dict (*args: rule)', ({ rest, engine }) => dictOf(rulePairs(rest), engine)),
  ...define('function rules dict (items: iterable)', ({ args, engine }) => {
    const keys = (value: YaqlValue): Iterable<YaqlValue> | null =>
      value instanceof Dict ? [...value.entries.values()].map(([key]) => key) : null;
    const pairs: Pair[] = [];
    for (const item of engine.through(args[0] as Collection)) pairs.push(pairOf(item, keys));
    return dictOf(pairs, engine);
  }),
  ...define('method toDict (collection: iterable, keySelector: lambda, valueSelector: lambda = null)', ({ args, engine }) => {
    const [collection, key, value] = args as [Collection, Lambda, Lambda | null];
    const pairs: Pair[] = [];
    for (const item of engine.through(collection)) pairs.push([key(item), value === null ? item : value(item)]);
    return dictOf(pairs, engine, false);
  }),
  ...define('function #operator_. (dict: mapping, key: word)', ({ args, engine }) =>
    needed(args[0] as Dict, args[1] as string, engine, true),
  ),
  ...define('function #indexer (dict: mapping, key: any?)', ({ args, engine }) =>
    needed(args[0] as Dict, args[1] as YaqlValue, engine, false),
  ),
  ...define('function #indexer (dict: mapping, key: any?, default: any?)', ({ args, engine }) => found(args, engine)),
  ...define('method get (dict: mapping, key: any?, default: any? = null)', ({ args, engine }) => found(args, engine)),
  ...define('method rules set (dict: mapping, key: any?, value: any?)', ({ args, engine }) =>
    dictOf([...pairsOf(args[0] as Dict), [args[1] as YaqlValue, args[2] as YaqlValue]], engine),
  ),
  ...define('method rules set (dict: mapping, replacements: mapping)', ({ args, engine }) =>
    dictOf([...pairsOf(args[0] as Dict), ...pairsOf(args[1] as Dict)], engine),
  ),
  ...define('method rules set (dict: mapping, *args: rule)', ({ args, rest, engine }) =>
    dictOf([...pairsOf(args[0] as Dict), ...rulePairs(rest)], engine),
  ),
  ...define('method keys (dict: mapping)', ({ args }) => new View('keys', args[0] as Dict)),
  ...define('method values (dict: mapping)', ({ args }) => new View('values', args[0] as Dict)),
  ...define('method items (dict: mapping)', ({ args }) => new View('items', args[0] as Dict)),
  ...define(
    'method containsKey (dict: mapping, key: any?)',
    ({ args, engine }) => lookedUp(args[0] as Dict, args[1] as YaqlValue, engine) !== undefined,
  ),
  ...define('method containsValue (dict: mapping, value: any?)', ({ args, engine }) =>
    [...pairsOf(args[0] as Dict)].some(([, value]) => areEqual(value, args[1] as YaqlValue, engine.meter)),
  ),
  ...define('function #operator_+ (left: mapping, right: mapping)', ({ args, engine }) =>
    dictOf([...pairsOf(args[0] as Dict), ...pairsOf(args[1] as Dict)], engine),
  ),
  ...define('function isDict (arg: any?)', ({ args }) => args[0] instanceof Dict),
  ...define('both len (dict: mapping)', ({ args }) => BigInt((args[0] as Dict).entries.size)),
  ...define('method delete (dict: mapping, *keys: any?)', ({ args, rest, engine }) =>
    without(args[0] as Dict, rest as YaqlValue[], engine),
  ),
  ...define('method deleteAll (dict: mapping, keys: iterable)', ({ args, engine }) =>
    without(args[0] as Dict, engine.through(args[1] as Collection), engine),
  ),
];

function found(args: readonly unknown[], engine: Engine): YaqlValue {
  const entry = lookedUp(args[0] as Dict, args[1] as YaqlValue, engine);
  return entry === undefined ? (args[2] as YaqlValue) : entry[1];
}

type Members = ReadonlyMap<string, YaqlValue>;
/** A set out of those members of two sets that pass; views of maps have no such methods. */
function combined(
  args: readonly unknown[],
  engine: Engine,
  keep: (left: Members, right: Members) => Iterable<readonly [string, YaqlValue]>,
): SetOf {
  const [left, right] = args as [SetOf | View, SetOf | View];
  if (left instanceof View) throw badValue('keys and items of a map must be turned into a set first: toSet()');
  return new SetOf(new Map(keep(left.members, memberKeys(right, engine.meter))));
}
const absent = (from: Members, others: Members): [string, YaqlValue][] => [...from].filter(([key]) => !others.has(key));
const isPart = (part: Members, whole: Members): boolean => part.size <= whole.size && [...part.keys()].every((key) => whole.has(key));

function comparison(name: string, holds: (left: Members, right: Members) => boolean): readonly FunctionDefinition[] {
  return define(`function #operator_${name} (left: set, right: set)`, ({ args, engine }) => {
    const [left, right] = args as [SetOf | View, SetOf | View];
    return holds(memberKeys(left, engine.meter), memberKeys(right, engine.meter));
  });
}

const difference = (left: Members, right: Members): Iterable<readonly [string, YaqlValue]> => absent(left, right);

export const setFunctions: readonly FunctionDefinition[] = [
  ...define('function isSet (arg: any?)', ({ args }) => isSetLike(args[0])),
  ...define('function set (*args: any?)', ({ rest, engine }) => {
    const items = engine.counted(streaming(() => unrolled(rest as YaqlValue[], engine)));
    return new SetOf(membersOf(engine.through(items), engine.meter));
  }),
  ...define(
    'method toSet (collection: iterable)',
    ({ args, engine }) => new SetOf(membersOf(engine.through(args[0] as Collection), engine.meter)),
  ),
  ...define('both len (set: set)', ({ args, engine }) => BigInt(memberKeys(args[0] as SetOf | View, engine.meter).size)),
  ...comparison('<', (left, right) => left.size < right.size && isPart(left, right)),
  ...comparison('<=', isPart),
  ...comparison('>', (left, right) => left.size > right.size && isPart(right, left)),
  ...comparison('>=', (left, right) => isPart(right, left)),
  ...define('method union (left: set, right: set)', ({ args, engine }) =>
    combined(args, engine, (left, right) => [...left, ...absent(right, left)]),
  ),
  ...define('method intersect (left: set, right: set)', ({ args, engine }) =>
    combined(args, engine, (left, right) => [...left].filter(([key]) => right.has(key))),
  ),
  ...define('method difference (left: set, right: set)', ({ args, engine }) => combined(args, engine, difference)),
  ...define('function #operator_- (left: set, right: set)', ({ args, engine }) => combined(args, engine, difference)),
  ...define('method symmetricDifference (left: set, right: set)', ({ args, engine }) =>
    combined(args, engine, (left, right) => [...absent(left, right), ...absent(right, left)]),
  ),
  ...define('method add (set: set, *values: any?)', ({ args, rest, engine }) =>
    combined([args[0], new SetOf(membersOf(rest as YaqlValue[], engine.meter))], engine, (left, right) => [
      ...left,
      ...absent(right, left),
    ]),
  ),
  ...define('method remove (set: set, *values: any?)', ({ args, rest, engine }) =>
    combined([args[0], new SetOf(membersOf(rest as YaqlValue[], engine.meter))], engine, difference),
  ),
];
