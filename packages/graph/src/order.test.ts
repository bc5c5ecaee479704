/** Order and cycles, against what they mean. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dependencyOrder, findCycle, type GraphNode } from './order.ts';

const names = (nodes: readonly GraphNode[]): readonly string[] => nodes.map(({ name }) => name);
const node = (name: string, ...requires: readonly string[]): GraphNode => ({ name, requires });
const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f'];
const graph = fc.tuple(
  ...LETTERS.map((name) => fc.array(fc.constantFrom(...LETTERS, 'stranger'), { maxLength: 3 }).map((requires) => node(name, ...requires))),
);

/** Names from which a walk along requirements never ends. */
function endless(nodes: readonly GraphNode[]): ReadonlySet<string> {
  const left = new Map(nodes.map((one) => [one.name, one]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const one of [...left.values()]) if (!one.requires.some((name) => left.has(name))) left.delete(one.name);
  }
  return new Set(left.keys());
}

describe('the order', () => {
  test('requirements come first, each node once, in the order given where nothing else decides', () => {
    expect(names(dependencyOrder([node('c', 'b'), node('b', 'a', 'a', 'nobody'), node('a'), node('d')]))).toEqual(['a', 'd', 'b', 'c']);
    expect(dependencyOrder([])).toEqual([]);
  });
  test('holds in every graph, and leaves out what can never be', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const order = names(dependencyOrder(nodes));
        const stuck = endless(nodes);
        expect([...order].sort()).toEqual(LETTERS.filter((name) => !stuck.has(name)));
        for (const { name, requires } of nodes)
          for (const other of requires)
            if (order.includes(name) && LETTERS.includes(other)) expect(order.indexOf(other)).toBeLessThan(order.indexOf(name));
      }),
      { numRuns: 500 },
    );
  });
  test('a chain of a hundred thousand', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => (i === 0 ? node('0') : node(String(i), String(i - 1))));
    expect(names(dependencyOrder(nodes.toReversed()))).toEqual(names(nodes));
    expect(findCycle(nodes)).toBeNull();
  });
});

describe('a cycle', () => {
  test('is found where there is one, and its names require each other in turn', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const cycle = findCycle(nodes);
        expect(cycle === null).toBe(endless(nodes).size === 0);
        if (cycle === null) return;
        expect(cycle.at(-1)).toBe(cycle[0]);
        expect(new Set(cycle).size).toBe(cycle.length - 1);
        cycle.slice(1).forEach((name, i) => {
          expect(nodes.find((one) => one.name === cycle[i])?.requires).toContain(name);
        });
      }),
      { numRuns: 500 },
    );
  });
  test('of one', () => expect(findCycle([node('a', 'a')])).toEqual(['a', 'a']));
});
