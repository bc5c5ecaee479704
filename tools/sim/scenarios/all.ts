/** Every scenario there is. */
import type { Scenario } from '../scenario.ts';
import { convergenceScenarios } from './convergence.ts';
import { handOverScenarios } from './hand-over.ts';
import { mishapScenarios } from './mishaps.ts';
import { recoveryScenarios } from './recovery.ts';
import { triesScenarios } from './tries.ts';

export const allScenarios: readonly Scenario[] = [
  ...convergenceScenarios,
  ...mishapScenarios,
  ...recoveryScenarios,
  ...handOverScenarios,
  ...triesScenarios,
];
