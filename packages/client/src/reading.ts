/** What answers say, taken as it comes: whatever is absent or of another kind is as if it were empty. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';

type Said = Json | undefined;

export const objectOf = (value: Said): JsonObject => (value !== undefined && isJsonObject(value) ? value : {});
export const textOf = (value: Said): string | null => (typeof value === 'string' ? value : null);
export const textOrEmpty = (value: Said): string => textOf(value) ?? '';
export const numberOf = (value: Said): number | null => (typeof value === 'number' ? value : null);
export const itemsOf = (value: Said): readonly Json[] => (value !== undefined && isJsonArray(value) ? value : []);
/** The list under `key`. */
export const listOf = (body: Json, key: string): readonly Json[] => itemsOf(objectOf(body)[key]);
/** Numbers by name. */
export const countsOf = (value: Said): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(objectOf(value)).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
