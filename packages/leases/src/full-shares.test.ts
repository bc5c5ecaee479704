/** Whose rows are to wait, as a table. */
import { describe, expect, it } from 'vitest';
import { fullShares } from './full-shares.ts';

const held = (counts: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(counts).flatMap(([share, count]) => Array.from({ length: count }, () => share));

describe('full shares', () => {
  it.each([
    ['nobody has anything', {}, []],
    ['one has less than three quarters', { a: 74 }, []],
    ['one has three quarters', { a: 75 }, ['a']],
    ['the second one has three quarters of what the first leaves', { a: 75, b: 19 }, ['a', 'b']],
    ['the second one has less than that', { a: 75, b: 18 }, ['a']],
    ['there is a place for the fourth, too', { a: 75, b: 19, c: 5 }, ['a', 'b', 'c']],
    ['many have few', Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`p${i}`, 1])), []],
  ])('%s', (_, counts, full) => {
    expect(fullShares(100, held(counts))).toEqual(full);
  });
  it('who is nobody takes places, and is never full', () => {
    expect(fullShares(100, [...Array.from({ length: 60 }, () => null), ...held({ a: 30 })])).toEqual(['a']);
  });
});
