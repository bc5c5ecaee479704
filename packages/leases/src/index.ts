/** @hearth/leases: who may act on a row, and when. Due rows, fenced leases per process, wake-ups, take-over. */
export { fullShares } from './full-shares.ts';
export { startHolder, type Holder, type HolderOptions } from './holder.ts';
export { dueRows, stackClaim, type ClaimOutcome, type DueRows, type DueRowsOptions } from './due-rows.ts';
export { runDueRows, type Runner, type RunnerOptions } from './run-due-rows.ts';
export { watchHeld, type WatchHeldOptions } from './watch-held.ts';
