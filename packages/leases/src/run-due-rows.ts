/**
 * The loop that hands due rows to `onClaim`: woken by NOTIFY, by a timer armed to the next due time, and by a sweep about once a second
 * that also finds what NOTIFY lost and what dead holders left. Goes on through outages of the database.
 */
import { messageOf, type Log, type Random, type Timers } from '@hearth/kernel';
import type { DueClaim } from '@hearth/store';
import type { DueRows } from './due-rows.ts';

export interface RunnerOptions {
  readonly rows: DueRows;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** How many more rows this process can take on now. Call `nudge` when it grows from 0. */
  readonly capacity: () => number;
  /** Whose free rows are to wait; `fullShares` tells. Absent: nobody's. */
  readonly full?: () => readonly string[];
  /** Must not throw; begins the work and returns. `rows.forget(claim)` when done with it. */
  readonly onClaim: (claim: DueClaim) => void;
  /** A hint that a row which this process already holds was woken. `watchHeld` finds those that got lost. */
  readonly onWakeHeld?: (id: string) => void;
  readonly sweepMs?: number;
}

export interface Runner {
  /** Looks again soon: there is room for more, or something became due. */
  nudge(): void;
  /** Resolves once no claim is under way and no more will come. Rows already handed out stay held. */
  stop(): Promise<void>;
}

/** Rows claimed by one statement; the rest is claimed right after. */
const CLAIM_AT_ONCE = 50;
const LONGEST_BACKOFF_MS = 1000;
const SWEEPS_PER_CLEANING = 60;

export async function runDueRows(options: RunnerOptions): Promise<Runner> {
  const { rows, timers, random, log, capacity, full, onClaim, onWakeHeld, sweepMs = 1000 } = options;
  let stopped = false;
  let running: Promise<void> | null = null;
  let wanted = false;
  let failures = 0;
  let failingSince = 0;
  let sweeps = 0;
  let nextSweepAt = 0;
  let cancelTimer = (): void => {};

  function arm(atMs: number): void {
    if (stopped) return;
    cancelTimer();
    cancelTimer = timers.at(atMs, look);
  }

  function look(): void {
    if (stopped) return;
    wanted = true;
    running ??= run().finally(() => {
      running = null;
    });
  }

  async function run(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false;
      try {
        const dueInMs = await claimAll();
        if (failures > 0) log.info('claiming works again', { table: rows.table.table, failedForMs: timers.now() - failingSince });
        failures = 0;
        arm(Math.min(nextSweepAt, dueInMs === null ? Number.POSITIVE_INFINITY : timers.now() + dueInMs));
      } catch (error) {
        wanted = false;
        arm(timers.now() + backOffMs(error));
      }
    }
  }

  function backOffMs(error: unknown): number {
    failures++;
    if (failures === 1) {
      failingSince = timers.now();
      log.warn('rows cannot be claimed; trying again until the database answers', { table: rows.table.table, reason: messageOf(error) });
    }
    nextSweepAt = 0;
    return Math.min(LONGEST_BACKOFF_MS, 100 * 2 ** Math.min(failures, 5)) * (0.5 + 0.5 * random.next());
  }

  /** Claims until nothing is due or there is no room; returns how long until the next row is due. */
  async function claimAll(): Promise<number | null> {
    for (;;) {
      const now = timers.now();
      // Farther ahead than it can be: somebody has set the clock back.
      const sweep = now >= nextSweepAt || nextSweepAt > now + sweepMs;
      const room = Math.min(CLAIM_AT_ONCE, capacity());
      const { claims, nextDueInMs } = await rows.claimNext(room, sweep, full?.());
      if (sweep) {
        // Not all processes at the same moment, and never later than `sweepMs`.
        nextSweepAt = timers.now() + sweepMs * (0.8 + 0.2 * random.next());
        sweeps++;
        if (sweeps % SWEEPS_PER_CLEANING === 0) await rows.removePassedLeases();
      }
      for (const claim of claims) onClaim(claim);
      if (stopped || room <= 0 || claims.length < room) return nextDueInMs;
    }
  }

  function hear(id: string): void {
    if (rows.isKnown(id)) onWakeHeld?.(id);
    else look();
  }

  const stopListening = await rows.onWake(hear);
  look();
  return {
    nudge: look,
    async stop() {
      stopped = true;
      cancelTimer();
      await stopListening();
      await running;
    },
  };
}
