/** Reading values out of queries and bodies by Heat's rules, with its messages. */
import { Refusal, type Json } from '@hearth/kernel';

export const badRequest = (message: string, type = 'HTTPBadRequest'): Refusal => new Refusal('invalid', type, message);

/** Only `true` and `false`, in any case. */
export function flag(name: string, value: Json, type = 'HTTPBadRequest'): boolean {
  const text = String(value).toLowerCase();
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw badRequest(`Unrecognized value "${shown(value)}" for "${name}", acceptable values are: true, false.`, type);
}
export const queryFlag = (query: URLSearchParams, name: string, fallback: boolean): boolean => {
  const text = query.get(name);
  return text === null ? fallback : flag(name, text);
};

/** A whole number, 0 or more, as a number or as text. */
export function whole(name: string, value: Json): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`Only integer is acceptable by '${name}'.`);
  const number = Number(text);
  if (number < 0) throw badRequest(`Value '${shown(value)}' is invalid for '${name}' which only accepts non-negative integer.`);
  return Math.min(number, Number.MAX_SAFE_INTEGER);
}
export const queryWhole = (query: URLSearchParams, name: string): number | null => {
  const text = query.get(name);
  return text === null ? null : whole(name, text);
};

/** `limit`; null: none was asked for, or 0, which means the same. */
export const queryLimit = (query: URLSearchParams): number | null => queryWhole(query, 'limit') || null;

export const queryAll = (query: URLSearchParams, ...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => query.getAll(name));
export const queryAny = (query: URLSearchParams, ...names: readonly string[]): readonly string[] | null => {
  const values = queryAll(query, ...names);
  return values.length === 0 ? null : values;
};

/** `desc` or `asc`; null when not given. */
export function queryDescending(query: URLSearchParams): boolean | null {
  const text = query.get('sort_dir');
  if (text === null || text === '') return null;
  if (text === 'asc' || text === 'desc') return text === 'desc';
  throw badRequest(`Unknown sort direction "${text}", must be one of: asc, desc`, 'ValueError');
}

const MAX_TAG_LENGTH = 80;
/** Comma-separated text. */
export function tagList(text: string): readonly string[] {
  const tags = text.split(',');
  for (const tag of tags)
    if ([...tag].length > MAX_TAG_LENGTH)
      throw badRequest(`Invalid tag, "${tag.slice(0, 200)}" is longer than ${MAX_TAG_LENGTH} characters`);
  return tags;
}
export const queryTags = (query: URLSearchParams, name: string): readonly string[] => queryAll(query, name).flatMap(tagList);

function shown(value: Json): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200);
}
