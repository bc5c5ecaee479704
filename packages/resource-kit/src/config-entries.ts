/**
 * Inputs and outputs of software configs, checked and put in order: as users send them to the API, and as resources keep them. One set
 * of rules, so that both end the same.
 */
import { isJsonArray, isJsonObject, Refusal, type Json, type JsonObject } from '@hearth/kernel';
import { coerceScalar } from './coerce.ts';

export const CONFIG_TYPES = ['String', 'Number', 'CommaDelimitedList', 'Json', 'Boolean'] as const;
const MOST_ENTRIES = 1_000;

const wrong = (message: string, type = 'ValueError'): Refusal => new Refusal('invalid', type, message);

/** `{name, type, description?, default?, replace_on_change?, value?}`: nulls are left out, and so is a `replace_on_change` of false. */
export const configInputs = (given: Json): readonly JsonObject[] => entries(given, 'inputs').map(inputOf);
/** `{name, type, description?, error_output}`. */
export const configOutputs = (given: Json): readonly JsonObject[] => entries(given, 'outputs').map(outputOf);

function entries(given: Json, what: string): readonly JsonObject[] {
  if (given === null || given === '') return [];
  if (!isJsonArray(given)) throw wrong('Software Config I/O Schema must be in a list', 'TypeError');
  if (!given.every(isJsonObject)) throw wrong('Software Config I/O Schema must be a dict', 'TypeError');
  if (given.length > MOST_ENTRIES) throw wrong(`"${what}" has ${given.length} entries; at most ${MOST_ENTRIES} are possible.`);
  return given;
}

function inputOf(entry: JsonObject): JsonObject {
  const { value, ...rest } = entry;
  const common = commonOf(rest, ['default', 'replace_on_change']);
  const fallback = rest['default'] ?? null;
  const replaces = flagOf(rest['replace_on_change'] ?? null, 'replace_on_change');
  return {
    ...common,
    ...(fallback !== null && { default: typed(fallback, common['type'] as string) }),
    ...(replaces && { replace_on_change: true }),
    ...('value' in entry && { value: value ?? null }),
  };
}

const outputOf = (entry: JsonObject): JsonObject => ({
  ...commonOf(entry, ['error_output']),
  error_output: flagOf(entry['error_output'] ?? null, 'error_output'),
});

function commonOf(entry: JsonObject, more: readonly string[]): JsonObject {
  const known = ['name', 'description', 'type', ...more];
  for (const key of Object.keys(entry)) if (!known.includes(key)) throw wrong(`Unknown Property ${key}`);
  const name = textOf(entry['name'] ?? null, 'name');
  if (name === null) throw wrong('Property name not assigned');
  const type = textOf(entry['type'] ?? null, 'type') ?? 'String';
  if (!(CONFIG_TYPES as readonly string[]).includes(type))
    throw wrong(`Property error: type: "${type}" is not an allowed value [${CONFIG_TYPES.join(', ')}]`);
  const description = textOf(entry['description'] ?? null, 'description');
  return { name, type, ...(description !== null && { description }) };
}

function textOf(value: Json, name: string): string | null {
  if (value === null) return null;
  const result = coerceScalar('string', value);
  if ('value' in result) return String(result.value);
  throw wrong(`Property error: ${name}: ${result.problem(JSON.stringify(value))}`);
}

function flagOf(value: Json, name: string): boolean {
  if (value === null) return false;
  const result = coerceScalar('boolean', value);
  if ('value' in result) return result.value === true;
  throw wrong(`Property error: ${name}: ${result.problem(JSON.stringify(value))}`);
}

/** A default must be what its type says; the empty text is always taken, as older clients send it. */
function typed(value: Json, type: string): Json {
  if (value === '') return value;
  const scalar = type === 'Number' ? 'number' : type === 'Boolean' ? 'boolean' : type === 'String' ? 'string' : null;
  if (scalar !== null) {
    const result = coerceScalar(scalar, value);
    if ('value' in result) return result.value;
    throw wrong(`Property error: default: ${result.problem(typeof value === 'string' ? value : JSON.stringify(value))}`);
  }
  if (type === 'CommaDelimitedList') {
    if (isJsonArray(value)) return value;
    if (typeof value === 'string') return value.split(',');
    throw wrong(`Property error: default: "${JSON.stringify(value)}" is not a list`);
  }
  if (typeof value === 'object') return value;
  throw wrong(`Property error: default: "${String(value)}" is not a map`);
}
