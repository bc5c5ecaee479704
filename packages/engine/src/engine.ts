/** All the stacks this process owns: takes claims, passes wake-ups on, lets go when the lease is lost or the process stops. */
import { asId, messageOf, type ResourceId, type StackId } from '@hearth/kernel';
import type { Claim } from '@hearth/store';
import type { EnginePorts } from './ports.ts';
import { StackRun } from './stack-run.ts';

export interface Engine {
  /** Begins to work on a stack this process has just claimed. */
  take(claim: Claim): void;
  /** A stack's desired state may have changed; ignored when it is not ours. */
  wake(stackId: StackId): void;
  /** A child has come to an end; ignored when its parent is not ours. */
  childEnded(parentId: StackId, childId: StackId): void;
  /** A resource was told something from outside; ignored when its stack is not ours. */
  signalled(stackId: StackId, rowId: ResourceId): void;
  /** The lease is lost: drop everything, write nothing. */
  abandonAll(): void;
  /** Gives every stack back; calls under way have `graceMs` to end. */
  stop(graceMs: number): Promise<void>;
  held(): readonly StackId[];
  /** Those of them that have work of their own: the others wait for their children, and must not keep these out. */
  busy(): readonly StackId[];
}

export function createEngine<C>(ports: EnginePorts<C>): Engine {
  const runs = new Map<StackId, StackRun<C>>();
  const ended = new Set<Promise<void>>();
  let stopping = false;

  function take(claim: Claim): void {
    // A claim of a stack that is still here comes with a newer epoch: the old run's writes are refused from now on.
    runs.get(claim.stackId)?.abandon();
    const run = new StackRun(claim, ports);
    runs.set(claim.stackId, run);
    const done = run
      .run()
      .catch((error: unknown) => {
        ports.log.error('stack-run-failed', {
          stack: claim.stackId,
          reason: messageOf(error),
          trace: error instanceof Error ? (error.stack ?? '') : '',
        });
      })
      .finally(() => {
        if (runs.get(claim.stackId) === run) runs.delete(claim.stackId);
        ports.ended(claim);
        ended.delete(done);
      });
    ended.add(done);
    if (stopping) run.stop();
  }

  return {
    take,
    wake: (stackId) => runs.get(stackId)?.wake(),
    childEnded: (parentId, childId) => runs.get(parentId)?.look(asId<ResourceId>(childId)),
    signalled: (stackId, rowId) => runs.get(stackId)?.signalled(rowId),
    held: () => [...runs.keys()],
    busy: () => [...runs].flatMap(([stackId, run]) => (run.isParked() ? [] : [stackId])),
    abandonAll() {
      for (const run of runs.values()) run.abandon();
    },
    async stop(graceMs) {
      stopping = true;
      for (const run of runs.values()) run.stop();
      await Promise.race([Promise.all(ended), ports.timers.sleep(graceMs)]);
      for (const run of runs.values()) run.abandon();
      await Promise.all(ended);
    },
  };
}
