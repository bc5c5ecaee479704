/** Equality and truth as templates know them from Python: numbers and booleans compare by value, empty things are false. */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';

export function isFalsy(value: Json): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** `1 = 1.0 = true`, `'1' ≠ 1`, maps ignore order. */
export function looselyEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (typeof a === 'boolean' || typeof b === 'boolean') {
    return (
      (typeof a === 'number' || typeof a === 'boolean') && (typeof b === 'number' || typeof b === 'boolean') && Number(a) === Number(b)
    );
  }
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (isJsonArray(a)) return isJsonArray(b) && a.length === b.length && a.every((item, i) => looselyEqual(item, b[i] as Json));
  if (isJsonArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) => Object.hasOwn(b, key) && looselyEqual((a as Record<string, Json>)[key] as Json, (b as Record<string, Json>)[key] as Json),
  );
}

/** A key under which loosely equal values fall together, for sets. */
export function equalityKey(value: Json): string {
  if (typeof value === 'boolean') return String(Number(value));
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(equalityKey).join(',')}]`;
  const parts = Object.keys(value).sort();
  return `{${parts.map((key) => `${JSON.stringify(key)}:${equalityKey((value as Record<string, Json>)[key] as Json)}`).join(',')}}`;
}
