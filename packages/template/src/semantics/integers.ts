/** Integers out of text, as Python's `int()` reads them, and list indices that may count from the end. */
import type { Json } from '@hearth/kernel';

const INTEGER = /^[+-]?\d+(?:_\d+)*$/;

/** Null when the text is no integer: blanks around, a sign and single underscores are allowed. */
export function integerFromText(text: string): bigint | null {
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed)) return null;
  const digits = trimmed.replaceAll('_', '').replace(/^\+/, '');
  return BigInt(digits);
}

/** What `int(value)` gives for an index: a number truncated, a boolean 0 or 1, text parsed; null when it is none of these. */
export function convertedIndex(value: Json): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return null;
  const parsed = integerFromText(value);
  return parsed === null ? null : Number(parsed);
}

/** The item at an index that may be negative; undefined when there is none. */
export function itemAt<T>(list: readonly T[], index: number): T | undefined {
  return list[index < 0 ? list.length + index : index];
}
