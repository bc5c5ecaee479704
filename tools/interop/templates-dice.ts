/** Choices of the template generator: drawn from a seed, so that the same seed gives the same templates. */
import { seededRandom } from '@hearth/testkit';

export interface Dice {
  /** 0 to below `bound`. */
  below(bound: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Each with the given probability, in their order. */
  some<T>(list: readonly T[], probability: number): readonly T[];
}

export function diceOf(seed: string | number): Dice {
  const random = seededRandom(seed);
  const below = (bound: number): number => Math.floor(random.next() * bound);
  const chance = (probability: number): boolean => random.next() < probability;
  return {
    below,
    chance,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    some: (list, probability) => list.filter(() => chance(probability)),
  };
}
