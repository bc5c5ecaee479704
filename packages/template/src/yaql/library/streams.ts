/** Streams that functions share: remembered ones, parts of others. */
import { badValue, checkedCount } from '../bounds.ts';
import type { Engine } from '../engine.ts';
import { type Collection, iterate, Stream, type YaqlValue } from '../values.ts';

/** A stream that may be gone through many times; elements are computed once. */
export function remembered(stream: Stream, engine: Engine): Stream {
  const source = stream.open();
  const seen: YaqlValue[] = [];
  return new Stream(function* () {
    for (let i = 0; ; i++) {
      if (i === seen.length) {
        const next = source.next();
        if (next.done === true) return;
        seen.push(next.value);
        engine.meter.produce(1);
      }
      yield seen[i] as YaqlValue;
    }
  });
}
/** The collection itself unless it is gone through only once. */
export const again = (collection: Collection, engine: Engine): Collection =>
  collection instanceof Stream ? remembered(collection, engine) : collection;

/** A stream of what `items` yields. */
export function streaming(items: () => Generator<YaqlValue>): Stream {
  const source = items();
  return new Stream(() => source);
}

/** A count that must not be negative. */
export function countFrom(value: unknown, name: string): number {
  const count = Number(value);
  if (count < 0 || !Number.isSafeInteger(count)) throw badValue(`${name}: the count must not be negative or huge`);
  return count;
}

/** Up to `count` elements, taking no more than those from the source. */
export function* part(source: Iterator<YaqlValue>, count: number): Generator<YaqlValue> {
  for (let i = 0; i < count; i++) {
    const next = source.next();
    if (next.done === true) return;
    yield next.value;
  }
}
/** All of a stream, counted. */
export function gathered(source: Iterator<YaqlValue>): YaqlValue[] {
  const items: YaqlValue[] = [];
  for (let next = source.next(); next.done !== true; next = source.next()) {
    checkedCount(items.length + 1);
    items.push(next.value);
  }
  return items;
}
export const start = (collection: Collection): Iterator<YaqlValue> => iterate(collection);
