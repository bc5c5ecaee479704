/** What conditions that wait for signals share: how long, and one look at what was told. */
import { c, done, p, type Progress, ResourceFailed, type Signal, wait } from '@hearth/resource-kit';
import { failuresIn, reasonsIn, type Words } from './told.ts';

/** Twelve hours at most. */
export const mostSeconds = p.number('How many seconds to wait before giving up.', { required: true, constraints: [c.range(1, 43200)] });

export interface Waiting {
  readonly signals: readonly Signal[];
  readonly words: Words;
  /** How many to wait for. */
  readonly count: number;
  readonly startedAt: number;
  readonly now: number;
  readonly seconds: number;
  /** Longest time to the next look, where nobody tells of a signal. */
  readonly pauseMs: number;
}

/** One look. What came before anybody looked counts, however late the look is: a signal that was taken must not be lost. */
export function lookAtSignals({ signals, words, count, startedAt, now, seconds, pauseMs }: Waiting): Progress {
  const failures = failuresIn(signals, words);
  if (failures.length > 0) throw new ResourceFailed(failures.join(';'), 'WaitConditionFailure');
  if (signals.length >= count) return done();
  const leftMs = startedAt + seconds * 1_000 - now;
  const received = `${signals.length} of ${count} received`;
  if (leftMs <= 0) {
    const reasons = reasonsIn(signals, words).join(';');
    throw new ResourceFailed(reasons === '' ? received : `${received} - ${reasons}`, 'WaitConditionTimeout');
  }
  return wait(received, { afterMs: Math.min(leftMs, pauseMs), isSteady: true });
}
