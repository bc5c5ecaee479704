/**
 * Steps that failed and are tried again within their traversal. What a failed creation left is removed, then the row rests for a while, then the step is
 * begun like the first time; each stage is a row with a time, so it outlives every process. Pure.
 */
import type { ResourceRecord } from '@hearth/store';
import { reasonAt } from './failure-reason.ts';
import { rememberedCreation } from './late-creation.ts';
import type { Outcome } from './outcome.ts';

/** Besides the first one; as Heat's action_retry_limit. */
export const RETRIES = 5;

/** Pause after so many failures; `jitter` in [0, 1). */
export const restMs = (failures: number, jitter: number): number => 1_000 * 2 ** failures + 2_000 * jitter;

/** In between two tries: what failed is removed, or the row rests. */
export const isBetweenTries = ({ status, phase, retry }: ResourceRecord): boolean =>
  status === 'IN_PROGRESS' && phase === 'waiting' && retry !== null && retry.stage !== 'trying';

/** What a failed creation left is being removed. */
export const isClearing = (row: ResourceRecord): boolean => isBetweenTries(row) && row.retry?.stage === 'clearing';
/** Nothing is to be done until its time has come. */
export const isResting = (row: ResourceRecord): boolean => isBetweenTries(row) && row.retry?.stage === 'resting';

/** The row when its step is to be tried again after this failure; null when not. Creations and deletions are: other steps leave what is there. */
export function afterFailure(
  row: ResourceRecord,
  outcome: Outcome & { readonly kind: 'failed' },
  limit: number,
  jitter: number,
  now: number,
): ResourceRecord | null {
  const failures = (row.retry?.failures ?? 0) + 1;
  if (outcome.mayBeTriedAgain !== true || failures > limit || isClearing(row)) return null;
  const reason = row.retry?.reason ?? outcome.reason;
  const waiting = {
    ...row,
    phase: 'waiting',
    token: null,
    statusReason: reasonAt(row.name, reasonOf(outcome.reason, failures, limit)),
    updatedAt: now,
  } as const;
  if (row.action === 'CREATE') return { ...waiting, retry: { failures, reason, stage: 'clearing' }, wakeAt: now };
  if (row.action !== 'DELETE') return null;
  return { ...waiting, retry: { failures, reason, stage: 'resting' }, wakeAt: now + restMs(failures, jitter) };
}

const reasonOf = (reason: string, failures: number, limit: number): string =>
  `${reason} (try ${failures} of ${limit + 1} failed; trying again)`;

/** What the failed creation left is gone: nothing of it is known any more. */
export const afterClearing = (row: ResourceRecord, rest: number, now: number): ResourceRecord => ({
  ...row,
  physicalId: null,
  data: {},
  attributes: null,
  token: null,
  retry: row.retry === null ? null : { ...row.retry, stage: 'resting' },
  wakeAt: now + rest,
  updatedAt: now,
});

/** The intent to try once more; null: its time has not come. */
export function triedAgain(row: ResourceRecord, now: number): ResourceRecord | null {
  if (row.retry === null || !isResting(row) || (row.wakeAt ?? 0) > now) return null;
  return {
    ...row,
    phase: 'calling',
    retry: { ...row.retry, stage: 'trying' },
    creation: rememberedCreation(row),
    attempts: 1,
    startedAt: now,
    wakeAt: null,
    updatedAt: now,
  };
}
