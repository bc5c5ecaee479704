/**
 * How many calls a service bears at once, found out as networks do it: a little more while all goes well, much less when it pushes back, nothing for
 * as long as it asks. Pure: what was seen and when are arguments.
 */

export interface Pressure {
  /** Calls that may be under way at once; counted down to a whole number. */
  readonly limit: number;
  /** Nothing is sent before. */
  readonly heldUntil: number;
  /** It has never pushed back: the limit grows fast. */
  readonly isFresh: boolean;
  /** When the limit was lowered last: what was sent before says nothing about the new one. */
  readonly easedAt: number;
  /** How long answers take, over many and over the last few; null: not known. */
  readonly usualMs: number | null;
  readonly recentMs: number | null;
}

export type Reply =
  | { readonly kind: 'answered' }
  /** 429 or 503, with what it says of the time to come back. */
  | { readonly kind: 'pushed-back'; readonly retryAfterMs: number | null }
  /** No answer in time, or a connection that broke or never came about. */
  | { readonly kind: 'silent' };

/** One call that has ended. */
export interface Seen {
  readonly reply: Reply;
  readonly begunAt: number;
  readonly now: number;
  /** Calls that were under way together with it, itself included. */
  readonly inFlight: number;
  /** In [0, 1). */
  readonly jitter: number;
}

export interface PressureRules {
  readonly first: number;
  readonly most: number;
}

const LEAST = 1;
const PUSHED_BACK = 0.5;
const SILENT = 0.7;
const SLOW = 0.9;
/** Slow is what takes so many times as long as usual, and longer than people notice. */
const SLOW_TIMES = 4;
const SLOW_FROM_MS = 1_500;
const LONGEST_HOLD_MS = 60_000;
/** Those who waited do not come back in the same moment. */
const HOLD_JITTER = 0.25;

export const startPressure = ({ first }: PressureRules): Pressure => ({
  limit: first,
  heldUntil: 0,
  isFresh: true,
  easedAt: Number.NEGATIVE_INFINITY,
  usualMs: null,
  recentMs: null,
});

export function afterCall(pressure: Pressure, seen: Seen, rules: PressureRules): Pressure {
  switch (seen.reply.kind) {
    case 'pushed-back':
      return eased(held(pressure, seen.reply.retryAfterMs, seen), PUSHED_BACK, seen);
    case 'silent':
      return eased(pressure, SILENT, seen);
    case 'answered':
      return afterAnswer(pressure, seen, rules);
  }
}

function held(pressure: Pressure, retryAfterMs: number | null, { now, jitter }: Seen): Pressure {
  if (retryAfterMs === null || retryAfterMs <= 0) return pressure;
  const until = now + Math.min(retryAfterMs, LONGEST_HOLD_MS) * (1 + HOLD_JITTER * jitter);
  return { ...pressure, heldUntil: Math.max(pressure.heldUntil, until) };
}

/** Once for all the calls that were sent under the same limit. */
function eased(pressure: Pressure, factor: number, { begunAt, now }: Seen): Pressure {
  if (begunAt < pressure.easedAt) return pressure;
  return { ...pressure, limit: Math.max(LEAST, pressure.limit * factor), isFresh: false, easedAt: now };
}

function afterAnswer(pressure: Pressure, seen: Seen, { most }: PressureRules): Pressure {
  const tookMs = seen.now - seen.begunAt;
  const usualMs = pressure.usualMs ?? tookMs;
  const recentMs = blend(pressure.recentMs ?? tookMs, tookMs, 0.2);
  const isSlow = recentMs > Math.max(SLOW_FROM_MS, SLOW_TIMES * usualMs);
  const timed = { ...pressure, recentMs, usualMs: blend(usualMs, tookMs, isSlow ? 0.002 : 0.02) };
  if (isSlow) return eased(timed, SLOW, seen);
  // Only a limit that is made use of has shown that it can be borne.
  if (seen.inFlight < pressure.limit / 2) return timed;
  return { ...timed, limit: Math.min(most, pressure.limit + (pressure.isFresh ? 1 : 1 / pressure.limit)) };
}

const blend = (before: number, now: number, weight: number): number => before + (now - before) * weight;
