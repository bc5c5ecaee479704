/** One change at a time to a resource of a valid template: its keys, its properties, what it depends on. */
import type { PropertySchema } from '@hearth/resource-kit';
import { goodCall, goodProperties, goodValue } from './templates-base.ts';
import type { Dice } from './templates-dice.ts';
import { type Mutated, type Mutation, set } from './templates-mutations.ts';
import { type Tree, type TreeMap, withTree } from './templates-tree.ts';
import type { Language } from './templates-versions.ts';

const ODD: readonly Tree[] = [null, 'text', 5, true, [], ['a'], {}, { a: 1 }, '', 0, false, 1.5, [1], [null], { '': 1 }];

const wholeResource: Mutation = ({ dice, language, template }) => set(template, [language.resources, 'extra'], dice.pick(ODD));

const TYPES: readonly Tree[] = [
  null,
  '',
  5,
  [],
  {},
  ['OS::Heat::Value'],
  'Nobody::Knows',
  'OS::Heat::Valu',
  'os::heat::value',
  'OS::Heat::Value ',
  'OS::Heat::*',
  'file:///missing.yaml',
  'missing.yaml',
  'http://127.0.0.1:1/x.yaml',
  'x.template',
  'OS::Heat::None',
  'OS::Heat::TemplateResource',
  { get_param: 'text' },
  { Ref: 'text' },
  'AWS::CloudFormation::Stack',
  'OS::Heat::ScaledResource',
  'OS::Neutron::Nothing',
  'a b',
  '::',
  'OS::Heat::Stack',
  'OS::Magnum::Cluster',
  'OS::Trove::Instance',
  'OS::Senlin::Profile',
  'OS::Neutron::FloatingIPPortForward',
  'OS::Neutron::VPNService',
];
const type: Mutation = ({ dice, language, template }) =>
  set(template, [language.resources, 'extra'], { [language.type]: dice.pick(TYPES) });

/** A key with a strange value, or a strange key. */
const KEY_VALUES: readonly Tree[] = [
  ...ODD,
  { get_param: 'data' },
  { Ref: 'data' },
  { get_param: 'text' },
  { Ref: 'text' },
  { if: ['yes', { a: 1 }, null] },
  { resource_facade: 'metadata' },
  { 'Fn::ResourceFacade': 'Metadata' },
  { get_attr: ['first', 'value'] },
  { get_param: 'nobody' },
];
const key: Mutation = ({ dice, language, template }) => {
  const { properties, metadata, dependsOn, deletionPolicy, updatePolicy, condition } = language;
  const keys = [
    properties,
    metadata,
    dependsOn,
    deletionPolicy,
    updatePolicy,
    condition,
    'external_id',
    'description',
    'Description',
    'nothing',
    'propertys',
    'Properties',
    'type',
    'Type',
    'depends',
    '',
  ];
  return set(template, [language.resources, 'third', dice.pick(keys)], dice.pick(KEY_VALUES));
};

const DEPENDS: readonly Tree[] = [
  'first',
  ['first'],
  ['first', 'first'],
  ['first', 'second'],
  'third',
  ['third'],
  'nobody',
  ['first', 'nobody'],
  [['first']],
  [5],
  [null],
  null,
  '',
  [''],
  5,
  {},
  { first: 1 },
  [],
  true,
  { get_param: 'text' },
  'text',
  'first,second',
  ['first', { get_resource: 'second' }],
];
const dependsOn: Mutation = ({ dice, language, template }) =>
  set(template, [language.resources, 'third', language.dependsOn], dice.pick(DEPENDS));

const reference = (language: Language, name: string): Tree => (language.family === 'hot' ? { get_resource: name } : { Ref: name });

/** Circles by depends_on, by references, by both. */
const circle: Mutation = ({ dice, language, template }) => {
  const { resources, properties, metadata } = language;
  const ways: readonly ((from: Tree, name: string, to: string) => Tree)[] = [
    (from, name, to) => withTree(from, [resources, name, language.dependsOn], to),
    (from, name, to) => withTree(from, [resources, name, properties, 'value'], reference(language, to)),
    (from, name, to) => withTree(from, [resources, name, metadata], { k: reference(language, to) }),
  ];
  const names = dice.pick([['first'], ['first', 'second'], ['second', 'first']]);
  let result: Tree = template;
  const said: string[] = [];
  for (const [i, name] of names.entries()) {
    const to = names[(i + 1) % names.length] as string;
    const way = dice.below(ways.length);
    said.push(`${name} → ${to} by way ${way}`);
    result = (ways[way] as (typeof ways)[number])(result, name, to);
  }
  return { template: result, detail: said.join(', ') };
};

const POLICIES: readonly Tree[] = [
  'Delete',
  'Retain',
  'Snapshot',
  'delete',
  'retain',
  'snapshot',
  'DELETE',
  'Keep',
  '',
  null,
  5,
  [],
  {},
  true,
  { get_param: 'text' },
  { Ref: 'text' },
  { resource_facade: 'deletion_policy' },
  { 'Fn::ResourceFacade': 'DeletionPolicy' },
  { list_join: ['', ['Ret', 'ain']] },
  { if: ['yes', 'Retain', 'Delete'] },
];
const deletionPolicy: Mutation = ({ dice, language, types, template }) => {
  const chosen = dice.chance(0.5) ? types.find(({ name }) => name === 'OS::Cinder::Volume') : undefined;
  const resource: TreeMap = {
    [language.type]: chosen?.name ?? 'OS::Heat::RandomString',
    ...(chosen === undefined ? {} : { [language.properties]: { size: 1 } }),
    [language.deletionPolicy]: dice.pick(POLICIES),
  };
  return set(template, [language.resources, 'extra'], resource);
};

const UPDATE_POLICIES: readonly Tree[] = [
  ...ODD,
  { rolling_update: { min_in_service: 1, max_batch_size: 2, pause_time: 1 } },
  { rolling_update: null },
  { rolling_update: { nothing: 1 } },
  { rolling_update: { pause_time: 'x' } },
  { rolling_update: { max_batch_size: 0 } },
  { rolling_update: [] },
  { batch_create: { max_batch_size: 2 } },
  { batch_create: 5 },
  { nothing: {} },
  { AutoScalingRollingUpdate: { MinInstancesInService: '1' } },
  { RollingUpdate: {} },
  { rolling_update: { min_in_service: { get_param: 'count' } } },
  { rolling_update: { get_param: 'data' } },
];
const updatePolicy: Mutation = ({ dice, language, types, template }) => {
  const groups = [
    'OS::Heat::ResourceGroup',
    'OS::Heat::AutoScalingGroup',
    'AWS::AutoScaling::AutoScalingGroup',
    'OS::Heat::InstanceGroup',
    'OS::Heat::RandomString',
  ];
  const chosen = dice.pick(types.filter(({ name }) => groups.includes(name)));
  const resource: TreeMap = {
    [language.type]: chosen.name,
    [language.properties]:
      chosen.name === 'OS::Heat::ResourceGroup'
        ? { count: 1, resource_def: { type: 'OS::Heat::RandomString' } }
        : goodProperties(dice, chosen.properties),
    [language.updatePolicy]: dice.pick(UPDATE_POLICIES),
  };
  return set(template, [language.resources, 'extra'], resource);
};

const EXTERNAL: readonly Tree[] = [
  '11111111-2222-3333-4444-555555555555',
  'x',
  '',
  null,
  5,
  [],
  {},
  true,
  { get_param: 'text' },
  { get_param: 'needed' },
  { get_param: 'nobody' },
  { get_resource: 'first' },
  { get_attr: ['first', 'value'] },
];
const externalId: Mutation = ({ dice, language, template }) => {
  const resource: TreeMap = {
    [language.type]: dice.pick(['OS::Heat::RandomString', 'OS::Nova::Server', 'OS::Neutron::Net']),
    external_id: dice.pick(EXTERNAL),
    ...(dice.chance(0.3) ? { [language.dependsOn]: dice.pick<Tree>(['first', [], 'nobody']) } : {}),
    ...(dice.chance(0.3) ? { [language.properties]: dice.pick<Tree>([{ nothing: 1 }, { name: { get_resource: 'first' } }, {}]) } : {}),
    ...(dice.chance(0.2) ? { [language.deletionPolicy]: dice.pick<Tree>(['Delete', 'Snapshot']) } : {}),
  };
  return set(template, [language.resources, 'extra'], resource);
};

const resourceName: Mutation = ({ dice, language, template }) =>
  set(
    template,
    [
      language.resources,
      dice.pick([
        '',
        'a/b',
        'a.b',
        'a b',
        'text',
        '1',
        'ünï',
        'OS::stack_id',
        'AWS::Region',
        'x'.repeat(300),
        'resources',
        '__proto',
        'constructor',
      ]),
    ],
    { [language.type]: 'OS::Heat::RandomString' },
  );

// ---- properties of any type ------------------------------------------------------------------------------------------------------------

type PropertyChange = (
  dice: Dice,
  name: string,
  schema: PropertySchema,
  language: Language,
) => readonly [name: string, value: Tree | undefined];

const WRONG: readonly Tree[] = [
  null,
  'text',
  '',
  5,
  -1,
  1.5,
  true,
  'true',
  '5',
  [],
  ['a'],
  [null],
  [[]],
  [{}],
  [{ a: 1 }],
  {},
  { a: 1 },
  { a: null },
  'a,b',
];

const CHANGES: Readonly<Record<string, PropertyChange>> = {
  'unknown property': (dice, name) => [
    dice.pick([`${name}x`, 'nothing', name.toUpperCase(), '', 'show', 'OS::stack_id', 'Name', 'name', 'description']),
    dice.pick<Tree>(['x', null, {}]),
  ],
  'wrong value': (dice, name) => [name, dice.pick(WRONG)],
  'null property': (_, name) => [name, null],
  'no property': (_, name) => [name, undefined],
  'function in property': (dice, name, _, language) => [name, goodCall(dice, language)],
  'function below property': (dice, name, schema, language) => [
    name,
    schema.kind === 'list' ? [goodCall(dice, language)] : { k: goodCall(dice, language) },
  ],
  'broken constraint': (dice, name, schema) => [name, brokenValue(dice, schema)],
  'unknown below property': (dice, name, schema) => [name, withUnknown(dice, schema)],
  'good property': (dice, name, schema) => [name, goodValue(dice, schema)],
};

function brokenValue(dice: Dice, { constraints = [], kind }: PropertySchema): Tree {
  const constraint = constraints.length === 0 ? null : dice.pick(constraints);
  switch (constraint?.kind) {
    case 'range':
      return constraint.max === null ? (constraint.min ?? 0) - 1 : constraint.max + 1;
    case 'length':
      return kind === 'list' ? [] : 'x'.repeat(Math.min(2000, (constraint.max ?? 0) + 1));
    case 'allowed-values':
      return kind === 'list' ? ['never'] : 'never';
    case 'modulo':
      return constraint.step + constraint.offset + 1;
    default:
      return '%!/ not at all';
  }
}

function withUnknown(dice: Dice, schema: PropertySchema): Tree {
  const fields = schema.fields ?? schema.items?.fields;
  const map: TreeMap = { ...(fields === undefined ? {} : goodProperties(dice, fields)), nothing: 'x' };
  return schema.kind === 'list' ? [map] : map;
}

const propertyChange =
  (change: PropertyChange): Mutation =>
  ({ dice, language, types, template }): Mutated | null => {
    const chosen = dice.pick(types);
    const names = Object.keys(chosen.properties);
    if (names.length === 0) return null;
    const name = dice.pick(names);
    const [changed, value] = change(dice, name, chosen.properties[name] as PropertySchema, language);
    const resource: TreeMap = { [language.type]: chosen.name, [language.properties]: goodProperties(dice, chosen.properties) };
    const { template: whole } = set({ resource }, ['resource', language.properties, changed], value);
    return set(template, [language.resources, 'extra'], (whole as TreeMap)['resource']);
  };

export const RESOURCE_MUTATIONS: Readonly<Record<string, readonly [weight: number, mutation: Mutation]>> = {
  'whole resource': [4, wholeResource],
  'resource type': [6, type],
  'resource key': [16, key],
  'depends on': [8, dependsOn],
  circle: [5, circle],
  'deletion policy': [7, deletionPolicy],
  'update policy': [7, updatePolicy],
  'external id': [6, externalId],
  'resource name': [3, resourceName],
  ...Object.fromEntries(Object.entries(CHANGES).map(([kind, change]) => [kind, [5, propertyChange(change)] as const])),
};
