/** Whether a coerced value keeps a constraint, with Heat's words when it does not. */
import { isJsonArray, isJsonObject, jsonEqual, unreachable, type Json } from '@hearth/kernel';
import { printed } from './coerce.ts';
import type { Constraint } from './schema.ts';

/** True when the whole value matches. Must be linear in the value, whatever the pattern. */
export type PatternMatcher = (pattern: string, value: string) => boolean;

type LocalConstraint = Exclude<Constraint, { readonly kind: 'custom' }>;

/** What is wrong, or null. A kind of value that the constraint says nothing about passes. */
export function brokenConstraint(constraint: LocalConstraint, value: Json, matchesPattern: PatternMatcher, secret = false): string | null {
  const text = secret ? '***' : printed(value);
  switch (constraint.kind) {
    case 'range':
      if (typeof value !== 'number' || isWithin(value, constraint)) return null;
      return `${text} is out of range (min: ${bound(constraint.min)}, max: ${bound(constraint.max)})`;
    case 'length': {
      const length = lengthOf(value);
      if (length === null || isWithin(length, constraint)) return null;
      return `length (${length}) is out of range (min: ${bound(constraint.min)}, max: ${bound(constraint.max)})`;
    }
    case 'modulo':
      if (typeof value !== 'number' || isStep(value, constraint.step, constraint.offset)) return null;
      return `${text} is not a multiple of ${constraint.step} with an offset of ${constraint.offset}`;
    case 'allowed-values': {
      // A text may be one of numbers: the protocol "6" is the protocol 6.
      const isAllowed = (item: Json): boolean =>
        constraint.values.some(
          (allowed) => jsonEqual(allowed, item) || (typeof item === 'string' && typeof allowed === 'number' && String(allowed) === item),
        );
      if (isJsonArray(value) ? value.every(isAllowed) : isAllowed(value)) return null;
      return `${secret ? '"***"' : asJson(value)} is not an allowed value ${asJson(constraint.values)}`;
    }
    case 'allowed-pattern':
      if (typeof value !== 'string' || matchesPattern(constraint.pattern, value)) return null;
      return `"${text}" does not match pattern "${constraint.pattern}"`;
    default:
      return unreachable(constraint);
  }
}

/** With the spaces that users of Heat see between items. */
const asJson = (value: Json): string =>
  isJsonArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(value);

const bound = (limit: number | null): string => (limit === null ? 'None' : String(limit));

function isWithin(value: number, { min, max }: { readonly min: number | null; readonly max: number | null }): boolean {
  return (min === null || value >= min) && (max === null || value <= max);
}

/** Code points, not UTF-16 units. */
function lengthOf(value: Json): number | null {
  if (typeof value === 'string') return [...value].length;
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : null;
}

function isStep(value: number, step: number, offset: number): boolean {
  return Number.isInteger(value) && (value - offset) % step === 0;
}
