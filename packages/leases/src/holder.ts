/**
 * This process as a holder of rows: a lease renewed by heartbeat. It fences itself: it counts as lost once the last renewal that
 * succeeded *began* too long ago, which is always earlier than the database can let the lease pass (so far as `timers.now` never
 * runs slower than the database's clock, nor is set back).
 */
import { asId, messageOf, type HolderId, type Log, type Random, type Timers } from '@hearth/kernel';
import { endLease, renewLease, type Database } from '@hearth/store';
import { withinLimit } from './within-limit.ts';

export interface Holder {
  readonly id: HolderId;
  readonly ttlMs: number;
  /** False from shortly before others may take over until a renewal succeeds again. */
  isValid(): boolean;
  /** How long calls begun now are covered for sure; 0 when lost. */
  remainingMs(): number;
  /**
   * Called when the lease is lost. Whatever was held must be dropped: no call begun, nothing counted on. The holder goes on trying to
   * renew and may claim again, under a higher epoch; a row nobody took meanwhile comes back as a claim with `tookOver`.
   */
  onLost(callback: () => void): void;
  /** Ends the lease at once. Release rows first: what is still held is taken over by others as if this process had died. */
  stop(): Promise<void>;
}

export interface HolderOptions {
  readonly database: Database;
  readonly timers: Timers;
  readonly random: Random;
  /** `<host>:<process id>`, as lists of processes show it. */
  readonly name: string;
  readonly log: Log;
  readonly ttlMs?: number;
  readonly heartbeatMs?: number;
}

/** Renewals that may be under way at once: a connection that hangs must not keep the next attempt from being made. */
const RENEWALS_AT_ONCE = 2;

/** Rejects when the first registration fails: a process that cannot reach its database has nothing to hold. */
export async function startHolder(options: HolderOptions): Promise<Holder> {
  const { database, timers, random, name, log, ttlMs = 3000, heartbeatMs = 800 } = options;
  const id = asId<HolderId>(random.uuid());
  const coveredMs = ttlMs * 0.9;
  const lostCallbacks: (() => void)[] = [];
  const underWay = new Set<Promise<void>>();
  let coveredUntil = 0;
  let isLost = false;
  let stopped = false;
  let failingSince: number | null = null;
  let cancelHeartbeat = (): void => {};
  let cancelWatch = (): void => {};

  const isValid = (): boolean => !stopped && timers.now() < coveredUntil;

  function watch(): void {
    cancelWatch();
    cancelWatch = timers.at(coveredUntil, () => {
      if (stopped || isLost) return;
      if (timers.now() < coveredUntil) return watch();
      lose();
    });
  }

  function lose(): void {
    isLost = true;
    log.error('lease lost: no renewal succeeded in time; all held rows are dropped', { holder: id, ttlMs });
    for (const callback of lostCallbacks) callback();
  }

  async function renew(): Promise<void> {
    const began = timers.now();
    await renewLease(database, { id, name, ttlMs });
    if (stopped) return;
    // A process that was stopped may hear of the renewal before the clock tells it that the term had passed: others may have had their turn in between.
    if (!isLost && coveredUntil > 0 && timers.now() >= coveredUntil) lose();
    coveredUntil = Math.max(coveredUntil, began + coveredMs);
    if (!isValid()) return;
    if (isLost) log.info('lease renewed again', { holder: id });
    isLost = false;
    watch();
  }

  async function renewOrReport(): Promise<boolean> {
    try {
      await withinLimit(timers, ttlMs, renew());
      if (failingSince !== null) log.info('lease renewals succeed again', { holder: id, failedForMs: timers.now() - failingSince });
      failingSince = null;
      return true;
    } catch (error) {
      if (stopped) return false;
      if (failingSince === null) log.warn('lease renewal failed; trying again', { holder: id, reason: messageOf(error) });
      failingSince ??= timers.now();
      return false;
    }
  }

  function attempt(): void {
    if (stopped || underWay.size >= RENEWALS_AT_ONCE) return;
    const began = timers.now();
    const renewal: Promise<void> = renewOrReport().then((succeeded) => {
      underWay.delete(renewal);
      // Its connection hung: time is short, and another one may do.
      if (!succeeded && timers.now() - began >= heartbeatMs) attempt();
    });
    underWay.add(renewal);
  }

  function heartbeat(): void {
    if (stopped) return;
    attempt();
    cancelHeartbeat = timers.at(timers.now() + heartbeatMs * (0.8 + 0.2 * random.next()), heartbeat);
  }

  await renew();
  cancelHeartbeat = timers.at(timers.now() + heartbeatMs * random.next(), heartbeat);

  return {
    id,
    ttlMs,
    isValid,
    remainingMs: () => (isValid() ? coveredUntil - timers.now() : 0),
    onLost: (callback) => {
      lostCallbacks.push(callback);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      cancelHeartbeat();
      cancelWatch();
      await Promise.all(underWay);
      try {
        await withinLimit(timers, ttlMs, endLease(database, id));
      } catch (error) {
        log.warn('lease could not be ended; it will pass by itself', { holder: id, reason: messageOf(error) });
      }
    },
  };
}
