/** The engine's part of this process: its lease, the stacks it claims, and the clean hand-back at the stop. */
import { hostname } from 'node:os';
import { type Cloud, underGate } from '@hearth/cloud-openstack';
import { callLimit, createEngine, DEFAULT_LIMITS, type Engine } from '@hearth/engine';
import { asId, type ResourceId, type StackId } from '@hearth/kernel';
import { dueRows, fullShares, runDueRows, stackClaim, startHolder, watchHeld } from '@hearth/leases';
import { CHILD_CHANNEL, type Connection, createEngineStore, openDatabase, type KeyRing, SIGNAL_CHANNEL, STACK_DUE } from '@hearth/store';
import { startChores } from './chores.ts';
import type { Histogram } from './histogram.ts';
import { startSinks } from './sinks/start-sinks.ts';
import type { StackGround } from './stack-ports.ts';
import { monotonicTimers, systemRandom, systemTimers } from './system-ports.ts';

/** In all; how many each service bears is found out apart. */
const CALLS_AT_ONCE = 256;
/** One project has at most three quarters of them. */
const STACKS_AT_ONCE = 667;
const LEASE_CONNECTIONS = 3;
/** How soon after the end of a term what a dead process held is found: with the term of 3 s, a take-over stays well below 5 s on a busy machine too. */
const SWEEP_MS = 600;
/** Answers that come after the lease's term are void. */
const LEASE_STATEMENT_MS = 3_000;
/** Well below the term: when a connection hangs, the next renewal over another one still comes in time. */
const RENEWAL_MS = 1_200;
/** A commit that is not answered is sent again over another connection. */
const ENGINE_STATEMENT_MS = 15_000;
/** Below the term as well: what a process that hangs has locked is free when others may take it over. */
const ENGINE_IDLE_MS = 2_000;
const STOP_GRACE_MS = 5_000;

interface EngineProcessOptions extends StackGround {
  readonly connection: Connection;
  readonly secretBox: KeyRing;
  readonly reactions: Histogram;
}

export async function startEngineProcess(options: EngineProcessOptions): Promise<{ stop(): Promise<void> }> {
  const { connection, settings, database, secretBox, registry, access, configsFor, definitions, reactions, log } = options;
  const { retention, driftEveryMins, actionRetries } = settings;
  const timers = systemTimers;
  const random = systemRandom;
  // Connections of its own: a pool that is busy with other work must not cost the lease.
  const leaseDatabase = await openDatabase({ connection, log, poolSize: LEASE_CONNECTIONS, statementLimitMs: LEASE_STATEMENT_MS });
  const holder = await startHolder({
    database: leaseDatabase.within(RENEWAL_MS),
    timers: monotonicTimers,
    random,
    name: `${hostname()}:${process.pid}`,
    log,
  });
  const rows = dueRows({ database: leaseDatabase, table: STACK_DUE, holder, timers: monotonicTimers });
  let nudge = (): void => {};
  const engine: Engine = createEngine<Cloud>({
    store: createEngineStore(database.within(ENGINE_STATEMENT_MS, ENGINE_IDLE_MS), secretBox),
    registry,
    cloudFor: access.cloudFor,
    configsFor,
    revoke: access.revoke,
    timers,
    random,
    log,
    calls: callLimit(CALLS_AT_ONCE),
    lease: holder,
    guard: underGate,
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    ended(claim) {
      rows.forget({ id: claim.stackId, epoch: claim.epoch });
      nudge();
    },
    limits: { ...DEFAULT_LIMITS, retries: actionRetries },
    definitions,
    reacted: reactions.observe,
  });
  holder.onLost(() => engine.abandonAll());
  const wake = (id: string) => engine.wake(asId<StackId>(id));
  const runner = await runDueRows({
    rows,
    timers,
    random,
    log,
    // Parents that wait for their children must not keep these out.
    capacity: () => STACKS_AT_ONCE - engine.busy().length,
    full: () =>
      fullShares(
        STACKS_AT_ONCE,
        engine.busy().map((id) => rows.shareOf(id)),
      ),
    onClaim: (claim) => engine.take(stackClaim(claim)),
    onWakeHeld: wake,
    sweepMs: SWEEP_MS,
  });
  nudge = () => runner.nudge();
  const stopHearing = await leaseDatabase.listen(CHILD_CHANNEL, (payload) => {
    const [parentId = '', childId = ''] = payload.split(' ');
    engine.childEnded(asId<StackId>(parentId), asId<StackId>(childId));
  });
  const stopHearingSignals = await leaseDatabase.listen(SIGNAL_CHANNEL, (payload) => {
    const [stackId = '', rowId = ''] = payload.split(' ');
    engine.signalled(asId<StackId>(stackId), asId<ResourceId>(rowId));
  });
  const stopWatching = watchHeld({ rows, timers, log, onGrown: wake });
  const { cloudFor } = access;
  const { endLost } = access.delegation;
  const shared = { database, leaseDatabase, holder, timers, random, log };
  const chores = await startChores({ ...shared, retention, driftEveryMins, ring: secretBox, endLost });
  const sinks = await startSinks({ ...shared, settings, secretBox, cloudFor });
  return {
    async stop() {
      await sinks.stop();
      await chores.stop();
      await runner.stop();
      await stopHearing();
      await stopHearingSignals();
      await stopWatching();
      await engine.stop(STOP_GRACE_MS);
      await holder.stop();
      await leaseDatabase.close();
    },
  };
}
