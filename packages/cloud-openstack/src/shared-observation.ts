/**
 * Many looks, few calls: looks that are asked for at about the same time are answered by one list when there are several, also those of different
 * sessions with the same project. What a list leaves out is asked for by itself before it is called gone, because lists may lag or omit what a
 * part of the cloud cannot tell just now.
 */
import { Failure, type JsonObject, type Timers } from '@hearth/kernel';

/** One session's way of looking. */
export interface Looker {
  /** Null: not there. */
  readonly one: (id: string) => Promise<JsonObject | null>;
  readonly all: () => Promise<readonly JsonObject[]>;
}
export type SharedObservation = (id: string, looker: Looker) => Promise<JsonObject | null>;

export interface ObservationOptions {
  readonly timers: Timers;
  /** How long the first asker waits for company at least; default 20 ms. */
  readonly windowMs?: number;
  /** From how many on a list is asked for; default 4. */
  readonly listFrom?: number;
}

/** What the sessions of one project look at together, by kind. */
export interface SharedLooks {
  of(kind: string): SharedObservation;
}

/** Some kinds are below something of users', of which there is any number. */
const MOST_KINDS = 1_000;

export function sharedLooks(timers: Timers): SharedLooks {
  const known = new Map<string, SharedObservation>();
  return {
    of(kind) {
      const observation = known.get(kind) ?? sharedObservation({ timers });
      known.delete(kind);
      known.set(kind, observation);
      if (known.size > MOST_KINDS) known.delete(known.keys().next().value as string);
      return observation;
    },
  };
}

interface Asker {
  readonly looker: Looker;
  readonly answer: (item: Promise<JsonObject | null>) => void;
}

/** A list that takes long is asked for seldom: askers wait so many times as long as the last one took, but never longer than the most. */
const WINDOW_PER_LIST = 3;
const LONGEST_WINDOW_MS = 1_000;

export function sharedObservation({ timers, windowMs = 20, listFrom = 4 }: ObservationOptions): SharedObservation {
  let waiting = new Map<string, Asker[]>();
  let pauseMs = windowMs;

  async function look(): Promise<void> {
    const asked = waiting;
    waiting = new Map();
    const [first] = asked.values();
    if (asked.size < listFrom || first === undefined) return answerEach(asked);
    const begun = timers.now();
    try {
      const items = await (first[0] as Asker).looker.all();
      pauseMs = Math.max(windowMs, Math.min(LONGEST_WINDOW_MS, WINDOW_PER_LIST * (timers.now() - begun)));
      answerFrom(items, asked);
    } catch (error) {
      // What one session may not see, another may.
      if (isOwnTrouble(error)) return answerEach(asked);
      for (const askers of asked.values()) for (const asker of askers) asker.answer(Promise.reject(error));
    }
  }

  function answerFrom(items: readonly JsonObject[], asked: ReadonlyMap<string, readonly Asker[]>): void {
    const byId = new Map(items.map((item) => [item.id, item]));
    const missing = new Map<string, readonly Asker[]>();
    for (const [id, askers] of asked) {
      const item = byId.get(id);
      if (item === undefined) missing.set(id, askers);
      else for (const asker of askers) asker.answer(Promise.resolve(item));
    }
    answerEach(missing);
  }

  return (id, looker) =>
    new Promise((resolve) => {
      if (waiting.size === 0) timers.at(timers.now() + pauseMs, () => void look());
      const askers = waiting.get(id);
      if (askers === undefined) waiting.set(id, [{ looker, answer: resolve }]);
      else askers.push({ looker, answer: resolve });
    });
}

/** Its login or its rights, not the service. */
const OWN_TROUBLE: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'not-found']);
const isOwnTrouble = (error: unknown): boolean => error instanceof Failure && OWN_TROUBLE.has(error.code);

function answerEach(asked: ReadonlyMap<string, readonly Asker[]>): void {
  for (const [id, [first, ...others]] of asked) {
    if (first === undefined) continue;
    const found = first.looker.one(id);
    first.answer(found);
    for (const { looker, answer } of others)
      answer(
        found.catch((error: unknown) => {
          if (isOwnTrouble(error)) return looker.one(id);
          throw error;
        }),
      );
  }
}
