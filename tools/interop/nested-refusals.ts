/** Scenarios: nested definitions that cannot be, and what is said of them: by a creation, and by a look at the template. */
import { attr, hot } from './nested-groups.ts';
import type { Definition, Scenario } from './nested-run.ts';

const yaml = (template: unknown): string => JSON.stringify(template);
const value = (text: unknown) => ({ type: 'OS::Heat::Value', properties: { value: text } });
const group = (properties: object, more: object = {}) => hot({ g: { type: 'OS::Heat::ResourceGroup', properties, ...more } });
const taking = (parameters: object, resources: object = { v: value('x') }) => yaml(hot(resources, {}, { parameters }));
const used = (text: string, properties: object = {}): Definition => ({
  template: hot({ p: { type: 'one.yaml', properties } }),
  files: { 'one.yaml': text },
});

const refused: Readonly<Record<string, Definition>> = {
  'a property that is no parameter': used(taking({ a: { type: 'string', default: 'x' } }), { b: 'y' }),
  'a parameter that nobody gives': used(taking({ a: { type: 'string' } })),
  'a value of the wrong type': used(taking({ a: { type: 'number' } }), { a: 'many' }),
  'a list that is none': used(taking({ a: { type: 'json' } }), { a: 'no json' }),
  'a value that a constraint refuses': used(taking({ a: { type: 'string', constraints: [{ allowed_values: ['x', 'y'] }] } }), { a: 'z' }),
  'a constraint with words of its own': used(
    taking({ a: { type: 'string', constraints: [{ length: { max: 2 }, description: 'two letters at most' }] } }),
    { a: 'long' },
  ),
  'an unknown type below': used(yaml(hot({ v: { type: 'OS::No::Such' } }))),
  'an unknown type two levels below': {
    template: hot({ p: { type: 'two.yaml' } }),
    files: { 'two.yaml': yaml(hot({ q: { type: 'one.yaml' } })), 'one.yaml': yaml(hot({ v: { type: 'OS::No::Such' } })) },
  },
  'an unknown property below': used(yaml(hot({ v: { type: 'OS::Heat::Value', properties: { value: 'x', volume: 11 } } }))),
  'a missing property below': used(yaml(hot({ v: { type: 'OS::Heat::Value' } }))),
  'an unknown function below': used(yaml(hot({ v: value({ get_nothing: 'x' }) }))),
  'a reference to nobody below': used(yaml(hot({ v: value({ get_resource: 'nobody' }) }))),
  'a parameter that is not there, below': used(yaml(hot({ v: value({ get_param: 'nobody' }) }))),
  'an unknown attribute below': used(yaml(hot({ v: value('x'), w: value(attr('v', 'volume')) }))),
  'a circle below': used(yaml(hot({ v: value(attr('w', 'value')), w: value(attr('v', 'value')) }))),
  'a template that is not YAML': used('{'),
  'a template that is a text': used('just a text'),
  'a template of an unknown version': used(yaml({ heat_template_version: '1999-01-01', resources: {} })),
  'a file that was not sent': { template: hot({ p: { type: 'missing.yaml' } }) },
  'a file that was not sent, two levels below': {
    template: hot({ p: { type: 'two.yaml' } }),
    files: { 'two.yaml': yaml(hot({ q: { type: 'missing.yaml' } })) },
  },
  'an alias to a file that was not sent': {
    template: hot({ p: { type: 'My::One' } }),
    environment: { resource_registry: { 'My::One': 'missing.yaml' } },
  },
  'an alias to a type that does not exist': {
    template: hot({ p: { type: 'My::One' } }),
    environment: { resource_registry: { 'My::One': 'OS::No::Such' } },
  },
  'a template that uses itself': used(yaml(hot({ again: { type: 'one.yaml' } }))),
  'an unknown output asked for': { ...used(taking({})), template: hot({ p: { type: 'one.yaml' }, v: value(attr('p', 'nothing')) }) },
  'an unknown attribute of members asked for': {
    template: hot({ ...(group({ count: 2, resource_def: value('x') }).resources as object), v: value(attr('g', 'volume')) }),
  },
  'an unknown attribute of one member asked for': {
    template: hot({ ...(group({ count: 2, resource_def: value('x') }).resources as object), v: value(attr('g', 'resource.0.volume')) }),
  },
  'an unknown attribute of members asked for by name': {
    template: hot({ ...(group({ count: 2, resource_def: value('x') }).resources as object), v: value(attr('g', 'attributes', 'volume')) }),
  },
  'a dotted attribute of one member asked for': {
    template: hot({ ...(group({ count: 2, resource_def: value('x') }).resources as object), v: value(attr('g', 'resource.0.value.ip')) }),
  },
  'an attribute that chains lack, asked of a chain': {
    template: hot({
      c: { type: 'OS::Heat::ResourceChain', properties: { resources: ['OS::Heat::Value'], resource_properties: { value: 'x' } } },
      v: value(attr('c', 'refs_map')),
    }),
  },
  'an attribute of nobody asked for': {
    template: hot({ ...(group({ count: 0, resource_def: value('x') }).resources as object), v: value(attr('g', 'volume')) }),
  },
  'an unknown output of members asked for': {
    template: hot({ ...(group({ count: 2, resource_def: { type: 'one.yaml' } }).resources as object), v: value(attr('g', 'volume')) }),
    files: { 'one.yaml': taking({}) },
  },
  'a group of unknown type': groupOf({ count: 2, resource_def: { type: 'OS::No::Such' } }),
  'a group of nobody of unknown type': groupOf({ count: 0, resource_def: { type: 'OS::No::Such' } }),
  'a group with a property that its members lack': groupOf({ resource_def: { type: 'OS::Heat::Value', properties: { volume: 1 } } }),
  'a group whose members lack a property': groupOf({ resource_def: { type: 'OS::Heat::Value' } }),
  'a group without members': groupOf({ count: 2 }),
  'a group of minus one': groupOf({ count: -1, resource_def: value('x') }),
  'a group of many': groupOf({ count: 'many', resource_def: value('x') }),
  'a short index variable': groupOf({ index_var: 'i', resource_def: value('x') }),
  'an unknown removal mode': groupOf({ removal_policies_mode: 'forget', resource_def: value('x') }),
  'an unknown update policy': groupOf({ resource_def: value('x') }, { update_policy: { crawling_update: {} } }),
  'a batch of nobody': groupOf({ resource_def: value('x') }, { update_policy: { rolling_update: { max_batch_size: 0 } } }),
  'an unknown setting of a policy': groupOf({ resource_def: value('x') }, { update_policy: { rolling_update: { speed: 'high' } } }),
  'a chain of unknown types': { template: hot({ c: { type: 'OS::Heat::ResourceChain', properties: { resources: ['OS::No::Such'] } } }) },
  'a chain of file names': {
    template: hot({ c: { type: 'OS::Heat::ResourceChain', properties: { resources: ['one.yaml', 'one.yaml'] } } }),
    files: { 'one.yaml': taking({}) },
  },
  'a group of file names that lack what is given': {
    ...groupOf({ resource_def: { type: 'one.yaml', properties: { a: 'x' } } }),
    files: { 'one.yaml': taking({}) },
  },
  'a chain of nothing': { template: hot({ c: { type: 'OS::Heat::ResourceChain', properties: { resources: [] } } }) },
};

function groupOf(properties: object, more: object = {}): Definition {
  return { template: group(properties, more) };
}

export const refusalScenarios: readonly Scenario[] = Object.entries(refused).map(([name, definition]) => ({
  name: `refused: ${name}`,
  steps: [
    { kind: 'create', ...definition },
    { kind: 'validate', ...definition },
  ],
}));
