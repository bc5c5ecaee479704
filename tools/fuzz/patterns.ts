/** Random regular expressions, repetitions inside repetitions above all, on texts that nearly match. */
import { compilePattern, Costs } from '@hearth/template';
import { MAX_PATTERN_STEPS } from '@hearth/template/testing';
import fc from 'fast-check';
import { hold, type Counters, type Kind } from './kind.ts';

const PIECES = [
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\d',
  '\\b',
  '^',
  '$',
  '\\A',
  '\\Z',
  'ä',
  '[a-',
  '\\',
  '(?i)',
  '(?P<n>a)',
  '\\1',
  '{2,1}',
  '|',
];
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(...PIECES),
    fc.array(tie('pattern'), { maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('(', '(?:', '(?=', '(?!', '(?<=', '(?<!'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{,5}', '{3,}', '{40}', '{1000}'))
      .map(([inner, times]) => `(?:${inner})${times}`),
    fc.array(tie('pattern'), { minLength: 1, maxLength: 3 }).map((parts) => `(${parts.join('|')})`),
  ),
}));
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '1', 'ä', '\n'), maxLength: 12 }),
  fc.nat(2_000).map((length) => `${'a'.repeat(length)}!`),
);

function run([source, text]: [string, string]): Counters {
  const compiled = compilePattern(source);
  if (compiled.problem !== null) {
    hold(compiled.problem !== '', 'a problem says nothing');
    return { patterns: 1, compiled: 0, 'pattern steps': 0 };
  }
  const costs = new Costs();
  const matches = compiled.matchesWhole(text, costs);
  hold(costs.patternSteps <= MAX_PATTERN_STEPS + 10_000, `a pattern took ${costs.patternSteps} steps`);
  return {
    patterns: 1,
    compiled: 1,
    matched: matches === true ? 1 : 0,
    undecided: matches === null ? 1 : 0,
    'pattern steps': costs.patternSteps,
  };
}

export const patterns: Kind<[string, string]> = { name: 'patterns', share: 5, arbitrary: fc.tuple(pattern, value), run };
