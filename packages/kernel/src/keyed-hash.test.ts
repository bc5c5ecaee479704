/** The keyed hash against a published value, and the comparison of texts. */
import { expect, test } from 'vitest';
import { hmacSha256, sameText } from './keyed-hash.ts';

test('HMAC-SHA256 as RFC 4231 has it (case 2)', () => {
  const hash = [...hmacSha256('Jefe', 'what do ya want for nothing?')].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  expect(hash).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test.each([
  ['', '', true],
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'abcd', false],
  ['é', 'é', true],
])('%j and %j are the same text: %s', (a, b, expected) => {
  expect(sameText(a, b)).toBe(expected);
});
