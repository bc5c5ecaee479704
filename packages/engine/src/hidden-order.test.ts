/** Hidden order: added to what is required, never closing a circle, and at the price of one look at each resource. */
import type { JsonObject } from '@hearth/kernel';
import { otherDefinitions, type OtherDefinitions, type RawDefinition, type Registry } from '@hearth/resource-kit';
import type { BoundDefinition } from '@hearth/template';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allRequires } from './hidden-order.ts';

interface Sample {
  readonly name: string;
  readonly type?: string;
  readonly requires: readonly string[];
  readonly properties?: JsonObject;
}

function worldOf(samples: readonly Sample[], alsoRequires: (self: RawDefinition, others: OtherDefinitions) => readonly string[]) {
  let looks = 0;
  const resources = new Map(
    samples.map(({ name, type = 'T', requires, properties = {} }) => [
      name,
      {
        definition: { name, type },
        requires,
        get rawProperties() {
          looks++;
          return properties;
        },
      },
    ]),
  );
  const registry = { get: () => ({ alsoRequires }) } as unknown as Registry;
  const bound = { resources } as unknown as BoundDefinition;
  const requires = allRequires(bound, new Map(), registry);
  return { requires: Object.fromEntries(requires), looks };
}
const hiddenFrom = (edges: Readonly<Record<string, readonly string[]>>) => (self: RawDefinition) => edges[self.name] ?? [];

describe('what is required', () => {
  const chain = [
    { name: 'a', requires: [] },
    { name: 'b', requires: ['a'] },
    { name: 'c', requires: ['b'] },
  ];
  it('grows by the hidden order; itself, strangers and what is required already are left out', () => {
    expect(worldOf(chain, hiddenFrom({ c: ['a', 'b', 'c', 'nobody'] })).requires).toEqual({ a: [], b: ['a'], c: ['b', 'a'] });
  });
  it('does not grow by what would close a circle', () => {
    expect(worldOf(chain, hiddenFrom({ a: ['c'], b: ['c'] })).requires).toEqual({ a: [], b: ['a'], c: ['b'] });
  });
  it('takes the first of two that would close one together', () => {
    const apart = chain.map(({ name }) => ({ name, requires: [] }));
    expect(worldOf(apart, hiddenFrom({ a: ['b'], b: ['c'], c: ['a'] })).requires).toEqual({ a: ['b'], b: ['c'], c: [] });
  });

  it('is what adding one after the other gives, with a look at all of the graph for each', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const edges = fc.record(Object.fromEntries(names.map((name) => [name, fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 })])));
    fc.assert(
      fc.property(edges, edges, (before, hidden) => {
        // Later names require earlier ones only, so that there is no circle to begin with.
        const samples = names.map((name) => ({ name, requires: (before[name] ?? []).filter((other) => other < name) }));
        const expected = new Map(samples.map(({ name, requires }) => [name, requires]));
        const reaches = (from: string, to: string): boolean => from === to || (expected.get(from) ?? []).some((next) => reaches(next, to));
        for (const name of names) {
          const known = expected.get(name) ?? [];
          const extra = (hidden[name] ?? []).filter((other) => other !== name && !known.includes(other) && !reaches(other, name));
          expected.set(name, [...known, ...extra]);
        }
        expect(worldOf(samples, hiddenFrom(hidden)).requires).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the price', () => {
  const networkOf = (properties: JsonObject) => properties['network'];
  it('is one look at each resource, however many ask about the others', () => {
    const samples = Array.from({ length: 2_000 }, (_, i) => ({
      name: `r${i}`,
      type: i % 2 === 0 ? 'Subnet' : 'Port',
      requires: [],
      properties: { network: { get_resource: `n${Math.floor(i / 2)}` } },
    }));
    const { requires, looks } = worldOf(samples, (self, others) =>
      self.type === 'Port' ? others.having('Subnet', networkOf, networkOf(self.properties)).map(({ name }) => name) : [],
    );
    expect(looks).toBe(2_000);
    expect(requires['r1']).toEqual(['r0']);
    expect(requires['r1999']).toEqual(['r1998']);
  });
  it('the others are found by name, by type, and by a value as it is written', () => {
    const one = (name: string, type: string, properties: JsonObject) => ({ name, type, properties });
    const all = [one('a', 'A', { network: { x: 1, y: 2 } }), one('b', 'B', { network: { y: 2, x: 1 } }), one('c', 'A', {})];
    const others = otherDefinitions(all);
    expect(others.named('b')).toBe(all[1]);
    expect(others.named('x')).toBeNull();
    expect(others.ofType('A')).toEqual([all[0], all[2]]);
    expect(others.ofType('C')).toEqual([]);
    expect(others.having('A', networkOf, { y: 2, x: 1 })).toEqual([all[0]]);
    expect(others.having('B', networkOf, { y: 2, x: 1 })).toEqual([all[1]]);
    expect(others.having('A', networkOf, undefined)).toEqual([]);
    expect(others.having('A', networkOf, null)).toEqual([]);
  });
});
