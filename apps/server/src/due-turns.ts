/** Turns on rows that are due, by whichever process claims one: so many at once, and claimed anew as soon as one is over. */
import type { Log, Random, Timers } from '@hearth/kernel';
import { dueRows, type Holder, runDueRows } from '@hearth/leases';
import type { Database, DueClaim, DueTable } from '@hearth/store';

/** What turns are taken with in a process. */
export interface TurnGround {
  /** For the work. */
  readonly database: Database;
  /** For claims. */
  readonly leaseDatabase: Database;
  readonly holder: Holder;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

interface DueTurns {
  readonly table: DueTable;
  readonly atOnce: number;
  readonly sweepMs: number;
  /** Must not throw; releases the row. */
  readonly turn: (claim: DueClaim) => Promise<void>;
}

/** `stop` waits for the turns that have begun. */
export async function runDueTurns(
  { leaseDatabase, holder, timers, random, log }: TurnGround,
  { table, atOnce, sweepMs, turn }: DueTurns,
): Promise<{ stop(): Promise<void> }> {
  const rows = dueRows({ database: leaseDatabase, table, holder, timers });
  const working = new Map<string, Promise<void>>();
  const runner = await runDueRows({
    rows,
    timers,
    random,
    log,
    sweepMs,
    capacity: () => atOnce - working.size,
    onClaim(claim) {
      const work = turn(claim).finally(() => {
        working.delete(claim.id);
        rows.forget(claim);
        runner.nudge();
      });
      working.set(claim.id, work);
    },
  });
  return {
    async stop() {
      await runner.stop();
      await Promise.all(working.values());
    },
  };
}
