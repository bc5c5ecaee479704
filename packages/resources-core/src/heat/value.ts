/** `OS::Heat::Value`: gives a value a name and, if wished, a type; other resources read it as an attribute. */
import { isJsonArray, isJsonObject, type Json } from '@hearth/kernel';
import { a, c, coerceScalar, done, p, resourceTypes } from '@hearth/resource-kit';

const TYPES = ['string', 'number', 'comma_delimited_list', 'json', 'boolean'] as const;
type ValueType = (typeof TYPES)[number];

export const value = resourceTypes<unknown>()({
  name: 'OS::Heat::Value',
  doc: 'A named value, such as the result of a calculation that several resources use.',
  support: { status: 'SUPPORTED', since: '7.0.0' },
  virtual: true,
  properties: {
    value: p.any('The value.', { required: true, updatable: true }),
    type: p.string('What the value must be; it is converted where that is possible.', {
      updatable: true,
      constraints: [c.oneOf(...TYPES)],
    }),
  },
  attributes: {
    value: a.any('The value, as the type that was asked for.'),
  },
  examples: [
    { name: 'text', props: { value: 'one', type: 'string' }, updates: [{ value: 'two' }] },
    { name: 'list from text', props: { value: 'a,b', type: 'comma_delimited_list' }, updates: [{ value: ['c'] }] },
    { name: 'untyped', props: { value: { a: [1, null] } } },
  ],
  validate({ value: given, type }) {
    if (given === undefined || type === undefined || given === null) return [];
    const converted = convert(type as ValueType | null, given);
    return 'problem' in converted ? [converted.problem] : [];
  },
  find: async () => [],
  create: async ({ physicalName }) => done({ physicalId: physicalName }),
  update: async () => done(),
  delete: async () => done(),
  async observe({ props }) {
    const converted = convert(props.type as ValueType | null, props.value);
    return { value: 'value' in converted ? converted.value : null };
  },
});

/** As Heat converts: text becomes list, map or number; anything can become text. */
function convert(type: ValueType | null, given: Json): { readonly value: Json } | { readonly problem: string } {
  if (type === null || given === null) return { value: given };
  switch (type) {
    case 'string':
      return typeof given === 'object' ? { value: spacedJson(given) } : scalar('string', given);
    case 'number':
    case 'boolean':
      return scalar(type, given);
    case 'comma_delimited_list':
      if (isJsonArray(given)) return { value: given };
      return typeof given === 'string'
        ? { value: given === '' ? [] : given.split(',') }
        : { problem: `"${spacedJson(given)}" is not a list` };
    case 'json':
      return mapOf(given);
    default:
      return { value: given };
  }
}

function scalar(kind: 'string' | 'number' | 'boolean', given: Json): { readonly value: Json } | { readonly problem: string } {
  const result = coerceScalar(kind, given);
  return 'value' in result ? result : { problem: result.problem(typeof given === 'string' ? given : spacedJson(given)) };
}

function mapOf(given: Json): { readonly value: Json } | { readonly problem: string } {
  if (typeof given === 'object') return { value: given };
  if (typeof given === 'string') {
    try {
      const parsed = JSON.parse(given) as Json;
      if (isJsonObject(parsed) || isJsonArray(parsed)) return { value: parsed };
    } catch {
      // Not JSON: said below.
    }
  }
  return { problem: `"${String(given)}" is not a map` };
}

/** JSON text with a blank after `,` and `:`, as users of Heat know it. */
function spacedJson(given: Json): string {
  if (isJsonArray(given)) return `[${given.map(spacedJson).join(', ')}]`;
  if (!isJsonObject(given)) return JSON.stringify(given);
  return `{${Object.entries(given)
    .map(([key, item]) => `${JSON.stringify(key)}: ${spacedJson(item)}`)
    .join(', ')}}`;
}
