/** When a failed call is made again, and how long waits grow. Pure tables. */
import { Failure, type FailureCode } from '@hearth/kernel';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** A conflict often clears when a neighbour has gone; not always. Heat's action_retry_limit. */
const CONFLICT_TRIES = 6;

type Policy = 'until-deadline' | 'some-tries' | 'never';

const POLICY: Readonly<Record<FailureCode, Policy>> = {
  unavailable: 'until-deadline',
  unknown: 'until-deadline',
  busy: 'until-deadline',
  conflict: 'some-tries',
  unauthorized: 'some-tries',
  'not-found': 'never',
  'over-quota': 'never',
  forbidden: 'never',
  invalid: 'never',
  'lease-lost': 'never',
  configuration: 'never',
};

/** Pause before try number `tries + 1`, or null to give up. `jitter` in [0, 1). */
export function retryDelayMs(error: Failure, tries: number, jitter: number): number | null {
  const policy = POLICY[error.code];
  if (policy === 'never' || (policy === 'some-tries' && tries >= CONFLICT_TRIES)) return null;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(tries - 1, 10), LONGEST_DELAY_MS) * (0.75 + jitter / 2);
}

const FIRST_REVOKE_MS = 5_000;
const LONGEST_REVOKE_MS = 10 * 60_000;
const GIVE_UP_REVOKING_MS = 24 * 60 * 60_000;

/** When the delegation of a deleted stack is to be ended once more, at longer and longer intervals; null: it cannot be, or not within a day. */
export function revokeAgainAt(error: unknown, deletedAt: number, now: number): number | null {
  const mayPass = error instanceof Failure && POLICY[error.code] === 'until-deadline';
  const age = Math.max(0, now - deletedAt);
  if (!mayPass || age > GIVE_UP_REVOKING_MS) return null;
  return now + Math.min(Math.max(age / 2, FIRST_REVOKE_MS), LONGEST_REVOKE_MS);
}

const LONGEST_POLL_MS = 10_000;
/** Pause before look number `looks + 1`: steady at first, then growing, because what has taken long will take longer. */
export function pollDelayMs(afterMs: number, looks: number, jitter: number): number {
  const grown = afterMs * Math.max(1, 1.2 ** Math.min(looks - 5, 100));
  return Math.min(grown, Math.max(afterMs, LONGEST_POLL_MS)) * (0.95 + jitter / 10);
}
