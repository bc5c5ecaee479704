/** From what a user gives to the value of a parameter, by its type. Pure; reasons never hold the value (it may be hidden). */
import { isJsonArray, type Json } from '@hearth/kernel';
import { exactInteger } from '../document/yaml-schema.ts';
import type { ParameterType } from '../definition/definition.ts';
import { integerFromText } from '../semantics/integers.ts';
import { plainText } from '../semantics/rendering.ts';

export type Coerced = { readonly value: Json; readonly reason: null } | { readonly value: null; readonly reason: string };

const good = (value: Json): Coerced => ({ value, reason: null });
const bad = (reason: string): Coerced => ({ value: null, reason });

const TRUE_WORDS = new Set(['t', 'true', 'on', 'y', 'yes', '1']);
const FALSE_WORDS = new Set(['f', 'false', 'off', 'n', 'no', '0']);
const FLOAT = /^[+-]?(?:(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?|inf|infinity|nan)$/;

/** An integer literal, else a float; null when the text is neither. Integers beyond 2^53 stay text, exactly. */
export function numberFromText(text: string): number | string | null {
  const integer = integerFromText(text);
  if (integer !== null) return exactInteger(integer);
  const word = text.trim().toLowerCase();
  if (!FLOAT.test(word)) return null;
  const unsigned = word.replace(/^[+-]/, '');
  const sign = word.startsWith('-') ? -1 : 1;
  if (unsigned === 'nan') return Number.NaN;
  if (unsigned.startsWith('inf')) return sign * Number.POSITIVE_INFINITY;
  const value = Number(unsigned.replaceAll('_', ''));
  return Number.isNaN(value) ? null : sign * value;
}

export function coerceParameter(type: ParameterType, given: Json): Coerced {
  switch (type) {
    case 'string':
      return good(plainText(given));
    case 'number':
      return coerceNumber(given);
    case 'boolean':
      return coerceBoolean(given);
    case 'comma_delimited_list':
      if (isJsonArray(given)) return good(given.map(plainText));
      if (typeof given !== 'string') return bad('the value must be a list, or a string with commas');
      return good(given === '' ? [] : given.split(','));
    case 'json':
      return coerceJson(given);
  }
}

function coerceNumber(given: Json): Coerced {
  if (typeof given === 'number' || typeof given === 'boolean') return good(given);
  const value = typeof given === 'string' ? numberFromText(given) : null;
  return value === null ? bad('the value must be a number') : good(value);
}

function coerceBoolean(given: Json): Coerced {
  if (typeof given === 'boolean') return good(given);
  const word = typeof given === 'string' || typeof given === 'number' ? plainText(given).trim().toLowerCase() : '';
  if (TRUE_WORDS.has(word)) return good(true);
  if (FALSE_WORDS.has(word)) return good(false);
  return bad('the value must be a boolean: one of t, true, on, y, yes, 1, f, false, off, n, no, 0');
}

function coerceJson(given: Json): Coerced {
  if (typeof given !== 'string' || given === '') return good(given);
  try {
    return good(JSON.parse(given) as Json);
  } catch {
    return bad('the value must be JSON');
  }
}
