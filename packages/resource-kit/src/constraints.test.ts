/** What a value that is not allowed is told, in the notation that users of Heat know. */
import { expect, test } from 'vitest';
import { brokenConstraint, c } from './index.ts';
import type { Json } from '@hearth/kernel';

const toldOf = (value: Json, allowed: readonly Json[], secret = false): string | null => {
  const constraint = c.oneOf(...allowed);
  if (constraint.kind === 'custom') throw new Error('not a constraint of its own');
  return brokenConstraint(constraint, value, () => true, secret);
};

test.each<[string, Json, readonly Json[], string | null]>([
  ['a text', 'x', ['a', 'b'], '"x" is not an allowed value ["a", "b"]'],
  ['a number, without quotes', 5, [4, 6], '5 is not an allowed value [4, 6]'],
  ['a boolean', true, [false], 'true is not an allowed value [false]'],
  ['a list with something else', ['a', 'c'], ['a', 'b'], '["a", "c"] is not an allowed value ["a", "b"]'],
  ['a list of allowed ones', ['b', 'a'], ['a', 'b'], null],
  ['a number as a text', '6', [4, 6], null],
])('%s', (_name, value, allowed, told) => expect(toldOf(value, allowed)).toBe(told));

test('a secret is not told', () => expect(toldOf('pass', ['word'], true)).toBe('"***" is not an allowed value ["word"]'));
