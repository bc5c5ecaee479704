/** The limit of a service by what its answers were: tables, and whole courses of a service that bears only so much. */
import { describe, expect, it } from 'vitest';
import { afterCall, type Pressure, type Reply, type Seen, startPressure } from './pressure.ts';

const RULES = { first: 16, most: 64 };
const fresh = startPressure(RULES);
const seen = (reply: Reply, more: Partial<Seen> = {}): Seen => ({ reply, begunAt: 1_000, now: 1_100, inFlight: 100, jitter: 0, ...more });
const answered: Reply = { kind: 'answered' };
const pushedBack = (retryAfterMs: number | null = null): Reply => ({ kind: 'pushed-back', retryAfterMs });
const settled: Pressure = { ...fresh, limit: 16, isFresh: false, easedAt: 0, usualMs: 100, recentMs: 100 };

describe('one call', () => {
  it.each<[string, Pressure, Seen, Partial<Pressure>]>([
    ['a fresh limit that is used up grows by one', fresh, seen(answered), { limit: 17, isFresh: true }],
    ['one that is not used stays', fresh, seen(answered, { inFlight: 7 }), { limit: 16 }],
    ['later it grows by one a round', settled, seen(answered), { limit: 16 + 1 / 16 }],
    ['never above the most', { ...fresh, limit: 64 }, seen(answered), { limit: 64 }],
    ['push-back halves it', fresh, seen(pushedBack()), { limit: 8, isFresh: false, easedAt: 1_100, heldUntil: 0 }],
    ['never below one', { ...settled, limit: 1 }, seen(pushedBack()), { limit: 1 }],
    ['once for those sent before', { ...settled, limit: 8, easedAt: 1_050 }, seen(pushedBack()), { limit: 8, easedAt: 1_050 }],
    ['Retry-After holds everything', settled, seen(pushedBack(2_000)), { heldUntil: 3_100, limit: 8 }],
    ['also of a call sent before', { ...settled, easedAt: 1_050 }, seen(pushedBack(2_000)), { heldUntil: 3_100, limit: 16 }],
    ['with jitter, later', settled, seen(pushedBack(2_000), { jitter: 0.5 }), { heldUntil: 3_350 }],
    ['a longer one stays', { ...settled, heldUntil: 9_000 }, seen(pushedBack(2_000)), { heldUntil: 9_000 }],
    ['an absurd one is cut', settled, seen(pushedBack(86_400_000)), { heldUntil: 61_100 }],
    ['silence lowers it less', settled, seen({ kind: 'silent' }), { limit: 11.2, heldUntil: 0 }],
    ['slower than usual and slow: a little less', { ...settled, recentMs: 3_000 }, seen(answered), { limit: 14.4 }],
    ['slower than usual, but not slow', { ...settled, usualMs: 10, recentMs: 800 }, seen(answered), { limit: 16 + 1 / 16 }],
    ['slow, but always so', { ...settled, usualMs: 3_000, recentMs: 3_000 }, seen(answered), { limit: 16 + 1 / 16 }],
  ])('%s', (_what, before, call, expected) => {
    const after = afterCall(before, call, RULES);
    for (const [name, value] of Object.entries(expected))
      if (typeof value === 'number') expect(after[name as keyof Pressure], name).toBeCloseTo(value, 6);
      else expect(after[name as keyof Pressure], name).toBe(value);
  });
});

/** Rounds of a service that answers `bears` calls at once and pushes back the rest; always as many are sent as may be. */
function course(bears: number, rounds: number, from: Pressure = fresh): readonly number[] {
  const limits: number[] = [];
  let pressure = from;
  for (let round = 1; round <= rounds; round++) {
    const sent = Math.floor(pressure.limit);
    for (let i = 0; i < sent; i++) {
      const reply = i < bears ? answered : pushedBack();
      pressure = afterCall(pressure, { reply, begunAt: round * 100, now: round * 100 + 50, inFlight: sent, jitter: 0 }, RULES);
    }
    limits.push(pressure.limit);
  }
  return limits;
}

describe('a service that bears so many', () => {
  it.each([1, 3, 10, 30])('%i: the limit stays near it', (bears) => {
    const late = course(bears, 400).slice(100);
    expect(Math.max(...late)).toBeLessThanOrEqual(bears + 2);
    expect(late.reduce((sum, limit) => sum + limit, 0) / late.length).toBeGreaterThan(bears * 0.6);
  });
  it('any number: the most is soon reached', () => expect(course(1_000, 4).at(-1)).toBe(64));
  it('after a bad time it comes back', () => {
    const down = afterCall({ ...settled, limit: 1 }, seen(pushedBack()), RULES);
    expect(course(1_000, 30, down).at(-1)).toBeGreaterThan(15);
  });
});
