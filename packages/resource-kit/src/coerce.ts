/** Scalars as Heat's properties take them: numeric text for integers, true/false text for booleans, whole numbers for strings. */
import { isJsonArray, isJsonObject, unreachable, type Json } from '@hearth/kernel';
import type { PropertyKind } from './schema.ts';

type ScalarKind = Exclude<PropertyKind, 'list' | 'map' | 'any'>;
export type Coerced = { readonly value: Json } | { readonly problem: (shown: string) => string };

const INTEGER_TEXT = /^\s*[+-]?\d+(?:_\d+)*\s*$/;
const NUMBER_TEXT = /^\s*[+-]?(?:\d+(?:_\d+)*\.?(?:\d+)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const numberOf = (text: string): number => Number(text.trim().replaceAll('_', '').replace(/^\+/, ''));

export function coerceScalar(kind: ScalarKind, value: Json): Coerced {
  switch (kind) {
    case 'string':
      return stringOf(value);
    case 'integer':
      return integerOf(value);
    case 'number':
      if (typeof value === 'number') return { value };
      if (typeof value === 'boolean') return { value: value ? 1 : 0 };
      if (typeof value === 'string' && NUMBER_TEXT.test(value)) return { value: numberOf(value) };
      return {
        problem: (shown) =>
          typeof value === 'string' ? `could not convert string to float: '${shown}'` : `Value '${shown}' is not a number`,
      };
    case 'boolean':
      if (typeof value === 'boolean') return { value };
      if (typeof value === 'string' && /^(true|false)$/i.test(value)) return { value: value.toLowerCase() === 'true' };
      return { problem: (shown) => `"${shown}" is not a valid boolean` };
    default:
      return unreachable(kind);
  }
}

function stringOf(value: Json): Coerced {
  if (typeof value === 'string') return { value };
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value))) return { value: printed(value) };
  return { problem: (shown) => `Value must be a string; got ${shown}` };
}

function integerOf(value: Json): Coerced {
  // Heat truncates a fraction (1.5 is 1), but refuses text with one.
  if (typeof value === 'number' && Number.isFinite(value)) return { value: Math.trunc(value) };
  if (typeof value === 'boolean') return { value: value ? 1 : 0 };
  if (typeof value === 'string' && INTEGER_TEXT.test(value)) return { value: numberOf(value) };
  return { problem: (shown) => `Value '${shown}' is not an integer` };
}

/** What an explicit null means where there is no default. */
export function emptyOf(kind: PropertyKind): Json {
  switch (kind) {
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'list':
      return [];
    case 'map':
      return {};
    case 'any':
      return null;
    default:
      return unreachable(kind);
  }
}

/** A value inside a message, in the host language's notation that users of Heat see: `True`, `None`, `{'a': 1}`. */
export const printed = (value: Json): string => (typeof value === 'string' ? value : quoted(value));

/** The same, with strings quoted. */
export function quoted(value: Json): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  if (isJsonArray(value)) return `[${value.map(quoted).join(', ')}]`;
  if (isJsonObject(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${quoted(key)}: ${quoted(item)}`)
      .join(', ')}}`;
  }
  return String(value);
}
