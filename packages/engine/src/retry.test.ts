/** Tables: which failures are worth another try, for how long, and how the pauses grow. */
import { Failure, type FailureCode } from '@hearth/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollDelayMs, retryDelayMs, revokeAgainAt } from './retry.ts';

const MIDDLE = 0.5;
const delay = (code: FailureCode, tries: number, jitter = MIDDLE) => retryDelayMs(new Failure(code, 'no luck'), tries, jitter);

describe('retryDelayMs', () => {
  const rows: readonly (readonly [FailureCode, readonly (number | null)[]])[] = [
    // After the 1st, 2nd, 5th, 6th, 7th and 1,000th try.
    ['unavailable', [500, 1_000, 8_000, 15_000, 15_000, 15_000]],
    ['unknown', [500, 1_000, 8_000, 15_000, 15_000, 15_000]],
    ['busy', [500, 1_000, 8_000, 15_000, 15_000, 15_000]],
    ['conflict', [500, 1_000, 8_000, null, null, null]],
    ['unauthorized', [500, 1_000, 8_000, null, null, null]],
    ['not-found', [null, null, null, null, null, null]],
    ['over-quota', [null, null, null, null, null, null]],
    ['forbidden', [null, null, null, null, null, null]],
    ['invalid', [null, null, null, null, null, null]],
    ['lease-lost', [null, null, null, null, null, null]],
    ['configuration', [null, null, null, null, null, null]],
  ];
  it.each(rows)('%s', (code, expected) => expect([1, 2, 5, 6, 7, 1_000].map((tries) => delay(code, tries))).toEqual(expected));

  it('strays a quarter to either side, so that many do not try at the same moment', () =>
    expect([delay('busy', 1, 0), delay('busy', 1, 0.5), delay('busy', 1, 1)]).toEqual([375, 500, 625]));
});

describe('pollDelayMs', () => {
  const rows: readonly (readonly [string, number, number, number])[] = [
    ['the first look comes when the handler says', 1_000, 0, 1_000],
    ['the pause is steady at first', 1_000, 5, 1_000],
    ['then grows by a fifth', 1_000, 6, 1_200],
    ['and again', 1_000, 7, 1_440],
    ['up to ten seconds', 1_000, 100, 10_000],
    ['a longer pause that a handler wishes stays', 60_000, 100, 60_000],
    ['at once is at once', 0, 100, 0],
    ['after however many looks', 0, 100_000, 0],
  ];
  it.each(rows)('%s', (_name, afterMs, looks, expected) => expect(pollDelayMs(afterMs, looks, MIDDLE)).toBeCloseTo(expected, 6));

  it('never shrinks with more looks, and strays a twentieth at most', () =>
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (afterMs, looks, jitter) => {
          const steady = pollDelayMs(afterMs, looks, MIDDLE);
          expect(pollDelayMs(afterMs, looks + 1, MIDDLE)).toBeGreaterThanOrEqual(steady);
          expect(Math.abs(pollDelayMs(afterMs, looks, jitter) - steady)).toBeLessThanOrEqual(steady * 0.05 + 1e-6);
        },
      ),
    ));
});

describe('ending a delegation once more', () => {
  const MINUTE = 60_000;
  it.each<[string, unknown, number, number | null]>([
    ['at first soon', new Failure('unavailable', 'away'), 0, 5_000],
    ['later seldom', new Failure('busy', 'slow down'), 4 * MINUTE, 2 * MINUTE],
    ['but not too seldom', new Failure('unknown', 'broken'), 12 * 60 * MINUTE, 10 * MINUTE],
    ['not for ever', new Failure('unavailable', 'away'), 25 * 60 * MINUTE, null],
    ['not what was refused', new Failure('forbidden', 'no'), 0, null],
    ['nor what nobody knows', new Error('?'), 0, null],
    ['a clock that was set back', new Failure('unavailable', 'away'), -MINUTE, 5_000],
  ])('%s', (_what, error, ageMs, inMs) => {
    const again = revokeAgainAt(error, 1_000_000, 1_000_000 + ageMs);
    expect(again === null ? null : again - (1_000_000 + ageMs)).toBe(inMs);
  });
});
