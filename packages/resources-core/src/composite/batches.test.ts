/** Batches of a rolling update, as real Heat was seen to make them. */
import type { JsonObject } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { type BatchPolicy, nextRolled } from './batches.ts';

const members = (size: number, value: string, first = 0): JsonObject =>
  Object.fromEntries(Array.from({ length: size }, (_, index) => [String(first + index), { value }]));

/** What each batch changes, makes and removes. */
function batches(size: number, target: number, policy: Omit<BatchPolicy, 'pauseMs'>): readonly string[] {
  const seen: string[] = [];
  let present = members(size, 'old');
  for (let round = 0; round < 20; round++) {
    const { resources, more } = nextRolled(present, target, { ...policy, pauseMs: 0 }, (count) => members(count, 'new'));
    const before = present;
    const changed = Object.keys(resources).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(resources[name]));
    const removed = Object.keys(before).filter((name) => resources[name] === undefined);
    seen.push([...changed.sort(), ...removed.map((name) => `-${name}`)].join(' '));
    present = resources;
    if (!more) return seen;
  }
  throw new Error(`no end: ${seen.join(' | ')}`);
}

describe('a rolling update', () => {
  it.each([
    ['one by one, the newest first', 3, 3, { maxBatchSize: 1, minInService: 0 }, ['2', '1', '0']],
    ['by two', 4, 4, { maxBatchSize: 2, minInService: 1 }, ['2 3', '0 1']],
    ['with everybody in service: the extra is a batch of its own', 3, 3, { maxBatchSize: 1, minInService: 3 }, ['3', '2', '1', '0', '-3']],
    ['all at once', 3, 3, { maxBatchSize: 9, minInService: 0 }, ['0 1 2']],
    ['growing: the new ones first', 4, 6, { maxBatchSize: 2, minInService: 1 }, ['4 5', '2 3', '0 1']],
    ['shrinking: who is too many goes with the first batch', 6, 3, { maxBatchSize: 2, minInService: 1 }, ['1 2 -3 -4 -5', '0']],
    ['to nobody', 2, 0, { maxBatchSize: 1, minInService: 1 }, ['-0 -1']],
  ] as const)('%s', (_name, size, target, policy, expected) => {
    expect(batches(size, target, policy).filter((batch) => batch !== '')).toEqual(expected);
  });

  it('ends, whatever the sizes are', () => {
    for (let size = 0; size < 6; size++)
      for (let target = 0; target < 6; target++)
        for (let maxBatchSize = 1; maxBatchSize < 4; maxBatchSize++)
          for (let minInService = 0; minInService < 7; minInService++)
            expect(batches(size, target, { maxBatchSize, minInService }).length).toBeLessThan(12);
  });
});
