/** What the planner is told: what is wanted, what is there, and how the two compare. Plain data and one pure function. */

/** One resource of the definition, as the traversal wants it. */
export interface Desired {
  readonly name: string;
  readonly type: string;
  /** Logical names it needs; each is desired too, and the graph has no cycle. */
  readonly requires: readonly string[];
}

/** One row: a thing that was, is, or is about to be real. */
export interface Actual {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Ids of the rows it uses: as of its last completed action, plus the new ones while an update runs. */
  readonly requires: readonly string[];
  readonly action: 'create' | 'update' | 'delete';
  /** `calling`: a call may be outstanding. `waiting`: none is; the thing is looked at again later. */
  readonly status: 'complete' | 'failed' | 'calling' | 'waiting';
  /** The row that took its place; it is deleted once the successor is settled. */
  readonly replacedBy: string | null;
  /** The traversal in which its last action began. */
  readonly traversal: number;
  /** After a failed creation an update goes on with what is there; absent: it is made anew. */
  readonly isResumable?: boolean;
  /** An update may begin while an earlier traversal's action still waits: it takes its place. */
  readonly isSupersedable?: boolean;
  /** It waits for guests: it is superseded by something else only, and not awaited once its traversal has failed. */
  readonly isKeptWhenSame?: boolean;
  /** It was found broken, or said to be, or was never begun: only another one will do. */
  readonly isUnhealthy?: boolean;
  /** Its step has failed and is to be tried again; nothing that anybody wants is under way. */
  readonly isBetweenTries?: boolean;
  /**
   * What only one can have. `possible`: it has all of it, and can give it to a successor; `given`: it gave it in its `traversal`; `open`: it may have
   * given some. Absent: there is nothing of the kind.
   */
  readonly handOver?: 'possible' | 'given' | 'open';
}

export type Change = 'same' | 'update' | 'replace';

export interface World {
  readonly desired: readonly Desired[];
  readonly actual: readonly Actual[];
  readonly traversal: number;
  /** True once the traversal must start nothing more (deadline passed, cancelled). */
  readonly halted: boolean;
  /** How the row differs from what is wanted now. Pure; asked only when all of `requires` are settled. */
  readonly compare: (desired: Desired, row: Actual, requires: readonly Actual[]) => Change;
  readonly limits: { readonly inFlight: number };
  /** Names of which everything counts as it is wanted to be, and is left alone. Absent: none. */
  readonly skipped?: ReadonlySet<string>;
}

export type Step =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly type: string;
      readonly requires: readonly string[];
      readonly replaces: string | null;
    }
  | { readonly kind: 'update'; readonly id: string; readonly requires: readonly string[] }
  /** Nothing differs but which rows it uses: recorded, no call. */
  | { readonly kind: 'relink'; readonly id: string; readonly requires: readonly string[] }
  /** A replaced row is what is wanted after all (rollback): it becomes the live one again, `instead` is left for clean-up. */
  | { readonly kind: 'revive'; readonly id: string; readonly instead: readonly string[] }
  | { readonly kind: 'delete'; readonly id: string }
  /** Before a successor is made: gives it what only one can have. `type` and `requires` are the successor's. */
  | { readonly kind: 'hand-over'; readonly id: string; readonly type: string; readonly requires: readonly string[] }
  /** It stays after all: it gets back what it gave. */
  | { readonly kind: 'take-back'; readonly id: string }
  /** What failed is not tried again any more; guests are not awaited any more. */
  | { readonly kind: 'give-up'; readonly id: string }
  /** An action that changes no definition. */
  | { readonly kind: 'visit'; readonly id: string };

export interface Plan {
  readonly steps: readonly Step[];
  readonly verdict: 'converged' | 'working' | 'failed';
  /** Why it waits or failed, for people: one per row. */
  readonly reasons: readonly Reason[];
}
export interface Reason {
  /** `retrying`: it has failed, and is tried again. */
  readonly kind: 'failed' | 'delete-failed' | 'halted' | 'retrying';
  readonly id: string | null;
  readonly name: string;
}
