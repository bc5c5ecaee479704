/** A small map of answers that grow old: bounded, oldest out first, concurrent questions asked once. */
import type { Clock } from '@hearth/kernel';

interface Kept<V> {
  readonly answer: Promise<V>;
  until: number;
}

export class BoundedCache<V> {
  readonly #kept = new Map<string, Kept<V>>();
  readonly #clock: Clock;
  readonly #limit: number;
  /** How long an answer holds, ms; 0: not kept beyond the question itself. */
  readonly #lifeMs: (value: V) => number;

  constructor(clock: Clock, limit: number, lifeMs: (value: V) => number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#lifeMs = lifeMs;
  }

  /** The kept answer, or the asked one. A failed question is not kept. */
  get(key: string, ask: () => Promise<V>): Promise<V> {
    const held = this.#kept.get(key);
    if (held !== undefined && held.until > this.#clock.now()) return held.answer;
    const entry: Kept<V> = { answer: ask(), until: Number.POSITIVE_INFINITY };
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    if (this.#kept.size > this.#limit) this.#kept.delete(this.#kept.keys().next().value as string);
    const settle = (until: number): void => {
      entry.until = until;
      if (until <= this.#clock.now() && this.#kept.get(key) === entry) this.#kept.delete(key);
    };
    entry.answer.then(
      (value) => settle(this.#clock.now() + this.#lifeMs(value)),
      () => settle(0),
    );
    return entry.answer;
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}
