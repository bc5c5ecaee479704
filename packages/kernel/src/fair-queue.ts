/** A queue in which everybody who waits gets the same share: whoever has much waiting goes last again after each turn. */

export class FairQueue<T> {
  readonly #shares = new Map<string, FairQueue<T>>();
  #items: T[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `path`: whose it is, from the outside in (a project, then one of its stacks); turns are even on each level. */
  push(path: readonly string[], item: T): void {
    this.#size++;
    const [share, ...rest] = path;
    if (share === undefined) {
      this.#items.push(item);
      return;
    }
    const queue = this.#shares.get(share) ?? new FairQueue<T>();
    this.#shares.set(share, queue);
    queue.push(rest, item);
  }

  /** The next one; `mayGo` says which shares of the outermost level may have a turn now. */
  take(mayGo: (share: string) => boolean = () => true): T | undefined {
    const own = this.#takeOwn();
    if (own !== undefined) return own;
    for (const [share, queue] of this.#shares) {
      if (!mayGo(share)) continue;
      const item = queue.take();
      this.#size--;
      // The order of a map is that of insertion: at the end again.
      this.#shares.delete(share);
      if (queue.size > 0) this.#shares.set(share, queue);
      return item;
    }
    return undefined;
  }

  #takeOwn(): T | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head++];
    this.#size--;
    if (this.#head > 1_000 || this.#head === this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
