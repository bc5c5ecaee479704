/**
 * From properties of a resource to the parameters of the template that stands for it (templates.md 8.1): what each kind of parameter takes, and the
 * form in which it goes down. Pure.
 */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { ResourceFailed } from '@hearth/resource-kit';

type Kind = 'string' | 'number' | 'boolean' | 'json' | 'list';

/** Nothing said: empty in the way of its kind, whatever the default is. */
const EMPTY: Readonly<Record<Kind, Json>> = { string: '', number: 0, boolean: false, json: {}, list: [] };

function kindOf(type: string): Kind | null {
  const kind = type.toLowerCase();
  if (kind === 'comma_delimited_list' || kind === 'commadelimitedlist') return 'list';
  return kind in EMPTY ? (kind as Kind) : null;
}

/** Types of parameters by name, as the template's text says them. */
export function parameterTypes(template: JsonObject): Readonly<Record<string, string>> {
  const section = template['parameters'] ?? template['Parameters'];
  if (!isJsonObject(section)) return {};
  return Object.fromEntries(
    Object.entries(section).map(([name, schema]) => [name, isJsonObject(schema) ? String(schema['type'] ?? schema['Type']) : '']),
  );
}

/** The value for the parameter of that name; throws `ResourceFailed` for one that its kind does not take. */
export function passedDown(resource: string, name: string, value: Json, type: string | undefined): Json {
  const kind = type === undefined ? null : kindOf(type);
  if (kind === null) return value;
  if (value === null) return EMPTY[kind];
  const wrong = misfit(kind, value);
  if (wrong !== null)
    throw new ResourceFailed(`Property error: : resources.${resource}.properties.${name}: : ${wrong}`, 'StackValidationFailed');
  return kind === 'list' && isJsonArray(value) ? asList(value) : value;
}

function misfit(kind: Kind, value: Json): string | null {
  switch (kind) {
    case 'string':
      return typeof value === 'object' || (typeof value === 'number' && !Number.isInteger(value)) ? 'Value must be a string' : null;
    case 'boolean':
      return typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/i.test(value))
        ? null
        : 'it is not a valid boolean';
    case 'json':
      return typeof value === 'number' || typeof value === 'boolean' ? 'it is not a map' : null;
    default:
      return null;
  }
}

/** A list of maps goes as `.member.N.key=value`; nulls in lists are empty. */
function asList(value: readonly Json[]): Json {
  if (!value.some(isJsonObject)) return value.map((item) => item ?? '');
  const members = value.flatMap((item, index) =>
    isJsonObject(item) ? Object.entries(item).map(([key, one]) => `.member.${index}.${key}=${textOf(one)}`) : [textOf(item ?? '')],
  );
  return members.join(',');
}

/** In Heat's words for what is no text. */
function textOf(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
