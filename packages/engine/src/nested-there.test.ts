/** A nested stack is what it is to become only once it has been brought there as a whole: a visit that went well says nothing of what was never made. */
import { asId, type DefinitionId } from '@hearth/kernel';
import { sampleDefinition, sampleStack } from '@hearth/store/testing';
import { expect, it } from 'vitest';
import { isThere } from './nested.ts';

const FORMER = asId<DefinitionId>('former');

it.each([
  ['reached', { action: 'UPDATE', status: 'COMPLETE' }, true],
  ['reached, and visited since', { action: 'RESUME', status: 'COMPLETE' }, true],
  ['visited, and never reached', { action: 'RESUME', status: 'COMPLETE', rollbackDefinitionId: null }, false],
  ['visited after an update that failed', { action: 'CHECK', status: 'COMPLETE', rollbackDefinitionId: FORMER }, false],
  ['on its way', { action: 'UPDATE', status: 'IN_PROGRESS' }, false],
] as const)('%s', (_name, given, expected) => {
  const stack = sampleStack();
  const definition = sampleDefinition(stack);
  const { template, environment, files } = definition;
  const snapshot = {
    stack: { ...stack, rollbackDefinitionId: stack.definitionId, ...given },
    definitions: [definition],
    resources: [],
    credential: null,
    snapshots: [],
  };
  expect(isThere(snapshot, { template, environment, files })).toBe(expected);
});
