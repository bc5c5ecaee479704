/** A rate as a bucket of permits that fills with time. */

/** At most so many a second on average, and no more than a second's worth (at least one) at once. */
export class Throttle {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #atMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#most = Math.max(1, perSecond);
    this.#left = this.#most;
    this.#atMs = nowMs;
  }

  /** 0: go on; else the seconds to wait before trying again. */
  ask(nowMs: number): number {
    this.#left = Math.min(this.#most, this.#left + (Math.max(0, nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = Math.max(nowMs, this.#atMs);
    if (this.#left >= 1) {
      this.#left -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - this.#left) / this.#perSecond));
  }
}
