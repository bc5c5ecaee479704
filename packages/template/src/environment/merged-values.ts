/** Two values of one parameter made one, by the strategy for it. What has no meaning is an error and never a guess. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import type { ParameterType } from '../definition/definition.ts';
import { loadDocument } from '../document/load-document.ts';

export type MergeStrategy = 'overwrite' | 'merge' | 'deep_merge';

export type MergedValue = { readonly value: Json } | { readonly wrong: string };

/** Long texts and lists that are joined again and again stay within what a request may hold. */
const MOST_CHARACTERS = 4_000_000;

/**
 * `below` onto which `above` is laid; undefined: nothing was there. Maps shallowly (deep: level by level, lists extended, texts joined),
 * lists one after the other, texts joined, numbers added (templates.md 7.1). Neither value is changed.
 */
export function mergedValue(below: Json | undefined, above: Json, type: ParameterType, strategy: MergeStrategy): MergedValue {
  switch (type) {
    case 'json':
      return mergedJson(below, above, strategy === 'deep_merge');
    case 'comma_delimited_list':
      return mergedList(below, above);
    case 'string':
      return mergedText(below, above);
    case 'number':
      return mergedNumber(below, above);
    case 'boolean':
      return { wrong: 'booleans cannot be merged' };
  }
}

function mergedJson(below: Json | undefined, above: Json, deep: boolean): MergedValue {
  const added = mapOf(above);
  const present = mapOf(below);
  if (added === null) return { wrong: 'the value is not a map, nor the text of one in JSON' };
  if (present === null) return { wrong: 'the value that it is merged into is not a map, nor the text of one in JSON' };
  if (Object.keys(present).length === 0) return { value: added };
  try {
    return { value: mergedMaps(present, added, deep, []) };
  } catch (error) {
    if (error instanceof Unlike) return { wrong: error.reason };
    throw error;
  }
}

/** Two kinds of values that cannot become one. */
class Unlike {
  readonly reason: string;
  constructor(path: readonly string[], reason: string) {
    this.reason = `at "${path.join('.')}" ${reason}`;
  }
}

/** As deep as documents can be. Null above says nothing. */
function mergedMaps(below: JsonObject, above: JsonObject, deep: boolean, path: readonly string[]): JsonObject {
  const merged = new Map<string, Json>(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    if (value !== null) merged.set(key, deep ? mergedDeeply(merged.get(key), value, [...path, key]) : value);
  }
  return Object.fromEntries(merged);
}

function mergedDeeply(below: Json | undefined, above: Json, path: readonly string[]): Json {
  if (isEmpty(below)) return above;
  if (isJsonObject(above)) {
    if (!isJsonObject(below)) throw new Unlike(path, 'a map meets something else');
    return mergedMaps(below, above, true, path);
  }
  if (isJsonArray(above)) {
    if (!isJsonArray(below)) throw new Unlike(path, 'a list meets something else');
    return [...below, ...above];
  }
  if (typeof above !== 'string') return above;
  if (typeof below !== 'string') throw new Unlike(path, 'text meets something else');
  return below + above;
}

function mergedList(below: Json | undefined, above: Json): MergedValue {
  const isList = isJsonArray(above);
  if (!isList && typeof above !== 'string') return { wrong: 'the value is neither a list nor text with commas' };
  if (isEmpty(below)) return { value: above };
  if (isJsonArray(below)) return { value: [...below, ...(isList ? above : above.split(','))] };
  if (typeof below !== 'string') return { wrong: 'the value that it is merged into is neither a list nor text with commas' };
  return isList ? { value: [...below.split(','), ...above] } : textWithin(`${below},${above}`);
}

function mergedText(below: Json | undefined, above: Json): MergedValue {
  const first = textOf(below ?? '');
  const second = textOf(above);
  if (second === null) return { wrong: 'the value is not text' };
  if (first === null) return { wrong: 'the value that it is merged into is not text' };
  return textWithin(first + second);
}

function mergedNumber(below: Json | undefined, above: Json): MergedValue {
  const first = numberOf(below ?? 0);
  const second = numberOf(above);
  if (second === null) return { wrong: 'the value is not a number' };
  if (first === null) return { wrong: 'the value that it is merged into is not a number' };
  const sum = first + second;
  return Number.isFinite(sum) ? { value: sum } : { wrong: 'the sum is too large' };
}

const textWithin = (text: string): MergedValue =>
  text.length > MOST_CHARACTERS ? { wrong: `the merged text is longer than ${MOST_CHARACTERS} characters` } : { value: text };

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (isJsonArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);

/** Nothing and empty text are an empty map; null: it is no map. */
function mapOf(value: Json | undefined): JsonObject | null {
  if (value === undefined || value === null || value === '') return {};
  if (isJsonObject(value)) return value;
  if (typeof value !== 'string' || !/^\s*\{/.test(value)) return null;
  try {
    const parsed: unknown = JSON.parse(value);
    return isJsonObject(parsed) && loadDocument(parsed).diagnostics.length === 0 ? parsed : null;
  } catch {
    return null;
  }
}

const textOf = (value: Json): string | null =>
  typeof value === 'string'
    ? value
    : typeof value === 'number'
      ? String(value)
      : typeof value === 'boolean'
        ? value
          ? 'True'
          : 'False'
        : null;

const numberOf = (value: Json): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)) return null;
  return Number(value);
};
