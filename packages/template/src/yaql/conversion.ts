/** Data into values and results back into data. */
import { isJsonArray, type Json } from '@hearth/kernel';
import { badValue, checkedCount } from './bounds.ts';
import { momentText, SECOND } from './calendar.ts';
import type { Engine } from './engine.ts';
import { Moment, Span } from './moments.ts';
import { floatText, integerText } from './text.ts';
import { Dict, isIterable, isSetLike, List, type YaqlValue } from './values.ts';

/** A number without a fraction is an integer: data does not tell 1 from 1.0. Depth is bounded by that of documents. */
export function inward(data: Json, engine: Engine): YaqlValue {
  if (typeof data === 'number') return Number.isSafeInteger(data) && !Object.is(data, -0) ? BigInt(data) : data;
  if (data === null || typeof data !== 'object') return data;
  if (isJsonArray(data)) return new List(data.map((item) => inward(item, engine)));
  const pairs = Object.entries(data).map(([key, item]): [YaqlValue, YaqlValue] => [key, inward(item, engine)]);
  const entries = new Map<string, readonly [YaqlValue, YaqlValue]>();
  // Keys are texts and differ, so there is nothing to compare.
  for (const pair of pairs) entries.set(`s${(pair[0] as string).length}:${pair[0] as string}`, pair);
  return new Dict(entries);
}

/** A key as JSON writes it. */
function keyText(key: YaqlValue): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean' || typeof key === 'bigint') return String(key);
  if (typeof key === 'number') return floatText(key);
  throw badValue('a key of a map in the result must be a text, a number, true, false or null');
}

/** A result as data: streams are written out, every collection counted, sets become lists. */
export function outward(value: YaqlValue, engine: Engine): Json {
  return engine.meter.within(() => {
    engine.meter.produce(typeof value === 'string' ? value.length : 1);
    return converted(value, engine);
  });
}

function converted(value: YaqlValue, engine: Engine): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : integerText(value);
  if (value instanceof Dict) {
    checkedCount(value.entries.size);
    return Object.fromEntries([...value.entries.values()].map(([key, item]) => [keyText(key), outward(item, engine)]));
  }
  if (isIterable(value)) {
    const items = [...engine.through(engine.counted(value))];
    if (isSetLike(value) && items.some((item) => item instanceof List || item instanceof Dict || isSetLike(item)))
      throw badValue('a set of lists or maps cannot be a result; turn it into a list with toList()');
    return items.map((item) => outward(item, engine));
  }
  if (value instanceof Moment) return momentText(value, 'T');
  if (value instanceof Span) return Number(value.span) / Number(SECOND);
  throw badValue('the result is no data');
}
