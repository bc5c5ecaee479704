/**
 * Request bodies of the network service: which attributes an object has, which may be given when, by whom, and what is a valid value.
 * Messages as Neutron words them.
 */
import { isJsonObject, isUuidLike, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type Identity } from '@hearth/http-kit';
import { formatCidr, formatIp, parseCidr, parseIp, parseMac } from './addresses.ts';

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
  /** Lists cannot be filtered by it. */
  readonly isUnfiltered?: true;
}
export type Attributes = Readonly<Record<string, Attribute>>;

class Unfit {
  readonly reason: string;
  /** Neutron converts first and validates then, and words what fails there differently. */
  readonly isConversion: boolean;
  constructor(reason: string, isConversion: boolean) {
    this.reason = reason;
    this.isConversion = isConversion;
  }
}
export const bad = (reason: string): never => {
  throw new Unfit(reason, false);
};
const inconvertible = (reason: string): never => {
  throw new Unfit(reason, true);
};
const shown = (value: Json): string => (typeof value === 'string' ? value : value === null ? 'None' : JSON.stringify(value));

export const text =
  (max = 255): Check =>
  (value) => {
    if (typeof value !== 'string') return bad(`'${shown(value)}' is not a valid string`);
    return value.length > max ? bad(`'${value}' exceeds maximum length of ${max}`) : value;
  };
const YES = new Set(['true', '1', 't', 'y', 'yes', 'on']);
const NO = new Set(['false', '0', 'f', 'n', 'no', 'off']);
export const truth: Check = (value) => {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : inconvertible(`'${shown(value)}' cannot be converted to boolean`);
};
const integer = (value: Json): number => {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : inconvertible(`'${shown(value)}' is not an integer`);
};
export const whole =
  (min: number, max: number): Check =>
  (value) => {
    const number = integer(value);
    return number < min || number > max ? bad(`'${number}' is not in range ${min} through ${max}`) : number;
  };
const MAX_NUMBER = 2147483647;
export const notNegative: Check = (value) => {
  const number = integer(value);
  if (number > MAX_NUMBER) return bad(`'${number}' is too large - must be no larger than '${MAX_NUMBER}'`);
  return number < 0 ? bad(`'${number}' should be non-negative`) : number;
};
/** -1 means without limit. */
export const limitNumber: Check = (value) => {
  const number = integer(value);
  if (number > MAX_NUMBER) return bad(`'${number}' is too large - must be no larger than '${MAX_NUMBER}'`);
  return number < -1 ? bad(`'${number}' is too small - must be at least '-1'`) : number;
};
export const oneOf =
  (...allowed: readonly Json[]): Check =>
  (value) =>
    allowed.includes(value) ? value : bad(`${shown(value)} is not in valid_values`);
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
    const known = Object.keys(keys);
    const names = Object.keys(value);
    if (names.some((name) => !known.includes(name)) || required.some((name) => !names.includes(name))) {
      const expected = required.length > 0 ? required : known;
      return bad(`Validation of dictionary's keys failed. Expected keys: ${braced(expected)} Provided keys: ${braced(names)}`);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, (keys[key] as Check)(item)]));
  };
const braced = (names: readonly string[]): string => `{${names.map((name) => `'${name}'`).join(', ')}}`;
/** Refuses two entries that are the same; `name` says what an entry is. */
export const distinct =
  (check: Check, name: (entry: Json) => string): Check =>
  (value) => {
    const checked = check(value);
    const seen = new Set<string>();
    for (const entry of checked as readonly Json[]) {
      const key = JSON.stringify(entry);
      if (seen.has(key)) return bad(`Duplicate ${name(entry)}`);
      seen.add(key);
    }
    return checked;
  };
export const nameserver: Check = (value) =>
  typeof value === 'string' && parseIp(value) !== null
    ? value
    : bad(`'${shown(value)}' is not a valid nameserver. '${shown(value)}' is not a valid IP address`);
export const route = record(
  {
    destination: (value) => exactCidr(value),
    nexthop: ip,
  },
  ['destination', 'nexthop'],
);
/** A CIDR as it should be written; an address alone, or one with host bits, is answered with the recommended form. */
export const exactCidr: Check = (value) => {
  if (typeof value !== 'string') return bad(`'${shown(value)}' is not a valid IP subnet`);
  const alone = parseIp(value);
  const cidr = parseCidr(alone === null ? value : `${value}/${alone.version === 4 ? 32 : 128}`);
  if (cidr === null) return bad(`'${value}' is not a valid IP subnet`);
  const recommended = formatCidr(cidr);
  return alone !== null || recommended.split('/')[0] !== formatIp(cidr.version, parseIp(value.split('/')[0] ?? '')?.value ?? -1n)
    ? bad(`'${value}' is not a recognized CIDR, '${recommended}' is recommended`)
    : recommended;
};
const LABEL = /^[0-9a-z-]{1,63}$/i;
/** A domain with a dot at the end; lower case. */
export const dnsDomain: Check = (value) => {
  const name = text()(value) as string;
  if (
    name !== '' &&
    !(
      name.endsWith('.') &&
      name
        .slice(0, -1)
        .split('.')
        .every((label) => LABEL.test(label))
    )
  )
    bad(`'${name}' is not a FQDN`);
  return name.toLowerCase();
};
/** A host name, with or without domain; lower case. */
export const dnsName: Check = (value) => {
  const name = text()(value) as string;
  const wrong =
    name === ''
      ? undefined
      : name
          .replace(/\.$/, '')
          .split('.')
          .find((label) => !LABEL.test(label));
  if (wrong !== undefined) {
    bad(
      `'${name}' not a valid PQDN or FQDN. Reason: Name '${wrong}' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen.`.slice(
        0,
        -1,
      ),
    );
  }
  return name.toLowerCase();
};
export const routeList = distinct(listOf(route, 100), (entry) => {
  const { destination, nexthop } = entry as { destination: string; nexthop: string };
  return `hostroute '{'destination': '${destination}', 'nexthop': '${nexthop}'}'`;
});

export const invalidInput = (reason: string): Refusal => new Refusal('invalid', 'InvalidInput', `Invalid input for operation: ${reason}.`);
/** `Bad <kind> request: <message>.` */
export const badRequestFor = (kind: string, message: string): Refusal =>
  new Refusal('invalid', 'BadRequest', `Bad ${kind} request: ${message}.`);
export const badRequest = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
export const notByPolicy = (rule: string): Refusal => new Refusal('forbidden', 'PolicyNotAuthorized', `${rule} is disallowed by policy`);

export interface Wanted {
  readonly projectId: string;
  /** Checked, with every default filled in. */
  readonly values: JsonObject;
}

/** Attribute declarations, so that a collection is a table. */
export const optional = (check: Check, byDefault?: Json): Attribute => ({
  check,
  post: 'allowed',
  put: true,
  ...(byDefault === undefined ? {} : { byDefault }),
});
export const fixed = (check: Check, byDefault?: Json): Attribute => ({ ...optional(check, byDefault), put: false });
export const byAdmin = (attribute: Attribute): Attribute => ({ ...attribute, isAdminOnly: true });
export const required = (check: Check): Attribute => ({ check, post: 'required', put: false });
export const shownOnly: Attribute = { check: (value) => value, post: 'refused', put: false };
export const unfiltered = (attribute: Attribute): Attribute => ({ ...attribute, isUnfiltered: true });
/** What every networking object has. */
export const common: Attributes = {
  id: shownOnly,
  tags: shownOnly,
  created_at: shownOnly,
  updated_at: shownOnly,
  revision_number: shownOnly,
  name: optional(text(), ''),
  description: optional(text(), ''),
};

/** The objects of a POST body: one under the singular, or several under the plural. */
export function bodiesOf(body: unknown, singular: string, plural: string): readonly JsonObject[] {
  if (isJsonObject(body) && isJsonObject(body[singular])) return [body[singular]];
  const many = isJsonObject(body) ? body[plural] : undefined;
  if (Array.isArray(many) && many.length === 0) throw badRequest('Resources required');
  if (Array.isArray(many) && many.length <= MAX_ITEMS && many.every(isJsonObject)) return many as JsonObject[];
  throw badRequest(`Unable to find '${singular}' in request body`);
}

/** Checks what somebody wants to make; the result has every default filled in. */
export function readNew(attributes: Attributes, singular: string, body: JsonObject, identity: Identity): Wanted {
  const { project_id: projectId, tenant_id: tenantId, ...given } = body;
  refuseUnknown(attributes, given);
  const values: Record<string, Json> = {};
  const forAdmins: string[] = [];
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = given[name];
    if (value === undefined) {
      if (attribute.post === 'required') throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
      if (attribute.byDefault !== undefined) values[name] = attribute.byDefault;
      continue;
    }
    if (attribute.post === 'refused') throw badRequest(`Attribute '${name}' not allowed in POST`);
    values[name] = checked(name, attribute, value);
    if (attribute.isAdminOnly && !isAdmin(identity) && value !== attribute.byDefault) forAdmins.push(name);
  }
  if (forAdmins.length > 0)
    throw notByPolicy(forAdmins.reduce((rule, name) => `(${rule} and rule:create_${singular}:${name})`, `rule:create_${singular}`));
  return { projectId: ownerOf(projectId ?? tenantId, identity), values };
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

export function checked(name: string, attribute: Pick<Attribute, 'check'>, value: Json): Json {
  try {
    return attribute.check(value);
  } catch (error) {
    if (error instanceof Unfit && error.isConversion) throw invalidInput(error.reason);
    if (error instanceof Unfit) throw badRequest(`Invalid input for ${name}. Reason: ${error.reason}.`);
    throw error;
  }
}

function refuseUnknown(attributes: Attributes, given: JsonObject): void {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(attributes, name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
}

/** The project an object will belong to: the caller's, or whatever an administrator says. */
function ownerOf(asked: Json | undefined, identity: Identity): string {
  const own = identity.projectId;
  if (typeof asked === 'string' && asked !== '' && asked !== own) {
    if (!isAdmin(identity)) {
      const reason =
        "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges";
      throw badRequest(reason);
    }
    return asked;
  }
  if (own === null) throw badRequest('Running without keystone AuthN requires that tenant_id is specified');
  return own;
}
