/** The machine's own clock and timers, for tests of what talks to real servers. */
import type { Timers } from '@hearth/kernel';

export const realTimers: Timers = {
  now: () => Date.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
