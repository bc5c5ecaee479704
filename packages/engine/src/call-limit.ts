/** At most so many calls at once, shared evenly between projects and between the stacks of each; some places are kept free of any one project. */
import { FairQueue } from '@hearth/kernel';

export interface CallLimit {
  /** `share`: for whom, from the outside in. */
  run<T>(work: () => Promise<T>, share?: readonly string[]): Promise<T>;
}

/** So much of all places can one project have: a service that hangs for it does not keep all others waiting. */
const LARGEST_SHARE = 0.75;

export function callLimit(most: number): CallLimit {
  const mostOfOne = Math.max(1, Math.ceil(most * LARGEST_SHARE));
  const running = new Map<string, number>();
  const queue = new FairQueue<() => void>();
  let total = 0;
  const has = (project: string): number => running.get(project) ?? 0;
  const mayGo = (project: string): boolean => project === '' || has(project) < mostOfOne;

  function enter(project: string): void {
    total++;
    running.set(project, has(project) + 1);
  }
  function leave(project: string): void {
    total--;
    if (has(project) === 1) running.delete(project);
    else running.set(project, has(project) - 1);
    while (total < most) {
      const next = queue.take(mayGo);
      if (next === undefined) return;
      next();
    }
  }
  return {
    async run(work, share = ['']) {
      const [project = ''] = share;
      // Its place is taken for it by whoever leaves one.
      if (total >= most || !mayGo(project))
        await new Promise<void>((resolve) =>
          queue.push(share, () => {
            enter(project);
            resolve();
          }),
        );
      else enter(project);
      try {
        return await work();
      } finally {
        leave(project);
      }
    },
  };
}
