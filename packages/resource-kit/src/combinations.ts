/**
 * What rules about combinations of properties ask and say. A value that is not known yet is `undefined`: it is neither filled nor empty, so
 * that nothing is decided by it. The words are those that users of Heat know.
 */
import { isJsonArray, isJsonObject } from '@hearth/kernel';

/** Whether the value is known and says something. */
export function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return false;
  if (isJsonArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
}

/** Whether the value is known and says nothing. */
export const isEmpty = (value: unknown): boolean => value !== undefined && !isFilled(value);

/** Whether the value is known and there is one, be it empty: an explicit null in a template arrives as the empty value of its kind. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

export const conflict = (...names: readonly string[]): string =>
  `Cannot define the following properties at the same time: ${names.join(', ')}.`;
export const oneNeeded = (...names: readonly string[]): string =>
  `At least one of the following properties must be specified: ${names.join(', ')}.`;
export const needsBeside = (name: string, other: string): string => `${name} cannot be specified without ${other}.`;
export const needsValue = (name: string, other: string, value: string): string =>
  `${name} property should only be specified for ${other} with value ${value}.`;
