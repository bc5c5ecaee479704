/**
 * Many looks, few calls: looks that are asked for at about the same time are answered by one list when there are several. What a list leaves
 * out is asked for by itself before it is called gone, because lists may lag or omit what a part of the cloud cannot tell just now.
 */
import type { JsonObject, Timers } from '@hearth/kernel';

export interface Observation {
  readonly timers: Timers;
  /** Null: not there. */
  readonly one: (id: string) => Promise<JsonObject | null>;
  readonly all: () => Promise<readonly JsonObject[]>;
  /** How long the first asker waits for company; default 20 ms. */
  readonly windowMs?: number;
  /** From how many on a list is asked for; default 4. */
  readonly listFrom?: number;
}

interface Asker {
  readonly answer: (item: Promise<JsonObject | null>) => void;
}

export function sharedObservation(observation: Observation): (id: string) => Promise<JsonObject | null> {
  const { timers, one, all, windowMs = 20, listFrom = 4 } = observation;
  let waiting = new Map<string, Asker[]>();

  function look(): void {
    const asked = waiting;
    waiting = new Map();
    if (asked.size < listFrom) {
      answerEach(asked);
      return;
    }
    all().then(
      (items) => {
        const byId = new Map(items.map((item) => [item.id, item]));
        const missing = new Map<string, Asker[]>();
        for (const [id, askers] of asked) {
          const item = byId.get(id);
          if (item === undefined) missing.set(id, askers);
          else for (const asker of askers) asker.answer(Promise.resolve(item));
        }
        answerEach(missing);
      },
      (error: unknown) => {
        for (const askers of asked.values()) for (const asker of askers) asker.answer(Promise.reject(error));
      },
    );
  }
  function answerEach(asked: ReadonlyMap<string, readonly Asker[]>): void {
    for (const [id, askers] of asked) {
      const found = one(id);
      for (const asker of askers) asker.answer(found);
    }
  }

  return (id) =>
    new Promise((resolve) => {
      if (waiting.size === 0) timers.at(timers.now() + windowMs, look);
      const askers = waiting.get(id);
      if (askers === undefined) waiting.set(id, [{ answer: resolve }]);
      else askers.push({ answer: resolve });
    });
}
