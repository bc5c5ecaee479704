/** Refusals of the block storage, worded as Cinder words them; and the checks of request bodies that make them. */
import { isJsonObject, isUuidLike, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { isAdmin, type ApiRequest, type Identity } from '@hearth/http-kit';

export const badRequest = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
export const conflict = (message: string): Refusal => new Refusal('conflict', 'HTTPConflict', message);
export const missing = (message: string): Refusal => new Refusal('not-found', 'HTTPNotFound', message);
export const overLimit = (message: string): Refusal => new Refusal('too-large', 'OverLimit', message);
export const invalidInput = (reason: string): Refusal => badRequest(`Invalid input received: ${reason}`);
export const invalidVolume = (reason: string): Refusal => badRequest(`Invalid volume: ${reason}`);
export const noSuchPage = (): Refusal => missing('The resource could not be found.');
export const malformed = (): Refusal =>
  badRequest('The server could not comply with the request since it is either malformed or otherwise incorrect.');

export function needAdmin(identity: Identity, policy: string): void {
  if (!isAdmin(identity)) throw new Refusal('forbidden', 'PolicyNotAuthorized', `Policy doesn't allow ${policy} to be performed.`);
}

/** As Python prints values in messages. */
function repr(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, one]) => `'${key}': ${repr(one)}`)
      .join(', ')}}`;
  return String(value);
}
const shown = (value: unknown): string => (typeof value === 'string' ? value : repr(value));
export const unfit = (field: string, value: unknown, reason: string): Refusal =>
  badRequest(`Invalid input for field/attribute ${field}. Value: ${shown(value)}. ${reason}`);

/** The object under `key` of the request's body. */
export function bodyUnder(request: ApiRequest, key: string): JsonObject {
  const { body } = request;
  const value = isJsonObject(body) ? body[key] : undefined;
  if (value === undefined) throw badRequest(`'${key}' is a required property`);
  if (!isJsonObject(value)) throw unfit(key, value, `${repr(value)} is not of type 'object'`);
  return value;
}

export function refuseUnknownKeys(value: JsonObject, field: string, known: readonly string[]): void {
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const names = unknown
    .slice(0, 10)
    .map((name) => `'${name}'`)
    .join(', ');
  throw unfit(field, value, `Additional properties are not allowed (${names} ${unknown.length > 1 ? 'were' : 'was'} unexpected)`);
}

export function needed(value: JsonObject, field: string, name: string): Json {
  const found = value[name];
  if (found === undefined) throw unfit(field, value, `'${name}' is a required property`);
  return found;
}

/** Null stays null where the schema says so. */
export function textOrNull(value: Json | undefined, field: string, max = 255): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw unfit(field, value, `${repr(value)} is not of type 'string', 'null'`);
  if (value.length > max) throw unfit(field, value, `${repr(value)} is too long`);
  return value;
}

export function textOf(value: Json | undefined, field: string, max = 255, min = 0): string {
  if (typeof value !== 'string') throw unfit(field, value, `${repr(value)} is not of type 'string'`);
  if (value.length < min) throw unfit(field, value, `${repr(value)} is too short`);
  if (value.length > max) throw unfit(field, value, `${repr(value)} is too long`);
  return value;
}

const TRUE = ['True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't'];
const FALSE = ['False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f'];
export function truthOf(value: Json | undefined, field: string): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && TRUE.includes(value)) return true;
  if (typeof value === 'string' && FALSE.includes(value)) return false;
  throw unfit(field, value, `${repr(value)} is not one of ${repr([true, ...TRUE, false, ...FALSE])}`);
}

export function wholeOf(value: Json, field: string, min: number, max = 2 ** 31 - 1): number {
  if (typeof value === 'string' && !/^[0-9]{1,10}$/.test(value)) throw unfit(field, value, `${repr(value)} does not match '^[0-9]+$'`);
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw unfit(field, value, `${repr(value)} is not of type 'integer', 'string'`);
  if (number < min) throw unfit(field, value, `${number} is less than the minimum of ${min}`);
  if (number > max) throw unfit(field, value, `${number} is greater than the maximum of ${max}`);
  return number;
}

export function choiceOf<T extends string>(value: Json | undefined, field: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw unfit(field, value, `${repr(value)} is not one of ${repr(choices)}`);
  return found;
}

export function uuidOf(value: Json | undefined, field: string): string {
  if (typeof value === 'string' && isUuidLike(value)) return value;
  throw unfit(field, value, `${repr(value)} is not a 'uuid'`);
}

/** Where Cinder's schema allows a UUID or null. */
export function uuidOrNull(value: Json | undefined, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && isUuidLike(value)) return value;
  throw unfit(field, value, `${repr(value)} is not valid under any of the given schemas`);
}

const MAX_METADATA = 128;
export type KeyPattern = 'metadata' | 'extra_specs';
const PATTERNS: Readonly<Record<KeyPattern, readonly [text: string, pattern: RegExp]>> = {
  metadata: ['^[a-zA-Z0-9-_:. /]{1,255}$', /^[a-zA-Z0-9\-_:. /]{1,255}$/],
  extra_specs: ['^[a-zA-Z0-9-_:.]{1,255}$', /^[a-zA-Z0-9\-_:.]{1,255}$/],
};

/** Texts by name, both of bounded length. */
export function textsOf(value: Json | undefined, field: KeyPattern, isNullable = false): Readonly<Record<string, string>> {
  if (isNullable && (value === null || value === undefined)) return {};
  const kinds = isNullable ? "'object', 'null'" : "'object'";
  if (!isJsonObject(value)) throw unfit(field, value, `${repr(value)} is not of type ${kinds}`);
  const entries = Object.entries(value);
  if (entries.length > MAX_METADATA) throw overLimit(`MetadataLimitExceeded: at most ${MAX_METADATA} items are kept.`);
  const [text, pattern] = PATTERNS[field];
  return Object.fromEntries(
    entries.map(([name, one]) => {
      if (!pattern.test(name)) throw unfit(field, value, `${repr(name)} does not match any of the regexes: '${text}'`);
      return [name, textOf(one, name)];
    }),
  );
}
