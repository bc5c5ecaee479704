/** Scenarios: everything that can be asked of groups and chains, who is removed, how sizes change. */
import { attr, hot } from './nested-groups.ts';
import type { Scenario } from './nested-run.ts';

const value = (given: unknown) => ({ type: 'OS::Heat::Value', properties: { value: given } });
const one = (type: string, properties: object, more: object = {}) => ({ g: { type, properties, ...more } });
const groupOf = (properties: object, outputs: Readonly<Record<string, unknown>> = {}, more: object = {}) =>
  hot(one('OS::Heat::ResourceGroup', properties, more), outputs);
const chainOf = (properties: object, outputs: Readonly<Record<string, unknown>> = {}) =>
  hot(one('OS::Heat::ResourceChain', properties), outputs);

const PLACES = { type: 'json', value: { ip: { a: ['x%index%', 'y'] }, n: 1 } };
const places = { type: 'OS::Heat::Value', properties: PLACES };
const deep = {
  whole: attr('g', 'value'),
  at_key: attr('g', 'value', 'ip'),
  deeper: attr('g', 'value', 'ip', 'a', 0),
  missing_key: attr('g', 'value', 'nowhere'),
  map: attr('g', 'attributes', 'value', 'ip', 'a', 1),
  member: attr('g', 'resource.1', 'value', 'ip', 'a'),
  member_name: attr('g', 'resource.1.value', 'ip', 'a', 0),
  member_missing_key: attr('g', 'resource.0.value', 'nowhere'),
  ref_last: attr('g', 'refs', -1),
  ref_text: attr('g', 'refs', '1'),
  ref_far: attr('g', 'refs', 9),
  refs_map: attr('g', 'refs_map'),
  no_attribute: attr('g', 'attributes'),
  shown: attr('g', 'show'),
  member_shown: attr('g', 'resource.0.show'),
  unknown_member: attr('g', 'resource.nobody'),
  removed: attr('g', 'removed_rsrc_list'),
  everything: attr('g'),
};
const named = JSON.stringify(
  hot({ v: value('x') }, { 'OS::stack_id': { get_param: 'id' }, kept: attr('v', 'value') }, { parameters: { id: { type: 'string' } } }),
);
const namedMember = { type: 'named.yaml', properties: { id: 'id-%index%' } };
const files = { 'named.yaml': named };
const askedByName = {
  refs: attr('g', 'refs'),
  refs_map: attr('g', 'refs_map'),
  removed: attr('g', 'removed_rsrc_list'),
  kept: attr('g', 'kept'),
  member: attr('g', 'resource.1'),
};
const removing = (count: number, resourceLists: readonly unknown[], more: object = {}) => ({
  template: groupOf(
    { count, resource_def: namedMember, removal_policies: resourceLists.map((list) => ({ resource_list: list })), ...more },
    askedByName,
  ),
  files,
});
const chain = (types: readonly string[], more: object = {}) => ({ resources: types, resource_properties: { value: 'same' }, ...more });
const VALUE = 'OS::Heat::Value';
const TESTED = 'OS::Heat::TestResource';
const askedOfChain = {
  refs: attr('g', 'refs'),
  last: attr('g', 'refs', -1),
  values: attr('g', 'value'),
  attributes: attr('g', 'attributes', 'value'),
  one: attr('g', 'resource.0.value'),
  member: attr('g', 'resource.1'),
  gone: attr('g', 'resource.7.value'),
  no_attribute: attr('g', 'attributes'),
};

export const memberScenarios: readonly Scenario[] = [
  {
    name: 'members: attributes with paths',
    steps: [{ kind: 'create', template: groupOf({ count: 2, resource_def: places }, deep), shown: ['/g', '/g/1'] }],
  },
  {
    name: 'members: attributes in the oldest version',
    steps: [
      {
        kind: 'create',
        template: { ...groupOf({ count: 2, resource_def: places }), heat_template_version: '2013-05-23', outputs: oldOutputs() },
      },
    ],
  },
  {
    name: 'members: attributes in CloudFormation',
    steps: [
      {
        kind: 'create',
        template: {
          HeatTemplateFormatVersion: '2012-12-12',
          Resources: { g: { Type: 'OS::Heat::ResourceGroup', Properties: { count: 2, resource_def: value('m%index%') } } },
          Outputs: {
            values: { Value: { 'Fn::GetAtt': ['g', 'value'] } },
            refs: { Value: { 'Fn::GetAtt': ['g', 'refs'] } },
            member: { Value: { 'Fn::GetAtt': ['g', 'resource.1.value'] } },
            id: { Value: { Ref: 'g' } },
          },
        },
      },
    ],
  },
  {
    name: 'members: attributes used by others, who follow',
    steps: [2, 3].map((count, index) => ({
      kind: index === 0 ? ('create' as const) : ('update' as const),
      template: hot(
        {
          ...one('OS::Heat::ResourceGroup', { count, resource_def: value('m%index%') }),
          all: value({ list_join: [',', attr('g', 'value')] }),
          by_name: value(attr('g', 'attributes', 'value')),
          last: value(attr('g', 'refs', -1)),
        },
        { all: attr('all', 'value'), by_name: attr('by_name', 'value') },
      ),
    })),
  },
  {
    name: 'members: removed by name, by reference, by number',
    steps: [
      { kind: 'create', ...removing(4, []) },
      { kind: 'update', ...removing(4, [['id-1']]) },
      { kind: 'update', ...removing(3, [[0], ['id-3', 'nobody']]) },
      { kind: 'update', ...removing(3, []) },
      { kind: 'update', ...removing(2, [['id-5']], { removal_policies_mode: 'update' }) },
    ],
  },
  {
    name: 'members: removed before there are any, and all of them',
    steps: [
      { kind: 'create', ...removing(2, [['0', 'never']]) },
      { kind: 'update', ...removing(2, [['1', '2']]) },
      { kind: 'update', ...removing(0, []) },
    ],
  },
  {
    name: 'members: removed in the order of texts',
    steps: [
      { kind: 'create', template: groupOf({ count: 12, resource_def: value('m') }, { removed: attr('g', 'removed_rsrc_list') }) },
      {
        kind: 'update',
        template: groupOf(
          { count: 9, resource_def: value('m'), removal_policies: [{ resource_list: ['10', '2', 1] }] },
          { removed: attr('g', 'removed_rsrc_list'), values: attr('g', 'attributes', 'value') },
        ),
      },
    ],
  },
  {
    name: 'members: the index in keys, in names, in groups below',
    steps: [
      {
        kind: 'create',
        template: groupOf(
          {
            count: 2,
            resource_def: {
              type: 'OS::Heat::ResourceGroup',
              properties: { count: 1, resource_def: value({ '%index%': '%index%', list: ['a%index%', 7, true] }) },
            },
          },
          { values: attr('g', 'value') },
        ),
      },
    ],
  },
  {
    name: 'members: of templates, asked for what they have and have not',
    steps: [
      {
        kind: 'create',
        template: groupOf(
          { count: 2, resource_def: namedMember },
          {
            ...askedByName,
            by_name: attr('g', 'attributes', 'kept'),
            one: attr('g', 'resource.0.kept'),
            nothing: attr('g', 'nothing'),
            nothing_by_name: attr('g', 'attributes', 'nothing'),
            nothing_of_one: attr('g', 'resource.0.nothing'),
            inner: attr('g', 'resource.0.resource.v.value'),
            inner_all: attr('g', 'resource.v.value'),
          },
        ),
        files,
        shown: ['/g', '/g/0'],
      },
    ],
  },
  {
    name: 'members: resized in batches',
    steps: [
      { kind: 'create', template: batched(2, 'a') },
      { kind: 'update', template: batched(5, 'a') },
      { kind: 'update', template: batched(3, 'b') },
      { kind: 'update', template: batched(0, 'b') },
    ],
  },
  {
    name: 'chain: everything that can be asked',
    steps: [{ kind: 'create', template: chainOf(chain([VALUE, VALUE]), askedOfChain), shown: ['/g'] }],
  },
  {
    name: 'chain: members come and go in the middle',
    steps: [
      { kind: 'create', template: chainOf(chain([VALUE, VALUE]), { refs: attr('g', 'refs') }) },
      { kind: 'update', template: chainOf(chain([VALUE, TESTED, VALUE]), { refs: attr('g', 'refs') }) },
      { kind: 'update', template: chainOf(chain([VALUE, VALUE]), { refs: attr('g', 'refs') }) },
      { kind: 'update', template: chainOf(chain([VALUE]), { refs: attr('g', 'refs') }) },
    ],
  },
  {
    name: 'chain: all at once',
    steps: [
      { kind: 'create', template: chainOf(chain([VALUE, TESTED, VALUE], { concurrent: true }), { refs: attr('g', 'refs') }) },
      { kind: 'update', template: chainOf(chain([VALUE], { concurrent: true }), { refs: attr('g', 'refs') }) },
    ],
  },
  {
    name: 'chain: of templates by another name',
    steps: [
      {
        kind: 'create',
        template: chainOf({ resources: ['My::Named', 'My::Named'], resource_properties: { id: 'same' } }, askedOfChain),
        environment: { resource_registry: { 'My::Named': 'named.yaml' } },
        files,
      },
    ],
  },
  {
    name: 'chain: the second fails, and the third is not made',
    steps: [
      {
        kind: 'create',
        template: chainOf({ resources: [TESTED, TESTED, TESTED], resource_properties: { value: 'x', fail: true } }),
      },
    ],
  },
];

function oldOutputs() {
  const asked = {
    path: attr('g', 'value', 1, 'ip'),
    refs: attr('g', 'refs'),
    ref: attr('g', 'refs', 0),
    attributes: attr('g', 'attributes', 'value'),
  };
  return Object.fromEntries(Object.entries(asked).map(([name, shown]) => [name, { value: shown }]));
}

function batched(count: number, text: string) {
  return groupOf(
    { count, resource_def: value(`${text}%index%`) },
    { values: attr('g', 'value') },
    {
      update_policy: { rolling_update: { max_batch_size: 2, min_in_service: 1 }, batch_create: { max_batch_size: 2 } },
    },
  );
}
