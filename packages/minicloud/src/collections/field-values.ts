/** Checks what a client sends for a declared field: type, coercion as Neutron does it, bounds. Pure. */
import { Refusal, isJsonArray, isJsonObject, unreachable, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import type { CollectionRules, FieldRule } from './rules.ts';

const invalid = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
const invalidField = (name: string, reason: string): Refusal => invalid(`Invalid input for ${name}. Reason: ${reason}.`);
const shown = (value: Json): string => {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** Fields given at creation, coerced, with defaults for the others. */
export function valuesForCreate(rules: CollectionRules, given: JsonObject, identity: Identity): JsonObject {
  refuseUnknown(rules, given);
  const body: Record<string, Json> = {};
  for (const [name, rule] of Object.entries(rules.fields)) {
    const value = given[name];
    if (value === undefined) {
      if (rule.required === true) throw invalid(`Failed to parse request. Required attribute '${name}' not specified`);
      body[name] = rule.default ?? null;
      continue;
    }
    if (rule.post === false) throw invalid(`Attribute '${name}' not allowed in POST`);
    if (rule.adminOnly === true) refuseStranger(rules, 'create', name, identity);
    body[name] = fieldValue(name, rule, value);
  }
  return body;
}

/** The fields sent in an update, coerced; nothing else. */
export function valuesForUpdate(rules: CollectionRules, given: JsonObject, identity: Identity): JsonObject {
  refuseUnknown(rules, given);
  const changed: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = rules.fields[name];
    if (rule?.put !== true) throw invalid(`Cannot update read-only attribute ${name}`);
    if (rule.adminOnly === true) refuseStranger(rules, 'update', name, identity);
    changed[name] = fieldValue(name, rule, value);
  }
  return changed;
}

function refuseUnknown(rules: CollectionRules, given: JsonObject): void {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(rules.fields, name));
  if (unknown.length > 0) throw invalid(`Unrecognized attribute(s) '${unknown.slice(0, 10).join(', ')}'`);
}

function refuseStranger(rules: CollectionRules, verb: string, name: string, identity: Identity): void {
  if (isAdmin(identity)) return;
  throw new Refusal(
    'forbidden',
    'PolicyNotAuthorized',
    `rule:${verb}_${rules.singular} and rule:${verb}_${rules.singular}:${name} is disallowed by policy`,
  );
}

export function fieldValue(name: string, rule: FieldRule, given: Json): Json {
  if (given === null) {
    if (rule.nullable === true) return null;
    throw invalidField(name, "'None' is not allowed here");
  }
  const value = coerced(name, rule, given);
  if (rule.oneOf !== undefined && !rule.oneOf.includes(value)) {
    throw invalidField(name, `${shown(value)} is not in ${rule.oneOf.map(shown).join(', ')}`);
  }
  if (typeof value === 'string' && value.length > (rule.maxLength ?? 65_535)) {
    throw invalidField(name, `${shown(value)} exceeds maximum length of ${rule.maxLength ?? 65_535}`);
  }
  if (typeof value === 'number' && ((rule.min !== undefined && value < rule.min) || (rule.max !== undefined && value > rule.max))) {
    throw invalidField(name, `${value} is not between ${rule.min ?? '-'} and ${rule.max ?? '-'}`);
  }
  if (rule.check === undefined) return value;
  const verdict = rule.check(value);
  if ('wrong' in verdict) throw invalidField(name, verdict.wrong);
  return verdict.value;
}

function coerced(name: string, rule: FieldRule, given: Json): Json {
  switch (rule.type) {
    case 'any':
      return given;
    case 'string':
      if (typeof given === 'string') return given;
      throw invalidField(name, `${shown(given)} is not a valid string`);
    case 'boolean': {
      if (typeof given === 'boolean') return given;
      const text = String(given).toLowerCase();
      if (text === 'true' || text === '1') return true;
      if (text === 'false' || text === '0') return false;
      throw invalidField(name, `${shown(given)} cannot be converted to boolean`);
    }
    case 'integer':
    case 'number': {
      const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      if (typeof number === 'number' && Number.isFinite(number) && (rule.type === 'number' || Number.isSafeInteger(number))) return number;
      throw invalidField(name, `${shown(given)} is not an integer`);
    }
    case 'list':
      if (isJsonArray(given)) return given;
      throw invalidField(name, `${shown(given)} is not a list`);
    case 'object':
      if (isJsonObject(given)) return given;
      throw invalidField(name, `${shown(given)} is not a dictionary`);
    default:
      return unreachable(rule.type);
  }
}
