/** For this package's tests: real timers, stacks that are due, and a database that can be made unreachable. */
import { Failure, type Timers } from '@hearth/kernel';
import { createSecretBox, insertStack, type Database, type Queryable } from '@hearth/store';
import { sampleDefinition, sampleEvent, sampleStack } from '@hearth/store/testing';

export const realTimers: Timers = {
  now: () => performance.timeOrigin + performance.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.max(0, atMs - realTimers.now()));
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export const testBox = createSecretBox(new Uint8Array(32));

/** A stack that is due now and free. */
export async function newStack(database: Database): Promise<string> {
  const stack = sampleStack();
  const definition = sampleDefinition(stack);
  await database.transaction((tx) =>
    insertStack(tx, testBox, { stack, definition, credential: null, event: sampleEvent(stack.id, { reason: 'inserted' }) }),
  );
  return stack.id;
}

export interface Link {
  readonly database: Database;
  /** From now on statements fail, as when the server cannot be reached. */
  cut(): void;
  mend(): void;
  /** From now on statements get no answer, as when packets are dropped. */
  hang(): void;
}

/** The database over a connection that a test can cut. */
export function link(database: Database): Link {
  let state: 'up' | 'cut' | 'hanging' = 'up';
  const query: Queryable['query'] = (statement) => {
    if (state === 'cut') return Promise.reject(new Failure('unavailable', 'the connection is cut'));
    if (state === 'hanging') return new Promise(() => {});
    return database.query(statement);
  };
  return {
    database: new Proxy(database, { get: (target, key) => (key === 'query' ? query : bound(target, key)) }),
    cut: () => {
      state = 'cut';
    },
    mend: () => {
      state = 'up';
    },
    hang: () => {
      state = 'hanging';
    },
  };
}

/** Methods must see the real object, whose fields are private. */
export function bound(target: Database, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key, target);
  return typeof value === 'function' ? value.bind(target) : value;
}
