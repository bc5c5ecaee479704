/** The store as an owner uses it: it tries until the database answers or the lease is gone. */
import { Failure, type Log, messageOf, type StackId, type Timers } from '@hearth/kernel';
import type { EngineStore } from '@hearth/store';

const AGAIN_AFTER_MS = 300;

interface Owner {
  readonly stackId: StackId;
  readonly timers: Timers;
  readonly log: Log;
  isLost(): boolean;
}

/** A batch that was applied already changes nothing the second time; so does all else. */
export function persistent(store: EngineStore, { stackId, timers, log, isLost }: Owner): EngineStore {
  async function persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const mayRetry = error instanceof Failure && error.code === 'unavailable' && !isLost();
        if (!mayRetry) throw error;
        log.warn('database-unreachable', { stack: stackId, reason: messageOf(error) });
        await timers.sleep(AGAIN_AFTER_MS);
        if (isLost()) throw new Failure('lease-lost', 'the lease was lost while the database was unreachable');
      }
    }
  }
  return {
    load: (id) => persist(() => store.load(id)),
    childStates: (ids) => persist(() => store.childStates(ids)),
    heldByOthers: (row, ids) => persist(() => store.heldByOthers(row, ids)),
    commit: (fence, batch) => persist(() => store.commit(fence, batch)),
    release: (fence, seen, dueAt, now) => persist(() => store.release(fence, seen, dueAt, now)),
    letGoOfCredential: (fence, id) => persist(() => store.letGoOfCredential(fence, id)),
    deleteCredential: (fence, id) => persist(() => store.deleteCredential(fence, id)),
    signals: (id) => persist(() => store.signals(id)),
    forgetSignals: (fence, id) => persist(() => store.forgetSignals(fence, id)),
    pruneDefinitions: (fence, keep, newest) => persist(() => store.pruneDefinitions(fence, keep, newest)),
  };
}
