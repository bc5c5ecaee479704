/** HOT's `constraints` list of a parameter. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type Path } from '@hearth/kernel';
import type { ParameterConstraint, ParameterType } from '../definition/definition.ts';
import { type Problems, similar } from '../definition/problems.ts';
import { numberFromText } from './coercion.ts';
import { CONSTRAINT_TYPES } from './constraints.ts';
import { compilePattern } from './pattern.ts';

/** What the version of the template allows. */
export interface SchemaFeatures {
  readonly modulo: boolean;
  readonly tags: boolean;
}

/** The first of these that an item has counts; Heat does not look at the others. */
const KINDS: Readonly<Record<string, ParameterConstraint['kind']>> = {
  modulo: 'modulo',
  range: 'range',
  length: 'length',
  allowed_values: 'allowed-values',
  allowed_pattern: 'allowed-pattern',
  custom_constraint: 'custom',
};

const IGNORED = {
  severity: 'warning',
  type: 'InvalidSchemaError',
  code: 'ignored-constraint',
  hint: 'give each constraint an item of its own in the list',
} as const;

/** What is wrong with a constraint, as an exception inside this file only. */
class Unfit extends Error {}

export function readConstraints(
  given: Json,
  type: ParameterType,
  path: Path,
  features: SchemaFeatures,
  problems: Problems,
): readonly ParameterConstraint[] {
  if (given === null) return [];
  const wrong = (message: string, at: Path, hint: string | null = null): void =>
    problems.add({ type: 'InvalidSchemaError', code: 'invalid-parameter-constraint', message, path: at, hint });
  if (!isJsonArray(given)) {
    wrong('constraints must be a list', path);
    return [];
  }
  const known = Object.keys(KINDS).filter((key) => key !== 'modulo' || features.modulo);
  const result: ParameterConstraint[] = [];
  for (const [i, item] of given.entries()) {
    const at = [...path, i];
    if (!isJsonObject(item)) {
      wrong('a constraint must be a map', at);
      continue;
    }
    const message = typeof item['description'] === 'string' ? item['description'] : null;
    const names = Object.keys(item).filter((key) => key !== 'description');
    const unknown = names.find((key) => !known.includes(key));
    if (unknown !== undefined) {
      wrong(`unknown constraint "${unknown}"; known are ${known.join(', ')}`, [...at, unknown], similar(unknown, known));
      continue;
    }
    const name = known.find((key) => names.includes(key));
    if (name === undefined) {
      wrong(`a constraint needs one of ${known.join(', ')}`, at);
      continue;
    }
    const overlooked = names.find((key) => key !== name);
    if (overlooked !== undefined) {
      const ignored = `the constraint "${overlooked}" does not count beside "${name}"`;
      problems.add({ ...IGNORED, message: ignored, path: [...at, overlooked] });
    }
    const kind = KINDS[name] as ParameterConstraint['kind'];
    if (!CONSTRAINT_TYPES[kind].includes(type)) {
      wrong(`the constraint "${name}" cannot be put on a parameter of type ${type}`, [...at, name]);
      continue;
    }
    try {
      result.push(oneConstraint(kind, item[name] as Json, message));
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      wrong(error.message, [...at, name]);
    }
  }
  return result;
}

function oneConstraint(kind: ParameterConstraint['kind'], given: Json, message: string | null): ParameterConstraint {
  switch (kind) {
    case 'length':
    case 'range': {
      const { min, max } = numbers(given, kind, ['min', 'max']);
      if (min === null && max === null) throw new Unfit(`${kind} needs a min or a max`);
      if (kind === 'length' && ![min, max].every((bound) => bound === null || Number.isInteger(bound)))
        throw new Unfit('min/max length must be integral');
      return { kind, min: min ?? null, max: max ?? null, message };
    }
    case 'modulo': {
      const { step, offset } = numbers(given, kind, ['step', 'offset']);
      if (step === null || step === undefined || offset === null || offset === undefined)
        throw new Unfit('modulo needs a step and an offset');
      if (!Number.isInteger(step) || !Number.isInteger(offset)) throw new Unfit('step and offset must be integers');
      if (step === 0) throw new Unfit('step must not be 0');
      if (Math.abs(offset) >= Math.abs(step)) throw new Unfit('offset must be smaller (by absolute value) than step');
      if (offset !== 0 && Math.sign(step) !== Math.sign(offset)) throw new Unfit('step and offset must be both positive or both negative');
      return { kind, step, offset, message };
    }
    case 'allowed-values':
      if (!isJsonArray(given)) throw new Unfit('allowed_values must be a list');
      return { kind, values: given, message };
    case 'allowed-pattern': {
      if (typeof given !== 'string') throw new Unfit('allowed_pattern must be a string');
      const { problem } = compilePattern(given);
      if (problem !== null) throw new Unfit(`allowed_pattern: ${problem}`);
      return { kind, pattern: given, message };
    }
    case 'custom':
      if (typeof given !== 'string') throw new Unfit('custom_constraint must be the name of a constraint');
      return { kind, name: given, message };
  }
}

function numbers(given: Json, kind: string, names: readonly string[]): Record<string, number | null> {
  if (!isJsonObject(given)) throw new Unfit(`${kind} must be a map with ${names.join(' and ')}`);
  const other = Object.keys(given).find((key) => !names.includes(key));
  if (other !== undefined) throw new Unfit(`invalid key "${other}" in ${kind}; known are ${names.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, numberAt(given, name)]));
}

function numberAt(map: JsonObject, name: string): number | null {
  const value = map[name] ?? null;
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  const parsed = typeof value === 'string' ? numberFromText(value) : null;
  if (parsed === null) throw new Unfit(`${name} must be a number`);
  return Number(parsed);
}
