/** The real clock and timers: the kernel's port on Node. */
import type { Timers } from '@hearth/kernel';

/** setTimeout takes no longer ones. */
const LONGEST_TIMEOUT_MS = 2_000_000_000;

export const systemTimers: Timers = {
  now: () => Date.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, atMs - Date.now()), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
