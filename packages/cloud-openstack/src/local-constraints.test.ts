/** Local constraints against recorded answers of Heat (`testdata/constraints/local.json`): the verdict always, the words unless they are explained. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '@hearth/kernel';
import { describe, expect, it } from 'vitest';
import { localConstraintProblem } from './local-constraints.ts';

interface Vector {
  readonly constraint: string;
  readonly value: Json;
  readonly taken: boolean;
  readonly message?: string;
}
const path = fileURLToPath(new URL('../../../testdata/constraints/local.json', import.meta.url));
const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as { readonly vectors: readonly Vector[] };
const NOW = Date.parse('2026-01-01T00:00:00Z');

/** Words of the libraries beneath Heat that say nothing to a user, or more than helps. */
const WORDED_ANEW: readonly RegExp[] = [
  /name 'exc' is not defined$/,
  /range\(\) arg 3 must not be zero$/,
  /nth day of week syntax\./,
  /month must be in 1\.\.12$/,
  /IPAddress\(\) does not support netmasks/,
  /Invalid timezone: '\\n'$/,
];
/** Heat gives no reason for dates. */
const said = (value: string, problem: string, constraint: string): string =>
  constraint === 'iso_8601' ? `Error validating value '${value}'` : `Error validating value '${value}': ${problem}`;

describe('local constraints', () => {
  it('there are vectors', () => expect(vectors.length).toBeGreaterThan(700));
  it.each([...new Set(vectors.map(({ constraint }) => constraint))])('%s judges as Heat does', (constraint) => {
    const mine = vectors.filter((vector) => vector.constraint === constraint);
    const different = mine.filter(({ value, taken }) => (localConstraintProblem(constraint, value, NOW) === null) !== taken);
    expect(different).toEqual([]);
  });
  it.each([...new Set(vectors.map(({ constraint }) => constraint))])('%s says what Heat says', (constraint) => {
    const worded = vectors.flatMap(({ value, message, ...vector }) =>
      vector.constraint === constraint &&
      typeof value === 'string' &&
      message !== undefined &&
      !WORDED_ANEW.some((form) => form.test(message))
        ? [{ value, message }]
        : [],
    );
    const ours = worded.map(({ value }) => said(value, String(localConstraintProblem(constraint, value, NOW)), constraint));
    expect(ours).toEqual(worded.map(({ message }) => message));
  });
  it('a moment that has passed is no expiration, one to come is', () => {
    const at = '2026-01-01T00:00:01Z';
    expect(localConstraintProblem('expiration', at, NOW)).toBeNull();
    expect(localConstraintProblem('expiration', at, NOW + 2_000)).toContain('out of date');
  });
  it('JSON is asked for where a text is JSON', () => {
    expect(localConstraintProblem('json_string', '{"a": 1}', NOW)).toBeNull();
    expect(localConstraintProblem('json_string', '{a', NOW)).toBe('JSON string expected');
  });
  it('a constraint of a service is none of these', () => expect(localConstraintProblem('nova.flavor', 'x', NOW)).toBeUndefined());
});
