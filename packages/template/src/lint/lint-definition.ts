/** What can be said of a template that is not wrong for that: found in what was read of it, values unknown. */
import type { Diagnostic } from '@hearth/kernel';
import type { Definition } from '../definition/definition.ts';
import { settledConditions } from './conditions.ts';
import { redundantDependencies } from './dependencies.ts';
import { mistakenCalls } from './mistaken-calls.ts';
import { secretsInPlainSight } from './secrets.ts';
import { unusedNames } from './unused.ts';

export const lintDefinition = (definition: Definition): readonly Diagnostic[] => [
  ...unusedNames(definition),
  ...secretsInPlainSight(definition),
  ...settledConditions(definition),
  ...redundantDependencies(definition),
  ...mistakenCalls(definition),
];
