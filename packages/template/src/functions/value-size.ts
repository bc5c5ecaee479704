/** How much a value weighs when it is written out: its characters and elements. */
import { isJsonArray, type Json } from '@hearth/kernel';

/** Of values that were weighed whole: the same one is often asked for again. Values never change. */
const weighed = new WeakMap<object, number>();

/** Counts no further than `limit`. Iterative. */
export function valueSize(value: Json, limit: number): number {
  if (typeof value === 'string') return value.length + 1;
  if (value === null || typeof value !== 'object') return 1;
  const known = weighed.get(value) ?? counted(value, limit);
  if (known <= limit) weighed.set(value, known);
  return known;
}

function counted(value: object & Json, limit: number): number {
  let size = 0;
  const left: Json[] = [value];
  for (let item = left.pop(); item !== undefined && size <= limit; item = left.pop()) {
    size += typeof item === 'string' ? item.length + 1 : 1;
    if (item === null || typeof item !== 'object') continue;
    if (isJsonArray(item)) for (const child of item) left.push(child);
    else {
      for (const [key, child] of Object.entries(item)) {
        size += key.length;
        left.push(child);
      }
    }
  }
  return size;
}
