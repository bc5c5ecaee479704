/** At most so many calls at once, first come first served. */

export interface CallLimit {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function callLimit(most: number): CallLimit {
  let running = 0;
  const queue: (() => void)[] = [];
  let head = 0;
  return {
    async run(work) {
      if (running >= most) await new Promise<void>((resolve) => queue.push(resolve));
      else running++;
      try {
        return await work();
      } finally {
        const next = queue[head];
        if (next === undefined) running--;
        else {
          head++;
          if (head > 1_000) {
            queue.splice(0, head);
            head = 0;
          }
          next();
        }
      }
    },
  };
}
