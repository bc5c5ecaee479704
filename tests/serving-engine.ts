/** An engine process as it runs in production, inside a test: it claims what is due, hears what it is told, and stays until it is stopped. */
import { callLimit, createEngine, DEFAULT_LIMITS } from '@hearth/engine';
import { asId, silentLog, type StackId } from '@hearth/kernel';
import { dueRows, runDueRows, startHolder } from '@hearth/leases';
import { CHILD_CHANNEL, createEngineStore, STACK_DUE } from '@hearth/store';
import { configShelf } from '@hearth/stacks';
import type { TestStacks } from '@hearth/stacks/testing';

const STACKS_AT_ONCE = 500;
/** More than all that hang together. */
const CALLS_AT_ONCE = 500;
const STOP_GRACE_MS = 1_000;

/** Gives what stops it. */
export async function serveStacks({ ports, timers, random, cloud }: TestStacks): Promise<() => Promise<void>> {
  const { database, secretBox, registry } = ports;
  const log = silentLog;
  const holder = await startHolder({ database, timers, random, name: 'serving', log });
  const rows = dueRows({ database, table: STACK_DUE, holder, timers });
  const engine = createEngine<unknown>({
    store: createEngineStore(database, secretBox),
    registry,
    cloudFor: async () => cloud,
    configsFor: (stack) => configShelf({ ...ports, softwareConfigsPerProject: -1 }, stack.projectId),
    revoke: async () => {},
    timers,
    random,
    log,
    calls: callLimit(CALLS_AT_ONCE),
    lease: holder,
    ended: (claim) => rows.forget({ id: claim.stackId, epoch: claim.epoch }),
    limits: { ...DEFAULT_LIMITS, retries: 0 },
  });
  const runner = await runDueRows({
    rows,
    timers,
    random,
    log,
    capacity: () => STACKS_AT_ONCE - engine.busy().length,
    onClaim: (claim) => engine.take({ ...claim, stackId: asId<StackId>(claim.id) }),
    onWakeHeld: (id) => engine.wake(asId<StackId>(id)),
  });
  const stopHearing = await database.listen(CHILD_CHANNEL, (payload) => {
    const [parentId = '', childId = ''] = payload.split(' ');
    engine.childEnded(asId<StackId>(parentId), asId<StackId>(childId));
  });
  return async () => {
    await runner.stop();
    await stopHearing();
    await engine.stop(STOP_GRACE_MS);
    await holder.stop();
  };
}
