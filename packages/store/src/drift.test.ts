/** What counts as drift, what was taken for good, and what paths mean for the stacks below. Pure tables. */
import { describe, expect, it } from 'vitest';
import {
  countedState,
  isMended,
  mendedBelow,
  mendedPaths,
  openDifferences,
  sameFinding,
  type Difference,
  type DriftFinding,
} from './drift.ts';

const of = (property: string, expected: string, actual: string): Difference => ({ property, expected, actual });
const finding = (state: DriftFinding['state'], ...differences: Difference[]): DriftFinding => ({
  state,
  at: 2,
  since: 1,
  differences,
  reason: null,
});

describe('what counts', () => {
  const size = of('size', 'small', 'large');
  const name = of('name', 'a', 'b');
  const rows: readonly [string, DriftFinding | null, readonly Difference[] | null, DriftFinding['state'] | null, readonly string[]][] = [
    ['never looked at', null, null, null, []],
    ['in sync', finding('in-sync'), null, 'in-sync', []],
    ['gone', finding('gone'), null, 'gone', []],
    ['gone, whatever was accepted', finding('gone'), [size], 'gone', []],
    ['differs', finding('differs', size, name), null, 'differs', ['size', 'name']],
    ['a part accepted', finding('differs', size, name), [name], 'differs', ['size']],
    ['all accepted', finding('differs', size, name), [name, size], 'in-sync', []],
    ['changed again since', finding('differs', of('size', 'small', 'huge')), [size], 'differs', ['size']],
    ['another value is wanted since', finding('differs', of('size', 'tiny', 'large')), [size], 'differs', ['size']],
  ];
  it.each(rows)('%s', (_what, drift, accepted, state, open) => {
    const row = { drift, accepted: accepted === null ? null : { differences: accepted } };
    expect(countedState(row)).toBe(state);
    expect(openDifferences(row).map(({ property }) => property)).toEqual(open);
  });

  it('news are findings that tell something else, whenever they were made', () => {
    const now = { ...finding('differs', size), at: 9, since: 9 };
    expect(sameFinding(finding('differs', size), now)).toBe(true);
    expect(sameFinding(finding('differs', size, name), now)).toBe(false);
    expect(sameFinding(finding('differs', of('size', 'small', 'huge')), now)).toBe(false);
    expect(sameFinding(finding('gone'), now)).toBe(false);
    expect(sameFinding(null, now)).toBe(false);
  });
});

describe('paths', () => {
  const rows: readonly [readonly string[] | null, string, readonly string[] | null][] = [
    [null, 'a', null],
    [[], 'a', []],
    [['a'], 'a', []],
    [['b'], 'a', null],
    [['a/0', 'b/1'], 'a', ['0']],
    [['a/0/x', 'a/1'], 'a', ['0/x', '1']],
    [['ab/0'], 'a', null],
    [['a', 'a/0'], 'a', []],
  ];
  it.each(rows)('%j of %s below: %j', (paths, name, below) => {
    expect(mendedBelow(paths, name)).toEqual(below);
    expect(isMended(paths, name)).toBe(below !== null);
  });

  it('are of one traversal', () => {
    const mending = { traversal: 3, paths: ['a'] };
    expect(mendedPaths({ mending, traversal: 3 })).toEqual(['a']);
    expect(mendedPaths({ mending, traversal: 4 })).toBeNull();
    expect(mendedPaths({ mending: null, traversal: 3 })).toBeNull();
  });
});
