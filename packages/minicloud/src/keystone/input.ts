/** Checking request bodies against declared rules, with the first line of the message Keystone's schema check gives. Pure. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { expecting, invalid } from './refusals.ts';

export interface Rule {
  readonly type: 'string' | 'boolean' | 'integer' | 'object' | 'array';
  readonly nullable?: boolean;
  /** Of text: characters; of lists: items. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly items?: Rule;
  readonly unique?: boolean;
  readonly fields?: Readonly<Record<string, Rule>>;
  /** Of objects: no other fields than these. */
  readonly closed?: boolean;
}

export interface Input {
  readonly required: readonly string[];
  readonly rules: Readonly<Record<string, Rule>>;
  readonly closed?: boolean;
}

export const nameRule = (max = 255): Rule => ({ type: 'string', min: 1, max, pattern: /[\S]+/ });
export const idRule: Rule = { type: 'string', min: 1, max: 64, pattern: /^[a-zA-Z0-9-]+$/ };
export const nullable = (rule: Rule): Rule => ({ ...rule, nullable: true });
export const textRule: Rule = { type: 'string' };
export const flagRule: Rule = { type: 'boolean' };
export const immutableRule: Rule = { type: 'object', closed: true, fields: { immutable: { type: 'boolean', nullable: true } } };

/** The object if it keeps the rules; of a change nothing is required, but there must be something. */
export function checkedInput(given: unknown, input: Input, isNew: boolean): JsonObject {
  if (!isJsonObject(given)) throw invalid(`${pythonText(given ?? null)} is not of type 'object'`);
  if (!isNew && Object.keys(given).length === 0) throw invalid('{} does not have enough properties');
  for (const name of isNew ? input.required : []) if (given[name] === undefined) throw invalid(`'${name}' is a required property`);
  for (const [name, rule] of Object.entries(input.rules)) {
    const value = given[name];
    const wrong = value === undefined ? null : flawOf(value, rule);
    if (wrong !== null) throw invalid(`Invalid input for field '${[name, ...wrong.path].join('/')}': ${wrong.message}`);
  }
  const stranger = input.closed === true ? Object.keys(given).find((name) => input.rules[name] === undefined) : undefined;
  if (stranger !== undefined) throw invalid(`Additional properties are not allowed ('${stranger}' was unexpected)`);
  return given;
}

interface Flaw {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Null when the value keeps the rule. Rules are ours, so that their depth bounds the walk. */
export function flawOf(value: Json, rule: Rule): Flaw | null {
  const at = (message: string): Flaw => ({ path: [], message });
  if (value === null && rule.nullable === true) return null;
  if (!isOfType(value, rule.type)) {
    const types = rule.nullable === true ? `'${rule.type}', 'null'` : `'${rule.type}'`;
    return at(`${pythonText(value)} is not of type ${types}`);
  }
  if (typeof value === 'string') return textFlaw(value, rule, at);
  if (typeof value === 'number') {
    if (value < (rule.atLeast ?? value)) return at(`${value} is less than the minimum of ${rule.atLeast}`);
    if (value > (rule.atMost ?? value)) return at(`${value} is greater than the maximum of ${rule.atMost}`);
    return null;
  }
  if (isJsonArray(value)) return listFlaw(value, rule, at);
  return isJsonObject(value) ? objectFlaw(value, rule, at) : null;
}

function isOfType(value: Json, type: Rule['type']): boolean {
  switch (type) {
    case 'array':
      return isJsonArray(value);
    case 'object':
      return isJsonObject(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'string':
    case 'boolean':
      return typeof value === type;
  }
}

function textFlaw(value: string, rule: Rule, at: (message: string) => Flaw): Flaw | null {
  if (rule.oneOf !== undefined && !rule.oneOf.includes(value))
    return at(`${pythonText(value)} is not one of ${pythonText([...rule.oneOf])}`);
  if (value.length < (rule.min ?? 0)) return at(`${pythonText(value)} is too short`);
  if (value.length > (rule.max ?? Infinity)) return at(`${pythonText(value)} is too long`);
  if (rule.pattern !== undefined && !rule.pattern.test(value))
    return at(`${pythonText(value)} does not match ${pythonText(rule.pattern.source)}`);
  return null;
}

function listFlaw(value: readonly Json[], rule: Rule, at: (message: string) => Flaw): Flaw | null {
  if (value.length < (rule.min ?? 0)) return at(`${pythonText(value)} is too short`);
  if (value.length > (rule.max ?? Infinity)) return at(`${pythonText(value)} is too long`);
  for (const [index, item] of value.entries()) {
    const flaw = rule.items === undefined ? null : flawOf(item, rule.items);
    if (flaw !== null) return { path: [index, ...flaw.path], message: flaw.message };
  }
  const isRepeated = rule.unique === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length;
  return isRepeated ? at(`${pythonText(value)} has non-unique elements`) : null;
}

function objectFlaw(value: JsonObject, rule: Rule, at: (message: string) => Flaw): Flaw | null {
  for (const [name, field] of Object.entries(value)) {
    const inner = rule.fields?.[name];
    if (inner === undefined) {
      if (rule.closed === true) return at(`Additional properties are not allowed ('${name}' was unexpected)`);
      continue;
    }
    const flaw = flawOf(field, inner);
    if (flaw !== null) return { path: [name, ...flaw.path], message: flaw.message };
  }
  return null;
}

const SHOWN = 200;

/** The value as Python prints it, shortened. */
export function pythonText(value: unknown): string {
  const text = JSON.stringify(value ?? null) ?? 'None';
  if (typeof value === 'string') return `'${value.slice(0, SHOWN).replaceAll('\\', '\\\\')}'`;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.slice(0, 20).map(pythonText).join(', ')}]`.slice(0, SHOWN * 2);
  return text.slice(0, SHOWN * 2);
}

/** Other JSON than an object is none to Keystone. */
export function needObject(body: unknown): void {
  if (body !== null && body !== undefined && !isJsonObject(body)) throw expecting('valid JSON', 'request body');
}

/** A wrapper's content; `{}` when there is none, as Keystone reads it. */
export function wrapped(body: unknown, key: string): JsonObject {
  needObject(body);
  const content = isJsonObject(body) ? body[key] : undefined;
  return isJsonObject(content) ? content : {};
}
