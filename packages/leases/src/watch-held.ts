/** Asks about once a second how the held rows stand, in one cheap query: NOTIFY may be lost, and rows may be taken away. */
import { messageOf, type Log, type Timers } from '@hearth/kernel';
import type { DueRows } from './due-rows.ts';

export interface WatchHeldOptions {
  readonly rows: DueRows;
  readonly timers: Timers;
  readonly log: Log;
  /** A row we hold has a wake version larger than when last asked, or is seen for the first time. May repeat what is already known. */
  readonly onGrown: (id: string, wakeVersion: number) => void;
  readonly everyMs?: number;
}

/** Returns how to stop. */
export function watchHeld(options: WatchHeldOptions): () => Promise<void> {
  const { rows, timers, log, onGrown, everyMs = 1000 } = options;
  let seen = new Map<string, number>();
  let stopped = false;
  let isFailing = false;
  let asking: Promise<void> | null = null;
  let cancelTimer = arm();

  function arm(): () => void {
    return timers.at(timers.now() + everyMs, () => {
      asking = ask().finally(() => {
        asking = null;
        if (!stopped) cancelTimer = arm();
      });
    });
  }

  async function ask(): Promise<void> {
    if (rows.knownCount() === 0) return;
    try {
      const held = await rows.held();
      if (stopped) return;
      const now = new Map<string, number>();
      for (const { id, wakeVersion } of held) {
        now.set(id, wakeVersion);
        if (rows.isKnown(id) && seen.get(id) !== wakeVersion) onGrown(id, wakeVersion);
      }
      seen = now;
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn('held rows cannot be read; trying again', { table: rows.table.table, reason: messageOf(error) });
      isFailing = true;
    }
  }

  return async () => {
    stopped = true;
    cancelTimer();
    await asking;
  };
}
