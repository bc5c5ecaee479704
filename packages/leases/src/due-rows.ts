/** Rows of one table that are due: claiming them for this holder, waking them, and hearing of wake-ups. */
import type { StackId, Timers } from '@hearth/kernel';
import {
  claimDueRows,
  heldRows,
  nextDueAt,
  removePassedLeases,
  wakeRow,
  type Claim,
  type Database,
  type DueClaim,
  type DueTable,
  type HeldRow,
  type Queryable,
} from '@hearth/store';
import type { Holder } from './holder.ts';
import { withinLimit } from './within-limit.ts';

export interface ClaimOutcome {
  readonly claims: readonly DueClaim[];
  /** How long until the next free row is due, by the database's clock; null: none is. */
  readonly nextDueInMs: number | null;
}

export interface DueRows {
  readonly table: DueTable;
  readonly holder: Holder;
  /** Claims at most `limit` rows, those of dead holders included. */
  claim(limit: number): Promise<readonly DueClaim[]>;
  /**
   * The same for a loop: `sweep` says whether to look for rows of dead holders and strays, which needs to be done once a second only; `full`, whose free
   * rows are left alone.
   */
  claimNext(limit: number, sweep: boolean, full?: readonly string[]): Promise<ClaimOutcome>;
  /**
   * Says that this process is done with a claim: released, lost, or dropped. A row that is dropped without having been released in the
   * database is a stray, and comes back as a claim with a higher epoch.
   */
  forget(claim: { readonly id: string; readonly epoch: number }): void;
  /** Claims not forgotten yet. */
  knownCount(): number;
  isKnown(id: string): boolean;
  /** Whose a claimed row is; null: nobody's, or it is not known here. */
  shareOf(id: string): string | null;
  /** What the database says this holder holds. */
  held(): Promise<readonly HeldRow[]>;
  /** When the next free row is due (perhaps overdue), by the database's clock. */
  nextDueAt(): Promise<number | null>;
  /** Hints; some may be lost. Returns how to stop listening. */
  onWake(callback: (id: string) => void): Promise<() => Promise<void>>;
  /** In the transaction that changes what is wanted. */
  wake(tx: Queryable, id: string): Promise<void>;
  /** Removes leases long passed whose holders have no row in this table. */
  removePassedLeases(): Promise<void>;
}

export interface DueRowsOptions {
  readonly database: Database;
  readonly table: DueTable;
  readonly holder: Holder;
  readonly timers: Timers;
}

export function dueRows({ database, table, holder, timers }: DueRowsOptions): DueRows {
  // After a term without an answer the lease is lost, and whatever the answer would have been, it is void.
  const answered = <T>(work: Promise<T>): Promise<T> => withinLimit(timers, holder.ttlMs, work);
  const known = new Map<string, DueClaim>();
  let terms = 0;
  holder.onLost(() => {
    terms++;
    known.clear();
  });
  let previous: Promise<unknown> = Promise.resolve();

  // One claim at a time: to a second one running beside it, the rows just claimed by the first would look like strays.
  function claimNext(limit: number, sweep: boolean, full: readonly string[] = []): Promise<ClaimOutcome> {
    const outcome = previous.then(() => claimNow(limit, sweep, full));
    previous = outcome.catch(() => undefined);
    return outcome;
  }

  async function claimNow(limit: number, sweep: boolean, full: readonly string[]): Promise<ClaimOutcome> {
    if (limit <= 0 || !holder.isValid()) return { claims: [], nextDueInMs: null };
    const term = terms;
    const answer = await answered(claimDueRows(database, { table, holderId: holder.id, limit, sweep, known: [...known.keys()], full }));
    if (answer.claims.length > 0) database.counters.commits++;
    // The answer came too late to act upon, even if the lease was taken up again since: the rows are strays now, or another's.
    if (!holder.isValid() || term !== terms) return { claims: [], nextDueInMs: null };
    for (const claim of answer.claims) known.set(claim.id, claim);
    const nextDueInMs = answer.nextDueAt === null ? null : Math.max(0, answer.nextDueAt - answer.databaseNow);
    return { claims: answer.claims, nextDueInMs };
  }

  return {
    table,
    holder,
    claimNext,
    claim: async (limit) => (await claimNext(limit, true)).claims,
    forget({ id, epoch }) {
      if (known.get(id)?.epoch === epoch) known.delete(id);
    },
    knownCount: () => known.size,
    isKnown: (id) => known.has(id),
    shareOf: (id) => known.get(id)?.share ?? null,
    held: () => answered(heldRows(database, table, holder.id)),
    nextDueAt: () => answered(nextDueAt(database, table)),
    onWake: (callback) => database.listen(table.channel, callback),
    wake: (tx, id) => wakeRow(tx, table, id),
    removePassedLeases: () => answered(removePassedLeases(database, table)),
  };
}

/** A claim of a stack's row, as the engine's store wants it. */
export function stackClaim({ id, holderId, epoch, tookOver }: DueClaim): Claim {
  return { stackId: id as StackId, holderId, epoch, tookOver };
}
