/** Not waiting for ever: a statement on a connection that hangs may be answered late or never. */
import { Failure, type Timers } from '@hearth/kernel';

/** Rejects with `Failure('unavailable')` when `work` has not ended after `limitMs`; what becomes of it later is ignored. */
export async function withinLimit<T>(timers: Timers, limitMs: number, work: Promise<T>): Promise<T> {
  let cancelLimit = (): void => {};
  const limit = new Promise<never>((_, reject) => {
    cancelLimit = timers.at(timers.now() + limitMs, () =>
      reject(new Failure('unavailable', `the database has not answered for ${limitMs} ms`)),
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    cancelLimit();
  }
}
