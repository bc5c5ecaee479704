/** Which type or template stands for a type, and what of it a nested stack sees. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filesOf } from './files-of.ts';
import { appliedRegistry, withBaseUrl } from './registry-entries.ts';
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
    // Asked of Heat 19: patterns sort before what they match.
    ['a pattern before the exact name', { 'X::*': 'OS::Heat::None', 'X::A::B': 'OS::Neutron::Net' }, 'X::A::B', 'OS::Heat::None'],
    ['the shorter pattern', { 'X::A::*': 'OS::Neutron::Net', 'X::*': 'OS::Heat::None' }, 'X::A::B', 'OS::Heat::None'],
    ['no template by pattern', { 'OS::*': 'a.yaml' }, 'OS::Nova::Server', 'OS::Nova::Server'],
    ['a template name by pattern', { 'a*': 'OS::Heat::None' }, 'a.yaml', 'OS::Heat::None'],
    ['a template name stands for itself', { 'a.yaml': 'OS::Heat::None' }, 'a.yaml', 'file a.yaml'],
    ['a pattern that matches its target', { 'OS::*': 'OS::Nova::Server' }, 'OS::Nova::Server', 'OS::Nova::Server'],
    ['a dead name and a pattern', { 'X::A::B': 'No::Such', 'X::*': 'OS::Heat::None' }, 'X::A::B', 'OS::Heat::None'],
    ['to itself', { 'X::A': 'X::A' }, 'X::A', 'X::A'],
    ['patterns that feed each other', { 'X*': 'Y*', 'Y*': 'XX*' }, 'X::A', 'X::A'],
    ['no type by pattern of resources', { 'X::A': 'OS::Heat::None', resources: { '*': { 'X::A': 'b.yaml' } } }, 'X::A', 'OS::Heat::None'],
    ['an alias, then for this resource', { A: 'B', B: 'OS::Heat::None', resources: { r: { B: 'b.yaml' } } }, 'A', 'file b.yaml'],
    ['base_url is no type', { base_url: 'OS::Heat::None' }, 'base_url', 'base_url'],
    ['an alias that leads nowhere is skipped', { 'OS::Nova::Server': 'No::Such' }, 'OS::Nova::Server', 'OS::Nova::Server'],
    ['null under a pattern', { 'OS::*': 'OS::Heat::None', 'OS::Nova::Server': null }, 'OS::Nova::Server', 'OS::Heat::None'],
    ['a loop', { 'A::B': 'C::D', 'C::D': 'A::B' }, 'A::B', 'A::B'],
    ['unknown', {}, 'No::Such', 'No::Such'],
    ['for this resource', { 'My::X': 'a.yaml', resources: { r: { 'My::X': 'b.yaml' } } }, 'My::X', 'file b.yaml'],
    ['for another resource', { 'My::X': 'a.yaml', resources: { q: { 'My::X': 'b.yaml' } } }, 'My::X', 'file a.yaml'],
  ] as const)('%s', (_name, registry, type, wanted) => {
    expect(found(registry, type)).toBe(wanted);
  });
});

describe('with what the operator maps', () => {
  const global = {
    'OS::Quantum*': 'OS::Neutron*',
    'X::A': 'global.yaml',
    'OS::Nova::Server': 'OS::Heat::None',
    resources: { r: { 'X::B': 'b.yaml' } },
  };
  test.each([
    ['it counts', {}, 'OS::Quantum::Port', 'OS::Neutron::Port'],
    ['over a known type', {}, 'OS::Nova::Server', 'OS::Heat::None'],
    ['below what the user says', { 'X::A': 'mine.yaml' }, 'X::A', 'file mine.yaml'],
    ['below a pattern of the user', { 'X::*': 'OS::Neutron::Net' }, 'X::A', 'OS::Neutron::Net'],
    ['at the end of an alias of the user', { 'X::C': 'X::A' }, 'X::C', 'file global.yaml'],
    ['where the user leads nowhere', { 'X::A': 'No::Such' }, 'X::A', 'file global.yaml'],
    ['for this resource', {}, 'X::B', 'file b.yaml'],
  ] as const)('%s', (_name, registry, type, wanted) => {
    const one = implementationOf(registry as never, 'r', type, (name) => known.has(name), global);
    expect(one.kind === 'template' ? `file ${one.key}` : one.name).toBe(wanted);
  });
});

describe('relative templates', () => {
  test('are below base_url unless they were sent', () => {
    const registry = {
      base_url: 'https://example.org/t/',
      A: 'a.yaml',
      B: 'sent.yaml',
      C: 'http://h/c.yaml',
      D: 'OS::Heat::None',
      resources: { r: { A: 'sub/a.yaml' }, q: { base_url: 'http://q', A: 'a.yaml' } },
    };
    expect(withBaseUrl(registry, (name) => name === 'sent.yaml')).toEqual({
      ...registry,
      A: 'https://example.org/t/a.yaml',
      resources: { r: { A: 'https://example.org/t/sub/a.yaml' }, q: { base_url: 'http://q', A: 'http://q/a.yaml' } },
    });
    expect(withBaseUrl({ base_url: 'file:///etc', A: 'a.yaml' }, () => false)).toEqual({ base_url: 'file:///etc', A: 'a.yaml' });
  });
});

test('a nested stack sees what patterns of names say of it, and what its own name says after that', () => {
  const registry = {
    resources: { 'r*': { in: { hooks: 'pre-create' }, also: { X: 'a.yaml' } }, r: { in: { hooks: 'pre-update' }, hooks: 'pre-delete' } },
  };
  expect(nestedRegistry(registry, 'r', null)).toEqual({ resources: { in: { hooks: 'pre-update' }, also: { X: 'a.yaml' } } });
  expect(nestedRegistry(registry, 'rest', null)).toEqual({ resources: { in: { hooks: 'pre-create' }, also: { X: 'a.yaml' } } });
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

test('no registry makes it throw or run on, and what it gives is known, a template, or what was asked for', () => {
  const name = fc.constantFrom('A', 'A*', 'AB*', 'A::B', 'a.yaml', '*', 'resources', 'base_url', 'hooks', '__proto__', 'constructor');
  const level = fc.dictionary(name, fc.oneof(name, fc.constant(null)), { maxKeys: 8 });
  const registry = fc.oneof(level, fc.record({ A: name, 'A*': name, resources: fc.dictionary(name, fc.oneof(level, name)) }));
  fc.assert(
    fc.property(registry, registry, name, name, (user, operator, resource, type) => {
      const one = implementationOf(user as never, resource, type, (asked) => known.has(asked), operator as never);
      expect(one.kind === 'template' || known.has(one.name) || one.name === type).toBe(true);
      const nested = nestedRegistry(appliedRegistry(user as never, operator as never), resource, null);
      expect(Object.values(nested['resources'] ?? {}).every((inner) => typeof inner === 'object')).toBe(true);
      withBaseUrl(nested, () => false);
    }),
    { numRuns: 2_000 },
  );
});

test('only files that a template leads to come along, unless a name is computed', () => {
  const files = { 'a.yaml': 'resources: {x: {type: b.yaml}}', 'b.yaml': 'get_file: c.sh', 'c.sh': 'true', 'd.yaml': 'resources: {}' };
  expect(Object.keys(filesOf({ type: 'a.yaml' }, {}, files))).toEqual(['a.yaml', 'b.yaml', 'c.sh']);
  expect(Object.keys(filesOf({}, { 'My::X': 'd.yaml' }, files))).toEqual(['d.yaml']);
  expect(filesOf({ x: { get_file: { get_param: 'p' } } }, {}, files)).toBe(files);
});
