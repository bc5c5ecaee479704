/** The parameters every template has. */
import type { PseudoParameters } from '../definition/bound.ts';

export function pseudoValues(pseudo: PseudoParameters): readonly (readonly [string, string])[] {
  return [
    ['OS::stack_name', pseudo.stackName],
    ['OS::stack_id', pseudo.stackId],
    ['OS::project_id', pseudo.projectId],
  ];
}

export const PSEUDO_NAMES: readonly string[] = ['OS::stack_name', 'OS::stack_id', 'OS::project_id'];
