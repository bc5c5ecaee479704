/** Batches of a rolling update, as real Heat was seen to make them. */
import type { JsonObject } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { type BatchPolicy, nextRolled } from './batches.ts';

const members = (size: number, value: string, first = 0): JsonObject =>
  Object.fromEntries(Array.from({ length: size }, (_, index) => [String(first + index), { value }]));

/** What each batch changes, makes and removes. */
function batches(size: number, policy: Omit<BatchPolicy, 'pauseMs'>): readonly string[] {
  const wanted = members(size, 'new');
  const seen: string[] = [];
  let present = members(size, 'old');
  for (let round = 0; round < 20; round++) {
    const { resources, more } = nextRolled(present, wanted, { ...policy, pauseMs: 0 }, (count) => members(count, 'new', size));
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
    ['one by one, the newest first', 3, { maxBatchSize: 1, minInService: 0 }, ['2', '1', '0']],
    ['by two', 4, { maxBatchSize: 2, minInService: 1 }, ['2 3', '0 1']],
    ['with everybody in service: the extra is a batch of its own', 3, { maxBatchSize: 1, minInService: 3 }, ['3', '2', '1', '0', '-3']],
    ['all at once', 3, { maxBatchSize: 9, minInService: 0 }, ['0 1 2']],
  ] as const)('%s', (_name, size, policy, expected) => {
    expect(batches(size, policy).filter((batch) => batch !== '')).toEqual(expected);
  });
});
