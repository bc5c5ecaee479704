/** The mini-cloud's own time: the real one, ahead by an offset and going on faster by a factor. Pure but for the clock it is given. */
import type { Clock } from '@hearth/kernel';

/** Milliseconds since 1970 of real time, unless named otherwise. */
export type VirtualTime = {
  /** How far ahead it was at `sinceMs`. */
  readonly aheadMs: number;
  /** How many of its seconds go by in a real one since then; at least 1. */
  readonly factor: number;
  readonly sinceMs: number;
};

export const REAL_TIME: VirtualTime = { aheadMs: 0, factor: 1, sinceMs: 0 };

export const aheadMsAt = (time: VirtualTime, realMs: number): number =>
  Math.floor(time.aheadMs + (time.factor - 1) * Math.max(0, realMs - time.sinceMs));

export const advanced = (time: VirtualTime, ms: number, realMs: number): VirtualTime => ({
  aheadMs: aheadMsAt(time, realMs) + ms,
  factor: time.factor,
  sinceMs: realMs,
});

export const paced = (time: VirtualTime, factor: number, realMs: number): VirtualTime => ({
  aheadMs: aheadMsAt(time, realMs),
  factor,
  sinceMs: realMs,
});

export const virtualClock = (real: Clock, time: () => VirtualTime): Clock => ({
  now() {
    const realMs = real.now();
    return realMs + aheadMsAt(time(), realMs);
  },
});
