/**
 * What the templates of one request have cost so far, counted and never timed, so that the same request costs the same everywhere. Each resolution
 * has a bound of its own; this is the bound on all of them together.
 */
import { MAX_PATTERN_STEPS, MAX_PRODUCED_IN_ALL } from '../document/limits.ts';

export class Costs {
  /** Characters and elements that functions produced, and what stands for their steps. */
  produced = 0;
  /** Steps of matching values with patterns. */
  patternSteps = 0;
  #isTold = false;

  /** False when that is more than may be produced in all. */
  produce(size: number): boolean {
    this.produced += size;
    return this.produced <= MAX_PRODUCED_IN_ALL;
  }
  /** False when those are more steps than may be made in all. */
  step(count: number): boolean {
    this.patternSteps += count;
    return this.patternSteps <= MAX_PATTERN_STEPS;
  }
  /** Whether the excess is to be told: once is enough. */
  tells(): boolean {
    const isFirst = !this.#isTold;
    this.#isTold = true;
    return isFirst;
  }
}
