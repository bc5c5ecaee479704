/**
 * Chores: claimed like stacks, by whichever engine process finds one due, and done in short turns. A process that dies in the middle costs
 * nothing: what a turn does may be done again.
 */
import type { LostDelegation } from '@hearth/cloud-openstack';
import { messageOf } from '@hearth/kernel';
import {
  checkIntegrity,
  driftTurn,
  forgetDelegation,
  giveUpDelegations,
  CHORE_DUE,
  type ChoreState,
  type DueClaim,
  type KeyRing,
  readChore,
  releaseChore,
  resealTurn,
  type Retention,
  retentionTurn,
} from '@hearth/store';
import { runDueTurns, type TurnGround } from './due-turns.ts';

export interface ChoreOptions extends TurnGround {
  readonly retention: Retention;
  /** Minutes from look to look of stacks that say nothing of it; null: they are not looked at by themselves. */
  readonly driftEveryMins: number | null;
  readonly ring: KeyRing;
  /** Ends what came of delegations that were asked for. */
  readonly endLost: (lost: readonly LostDelegation[]) => Promise<void>;
}

/** Of each turn of retention; stacks go on being worked on beside it. */
const TURN_MS = 200;
/** From turn to turn of a round, and from round to round. */
const SOON_MS = 1_000;
/** While other processes still seal with a former key. */
const KEYS_MS = 3_000;
const ROUND_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** How exactly stacks are looked at when it is their time. */
const DRIFT_MS = 15_000;
const DELEGATIONS_MS = 30_000;
const DELEGATIONS_AT_ONCE = 100;
/** Longer than a request takes from its intent to its stack, or its call to be answered. */
const DELEGATION_LOST_MS = 90_000;
/** When a turn has failed. */
const AGAIN_MS = 60_000;
/** How soon the chore of a dead process is found: there is no hurry. */
const SWEEP_MS = 30_000;

/** One at once in a process. */
export function startChores(options: ChoreOptions): Promise<{ stop(): Promise<void> }> {
  return runDueTurns(options, { table: CHORE_DUE, atOnce: 1, sweepMs: SWEEP_MS, turn: (claim) => takeTurn(options, claim) });
}

async function takeTurn(options: ChoreOptions, claim: DueClaim): Promise<void> {
  const { database, log } = options;
  try {
    const chore = await readChore(database, claim);
    if (chore !== null) await releaseChore(database, claim, await turnOf(options, chore));
  } catch (error) {
    log.warn('chore-failed', { reason: messageOf(error) });
    // If this fails too, the row is claimed again as a stray.
    await releaseChore(database, claim, { place: null, dueInMs: AGAIN_MS }).catch(() => {});
  }
}

interface NextTurn {
  readonly place: string | null;
  readonly dueInMs: number;
}

/** What was asked for by a process that died, or got no answer. */
async function delegationsTurn({ database, endLost, log }: ChoreOptions): Promise<NextTurn> {
  const lost = await giveUpDelegations(database, DELEGATION_LOST_MS, DELEGATIONS_AT_ONCE);
  if (lost.length > 0) {
    await endLost(lost.map(({ id, userId, projectId }) => ({ mark: id, userId, projectId })));
    for (const { id } of lost) await forgetDelegation(database, id);
    log.info('delegations-given-up', { count: lost.length });
  }
  return { place: null, dueInMs: lost.length < DELEGATIONS_AT_ONCE ? DELEGATIONS_MS : SOON_MS };
}

async function turnOf(options: ChoreOptions, { name, place }: ChoreState): Promise<NextTurn> {
  const { database, timers, retention, driftEveryMins, ring, log } = options;
  if (name === 'delegations') return delegationsTurn(options);
  if (name === 'integrity') {
    const orphans = await checkIntegrity(database, timers.now());
    for (const { what, id } of orphans) log.error('orphan-found', { what, id });
    return { place: null, dueInMs: DAY_MS };
  }
  if (name === 'drift') {
    const { asked, isDone } = await driftTurn(database, driftEveryMins, timers.now());
    if (asked > 0) log.info('drift-asked', { stacks: asked });
    return { place: null, dueInMs: isDone ? DRIFT_MS : SOON_MS };
  }
  if (name === 'keys') {
    const turn = await resealTurn(database, ring, place, { timers, budgetMs: TURN_MS, log });
    if (turn.rows > 0) log.info('sealed-anew', { rows: turn.rows });
    return { place: turn.place, dueInMs: turn.isDone ? ROUND_MS : turn.rows > 0 ? SOON_MS : KEYS_MS };
  }
  const turn = await retentionTurn(database, retention, place, { clock: timers, budgetMs: TURN_MS });
  const { stacks, events, contents, plans } = turn;
  if (stacks + events + contents + plans > 0) log.info('retention', { stacks, events, contents, plans });
  return { place: turn.place, dueInMs: turn.isDone ? ROUND_MS : SOON_MS };
}
