/** Seeded lives of stacks: crashes at any instant, lost replies, late calls; five thousand with `npm run sim`. */
import { describe, expect, it } from 'vitest';
import { simulateLife } from '../tools/sim/simulate.ts';

const SEEDS = 400;

describe('simulated lives of stacks', () => {
  it('end as they were asked to, under every seed', async () => {
    let deaths = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const life = await simulateLife(seed);
      deaths += life.kills;
      expect({ seed, problems: life.problems }).toEqual({ seed, problems: [] });
    }
    expect(deaths).toBeGreaterThan(SEEDS / 2);
  });
});
