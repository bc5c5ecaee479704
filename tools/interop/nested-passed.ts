/** Scenarios: what goes down to a template that stands for a resource and what comes up again; interfaces, registries, facades. */
import { attr, hot } from './nested-groups.ts';
import type { Definition, Scenario } from './nested-run.ts';

const yaml = (template: unknown): string => JSON.stringify(template);
const value = (given: unknown) => ({ type: 'OS::Heat::Value', properties: { value: given } });
const echo = (type: string, more: object = {}) =>
  yaml(hot({ v: value('x') }, { a: { get_param: 'a' } }, { parameters: { a: { type, ...more } } }));

/** Type of the parameter, and what is given for it. */
const passed: Readonly<Record<string, readonly [string, unknown]>> = {
  'a number for a text': ['string', 3.5],
  'true for a text': ['string', true],
  'a list for a text': ['string', ['a']],
  'a map for a text': ['string', { a: 1 }],
  'a text for a number': ['number', '7'],
  'true for a number': ['number', true],
  'a text for a boolean': ['boolean', 'yes'],
  'a number for a boolean': ['boolean', 1],
  'a text of commas for a list': ['comma_delimited_list', 'a,b'],
  'a text of JSON for a list': ['comma_delimited_list', '["a","b"]'],
  'a map for a list': ['comma_delimited_list', { a: 1 }],
  'a number for a list': ['comma_delimited_list', 4],
  'no items': ['comma_delimited_list', []],
  'null among items': ['comma_delimited_list', ['a', null, 'c']],
  'numbers among items': ['comma_delimited_list', ['a', 1]],
  'maps as items': [
    'comma_delimited_list',
    [
      { Name: 'n', Value: 1 },
      { Name: 'm', Value: true, Extra: null },
    ],
  ],
  'a text, then a map': ['comma_delimited_list', ['a', { b: 1 }]],
  'a comma in an item': ['comma_delimited_list', ['a,b', 'c']],
  'a map for JSON': ['json', { deep: [1, { two: null }] }],
  'a list for JSON': ['json', [1, 'two', { three: 3 }]],
  'a text of JSON for JSON': ['json', '{"a": [1]}'],
  'a number for JSON': ['json', 5],
  'null, where there is a default': ['default', null],
  'null for a number': ['number', null],
  'null for a boolean': ['boolean', null],
  'null for a list': ['comma_delimited_list', null],
  'null for JSON': ['json', null],
};

const passedScenarios: readonly Scenario[] = Object.entries(passed).map(([name, [type, given]]) => ({
  name: `passed down: ${name}`,
  steps: [
    {
      kind: 'create',
      template: hot({ p: { type: 'echo.yaml', properties: { a: given } } }, { a: attr('p', 'a') }),
      files: { 'echo.yaml': type === 'default' ? echo('string', { default: 'unsaid' }) : echo(type) },
    },
  ],
}));

const KEY = 'OS::Nova::KeyPair';
const provider = (parameters: object, outputs: Readonly<Record<string, unknown>>) => yaml(hot({ v: value('x') }, outputs, { parameters }));
const text = (more: object = {}) => ({ type: 'string', ...more });
const keys = { public_key: 'p', private_key: 'q' };
const interfaces: Readonly<Record<string, string>> = {
  whole: provider({ name: text() }, keys),
  'a required property is not there': provider({}, keys),
  'a property of another type': provider({ name: { type: 'number' } }, keys),
  'a property too many, required': provider({ name: text(), more: text() }, keys),
  'a property too many, with a default': provider({ name: text(), more: text({ default: 'x' }) }, keys),
  'an attribute is not there': provider({ name: text() }, { public_key: 'p' }),
};

const standingFor = (template: string): Definition => ({
  template: hot({ r: { type: KEY, properties: { name: 'n' } } }, { key: attr('r', 'public_key'), id: { get_resource: 'r' } }),
  environment: { resource_registry: { [KEY]: 'key.yaml' } },
  files: { 'key.yaml': template },
});

const interfaceScenarios: readonly Scenario[] = Object.entries(interfaces).map(([name, template]) => ({
  name: `interface: ${name}`,
  steps: [
    { kind: 'create', ...standingFor(template) },
    { kind: 'validate', ...standingFor(template) },
  ],
}));

const facadeParts = ['metadata', 'deletion_policy', 'update_policy'] as const;
const hotFacade = yaml(hot({}, Object.fromEntries(facadeParts.map((part) => [part, { resource_facade: part }]))));
const cfnFacade = yaml({
  HeatTemplateFormatVersion: '2012-12-12',
  Resources: {},
  Outputs: Object.fromEntries(
    ['Metadata', 'DeletionPolicy', 'UpdatePolicy'].map((part) => [part, { Value: { 'Fn::ResourceFacade': part } }]),
  ),
});
const faced = (role: string) => ({
  template: hot(
    {
      hot: { type: 'hot.yaml', metadata: { role, of: { get_param: 'OS::stack_name' } }, deletion_policy: 'Snapshot' },
      cfn: { type: 'cfn.yaml', metadata: { role } },
    },
    {
      hot_metadata: attr('hot', 'metadata'),
      hot_deletion: attr('hot', 'deletion_policy'),
      hot_update: attr('hot', 'update_policy'),
      cfn_metadata: attr('cfn', 'Metadata'),
      cfn_deletion: attr('cfn', 'DeletionPolicy'),
      cfn_update: attr('cfn', 'UpdatePolicy'),
    },
  ),
  files: { 'hot.yaml': hotFacade, 'cfn.yaml': cfnFacade },
});

const level = (inner: string | null) => yaml(hot({ r: inner === null ? value('deepest') : { type: inner } }));
const tower = (levels: number): Definition => ({
  template: hot({ r: { type: 'l1.yaml' } }),
  files: Object.fromEntries(
    Array.from({ length: levels }, (_, index) => [`l${index + 1}.yaml`, level(index + 1 === levels ? null : `l${index + 2}.yaml`)]),
  ),
});

const broken = yaml(hot({ v: value('x') }, { good: attr('v', 'value'), bad: { str_split: [',', attr('v', 'value'), 9] } }));
const outputsOf = (name: string) => ({
  list0: attr(name, 'list', 0),
  list_text: attr(name, 'list', '0'),
  list_far: attr(name, 'list', 9),
  map_deep: attr(name, 'map', 'deep', 1),
  map_missing: attr(name, 'map', 'nowhere', 'else'),
  shown: attr(name, 'show'),
  everything: attr(name),
  off: attr(name, 'off'),
  inner: attr(name, 'resource.v'),
  inner_value: attr(name, 'resource.v', 'value', 'deep', 0),
  inner_missing: attr(name, 'resource.v', 'nothing'),
});
const rich = yaml(
  hot(
    {
      v: { type: 'OS::Heat::Value', condition: 'on', properties: { type: 'json', value: { deep: [1, 2] } } },
      w: { ...value('w'), condition: { not: 'on' } },
    },
    { list: ['a', 'b'], map: attr('v', 'value'), off: { if: [{ not: 'on' }, 'off', 'on'] } },
    { parameters: { mode: text({ default: 'on' }) }, conditions: { on: { equals: [{ get_param: 'mode' }, 'on'] } } },
  ),
);

export const passedDownScenarios: readonly Scenario[] = [
  ...passedScenarios,
  ...interfaceScenarios,
  {
    name: 'passed down: defaults of the environment',
    steps: [
      {
        kind: 'create',
        template: hot(
          { p: { type: 'echo.yaml' }, q: { type: 'echo.yaml', properties: { a: 'said' } } },
          { p: attr('p', 'a'), q: attr('q', 'a') },
        ),
        environment: { parameter_defaults: { a: 'of the environment', nobody: 'x' } },
        files: { 'echo.yaml': echo('string') },
      },
    ],
  },
  {
    name: 'passed down: registry for one resource and what is inside it',
    steps: [
      {
        kind: 'create',
        template: hot({ p: { type: 'two.yaml' }, q: { type: 'two.yaml' } }, { p: attr('p', 'v'), q: attr('q', 'v') }),
        environment: {
          resource_registry: {
            'My::Inner': 'general.yaml',
            resources: { p: { inner: { 'My::Inner': 'special.yaml' } }, 'q*': { other: { 'My::Inner': 'special.yaml' } } },
          },
        },
        files: {
          'two.yaml': yaml(hot({ inner: { type: 'My::Inner' } }, { v: attr('inner', 'v') })),
          'general.yaml': yaml(hot({ v: value('general') }, { v: attr('v', 'value') })),
          'special.yaml': yaml(hot({ v: value('special') }, { v: attr('v', 'value') })),
        },
      },
    ],
  },
  {
    name: 'facade: all that can be asked, in both languages',
    steps: [
      { kind: 'create', ...faced('first') },
      { kind: 'update', ...faced('second') },
    ],
  },
  {
    name: 'override: a template uses the type that it stands for',
    steps: [
      {
        kind: 'create',
        template: hot({ r: { type: 'OS::Heat::RandomString', properties: { length: 4 } } }, { size: attr('r', 'size') }),
        environment: { resource_registry: { 'OS::Heat::RandomString': 'random.yaml' } },
        files: {
          'random.yaml': yaml(
            hot(
              { r: { type: 'OS::Heat::RandomString', properties: { length: { get_param: 'length' } } } },
              { value: 'not random', size: { get_param: 'length' } },
              { parameters: { length: { type: 'number' } } },
            ),
          ),
        },
      },
    ],
  },
  { name: 'depth: as deep as may be', steps: [{ kind: 'create', ...tower(5) }] },
  { name: 'depth: one too deep', steps: [{ kind: 'create', ...tower(6) }] },
  {
    name: 'outputs: paths, conditions, reaching in',
    steps: ['on', 'off'].map((mode, index) => ({
      kind: index === 0 ? ('create' as const) : ('update' as const),
      template: hot({ p: { type: 'rich.yaml', properties: { mode } } }, outputsOf('p')),
      files: { 'rich.yaml': rich },
    })),
  },
  {
    name: 'outputs: one that cannot be computed, shown above',
    steps: [
      {
        kind: 'create',
        template: hot({ p: { type: 'broken.yaml' } }, { good: attr('p', 'good'), bad: attr('p', 'bad') }),
        files: { 'broken.yaml': broken },
      },
    ],
  },
  {
    name: 'outputs: one that cannot be computed, used above',
    steps: [
      {
        kind: 'create',
        template: hot({ p: { type: 'broken.yaml' }, v: value(attr('p', 'bad')) }),
        files: { 'broken.yaml': broken },
      },
    ],
  },
  {
    name: 'outputs: the id is a map, a number, cannot be computed',
    steps: [
      {
        kind: 'create',
        template: hot(
          { map: { type: 'map.yaml' }, number: { type: 'number.yaml' }, none: { type: 'none.yaml' } },
          { map: { get_resource: 'map' }, number: { get_resource: 'number' }, none: { get_resource: 'none' } },
        ),
        files: {
          'map.yaml': yaml(hot({ v: value('x') }, { 'OS::stack_id': { a: 1 } })),
          'number.yaml': yaml(hot({ v: value('x') }, { 'OS::stack_id': 7 })),
          'none.yaml': yaml(hot({ v: value('a') }, { 'OS::stack_id': { str_split: [',', attr('v', 'value'), 9] } })),
        },
      },
    ],
  },
  {
    name: 'parameters: one that may not change, below',
    steps: ['first', 'second'].map((given, index) => ({
      kind: index === 0 ? ('create' as const) : ('update' as const),
      template: hot({ p: { type: 'echo.yaml', properties: { a: given } } }, { a: attr('p', 'a') }),
      files: { 'echo.yaml': echo('string', { immutable: true }) },
    })),
  },
];
