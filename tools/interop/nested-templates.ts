/** Scenarios: templates that stand for resources, failures below, deletion, direct changes of what is nested. */
import { attr, hot } from './nested-groups.ts';
import type { Scenario } from './nested-run.ts';

const yaml = (template: unknown): string => JSON.stringify(template);
const value = (text: unknown) => ({ type: 'OS::Heat::Value', properties: { value: text } });

const pair = (second = 'second') =>
  yaml(
    hot(
      { first: value({ get_param: 'text' }), [second]: value(attr('first', 'value')) },
      {
        text: attr('first', 'value'),
        list: { get_param: 'list' },
        map: { get_param: 'map' },
        number: { get_param: 'number' },
        on: { get_param: 'on' },
      },
      {
        description: 'Two values.',
        parameters: {
          text: { type: 'string', description: 'A text', default: 'unsaid' },
          list: { type: 'comma_delimited_list', default: 'a,b' },
          map: { type: 'json', default: { k: 'v' } },
          number: { type: 'number', default: 1 },
          on: { type: 'boolean', default: false },
        },
      },
    ),
  );
const pairProperties = { text: 'given', list: ['x', 'y'], map: { deep: [1, { two: 2 }] }, number: 3.5, on: true };
const askedOfPair = (name: string) => ({
  text: attr(name, 'text'),
  list: attr(name, 'list'),
  list1: attr(name, 'list', 1),
  map: attr(name, 'map'),
  deep: attr(name, 'map', 'deep', 1, 'two'),
  number: attr(name, 'number'),
  on: attr(name, 'on'),
  inner: attr(name, 'resource.first.value'),
  inner_ref: attr(name, 'resource.first'),
  id: { get_resource: name },
});
const wrapped = (inner: unknown, outputs: Readonly<Record<string, unknown>> = {}, more: object = {}) => yaml(hot({ inner }, outputs, more));
const withId = yaml(hot({ v: value('x') }, { 'OS::stack_id': 'my own id', shown: attr('v', 'value') }));
const facade = yaml(
  hot({
    v: value({
      metadata: { resource_facade: 'metadata' },
      deletion: { resource_facade: 'deletion_policy' },
      update: { resource_facade: 'update_policy' },
    }),
  }),
);

export const templateScenarios: readonly Scenario[] = [
  {
    name: 'template: by file name, with parameters of every kind',
    steps: [
      {
        kind: 'create',
        template: hot({ p: { type: 'pair.yaml', properties: pairProperties } }, askedOfPair('p')),
        files: { 'pair.yaml': pair() },
        shown: ['/p', '/p/first', '/p?with_attr=text'],
      },
      {
        kind: 'update',
        template: hot({ p: { type: 'pair.yaml', properties: pairProperties } }, askedOfPair('p')),
        files: { 'pair.yaml': pair('third') },
      },
      {
        kind: 'update',
        template: hot({ p: { type: 'pair.yaml', properties: pairProperties } }, askedOfPair('p')),
        files: { 'pair.yaml': pair('third') },
      },
      {
        kind: 'update',
        template: hot({ p: { type: 'pair.yaml', properties: { text: 'changed' } } }, askedOfPair('p')),
        files: { 'pair.yaml': pair('third') },
        shown: ['/p'],
      },
      { kind: 'delete' },
    ],
  },
  {
    name: 'template: by alias, wildcard and resource',
    steps: [
      {
        kind: 'create',
        template: hot({
          alias: { type: 'My::Pair', properties: { text: 'alias' } },
          wild: { type: 'Wild::One', properties: { value: 'wild' } },
          named: { type: 'OS::Heat::None', properties: { text: 'named' } },
          plain: value('plain'),
        }),
        environment: {
          resource_registry: {
            'My::Pair': 'pair.yaml',
            'Wild::*': 'OS::Heat::TestResource',
            resources: { named: { 'OS::Heat::None': 'pair.yaml' } },
          },
        },
        files: { 'pair.yaml': pair() },
        shown: ['/alias'],
      },
    ],
  },
  {
    name: 'template: in place of a built-in type',
    steps: [
      {
        kind: 'create',
        template: hot(
          { r: { type: 'OS::Heat::RandomString', properties: { length: 8 } } },
          { value: attr('r', 'value'), id: { get_resource: 'r' } },
        ),
        environment: { resource_registry: { 'OS::Heat::RandomString': 'random.yaml' } },
        files: {
          'random.yaml': yaml(
            hot({ v: value('not random') }, { value: attr('v', 'value') }, { parameters: { length: { type: 'number', default: 32 } } }),
          ),
        },
        shown: ['/r'],
      },
    ],
  },
  {
    name: 'template: its own id, and what it stands for',
    steps: [
      {
        kind: 'create',
        template: hot(
          {
            named: { type: 'id.yaml' },
            faced: { type: 'facade.yaml', metadata: { key: 'of the parent' }, deletion_policy: 'Retain' },
            plain: { type: 'facade.yaml' },
          },
          {
            id: { get_resource: 'named' },
            shown: attr('named', 'shown'),
            faced: attr('faced', 'resource.v.value'),
            plain: attr('plain', 'resource.v.value'),
          },
        ),
        files: { 'id.yaml': withId, 'facade.yaml': facade },
        shown: ['/named'],
      },
    ],
  },
  {
    name: 'template: members of a group',
    steps: [
      {
        kind: 'create',
        template: hot(
          {
            g: {
              type: 'OS::Heat::ResourceGroup',
              properties: { count: 2, resource_def: { type: 'pair.yaml', properties: { text: 't%index%' } } },
            },
          },
          {
            texts: attr('g', 'text'),
            refs: attr('g', 'refs'),
            deep: attr('g', 'resource.1.resource.first.value'),
            by_name: attr('g', 'attributes', 'text'),
          },
        ),
        files: { 'pair.yaml': pair() },
        shown: ['/g', '/g/0'],
      },
      {
        kind: 'update',
        template: hot(
          {
            g: {
              type: 'OS::Heat::ResourceGroup',
              properties: { count: 2, resource_def: { type: 'pair.yaml', properties: { text: 't%index%' } } },
            },
          },
          { texts: attr('g', 'text') },
        ),
        files: { 'pair.yaml': pair('third') },
      },
    ],
  },
  {
    name: 'failure: three levels down, and the way back',
    steps: [
      {
        kind: 'create',
        template: hot({ top: { type: 'middle.yaml' }, after: { ...value('x'), depends_on: 'top' } }, { out: attr('top', 'out') }),
        files: {
          'middle.yaml': wrapped({ type: 'bottom.yaml', properties: {} }, { out: attr('inner', 'out') }),
          'bottom.yaml': wrapped(
            { type: 'OS::Heat::TestResource', properties: { value: 'v', fail: true } },
            { out: attr('inner', 'output') },
          ),
        },
        shown: ['/top'],
      },
      {
        kind: 'update',
        template: hot({ top: { type: 'middle.yaml' }, after: { ...value('x'), depends_on: 'top' } }, { out: attr('top', 'out') }),
        files: {
          'middle.yaml': wrapped({ type: 'bottom.yaml', properties: {} }, { out: attr('inner', 'out') }),
          'bottom.yaml': wrapped({ type: 'OS::Heat::TestResource', properties: { value: 'v' } }, { out: attr('inner', 'output') }),
        },
      },
    ],
  },
  {
    name: 'failure: an update is rolled back',
    steps: [
      {
        kind: 'create',
        disableRollback: false,
        template: hot({
          p: { type: 'one.yaml' },
        }),
        files: { 'one.yaml': wrapped(value('good')) },
      },
      {
        kind: 'update',
        disableRollback: false,
        template: hot({
          p: { type: 'one.yaml' },
        }),
        files: { 'one.yaml': wrapped({ type: 'OS::Heat::TestResource', properties: { value: 'v', fail: true } }) },
      },
    ],
  },
  {
    name: 'hidden: a value that must not be seen, two levels down',
    steps: [
      {
        kind: 'create',
        template: hot(
          { p: { type: 'middle.yaml', properties: { secret: { get_param: 'secret' } } } },
          {},
          { parameters: { secret: { type: 'string', hidden: true } } },
        ),
        parameters: { secret: 'sesame' },
        files: {
          'middle.yaml': wrapped(
            { type: 'bottom.yaml', properties: { open: { get_param: 'secret' } } },
            {},
            { parameters: { secret: { type: 'string', hidden: true } } },
          ),
          'bottom.yaml': wrapped(value({ get_param: 'open' }), {}, { parameters: { open: { type: 'string', hidden: true } } }),
        },
        shown: ['/p'],
      },
    ],
  },
  {
    name: 'names: what a nested stack cannot be asked',
    steps: [
      {
        kind: 'create',
        template: hot({ p: { type: 'pair.yaml' } }, { unknown: attr('p', 'no_such_output'), inner: attr('p', 'resource.nobody.value') }),
        files: { 'pair.yaml': pair() },
        shown: ['/p/nobody', '/nobody'],
      },
    ],
  },
  {
    name: 'type: turned from built-in to template and back',
    steps: [
      { kind: 'create', template: hot({ r: value('built in') }, { v: attr('r', 'value') }) },
      {
        kind: 'update',
        template: hot({ r: value('template') }, { v: attr('r', 'value') }),
        environment: { resource_registry: { 'OS::Heat::Value': 'value.yaml' } },
        files: {
          'value.yaml': yaml(
            hot(
              { r: { type: 'OS::Heat::RandomString', properties: { length: 4 } } },
              { value: { get_param: 'value' } },
              { parameters: { value: { type: 'string' } } },
            ),
          ),
        },
      },
      { kind: 'update', template: hot({ r: value('built in') }, { v: attr('r', 'value') }), environment: { resource_registry: {} } },
    ],
  },
];
