/** Tables: coercion, defaults, constraints, renamed properties, and the messages, as the reference implementation answers. */
import type { Json, JsonObject } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import {
  a,
  c,
  checkProperties,
  classifyChange,
  done,
  generateTemplate,
  hiddenProperties,
  p,
  registryOf,
  resourceTypes,
  resourceTypeView,
} from './index.ts';

const declare = resourceTypes<unknown>();
const behaviour = {
  doc: 'For tests.',
  examples: [],
  attributes: { value: a.string('The value.') },
  create: async () => done({ physicalId: 'x' }),
  update: async () => done(),
  delete: async () => done(),
  observe: async () => ({ value: 'v' }),
} as const;
const type = declare({
  ...behaviour,
  name: 'Test::Kit::All',
  properties: {
    text: p.string('Text.', { updatable: true }),
    length: p.integer('Length.', { default: 32, constraints: [c.range(1, 512)] }),
    ratio: p.number('Ratio.', { constraints: [c.modulo(2, 1)] }),
    on: p.boolean('Switch.', { updatable: true }),
    any: p.any('Anything.'),
    kind: p.string('Kind.', { constraints: [c.oneOf('a', 'b')] }),
    code: p.string('Code.', { constraints: [c.pattern('[a-z]+'), c.length(2, 3)] }),
    network: p.string('Network.', { updatable: true, constraints: [c.custom('neutron.network')], translatedFrom: ['network_id'] }),
    classes: p.listOf(p.mapOf({ class: p.string('Class.', { default: 'letters' }), min: p.integer('Least.', { default: 1 }) })(''))(
      'Classes.',
      { default: [{ class: 'digits' }] },
    ),
    nets: p.listOf(p.mapOf({ uuid: p.string('Older.'), network: p.string('Network.', { required: true, translatedFrom: ['uuid'] }) })(''))(
      'Networks.',
      { updatable: true },
    ),
    free: p.map('Free.', { default: {} }),
    password: p.string('Password.', { secret: true, updatable: true, constraints: [c.length(8, null)] }),
    place: p.mapOf({ row: p.integer('Row.'), pin: p.string('Pin.', { secret: true }) })('Place.', { updatable: true }),
    fixed: p.string('Fixed.', { immutable: true }),
    old: p.string('Old.', { support: { status: 'DEPRECATED', message: 'use text' } }),
    never: p.string('Never.', { support: { status: 'UNSUPPORTED' } }),
    labels: p.listOf(p.mapOf({ key: p.string('Key.') })('', { support: { status: 'UNSUPPORTED' } }))('Labels.'),
    inner: p.mapOf({ never: p.string('Never.', { support: { status: 'UNSUPPORTED' } }) })('Inner.'),
  },
  validate: ({ text, on }) => (text === 'off' && on === true ? ['text and on disagree'] : []),
  replaces: (before, after) => (before.text !== after.text && after.text === 'anew' ? ['text'] : []),
});
const matchesPattern = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`).test(value);
const check = (raw: JsonObject, lenient = false) => checkProperties(type, raw, { lenient, matchesPattern });
const needing = declare({ ...behaviour, name: 'Test::Kit::Needing', properties: { flavor: p.string('Flavor.', { required: true }) } });

describe('coercion', () => {
  const rows: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ['integers take numeric text', { length: ' +1_0 ' }, { length: 10 }],
    ['integers truncate fractions', { length: 1.5 }, { length: 1 }],
    ['integers take booleans', { length: true }, { length: 1 }],
    ['numbers take text', { ratio: '3.0' }, { ratio: 3 }],
    ['booleans take true and false in any case', { on: 'TRUE' }, { on: true }],
    ['strings take integers', { text: 5 }, { text: '5' }],
    ['strings take booleans, as the host language prints them', { text: true }, { text: 'True' }],
    ['null text is empty', { text: null }, { text: '' }],
    ['null number is the default', { length: null }, { length: 32 }],
    ['null boolean is false', { on: null }, { on: false }],
    ['null anything stays null', { any: null }, { any: null }],
    ['nothing given is null, or the default', {}, { text: null, length: 32, on: null, free: {}, classes: [{ class: 'digits', min: 1 }] }],
    [
      'items get their defaults',
      { classes: [{ min: '3' }, {}] },
      {
        classes: [
          { class: 'letters', min: 3 },
          { class: 'letters', min: 1 },
        ],
      },
    ],
    ['free maps stay as they are', { free: { a: [1, null] } }, { free: { a: [1, null] } }],
    ['an older name moves', { network_id: 'n' }, { network: 'n' }],
    ['an older name moves where the newer one is empty', { network_id: 'n', network: '' }, { network: 'n' }],
    ['an older name moves where the newer one is null', { network: null, network_id: 'n' }, { network: 'n' }],
    ['an empty older name does not move over a newer one', { network: 'n', network_id: '' }, { network: 'n' }],
    ['an older name that is still listed moves, and is null itself', { nets: [{ uuid: 'n' }] }, { nets: [{ uuid: null, network: 'n' }] }],
  ];
  it.each(rows)('%s', (_name, raw, expected) => {
    const { props, problems } = check(raw);
    expect(problems).toEqual([]);
    expect(props).toMatchObject(expected);
  });
  it('gives every property of the schema, and no other', () =>
    expect(Object.keys(check({ network_id: 'n' }).props).sort()).toEqual(Object.keys(type.properties).sort()));
});

describe('problems', () => {
  const rows: readonly (readonly [JsonObject, readonly (string | number)[], string])[] = [
    [{ nosuch: 1 }, [], 'Unknown Property nosuch'],
    [{ length: 'abc' }, ['length'], "Value 'abc' is not an integer"],
    [{ length: '1.0' }, ['length'], "Value '1.0' is not an integer"],
    [{ length: 0 }, ['length'], '0 is out of range (min: 1, max: 512)'],
    [{ ratio: 'x' }, ['ratio'], "could not convert string to float: 'x'"],
    [{ code: null }, ['code'], '"" does not match pattern "[a-z]+"'],
    [{ kind: null }, ['kind'], '"" is not an allowed value ["a", "b"]'],
    [{ ratio: null }, ['ratio'], '0 is not a multiple of 2 with an offset of 1'],
    [{ ratio: 4 }, ['ratio'], '4 is not a multiple of 2 with an offset of 1'],
    [{ ratio: 4.5 }, ['ratio'], '4.5 is not a multiple of 2 with an offset of 1'],
    [{ on: 'maybe' }, ['on'], '"maybe" is not a valid boolean'],
    [{ on: 1 }, ['on'], '"1" is not a valid boolean'],
    [{ text: 1.5 }, ['text'], 'Value must be a string; got 1.5'],
    [{ text: [1] }, ['text'], 'Value must be a string; got [1]'],
    [{ kind: 'x' }, ['kind'], '"x" is not an allowed value ["a", "b"]'],
    [{ code: 'ABC' }, ['code'], '"ABC" does not match pattern "[a-z]+"'],
    [{ code: '😀' }, ['code'], '"😀" does not match pattern "[a-z]+"'],
    [{ code: 'abcd' }, ['code'], 'length (4) is out of range (min: 2, max: 3)'],
    [{ classes: 'x' }, ['classes'], `"'x'" is not a list`],
    [{ classes: ['x'] }, ['classes', 0], '"x" is not a map'],
    [{ classes: [{ clas: 1 }] }, ['classes', 0], 'Unknown Property clas'],
    [{ nets: [{}] }, ['nets', 0], 'Property network not assigned'],
    [
      { nets: [{ uuid: 'a', network: 'b' }] },
      ['nets', 0],
      'Cannot define the following properties at the same time: nets.network, nets.uuid',
    ],
    [{ free: { a: 1 }, place: 'x' }, ['place'], '"x" is not a map'],
    [{ never: 'x' }, [], 'Property never not implemented yet'],
    [{ labels: [{ key: 'a' }] }, ['labels'], 'Property 0 not implemented yet'],
    [{ inner: { never: 'x' } }, ['inner'], 'Property never not implemented yet'],
    [{ text: 'off', on: true }, [], 'text and on disagree'],
  ];
  it.each(rows)('%j', (raw, path, message) =>
    expect(
      check(raw)
        .problems.filter((problem) => problem.severity === 'error')
        .map(({ path, message }) => ({ path, message })),
    ).toEqual([{ path, message }]),
  );
  it('says what was probably meant', () => expect(check({ lenght: 1 }).problems[0]?.hint).toBe('did you mean "length"?'));
  it('warns of deprecated properties', () =>
    expect(check({ old: 'x' }).problems).toMatchObject([{ severity: 'warning', hint: 'use text' }]));
  it('reports a missing one', () =>
    expect(checkProperties(needing, {}, { lenient: false, matchesPattern }).problems).toMatchObject([
      { path: [], message: 'Property flavor not assigned' },
    ]));
  it('never shows a secret value', () =>
    expect(JSON.stringify(checkProperties(type, { password: ['hunter2'] }, { lenient: false, matchesPattern }).problems)).not.toContain(
      'hunter2',
    ));
  it('does not take names of the prototype for properties', () =>
    expect(check(JSON.parse('{"constructor": 1, "__proto__": 2}') as JsonObject).problems.map((problem) => problem.message)).toEqual([
      'Unknown Property constructor',
      'Unknown Property __proto__',
    ]));
  it('counts code points', () =>
    expect(check({ password: '😀'.repeat(7) }).problems[0]?.message).toBe('length (7) is out of range (min: 8, max: None)'));
});

describe('custom constraints and unknown values', () => {
  it('are collected, not judged', () =>
    expect(check({ network: 'n' }).custom).toEqual([
      { path: ['network'], name: 'neutron.network', value: 'n', message: null, secret: false },
    ]));
  it('say where the older name stands', () => expect(check({ network_id: 'n' }).custom[0]?.path).toEqual(['network_id']));
  it('are asked about the empty value that a null becomes', () =>
    expect(check({ network: null }).custom).toMatchObject([{ path: ['network'], value: '' }]));
  it('do not judge a null that a resource may have told', () => {
    const told = checkProperties(type, { network: null, kind: null }, { lenient: false, nullsMayBeTold: true, matchesPattern });
    expect(told).toMatchObject({ props: { network: '', kind: '' }, problems: [], custom: [] });
  });
  it('leave out what is unknown in a lenient check', () => {
    const { props, problems } = check({ text: null, nets: [{ network: null }, null] }, true);
    expect(problems).toEqual([]);
    expect('text' in props).toBe(false);
    expect(props.nets).toEqual([{ uuid: null }, null]);
  });
  it('put no map that is not known before the rules of the type', () => {
    const ruled = declare({
      ...behaviour,
      name: 'Test::Kit::Ruled',
      properties: { items: p.listOf(p.mapOf({ key: p.string('Key.') })(''))('Items.') },
      validate: ({ items }) => (items ?? []).flatMap(({ key }) => (key === 'x' ? ['no x'] : [])),
    });
    const problemsOf = (items: readonly Json[]) => checkProperties(ruled, { items }, { lenient: true, matchesPattern }).problems;
    expect(problemsOf([{ key: 'x' }])).toMatchObject([{ message: 'no x' }]);
    expect(problemsOf([{ key: 'x' }, null])).toEqual([]);
  });
  it('take an unknown value under an older name for given', () => expect(check({ nets: [{ uuid: null }] }, true).problems).toEqual([]));
  it('know where the unknown values are, when told', () => {
    const { props, problems } = checkProperties(
      type,
      { text: null, length: null },
      { lenient: true, unknownPaths: [['length']], matchesPattern },
    );
    expect(problems).toEqual([]);
    expect(props.text).toBe('');
    expect('length' in props).toBe(false);
  });
});

describe('classifyChange', () => {
  const before = check({ text: 'a' }).props;
  const rows: readonly (readonly [string, JsonObject, string, readonly string[], readonly string[]])[] = [
    ['nothing', { text: 'a' }, 'same', [], []],
    ['an updatable one', { text: 'b' }, 'update', [], []],
    ['one that is not', { text: 'a', kind: 'b' }, 'replace', ['kind'], []],
    ['an updatable one that needs a new resource', { text: 'anew' }, 'replace', ['text'], []],
    ['an immutable one', { text: 'a', fixed: 'x' }, 'replace', ['fixed'], ['fixed']],
  ];
  it.each(rows)('%s', (_name, after, change, replacing, refused) =>
    expect(classifyChange(type, before, check(after).props)).toMatchObject({ change, replacing, refused }),
  );
  it('says what changed', () =>
    expect(classifyChange(type, before, check({ text: 'b', on: true }).props).changed).toEqual({ text: 'b', on: true }));
});

describe('views', () => {
  it('mask secrets at every depth', () => {
    const shown = hiddenProperties(type, { password: 'hunter2', place: { row: 1, pin: '1234' }, text: 'seen' });
    expect(shown).toEqual({ password: '******', place: { row: 1, pin: '******' }, text: 'seen' });
  });
  it('show the schema', () => {
    const view = resourceTypeView(type, true) as { properties: Record<string, Json>; attributes: Json; description: Json };
    expect(view.properties.length).toEqual({
      type: 'integer',
      description: 'Length.',
      default: 32,
      required: false,
      constraints: [{ range: { min: 1, max: 512 } }],
      update_allowed: false,
      immutable: false,
    });
    expect(view.properties.classes).toMatchObject({ type: 'list', schema: { '*': { type: 'map', schema: { min: { type: 'integer' } } } } });
    expect(view.properties).not.toHaveProperty('never');
    expect(view.properties.inner).toHaveProperty('schema.never');
    expect(view.attributes).toMatchObject({ value: { type: 'string' }, show: { type: 'map' } });
    expect(view.description).toBe('For tests.');
    expect(resourceTypeView(type, false)).not.toHaveProperty('description');
  });
  it('write templates', () => {
    expect(generateTemplate(needing, 'hot')).toEqual({
      heat_template_version: '2016-10-14',
      description: 'Initial template of Needing',
      parameters: { flavor: { type: 'string', description: 'Flavor.' } },
      resources: { Needing: { type: 'Test::Kit::Needing', properties: { flavor: { get_param: 'flavor' } } } },
      outputs: {
        value: { value: { get_attr: ['Needing', 'value'] }, description: 'The value.' },
        show: { value: { get_attr: ['Needing', 'show'] }, description: expect.any(String) as string },
        'OS::stack_id': { value: { get_resource: 'Needing' } },
      },
    });
    const cfn = generateTemplate(type, 'cfn') as { Parameters: JsonObject; Resources: JsonObject };
    expect(cfn.Parameters).toMatchObject({
      length: { Type: 'Number', MinValue: 1, MaxValue: 512 },
      on: { Type: 'Boolean', AllowedValues: ['True', 'true', 'False', 'false'] },
      kind: { AllowedValues: ['a', 'b'] },
    });
    expect(cfn.Resources).toMatchObject({ All: { Properties: { nets: { 'Fn::Split': [',', { Ref: 'nets' }] }, text: { Ref: 'text' } } } });
  });
});

describe('registryOf', () => {
  it('finds by name', () => {
    const registry = registryOf([type, needing]);
    expect(registry.get('Test::Kit::All')).toBe(type);
    expect(registry.get('constructor')).toBeNull();
    expect(registry.names()).toEqual(['Test::Kit::All', 'Test::Kit::Needing']);
  });
  it('refuses two of a name', () => expect(() => registryOf([type, type])).toThrow('two resource types'));
});
