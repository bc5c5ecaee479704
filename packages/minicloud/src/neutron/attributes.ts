/**
 * Request bodies of the network service: which attributes an object has, which may be given when, by whom, and what is a valid value.
 * Messages as Neutron words them.
 */
import { isJsonObject, isUuidLike, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import { parseCidr, parseIp, parseMac } from './addresses.ts';

/** Gives the value to store, or throws a string's worth of reason through `bad`. */
export type Check = (value: Json) => Json;

export interface Attribute {
  readonly check: Check;
  readonly post: 'required' | 'allowed' | 'refused';
  readonly put: boolean;
  /** Stored when not given; absent: the service computes it. */
  readonly byDefault?: Json;
  /** Only an administrator may give it. */
  readonly isAdminOnly?: true;
}
export type Attributes = Readonly<Record<string, Attribute>>;

class Unfit {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}
const bad = (reason: string): never => {
  throw new Unfit(reason);
};
const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const text =
  (max = 255): Check =>
  (value) => {
    if (typeof value !== 'string') return bad(`'${shown(value)}' is not a valid string`);
    return value.length > max ? bad(`'${value}' exceeds maximum length of ${max}`) : value;
  };
export const truth: Check = (value) => {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (['true', '1'].includes(word)) return true;
  return ['false', '0'].includes(word) ? false : bad(`'${shown(value)}' cannot be converted to boolean`);
};
export const whole =
  (min: number, max: number): Check =>
  (value) => {
    const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return bad(`'${shown(value)}' is not an integer`);
    return number < min || number > max ? bad(`'${number}' is not in range ${min} through ${max}`) : number;
  };
export const oneOf =
  (...allowed: readonly Json[]): Check =>
  (value) =>
    allowed.includes(value) ? value : bad(`'${shown(value)}' is not in [${allowed.map((one) => JSON.stringify(one)).join(', ')}]`);
export const uuid: Check = (value) =>
  typeof value === 'string' && isUuidLike(value) ? value : bad(`'${shown(value)}' is not a valid UUID`);
export const ip: Check = (value) =>
  typeof value === 'string' && parseIp(value) !== null ? value : bad(`'${shown(value)}' is not a valid IP address`);
export const cidrText: Check = (value) => (typeof value === 'string' ? value : bad(`'${shown(value)}' is not a valid IP subnet`));
export const mac: Check = (value) =>
  (typeof value === 'string' ? parseMac(value) : null) ?? bad(`'${shown(value)}' is not a valid MAC address`);
export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
export const object: Check = (value) => (isJsonObject(value) ? value : bad(`'${shown(value)}' is not a dictionary`));
const MAX_ITEMS = 1000;
export const listOf =
  (check: Check, max = MAX_ITEMS): Check =>
  (value) => {
    if (!Array.isArray(value)) return bad(`'${shown(value)}' is not a list`);
    if (value.length > max) return bad(`at most ${max} items are allowed`);
    return value.map(check);
  };
/** A dictionary with these keys; each may be left out unless named in `required`. */
export const record =
  (keys: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value) => {
    if (!isJsonObject(value)) return bad(`'${shown(value)}' is not a dictionary`);
    for (const key of Object.keys(value)) if (!(key in keys)) bad(`Validation of dictionary's keys failed. Unexpected keys: '${key}'`);
    for (const key of required) if (!(key in value)) bad(`Validation of dictionary's keys failed. Missing key: '${key}'`);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, (keys[key] as Check)(item)]));
  };
export const nameserver: Check = (value) =>
  typeof value === 'string' && parseIp(value) !== null
    ? value
    : bad(`'${shown(value)}' is not a valid nameserver. '${shown(value)}' is not a valid IP address`);
export const route = record(
  {
    destination: (value) =>
      typeof value === 'string' && parseCidr(value) !== null ? value : bad(`'${shown(value)}' is not a valid IP subnet`),
    nexthop: ip,
  },
  ['destination', 'nexthop'],
);

export const badRequest = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
export const notByPolicy = (rule: string): Refusal => new Refusal('forbidden', 'PolicyNotAuthorized', `${rule} is disallowed by policy`);

export interface Wanted {
  readonly projectId: string;
  readonly values: JsonObject;
}

/** The objects of a POST body: one under the singular, or several under the plural. */
export function bodiesOf(body: unknown, singular: string, plural: string): readonly JsonObject[] {
  if (isJsonObject(body) && isJsonObject(body[singular])) return [body[singular]];
  const many = isJsonObject(body) ? body[plural] : undefined;
  if (Array.isArray(many) && many.length > 0 && many.length <= MAX_ITEMS && many.every(isJsonObject)) return many as JsonObject[];
  throw badRequest(`Unable to find '${singular}' in request body`);
}

/** Checks what somebody wants to make; the result has every default filled in. */
export function readNew(attributes: Attributes, singular: string, body: JsonObject, identity: Identity): Wanted {
  const { project_id: projectId, tenant_id: tenantId, ...given } = body;
  refuseUnknown(attributes, given);
  const values: Record<string, Json> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = given[name];
    if (value === undefined) {
      if (attribute.post === 'required') throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
      if (attribute.byDefault !== undefined) values[name] = attribute.byDefault;
      continue;
    }
    if (attribute.post === 'refused') throw badRequest(`Attribute '${name}' not allowed in POST`);
    values[name] = checked(name, attribute, value);
    if (attribute.isAdminOnly && !isAdmin(identity) && value !== attribute.byDefault) {
      throw notByPolicy(`(rule:create_${singular} and rule:create_${singular}:${name})`);
    }
  }
  return { projectId: ownerOf(projectId ?? tenantId, singular, identity), values };
}

/** Checks a change; the result has only what was given. */
export function readChange(attributes: Attributes, singular: string, body: unknown, identity: Identity): JsonObject {
  const given = isJsonObject(body) ? body[singular] : undefined;
  if (!isJsonObject(given)) throw badRequest(`Unable to find '${singular}' in request body`);
  refuseUnknown(attributes, given);
  const values: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    const attribute = attributes[name];
    if (attribute === undefined || !attribute.put) throw badRequest(`Cannot update read-only attribute ${name}`);
    values[name] = checked(name, attribute, value);
    if (attribute.isAdminOnly && !isAdmin(identity)) throw notByPolicy(`(rule:update_${singular} and rule:update_${singular}:${name})`);
  }
  return values;
}

function checked(name: string, attribute: Attribute, value: Json): Json {
  try {
    return attribute.check(value);
  } catch (error) {
    if (error instanceof Unfit) throw badRequest(`Invalid input for ${name}. Reason: ${error.reason}.`);
    throw error;
  }
}

function refuseUnknown(attributes: Attributes, given: JsonObject): void {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(attributes, name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

/** The project an object will belong to: the caller's, or whatever an administrator says. */
function ownerOf(asked: Json | undefined, singular: string, identity: Identity): string {
  const own = identity.projectId;
  if (typeof asked === 'string' && asked !== '' && asked !== own) {
    if (!isAdmin(identity)) throw notByPolicy(`(rule:create_${singular} and rule:create_${singular}:tenant_id)`);
    return asked;
  }
  if (own === null) throw badRequest('Running without keystone AuthN requires that tenant_id is specified');
  return own;
}
