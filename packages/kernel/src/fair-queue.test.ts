/** Who is next: even turns on each level, in order within a share, and shares that may not go are passed over. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const queued = (...paths: readonly string[]): FairQueue<string> => {
  const queue = new FairQueue<string>();
  for (const [i, path] of paths.entries()) queue.push(path.split('/'), `${path}#${i}`);
  return queue;
};
const all = (queue: FairQueue<string>): readonly string[] => {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
};

describe('FairQueue', () => {
  it.each([
    [['a', 'a', 'a'], 'a#0 a#1 a#2'],
    [['a', 'a', 'a', 'b'], 'a#0 b#3 a#1 a#2'],
    [['a', 'a', 'b', 'b', 'c'], 'a#0 b#2 c#4 a#1 b#3'],
    // Two levels: the project with two stacks has no more turns than the other, and shares them evenly.
    [['p/1', 'p/1', 'p/2', 'q/1', 'q/1'], 'p/1#0 q/1#3 p/2#2 q/1#4 p/1#1'],
  ])('%j', (paths, order) => expect(all(queued(...paths)).join(' ')).toBe(order));

  it('passes over who may not go, and keeps their place', () => {
    const queue = queued('a', 'a', 'b', 'c');
    expect(queue.take((share) => share !== 'a')).toBe('b#2');
    expect(queue.take((share) => share === 'none')).toBeUndefined();
    expect(all(queue)).toEqual(['a#0', 'c#3', 'a#1']);
  });

  it('gives everything once, and whoever comes to a long queue of another waits for one turn', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3_000 }), (paths) => {
        const queue = queued(...paths);
        expect(queue.size).toBe(paths.length);
        queue.push(['late'], 'late');
        const taken = all(queue);
        expect(taken.length).toBe(paths.length + 1);
        expect(new Set(taken).size).toBe(taken.length);
        expect(taken.indexOf('late')).toBeLessThanOrEqual(3);
        expect(queue.size).toBe(0);
      }),
      { numRuns: 30 },
    ));
});
