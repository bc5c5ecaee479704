/** A clock that stands still until a test moves it, and timers that ring in order when it does. */
import { Bug, type Timers } from '@hearth/kernel';

export interface VirtualTimers extends Timers {
  /** Moves the clock by `ms`; timers ring in order, each at its own time, promises between them are let run. */
  advance(ms: number): Promise<void>;
  /** Rings the next timer, moving the clock to it; false when there is none. */
  ringNext(): Promise<boolean>;
  /** Rings timers until none is left, at most `limit` (default 100,000): more throws, as a timer that renews itself never ends. */
  runUntilIdle(limit?: number): Promise<void>;
  /** Jumps without ringing, back too, as a clock that is set does. Timers that are past ring at the next move. */
  jumpTo(atMs: number): void;
  /** How many timers wait. */
  readonly pending: number;
}

interface Alarm {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** How often the loop of events is given a turn between two timers, so that chains of promises and of real I/O's callbacks come to rest. */
const TURNS = 3;

/** `settle`: lets everything that a timer has set off come to rest. */
export function virtualTimers(startMs = 0, settle: () => Promise<void> = someTurns): VirtualTimers {
  let nowMs = startMs;
  let order = 0;
  const alarms = new Set<Alarm>();

  const first = (untilMs: number): Alarm | null => {
    let found: Alarm | null = null;
    for (const alarm of alarms) {
      if (alarm.atMs > untilMs) continue;
      if (found === null || alarm.atMs < found.atMs || (alarm.atMs === found.atMs && alarm.order < found.order)) found = alarm;
    }
    return found;
  };
  const ring = async (alarm: Alarm): Promise<void> => {
    alarms.delete(alarm);
    nowMs = Math.max(nowMs, alarm.atMs);
    alarm.callback();
    await settle();
  };
  const at = (atMs: number, callback: () => void): (() => void) => {
    const alarm: Alarm = { atMs, order: order++, callback };
    alarms.add(alarm);
    return () => {
      alarms.delete(alarm);
    };
  };
  const ringNext = async (): Promise<boolean> => {
    await settle();
    const alarm = first(Number.POSITIVE_INFINITY);
    if (alarm !== null) await ring(alarm);
    return alarm !== null;
  };
  return {
    now: () => nowMs,
    at,
    sleep: (ms) =>
      new Promise((resolve) => {
        at(nowMs + ms, resolve);
      }),
    ringNext,
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let alarm = first(untilMs); alarm !== null; alarm = first(untilMs)) await ring(alarm);
      nowMs = Math.max(nowMs, untilMs);
    },
    async runUntilIdle(limit = 100_000) {
      for (let rung = 0; await ringNext(); rung++) {
        if (rung >= limit) throw new Bug(`timers still ring after ${limit}: something renews itself`);
      }
    },
    jumpTo(atMs) {
      nowMs = atMs;
    },
    get pending() {
      return alarms.size;
    },
  };
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}
