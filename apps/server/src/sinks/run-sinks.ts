/** Sinks at work in this process: claimed like stacks, woken by what happens to their stacks, a bounded number at once. */
import { messageOf } from '@hearth/kernel';
import { type DueClaim, EVENT_CHANNEL, hasSinks, releaseSink, SINK_DUE, wakeSinks } from '@hearth/store';
import { runDueTurns, type TurnGround } from '../due-turns.ts';

export interface RunSinksOptions extends TurnGround {
  readonly deliver: (claim: DueClaim) => Promise<void>;
}

const SINKS_AT_ONCE = 16;
const SWEEP_MS = 5_000;
/** Hints are gathered for so long, so that a busy stack costs a statement now and then. */
const GATHER_MS = 250;
/** While nobody is told anything, hints cost nothing; how soon that is noticed to have changed. */
const ASK_AGAIN_MS = 5_000;
const AGAIN_MS = 10_000;
const HINTS_AT_MOST = 5_000;

export async function runSinks(options: RunSinksOptions): Promise<{ stop(): Promise<void> }> {
  const { database, leaseDatabase, timers, log } = options;
  const turns = await runDueTurns(options, {
    table: SINK_DUE,
    atOnce: SINKS_AT_ONCE,
    sweepMs: SWEEP_MS,
    turn: (claim) => turn(options, claim),
  });
  const hints = hearHints({ database, timers, log });
  const stopHearing = await leaseDatabase.listen(EVENT_CHANNEL, hints.hear);
  return {
    async stop() {
      await stopHearing();
      await hints.stop();
      await turns.stop();
    },
  };
}

async function turn({ database, log, deliver }: RunSinksOptions, claim: DueClaim): Promise<void> {
  try {
    await deliver(claim);
  } catch (error) {
    log.warn('event-sink-turn-failed', { sink: claim.id, reason: messageOf(error) });
    // If this fails too, the row is claimed again as a stray.
    await releaseSink(database, claim, AGAIN_MS).catch(() => {});
  }
}

interface Hints {
  hear(stackId: string): void;
  stop(): Promise<void>;
}

function hearHints({ database, timers, log }: Pick<TurnGround, 'database' | 'timers' | 'log'>): Hints {
  let waiting = new Set<string>();
  let sending: Promise<void> | null = null;
  let cancel = (): void => {};
  let isStopped = false;
  let areThere = true;
  let askAt = 0;

  async function send(): Promise<void> {
    const ids = [...waiting];
    waiting = new Set();
    try {
      if (timers.now() >= askAt) {
        areThere = await hasSinks(database);
        askAt = timers.now() + ASK_AGAIN_MS;
      }
      if (areThere) await wakeSinks(database, ids);
    } catch (error) {
      log.debug('event-sink-hint-lost', { reason: messageOf(error) });
    }
  }
  function sendSoon(): void {
    cancel = timers.at(timers.now() + GATHER_MS, () => {
      sending = send().finally(() => {
        sending = null;
        if (waiting.size > 0 && !isStopped) sendSoon();
      });
    });
  }

  return {
    hear(stackId) {
      if (isStopped || waiting.size >= HINTS_AT_MOST || (!areThere && timers.now() < askAt)) return;
      waiting.add(stackId);
      if (waiting.size === 1 && sending === null) sendSoon();
    },
    async stop() {
      isStopped = true;
      cancel();
      await sending;
    },
  };
}
