/** Seeded lives of stacks: crashes at any instant, lost leases, lost and late calls, every commit looked at; many more with `npm run sim`. */
import { describe, expect, it } from 'vitest';
import { simulateLife } from '../tools/sim/simulate.ts';

const SEEDS = 2_500;

describe.each([1, 1 + SEEDS])('simulated lives of stacks, from seed %i', (first) => {
  it('keep the rules at every step and end as they were asked to', { timeout: 600_000 }, async () => {
    let deaths = 0;
    let watched = 0;
    for (let seed = first; seed < first + SEEDS; seed++) {
      const life = await simulateLife(seed);
      deaths += life.kills;
      watched += life.watched;
      expect({ seed, problems: life.problems }).toEqual({ seed, problems: [] });
    }
    expect(deaths).toBeGreaterThan(SEEDS / 2);
    expect(watched).toBeGreaterThan(SEEDS * 10);
  });
});
