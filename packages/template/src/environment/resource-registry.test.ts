/** Which type or template stands for a type, and what of it a nested stack sees. */
import { describe, expect, test } from 'vitest';
import { filesOf } from './files-of.ts';
import { implementationOf, nestedRegistry } from './resource-registry.ts';

const known = new Set(['OS::Nova::Server', 'OS::Heat::None', 'OS::Neutron::Net', 'OS::Neutron::Port']);
const found = (registry: object, type: string, resource = 'r'): string => {
  const one = implementationOf(registry as never, resource, type, (name) => known.has(name));
  return one.kind === 'template' ? `file ${one.key}` : one.name;
};

describe('what stands for a type', () => {
  test.each([
    ['itself', {}, 'OS::Nova::Server', 'OS::Nova::Server'],
    ['a file in the template', {}, 'my.yaml', 'file my.yaml'],
    ['an alias', { 'My::Server': 'OS::Nova::Server' }, 'My::Server', 'OS::Nova::Server'],
    ['a template', { 'My::Server': 'file:///s.yaml' }, 'My::Server', 'file file:///s.yaml'],
    ['a template over a type', { 'OS::Nova::Server': 's.template' }, 'OS::Nova::Server', 'file s.template'],
    ['aliases of aliases', { 'A::B': 'C::D', 'C::D': 's.yaml' }, 'A::B', 'file s.yaml'],
    ['a pattern', { 'OS::Quantum*': 'OS::Neutron*' }, 'OS::Quantum::Net', 'OS::Neutron::Net'],
    ['many to one', { 'OS::*': 'OS::Heat::None' }, 'OS::Nova::Server', 'OS::Heat::None'],
    ['exact before pattern', { 'OS::*': 'OS::Heat::None', 'OS::Nova::Server': 'a.yaml' }, 'OS::Nova::Server', 'file a.yaml'],
    ['the longer pattern', { 'OS::*': 'a.yaml', 'OS::Nova::*': 'b.yaml' }, 'OS::Nova::Server', 'file b.yaml'],
    ['an alias that leads nowhere is skipped', { 'OS::Nova::Server': 'No::Such' }, 'OS::Nova::Server', 'OS::Nova::Server'],
    ['null takes a mapping away', { 'OS::*': 'a.yaml', 'OS::Nova::Server': null }, 'OS::Nova::Server', 'OS::Nova::Server'],
    ['a loop', { 'A::B': 'C::D', 'C::D': 'A::B' }, 'A::B', 'A::B'],
    ['unknown', {}, 'No::Such', 'No::Such'],
    ['for this resource', { 'My::X': 'a.yaml', resources: { r: { 'My::X': 'b.yaml' } } }, 'My::X', 'file b.yaml'],
    ['for another resource', { 'My::X': 'a.yaml', resources: { q: { 'My::X': 'b.yaml' } } }, 'My::X', 'file a.yaml'],
  ] as const)('%s', (_name, registry, type, wanted) => {
    expect(found(registry, type)).toBe(wanted);
  });
});

test('a nested stack sees the general mappings, its own, and not the one that it stands for', () => {
  const registry = {
    'OS::Nova::Server': 's.yaml',
    'My::X': 'x.yaml',
    resources: { r: { 'OS::Nova::Server': 's.yaml', inner: { 'My::X': 'y.yaml' } }, q: { 'My::X': 'z.yaml' } },
  };
  expect(nestedRegistry(registry, 'r', { type: 'OS::Nova::Server', key: 's.yaml' })).toEqual({
    'My::X': 'x.yaml',
    resources: { inner: { 'My::X': 'y.yaml' } },
  });
  expect(nestedRegistry(registry, 'q', null)).toEqual({ 'OS::Nova::Server': 's.yaml', 'My::X': 'x.yaml' });
});

test('only files that a template leads to come along, unless a name is computed', () => {
  const files = { 'a.yaml': 'resources: {x: {type: b.yaml}}', 'b.yaml': 'get_file: c.sh', 'c.sh': 'true', 'd.yaml': 'resources: {}' };
  expect(Object.keys(filesOf({ type: 'a.yaml' }, {}, files))).toEqual(['a.yaml', 'b.yaml', 'c.sh']);
  expect(Object.keys(filesOf({}, { 'My::X': 'd.yaml' }, files))).toEqual(['d.yaml']);
  expect(filesOf({ x: { get_file: { get_param: 'p' } } }, {}, files)).toBe(files);
});
