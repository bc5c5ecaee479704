/** What services say back is told without what nobody may read. */
import type { JsonObject } from '@hearth/kernel';
import { p, resourceTypes } from '@hearth/resource-kit';
import { bindDefinition, emptyEnvironment, parseTemplate } from '@hearth/template';
import { expect, test } from 'vitest';
import type { CompiledDefinition } from './compiled.ts';
import { maskedReason } from './masked-reason.ts';

const type = resourceTypes<unknown>()({
  name: 'Test::Account',
  doc: 'For tests.',
  properties: {
    name: p.string('Open.'),
    password: p.string('Secret.', { secret: true }),
    keys: p.listOf(p.mapOf({ id: p.string('Open.'), key: p.string('Secret.', { secret: true }) })('One.'))('Some.'),
  },
  attributes: {},
  examples: [],
  create: async () => ({ kind: 'done', physicalId: 'x' }),
  delete: async () => ({ kind: 'done' }),
  observe: async () => ({}),
});
const row = (properties: JsonObject, pending: JsonObject | null = null) => ({ properties, pending });

function compiled(parameters: JsonObject): Pick<CompiledDefinition, 'bound'> {
  const schemas = Object.fromEntries(Object.keys(parameters).map((name) => [name, { type: 'string', hidden: name.startsWith('hidden') }]));
  const { definition } = parseTemplate({ heat_template_version: '2018-08-31', parameters: schemas, resources: {} });
  const pseudo = { stackId: 's', stackName: 's', projectId: 'p' };
  const { bound } = bindDefinition({
    definition: definition as NonNullable<typeof definition>,
    environment: { ...emptyEnvironment, parameters },
    pseudo,
    files: {},
    strict: true,
  });
  return { bound: bound as NonNullable<typeof bound> };
}

test.each([
  [
    'a secret property',
    row({ name: 'open', password: 'hunter22' }),
    null,
    "'hunter22' is too short for open",
    "'***' is too short for open",
  ],
  ['one that it is about to have', row({ password: 'before-it' }, { password: 'after-it' }), null, 'before-it, after-it', '***, ***'],
  ['one inside a list', row({ keys: [{ id: 'first', key: 'a-key' }] }), null, 'first: a-key is no key', 'first: *** is no key'],
  ['a part of a longer one', row({ password: 'word', keys: [{ id: 'i', key: 'word-and-more' }] }), null, 'word-and-more, word', '***, ***'],
  ['what is too short to tell apart', row({ password: 'abc' }), null, 'abc', 'abc'],
  [
    'a hidden parameter, wherever it got to',
    row({ name: 'x' }),
    compiled({ hidden_word: 'sesame', plain: 'visible' }),
    'x-sesame-visible',
    'x-***-visible',
  ],
])('%s', (_name, known, definition, said, told) => {
  expect(maskedReason(said, type, known, definition)).toBe(told);
});
