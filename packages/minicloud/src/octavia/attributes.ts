/** Checks of what clients send to the load balancer service, as its typed bodies do them, with its words. Pure. */
import { isJsonArray, isJsonObject, isUuidLike, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { formatCidr, parseCidr, parseIp } from '../neutron/addresses.ts';

/** The value to keep; throws `Unfit`. Null never gets here. */
export type Check = (value: Json) => Json;

export interface Attribute {
  readonly check: Check;
  readonly isMandatory?: boolean;
  /** At creation, when nothing was sent. Default null. */
  readonly byDefault?: Json;
  /** May be changed. */
  readonly put?: boolean;
  /** May be given at creation; default true. */
  readonly post?: boolean;
  /** What an explicit null means in a change; default null. */
  readonly onNull?: Json;
}
export type Attributes = Readonly<Record<string, Attribute>>;

class Unfit extends Error {
  override readonly name = 'Unfit';
  /** The service reads the value while it reads the body, and blames the body. */
  readonly isOfBody: boolean;
  constructor(reason: string, isOfBody = false) {
    super(reason);
    this.isOfBody = isOfBody;
  }
}
const bad = (reason: string): never => {
  throw new Unfit(reason);
};
const unreadable = (reason: string): never => {
  throw new Unfit(reason, true);
};

export const badRequest = (message: string): Refusal => new Refusal('invalid', 'Client', message);
/** What the service says about combinations: `Validation failure: …`. */
export const invalid = (detail: string): Refusal => badRequest(`Validation failure: ${detail}`);
export const badOption = (value: string, option: string): Refusal => badRequest(`${value} is not a valid option for ${option}`);

const MAX_ITEMS = 1000;
const MAX_TEXT = 65_535;

export const text =
  (maxLength = MAX_TEXT, pattern?: RegExp): Check =>
  (value) => {
    if (typeof value !== 'string') return bad('Value should be string');
    if (value.length > maxLength) bad(`Value should have a maximum character requirement of ${maxLength}`);
    if (pattern !== undefined && !pattern.test(value)) bad(`Value should match the pattern ${pattern.source}`);
    return value;
  };
export const shortText = text(255);
export const uuid: Check = (value) => (typeof value === 'string' && isUuidLike(value) ? value : bad('Value should be UUID format'));
export const truth: Check = (value) => {
  if (typeof value === 'boolean') return value;
  const said = String(value).toLowerCase();
  if (['true', 't', 'yes', 'y', 'on', '1'].includes(said)) return true;
  if (['false', 'f', 'no', 'n', 'off', '0'].includes(said)) return false;
  return unreadable(`Value not an unambiguous boolean: ${said.slice(0, 60)}`);
};
export const whole =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (value) => {
    const number = typeof value === 'string' && /^\s*[-+]?\d{1,15}\s*$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number))
      return unreadable(`invalid literal for int() with base 10: ${python(value)}`);
    if (number < min) bad(`Value should be greater or equal to ${min}`);
    if (number > max) bad(`Value should be lower or equal to ${max}`);
    return number;
  };
export const oneOf =
  (...allowed: readonly Json[]): Check =>
  (value) =>
    allowed.includes(value) ? value : bad(`Value should be one of: ${allowed.join(', ')}`);
export const protocolId =
  (...allowed: readonly Json[]): Check =>
  (value) =>
    allowed.includes(value) ? value : bad('Value should be a valid ALPN protocol ID');
export const ip: Check = (value) =>
  typeof value === 'string' && parseIp(value) !== null ? value : bad('Value should be IPv4 or IPv6 format');
export const cidr: Check = (value) => {
  const parsed = typeof value === 'string' ? parseCidr(value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`) : null;
  return parsed === null ? bad('Value should be IPv4 or IPv6 CIDR format') : formatCidr(parsed);
};
export const url: Check = (value) => {
  const isUrl = typeof value === 'string' && value.length <= 255 && /^https?:\/\/[^\s/]+/i.test(value) && URL.canParse(value);
  return isUrl ? value : bad('Value must be a valid URL string');
};
export const urlPath: Check = (value) =>
  typeof value === 'string' && value.length <= 2048 && /^\/\S*$/.test(value) ? value : bad('Value must be a valid URL Path string');
export const listOf =
  (item: Check): Check =>
  (value) => {
    if (!isJsonArray(value)) return unreadable(`Value not a valid list: ${printed(value)}`);
    if (value.length > MAX_ITEMS) bad(`Value should have at most ${MAX_ITEMS} items`);
    return value.map((one) => item(one));
  };
export const tags = listOf(shortText);
export const dictionary =
  (item: Check): Check =>
  (value) => {
    if (!isJsonObject(value)) return unreadable(`Value not a valid dict: ${printed(value)}`);
    if (Object.keys(value).length > MAX_ITEMS) bad(`Value should have at most ${MAX_ITEMS} entries`);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, item(one)]));
  };
/** An object inside a body: its own attributes, all of which it may leave out unless they are mandatory. */
export const nested =
  (argument: string, attributes: Attributes): Check =>
  (value) =>
    isJsonObject(value) ? readNew(attributes, argument, value) : bad('Value should be an object');

/** As the service's language prints a value. Bounded in length, and so in depth. */
function python(value: Json): string {
  const said = JSON.stringify(value).replaceAll(
    /"(?:[^"\\]|\\.)*"|true|false|null|[,:]/g,
    (token) => PRINTED[token] ?? token.replaceAll(/^"|"$/g, "'"),
  );
  return said.length > 1000 ? `${said.slice(0, 1000)}…` : said;
}
const PRINTED: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None', ',': ', ', ':': ': ' };
const printed = (value: Json): string => (typeof value === 'string' ? value.slice(0, 1000) : python(value));

const fieldProblem = (name: string, value: string, reason: string): Refusal =>
  badRequest(`Invalid input for field/attribute ${name}. Value: '${value}'. ${reason}`);

/** What an attribute is in: the argument's path, and what was sent for it. */
interface Sent {
  readonly argument: string;
  readonly given: JsonObject;
}

function checked({ argument, given }: Sent, name: string, attribute: Attribute, value: Json): Json {
  try {
    return attribute.check(value);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    if (!error.isOfBody) throw fieldProblem(name, printed(value), error.message);
    const [root = '', key = ''] = argument.split('.');
    throw fieldProblem(root, python({ [key]: given }), error.message);
  }
}

/** `argument` is the path the service names in its messages: `load_balancer.loadbalancer`. */
export function readNew(attributes: Attributes, argument: string, given: JsonObject): JsonObject {
  refuseUnknown(attributes, argument, given, (attribute) => attribute.post !== false);
  const values: Record<string, Json> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.post === false) continue;
    const value = given[name] ?? null;
    if (value === null) {
      if (attribute.isMandatory === true) throw fieldProblem(name, 'None', 'Mandatory field missing.');
      // An explicit null of a switch is read as "off".
      values[name] = name === 'admin_state_up' && name in given ? false : (attribute.byDefault ?? null);
    } else values[name] = checked({ argument, given }, name, attribute, value);
  }
  return values;
}

/** Only what was sent; null where a value was taken away and has no default. */
export function readChange(attributes: Attributes, argument: string, given: JsonObject): JsonObject {
  refuseUnknown(attributes, argument, given, (attribute) => attribute.put === true);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const attribute = attributes[name] as Attribute;
      return [name, value === null ? (attribute.onNull ?? null) : checked({ argument, given }, name, attribute, value)];
    }),
  );
}

function refuseUnknown(attributes: Attributes, argument: string, given: JsonObject, isAllowed: (attribute: Attribute) => boolean): void {
  for (const name of Object.keys(given)) {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (attribute === undefined || !isAllowed(attribute))
      throw badRequest(`Unknown attribute for argument ${argument}: ${name.slice(0, 100)}`);
  }
}

/** The object under `key` of a request's body. */
export function wrapped(body: unknown, argument: string, key: string): JsonObject {
  if (!isJsonObject(body)) throw badRequest('Missing argument: the body must be a JSON object.');
  for (const name of Object.keys(body))
    if (name !== key) throw badRequest(`Unknown attribute for argument ${argument}: ${name.slice(0, 100)}`);
  const value = body[key];
  if (!isJsonObject(value)) throw fieldProblem(key, 'None', 'Mandatory field missing.');
  return value;
}
