/** Refusals of the compute service, worded as Nova words them; and the checks of request bodies that make them. */
import { isJsonObject, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type ApiRequest, type Identity } from '@hearth/http-kit';

export const badRequest = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
export const conflict = (message: string): Refusal => new Refusal('conflict', 'HTTPConflict', message);
export const missing = (message: string): Refusal => new Refusal('not-found', 'HTTPNotFound', message);
export const serverMissing = (id: string): Refusal => missing(`Instance ${id} could not be found.`);

export function needAdmin(identity: Identity, policy: string): void {
  if (!isAdmin(identity))
    throw new Refusal('forbidden', 'PolicyNotAuthorized', `Policy doesn't allow os_compute_api:${policy} to be performed.`);
}

/** As Python writes a value, which is how Nova shows what it was sent. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(quoted).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, one]) => `${quoted(key)}: ${quoted(one)}`)
      .join(', ')}}`;
  }
  return String(value);
}
const MAX_SHOWN = 1000;
const shown = (value: unknown): string => (typeof value === 'string' ? value : quoted(value)).slice(0, MAX_SHOWN);
export const unfit = (field: string, value: unknown, reason: string): Refusal =>
  badRequest(`Invalid input for field/attribute ${field}. Value: ${shown(value)}. ${reason}`);

/** The object under `key` of the request's body. */
export function bodyUnder(request: ApiRequest, key: string): JsonObject {
  const { body } = request;
  if (!isJsonObject(body)) throw badRequest(`${quoted(body)} is not of type 'object'`);
  const value = body[key];
  if (value === undefined) throw badRequest(`'${key}' is a required property`);
  if (!isJsonObject(value)) throw unfit(key, value, `${quoted(value)} is not of type 'object'`);
  return value;
}

export function refuseUnknownKeys(value: JsonObject, key: string, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const names = unknown.map((name) => `'${name}'`).join(', ');
    throw unfit(key, value, `Additional properties are not allowed (${names} ${unknown.length > 1 ? 'were' : 'was'} unexpected)`);
  }
}

export function needed(value: JsonObject, key: string, name: string): Json {
  const found = value[name];
  if (found === undefined) throw unfit(key, value, `'${name}' is a required property`);
  return found;
}

/** A string of 1 to `max` characters (or from `min`). */
export function textOf(value: Json, field: string, max = 255, min = 1): string {
  if (typeof value !== 'string') throw unfit(field, value, `${quoted(value)} is not of type 'string'`);
  if (value.length < min) throw unfit(field, value, `'${value}' is too short`);
  if (value.length > max) throw unfit(field, value.slice(0, 300), `'${value.slice(0, 300)}' is too long`);
  if (min > 0 && value.trim() === '') throw unfit(field, value, "'' is too short");
  return value;
}

/** A name as users give it: printable, and without spaces around it. */
export function nameOf(value: Json, field = 'name'): string {
  const name = textOf(value, field);
  if (name !== name.trim() || /\p{Cc}/u.test(name))
    throw badRequest(
      `An invalid '${field}' value was provided. The ${field} must be: printable characters. Can not start or end with whitespace.`,
    );
  return name;
}

/** A truth value of a query, which has words of its own for what is none. */
export function queryTruthOf(value: string): boolean {
  const word = value.trim().toLowerCase();
  if (['true', '1', 'on', 'yes', 'y', 't'].includes(word)) return true;
  if (['false', '0', 'off', 'no', 'n', 'f'].includes(word)) return false;
  const words = "'0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'";
  throw badRequest(`Unrecognized value '${value}', acceptable values are: ${words}`);
}

export function truthOf(value: Json, field: string): boolean {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (['true', '1', 'on', 'yes', 'y', 't'].includes(word)) return true;
  if (['false', '0', 'off', 'no', 'n', 'f'].includes(word)) return false;
  throw unfit(
    field,
    value,
    `${quoted(value)} is not one of [True, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', False, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no']`,
  );
}

export function wholeOf(value: Json, field: string, min: number, max = 2 ** 31 - 1): number {
  const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number === 'string') throw unfit(field, value, `${quoted(value)} does not match '${min < 0 ? '^-?[0-9]+$' : '^[0-9]*$'}'`);
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw unfit(field, value, `${quoted(value)} is not of type 'integer', 'string'`);
  if (number < min) throw unfit(field, value, `${number} is less than the minimum of ${min}`);
  if (number > max) throw unfit(field, value, `${number} is greater than the maximum of ${max}`);
  return number;
}

export function choiceOf<T extends string>(value: Json, field: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw unfit(field, value, `${quoted(value)} is not one of [${choices.map((one) => `'${one}'`).join(', ')}]`);
  return found;
}

export function objectOf(value: Json, field: string): JsonObject {
  if (!isJsonObject(value)) throw unfit(field, value, `${quoted(value)} is not of type 'object'`);
  return value;
}

export function listOf(value: Json, field: string, max: number): readonly Json[] {
  if (!Array.isArray(value)) throw unfit(field, value, `${quoted(value)} is not of type 'array'`);
  if (value.length > max) throw unfit(field, value, 'it is too long');
  return value as readonly Json[];
}

const MAX_METADATA = 128;
const METADATA_NAME = /^[a-zA-Z0-9-_:. ]{1,255}$/;
/** Names of 1 to 255 characters, values of at most 255. */
export function metadataOf(value: Json, field = 'metadata'): Readonly<Record<string, string>> {
  const given = objectOf(value, field);
  const entries = Object.entries(given);
  if (entries.length > MAX_METADATA)
    throw new Refusal('forbidden', 'QuotaError', `Quota exceeded, too many metadata items: at most ${MAX_METADATA}.`);
  const odd = entries.find(([name]) => !METADATA_NAME.test(name));
  if (odd !== undefined) throw unfit(field, given, `${quoted(odd[0])} does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'`);
  return Object.fromEntries(entries.map(([name, text]) => [name, textOf(text, name, 255, 0)]));
}
