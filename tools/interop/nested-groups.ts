/** Scenarios: groups and chains, created, resized, changed in batches, asked for attributes. */
import type { Scenario } from './nested-run.ts';

export const hot = (resources: unknown, outputs: Readonly<Record<string, unknown>> = {}, more: object = {}) => ({
  heat_template_version: '2018-08-31',
  ...more,
  resources,
  ...(Object.keys(outputs).length === 0
    ? {}
    : { outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value }])) }),
});
export const attr = (...path: readonly (string | number)[]) => ({ get_attr: path });
const value = (text: unknown) => ({ type: 'OS::Heat::Value', properties: { value: text } });
const tested = (properties: object) => ({ type: 'OS::Heat::TestResource', properties });

const group = (properties: object, more: object = {}, outputs: Readonly<Record<string, unknown>> = {}) =>
  hot({ g: { type: 'OS::Heat::ResourceGroup', properties, ...more } }, outputs);
const valued = (count: number, text: string, more: object = {}) => ({ count, resource_def: value(text), ...more });

const askedOfGroup = {
  refs: attr('g', 'refs'),
  ref1: attr('g', 'refs', 1),
  refs_map: attr('g', 'refs_map'),
  refs_map0: attr('g', 'refs_map', '0'),
  values: attr('g', 'value'),
  attributes: attr('g', 'attributes', 'value'),
  attributes_of_one: attr('g', 'attributes', 'value', '1'),
  member: attr('g', 'resource.1.value'),
  member_whole: attr('g', 'resource.1'),
  member_path: attr('g', 'resource.0', 'value'),
  gone: attr('g', 'resource.7.value'),
  removed: attr('g', 'removed_rsrc_list'),
  id: { get_resource: 'g' },
};

const rolled = (count: number, text: string, policy: object) => group(valued(count, text), { update_policy: { rolling_update: policy } });

export const groupScenarios: readonly Scenario[] = [
  {
    name: 'group: attributes, up, down, none',
    steps: [
      { kind: 'create', template: group(valued(2, 'm%index%'), {}, askedOfGroup), shown: ['/g', '/g/0', '/g?with_attr=value'] },
      { kind: 'update', template: group(valued(4, 'm%index%'), {}, askedOfGroup) },
      { kind: 'update', template: group(valued(1, 'n%index%'), {}, askedOfGroup) },
      { kind: 'update', template: group(valued(0, 'n%index%'), {}, askedOfGroup) },
      { kind: 'update', template: group(valued(2, 'o%index%'), {}, askedOfGroup), shown: ['/g'] },
      { kind: 'update', template: group(valued(2, 'o%index%'), {}, askedOfGroup) },
      { kind: 'delete' },
    ],
  },
  {
    name: 'group: nobody and nothing said',
    steps: [
      { kind: 'create', template: group({ count: 0, resource_def: value('x') }, {}, { refs: attr('g', 'refs') }) },
      { kind: 'update', template: group({ resource_def: value('x') }, {}, { refs: attr('g', 'refs') }) },
    ],
  },
  {
    name: 'group: another index variable, maps and lists, metadata',
    steps: [
      {
        kind: 'create',
        template: group({
          count: 2,
          index_var: '__i__',
          resource_def: { ...value({ key__i__: ['a__i__', 1, { deep: 'x__i__y__i__' }] }), metadata: { role: 'number __i__' } },
        }),
        shown: ['/g/0', '/g/1'],
      },
    ],
  },
  {
    name: 'group: removal policies',
    steps: [
      { kind: 'create', template: group(valued(4, 'm%index%'), {}, askedOfGroup) },
      {
        kind: 'update',
        template: group(valued(3, 'm%index%', { removal_policies: [{ resource_list: ['1'] }] }), {}, askedOfGroup),
        shown: ['/g'],
      },
      { kind: 'update', template: group(valued(3, 'm%index%', { removal_policies: [{ resource_list: [0] }] }), {}, askedOfGroup) },
      { kind: 'update', template: group(valued(3, 'm%index%', { removal_policies: [{ resource_list: ['77'] }] }), {}, askedOfGroup) },
      {
        kind: 'update',
        template: group(
          valued(4, 'm%index%', { removal_policies: [{ resource_list: ['2'] }], removal_policies_mode: 'update' }),
          {},
          askedOfGroup,
        ),
      },
      { kind: 'update', template: group(valued(2, 'm%index%', { removal_policies_mode: 'update' }), {}, askedOfGroup) },
    ],
  },
  {
    name: 'group: rolling update one by one',
    steps: [
      { kind: 'create', template: rolled(3, 'a%index%', {}) },
      { kind: 'update', template: rolled(3, 'b%index%', {}) },
    ],
  },
  {
    name: 'group: rolling update by two, one stays in service, another size',
    steps: [
      { kind: 'create', template: rolled(4, 'a%index%', { max_batch_size: 2, min_in_service: 1 }) },
      { kind: 'update', template: rolled(4, 'b%index%', { max_batch_size: 2, min_in_service: 1 }) },
      { kind: 'update', template: rolled(6, 'c%index%', { max_batch_size: 2, min_in_service: 1 }) },
      { kind: 'update', template: rolled(3, 'd%index%', { max_batch_size: 2, min_in_service: 1, pause_time: 1 }) },
    ],
  },
  {
    name: 'group: rolling update with everybody in service',
    steps: [
      { kind: 'create', template: rolled(3, 'a%index%', { max_batch_size: 1, min_in_service: 3 }) },
      { kind: 'update', template: rolled(3, 'b%index%', { max_batch_size: 1, min_in_service: 3 }) },
      { kind: 'update', template: rolled(3, 'b%index%', { max_batch_size: 1, min_in_service: 3 }) },
    ],
  },
  {
    name: 'group: batch create',
    steps: [
      { kind: 'create', template: group(valued(5, 'a%index%'), { update_policy: { batch_create: { max_batch_size: 2, pause_time: 0 } } }) },
      { kind: 'update', template: group(valued(6, 'b%index%'), { update_policy: { batch_create: { max_batch_size: 2 } } }) },
    ],
  },
  {
    name: 'group: of groups',
    steps: [
      {
        kind: 'create',
        template: group(
          {
            count: 2,
            index_var: '%outer%',
            resource_def: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: value('%outer%.%index%') } },
          },
          {},
          {
            deep: attr('g', 'resource.1.resource.0.value'),
            all: attr('g', 'attributes', 'value'),
            refs: attr('g', 'refs'),
            values: attr('g', 'value'),
          },
        ),
        shown: ['/g', '/g/0', '/g/1/1'],
      },
      {
        kind: 'update',
        template: group({
          count: 1,
          index_var: '%outer%',
          resource_def: { type: 'OS::Heat::ResourceGroup', properties: { count: 3, resource_def: value('%outer%.%index%') } },
        }),
      },
    ],
  },
  {
    name: 'group: a member fails, then is repaired',
    steps: [
      { kind: 'create', template: group({ count: 1, resource_def: tested({ value: 'x', fail: true }) }), shown: ['/g'] },
      { kind: 'update', template: group({ count: 1, resource_def: tested({ value: 'x', fail: false }) }) },
      { kind: 'update', template: group({ count: 1, resource_def: tested({ value: 'y', fail: true, update_replace: true }) }) },
      { kind: 'update', template: group({ count: 1, resource_def: tested({ value: 'z', fail: false }) }) },
    ],
  },
  {
    name: 'group: two members fail',
    steps: [{ kind: 'create', template: group({ count: 2, resource_def: tested({ value: 'x', fail: true }) }) }],
  },
  {
    name: 'group: replaced when its index variable changes',
    steps: [
      { kind: 'create', template: group(valued(1, 'm%index%')) },
      { kind: 'update', template: group(valued(1, 'm%x%', { index_var: '%x%' })) },
    ],
  },
  {
    name: 'group: null properties and conditions',
    steps: [
      {
        kind: 'create',
        template: hot(
          {
            g: {
              type: 'OS::Heat::ResourceGroup',
              condition: 'on',
              depends_on: 'first',
              properties: {
                count: { if: ['on', 2, 1] },
                resource_def: { type: 'OS::Heat::RandomString', properties: { length: 4, salt: null } },
              },
            },
            off: { type: 'OS::Heat::ResourceGroup', condition: { not: 'on' }, properties: { resource_def: value('never') } },
            first: value('first'),
            last: { ...value(attr('g', 'refs_map')), depends_on: 'g' },
          },
          {},
          { conditions: { on: true } },
        ),
      },
    ],
  },
  {
    name: 'chain: in a row, at once, changed',
    steps: [
      {
        kind: 'create',
        template: hot(
          {
            c: {
              type: 'OS::Heat::ResourceChain',
              properties: { resources: ['OS::Heat::Value', 'OS::Heat::TestResource'], resource_properties: { value: 'same' } },
            },
          },
          {
            refs: attr('c', 'refs'),
            one: attr('c', 'resource.0.value'),
            id: { get_resource: 'c' },
          },
        ),
        shown: ['/c', '/c/1'],
      },
      {
        kind: 'update',
        template: hot({
          c: {
            type: 'OS::Heat::ResourceChain',
            properties: {
              resources: ['OS::Heat::Value', 'OS::Heat::Value', 'OS::Heat::TestResource'],
              resource_properties: { value: 'same' },
            },
          },
        }),
      },
      {
        kind: 'update',
        template: hot({
          c: {
            type: 'OS::Heat::ResourceChain',
            properties: { concurrent: true, resources: ['OS::Heat::Value'], resource_properties: { value: 'other' } },
          },
        }),
      },
    ],
  },
];
