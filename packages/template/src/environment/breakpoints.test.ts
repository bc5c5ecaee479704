/** Hooks and restricted actions of resources, by name and by pattern. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hooksOf, restrictedActionsOf } from './breakpoints.ts';
import { matchesGlob } from './name-globs.ts';

describe('patterns of names', () => {
  test.each([
    ['a', 'a', true],
    ['a', 'A', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['**', 'x', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abb', false],
    ['*a*b*', 'xxayyb', true],
    ['?', 'a', true],
    ['?', '', false],
    ['a?c', 'abc', true],
    ['[ab]1', 'b1', true],
    ['[ab]1', 'c1', false],
    ['[!ab]1', 'c1', true],
    ['[a-c]', 'b', true],
    ['[a-c]', 'd', false],
    ['[]]', ']', true],
    ['[!]]', 'x', true],
    ['[a', '[a', true],
    ['[', '[', true],
    ['a.c', 'abc', false],
    ['server_[0-9]*', 'server_12', true],
    ['[a-]', '-', true],
  ] as const)('%s and %s: %s', (pattern, name, wanted) => {
    expect(matchesGlob(pattern, name)).toBe(wanted);
  });

  test('a plain name matches itself alone; stars cost no more than their length', () => {
    fc.assert(fc.property(fc.string(), (name) => /[*?[]/.test(name) || matchesGlob(name, name)));
    expect(matchesGlob('*a'.repeat(200), 'a'.repeat(20_000).concat('b'))).toBe(false);
  });
});

describe('what is said of a resource', () => {
  const registry = {
    'X::Y': 'y.yaml',
    resources: {
      db: { hooks: ['pre-create', 'post-delete'], restricted_actions: 'replace', inner: { hooks: 'pre-update' } },
      'd*': { hooks: 'pre-delete', restricted_actions: ['update'] },
      '*_suffix': { hooks: 'pre-update' },
      'prefix?': { 'X::Y': 'z.yaml' },
    },
  };
  test.each([
    ['db', ['pre-create', 'pre-delete', 'post-delete'], ['update', 'replace']],
    ['disk', ['pre-delete'], ['update']],
    ['d_suffix', ['pre-update', 'pre-delete'], ['update']],
    ['inner', [], []],
    ['prefix1', [], []],
    ['', [], []],
  ] as const)('%s', (resource, hooks, actions) => {
    expect([...hooksOf(registry, resource)].sort()).toEqual([...hooks].sort());
    expect([...restrictedActionsOf(registry, resource)].sort()).toEqual([...actions].sort());
  });
  test.each([
    ['no registry', {}],
    ['resources of the wrong kind', { resources: 'x' }],
    ['an entry of the wrong kind', { resources: { r: 'x' } }],
    ['words that nobody knows', { resources: { r: { hooks: ['x', 5], restricted_actions: {} } } }],
  ] as const)('nothing: %s', (_name, registry) => {
    expect([hooksOf(registry, 'r').size, restrictedActionsOf(registry, 'r').size]).toEqual([0, 0]);
  });
});
