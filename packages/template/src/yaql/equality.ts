/** Equality as the language has it: numbers and booleans by value, fixed lists never equal to growing ones, maps whatever their order. */
import { badValue, type Meter } from './bounds.ts';
import { Moment, Span } from './moments.ts';
import { Dict, isSetLike, List, Regex, SetOf, View, viewItems, type YaqlValue } from './values.ts';

/** A text that is the same for equal values; values that cannot be keys are refused. Depth is bounded by that of expressions and data. */
export function hashKey(value: YaqlValue, meter: Meter): string {
  return meter.within(() => keyOf(value, meter));
}

function keyOf(value: YaqlValue, meter: Meter): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return `n${Number(value)}`;
  if (typeof value === 'bigint') return `n${value}`;
  if (typeof value === 'number') return Number.isInteger(value) ? `n${BigInt(value)}` : `n${value}`;
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (value instanceof List) {
    if (!value.fixed) throw badValue('a list that grows cannot be a key or a member of a set');
    return `(${value.items.map((item) => hashKey(item, meter)).join(',')})`;
  }
  if (value instanceof Dict) {
    if (!value.fixed) throw badValue('a map made by a function cannot be a key or a member of a set');
    return `{${[...value.entries]
      .map(([key, [, item]]) => `${key}:${hashKey(item, meter)}`)
      .sort()
      .join(',')}}`;
  }
  if (value instanceof SetOf) return `<${[...value.members.keys()].sort().join(',')}>`;
  if (value instanceof View && value.of !== 'values') throw badValue('keys and items of a map cannot be a key or a member of a set');
  if (value instanceof Moment) return `m${value.instant}`;
  if (value instanceof Span) return `d${value.span}`;
  if (value instanceof Regex) return `r${value.source.length}:${value.source}`;
  return `o${meter.identity(value)}`;
}

const comparable = (value: YaqlValue): value is boolean | bigint | number =>
  typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number';
// Loose comparison is exact between bigint and number.
const asNumber = (value: boolean | bigint | number): bigint | number => (typeof value === 'boolean' ? BigInt(value) : value);

export function areEqual(a: YaqlValue, b: YaqlValue, meter: Meter): boolean {
  return a === b || meter.within(() => haveEqualParts(a, b, meter));
}

function haveEqualParts(a: YaqlValue, b: YaqlValue, meter: Meter): boolean {
  if (comparable(a)) {
    if (!comparable(b)) return false;
    const [x, y] = [asNumber(a), asNumber(b)];
    return x <= y && x >= y;
  }
  if (a === null || b === null || typeof a === 'string' || typeof b !== 'object') return false;
  if (a instanceof List)
    return (
      b instanceof List &&
      a.fixed === b.fixed &&
      a.items.length === b.items.length &&
      a.items.every((item, i) => areEqual(item, b.items[i] as YaqlValue, meter))
    );
  if (a instanceof Dict) {
    if (!(b instanceof Dict) || a.entries.size !== b.entries.size) return false;
    return [...a.entries].every(([key, [, item]]) => {
      const other = b.entries.get(key);
      return other !== undefined && areEqual(item, other[1], meter);
    });
  }
  if (isSetLike(a)) {
    if (!isSetLike(b)) return false;
    const [x, y] = [memberKeys(a, meter), memberKeys(b, meter)];
    return x.size === y.size && [...x.keys()].every((key) => y.has(key));
  }
  if (a instanceof Moment) return b instanceof Moment && a.instant === b.instant;
  if (a instanceof Span) return b instanceof Span && a.span === b.span;
  return a instanceof Regex && b instanceof Regex && a.source === b.source && a.pattern === b.pattern;
}

/** The members of a set, or of keys or items as a set. */
export function memberKeys(set: SetOf | View, meter: Meter): ReadonlyMap<string, YaqlValue> {
  return set instanceof SetOf ? set.members : membersOf(viewItems(set), meter);
}
export function membersOf(items: Iterable<YaqlValue>, meter: Meter): ReadonlyMap<string, YaqlValue> {
  const members = new Map<string, YaqlValue>();
  for (const item of items) {
    const key = hashKey(item, meter);
    if (!members.has(key)) members.set(key, item);
  }
  return members;
}
/** A map of pairs; of equal keys the first is kept with the last value. */
export function entriesOf(pairs: Iterable<readonly [YaqlValue, YaqlValue]>, meter: Meter): Map<string, readonly [YaqlValue, YaqlValue]> {
  const entries = new Map<string, readonly [YaqlValue, YaqlValue]>();
  for (const [key, value] of pairs) {
    const hash = hashKey(key, meter);
    entries.set(hash, [entries.get(hash)?.[0] ?? key, value]);
  }
  return entries;
}
