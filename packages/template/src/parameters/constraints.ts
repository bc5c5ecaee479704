/** Whether a parameter's value keeps the constraints of its schema, and why not. */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';
import type { Costs } from '../definition/costs.ts';
import type { ParameterConstraint, ParameterSchema, ParameterType } from '../definition/definition.ts';
import { MAX_PATTERN_STEPS } from '../document/limits.ts';
import { jsonText, plainText } from '../semantics/rendering.ts';
import { looselyEqual } from '../semantics/truth.ts';
import { coerceParameter } from './coercion.ts';
import { compilePattern } from './pattern.ts';

/** Types that each kind of constraint may be put on. */
export const CONSTRAINT_TYPES: Readonly<Record<ParameterConstraint['kind'], readonly ParameterType[]>> = {
  length: ['string', 'comma_delimited_list', 'json'],
  range: ['number'],
  modulo: ['number'],
  'allowed-values': ['string', 'number', 'boolean', 'comma_delimited_list'],
  'allowed-pattern': ['string'],
  custom: ['string', 'number', 'boolean', 'comma_delimited_list'],
};

/** The first reason why the coerced `value` breaks a constraint; null when it keeps all. Custom ones ask a service and are not decided here. */
export function brokenConstraint(schema: ParameterSchema, value: Json, costs: Costs): string | null {
  for (const constraint of schema.constraints) {
    const reason = reasonAgainst(constraint, schema, value, costs);
    if (reason !== null) return constraint.message ?? reason;
  }
  return null;
}

const limits = (min: number | null, max: number | null): string => `min: ${plainText(min)}, max: ${plainText(max)}`;

function lengthOf(value: Json): number {
  if (typeof value === 'string') return [...value].length;
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

const outside = (value: number, min: number | null, max: number | null): boolean =>
  (min !== null && value < min) || (max !== null && value > max);

function reasonAgainst(constraint: ParameterConstraint, schema: ParameterSchema, value: Json, costs: Costs): string | null {
  const shown = schema.hidden ? 'the value' : null;
  switch (constraint.kind) {
    case 'length': {
      const length = lengthOf(value);
      if (!outside(length, constraint.min, constraint.max)) return null;
      return `length${shown === null ? ` (${length})` : ''} is out of range (${limits(constraint.min, constraint.max)})`;
    }
    case 'range':
      if (!outside(Number(value), constraint.min, constraint.max)) return null;
      return `${shown ?? plainText(value)} is out of range (${limits(constraint.min, constraint.max)})`;
    case 'modulo':
      if (isMultiple(Number(value), constraint.step, constraint.offset)) return null;
      return `${shown ?? plainText(value)} is not a multiple of ${constraint.step} with an offset of ${constraint.offset}`;
    case 'allowed-values': {
      const allowed = constraint.values.map((item) =>
        schema.type === 'comma_delimited_list' ? plainText(item) : (coerceParameter(schema.type, item).value ?? item),
      );
      const candidates = isJsonArray(value) ? value : [value];
      if (candidates.every((item) => allowed.some((other) => looselyEqual(other, item)))) return null;
      return `${shown ?? jsonText(value, false)} is not an allowed value ${jsonText(constraint.values, false)}`;
    }
    case 'allowed-pattern': {
      const pattern = compilePattern(constraint.pattern);
      if (pattern.problem !== null) return null;
      const matches = pattern.matchesWhole(plainText(value), costs);
      if (matches === true) return null;
      if (matches === null) return `matching pattern "${constraint.pattern}" takes more than the ${MAX_PATTERN_STEPS} steps allowed`;
      return `${shown ?? `"${plainText(value)}"`} does not match pattern "${constraint.pattern}"`;
    }
    case 'custom':
      return null;
  }
}

function isMultiple(value: number, step: number, offset: number): boolean {
  return Number.isInteger(value) && (value - offset) % step === 0;
}
