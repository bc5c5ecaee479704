/** Counts of durations by upper bound, as Prometheus reads them. */

const BOUNDS_MS = [1, 2, 3, 5, 8, 15, 25, 50, 100, 250, 1_000, 5_000];

export interface Histogram {
  observe(ms: number): void;
  /** Lines of the exposition format, in seconds. */
  lines(name: string): readonly string[];
}

export function createHistogram(): Histogram {
  const counts = BOUNDS_MS.map(() => 0);
  let total = 0;
  let sumMs = 0;
  return {
    observe(ms) {
      total++;
      sumMs += ms;
      const at = BOUNDS_MS.findIndex((bound) => ms <= bound);
      if (at >= 0) counts[at] = (counts[at] as number) + 1;
    },
    lines(name) {
      let below = 0;
      const buckets = BOUNDS_MS.map((bound, i) => {
        below += counts[i] as number;
        return `${name}_bucket{le="${bound / 1_000}"} ${below}`;
      });
      return [...buckets, `${name}_bucket{le="+Inf"} ${total}`, `${name}_sum ${sumMs / 1_000}`, `${name}_count ${total}`];
    },
  };
}
