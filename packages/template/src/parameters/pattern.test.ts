/** Patterns cannot be made to take long, whatever they are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Costs } from '../definition/costs.ts';
import { MAX_PATTERN_STEPS } from '../document/limits.ts';
import { compilePattern } from './pattern.ts';

const matches = (pattern: string, value: string, costs = new Costs()): boolean | null => {
  const compiled = compilePattern(pattern);
  if (compiled.problem !== null) throw new Error(compiled.problem);
  return compiled.matchesWhole(value, costs);
};

describe('patterns', () => {
  test('what makes a backtracking matcher explode is answered', () => {
    const value = `${'a'.repeat(5_000)}!`;
    expect(matches('(a+)+', value)).toBe(false);
    expect(matches('(a|aa)+b', value)).toBe(false);
    expect(matches('(a?){50}a{50}', 'a'.repeat(50))).toBe(true);
    expect(matches('(?=(a+)+b)a', value)).toBe(false);
  });
  test.each([['(a+)+b'], ['(a|aa)+$'], ['(?:a*)*c'], ['(?:a|a?)+b']])('ten times the text takes ten times the steps: %s', (pattern) => {
    const steps = (length: number): number => {
      const costs = new Costs();
      expect(matches(pattern, `${'a'.repeat(length)}!`, costs)).toBe(false);
      return costs.patternSteps;
    };
    const [few, many] = [steps(1_000), steps(10_000)];
    expect(few).toBeGreaterThan(1_000);
    expect(many).toBeLessThan(11 * few);
  });
  test.each([
    ['((a?){1000})*b', 'a'.repeat(100_000)],
    ['((?=(a?){500}c)a|a)*b', 'a'.repeat(100_000)],
  ])('what takes too many steps has no answer: %s', (pattern, value) => {
    const costs = new Costs();
    expect(matches(pattern, value, costs)).toBeNull();
    expect(costs.patternSteps).toBeLessThan(MAX_PATTERN_STEPS + 10_000);
    // What was spent is spent for the values that follow.
    expect(matches('a', 'a', costs)).toBeNull();
  });
  test.each([['((a{100}){100}){100}'], ['(a)\\1'], ['(?P<x>a)(?P=x)'], ['(?<=a+)b'], ['(?>a)'], ['('.repeat(200)]])(
    'refused with a reason: %s',
    (pattern) => {
      expect(compilePattern(pattern).problem).not.toBeNull();
    },
  );
  test('agrees with the built-in matcher on a small language', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '(?:ab|a)',
      '(?:b|)',
      'a*',
      'b+?',
      '(?:ab)?',
      'a{1,2}',
      '\\w',
      '(?!b)',
      '\\b',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }), (pieces, value) => {
        const source = pieces.join('');
        const found = new RegExp(`^(?:${source})`, 'su').exec(value);
        expect(matches(`(?s)${source}`, value)).toBe(found !== null && found[0].length === value.length);
      }),
      { numRuns: 300 },
    );
  });
});
