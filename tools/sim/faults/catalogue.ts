/** The small faults that must be noticed, and by whom. */
import type { Fault, Noticing } from './fault.ts';
import { NEWER_FAULTS } from './newer-parts.ts';

const PLANNER = 'packages/planner';
const ENGINE = 'packages/engine';
const PLANS = 'packages/planner/src/next-steps-hand-over.test.ts';

const fault = (within: string, name: string, from: string, to: string, by: Noticing = 'lives'): Fault => ({ name, within, from, to, by });

export const FAULTS: readonly Fault[] = [
  fault(
    PLANNER,
    'planner: who uses another one from now on is not written down',
    'settled: !hasGiven(live) && sameIds(live.requires, requires)',
    'settled: !hasGiven(live)',
  ),
  fault(PLANNER, 'planner: deletes before dependants are gone', "if (used.has(row.id)) return 'used';", ''),
  fault(
    PLANNER,
    'planner: deletes what was replaced before its successor stands',
    "if (!choice.settled.has(row.name)) return 'successor';",
    '',
  ),
  fault(
    PLANNER,
    'planner: failures of earlier traversals count',
    "if (row.status !== 'failed' || row.traversal !== world.traversal || isSkipped",
    "if (row.status !== 'failed' || isSkipped",
  ),
  fault(
    PLANNER,
    'planner: takes what has failed for complete',
    'const reasons: Reason[] = failures(world, choice);',
    'const reasons: Reason[] = failures(world, choice).slice(1);',
  ),
  fault(PLANNER, 'planner: does not wait for requirements', 'else if (!isSkipped(world, name)) return null;', ''),
  fault(PLANNER, 'planner: begins again what is under way', 'isInFlight(row) && !canBeTakenOver(world, row)', 'false'),
  fault(PLANNER, 'planner: a revived row leaves its successor standing', 'instead: othersOf(world, row)', 'instead: []'),
  fault(
    PLANNER,
    'planner: what was replaced long ago keeps what only one can have',
    'for (const holder of holders.get(step.name) ?? []) {',
    'for (const holder of row?.handOver === undefined ? [] : [row]) {',
    PLANS,
  ),
  fault(PLANNER, 'planner: what is broken is taken for as wanted', ' && !mustBeMadeAnew(row);', ';', PLANS),
  fault(
    PLANNER,
    'planner: trying again outlives its traversal',
    'row.isBetweenTries === true && (broken',
    'row.isBetweenTries === true && (world.halted && broken',
    PLANS,
  ),
  fault(
    ENGINE,
    'engine: calls before the intent is committed',
    'await this.#commit(view, pending, changes);\n',
    'const committed = this.#commit(view, pending, changes);\n      for (const started of pending.started.splice(0)) this.#start(view, started, false);\n      await committed;\n',
  ),
  fault(
    ENGINE,
    'engine: no second look after a take-over',
    'const verifyAt = canBeFound(row, view.registry) ? now + lateCallMs : row.verifyAt;',
    'const verifyAt = row.verifyAt;',
  ),
  fault(
    ENGINE,
    'engine: a new owner forgets the calls under way',
    "const calling = rows.filter((row) => row.phase === 'calling');",
    'const calling = rows.slice(rows.length);',
    'scenarios',
  ),
  fault(
    ENGINE,
    'engine: does not tell what is done',
    'if (isOver) view.event(next, now, pending);',
    "if (outcome.kind === 'failed') view.event(next, now, pending);",
  ),
  fault(
    ENGINE,
    'engine: what is broken off is begun all the same',
    "if (row === undefined || (!isVerify && row.status !== 'IN_PROGRESS')) return;",
    'if (row === undefined) return;',
  ),
  fault(ENGINE, 'lease: one that never passes', 'mayCall: () => !this.#lost && this.#ports.lease.isValid(),', 'mayCall: () => true,'),
  fault(
    ENGINE,
    'engine: makes anew what an interrupted call had made',
    'outcomeUnknown ? await adopt(effect, type, call, ports) : null',
    'null',
  ),
  fault(
    ENGINE,
    'engine: whoever stops keeps a delegation for good',
    '(isParting || hasWork(view))',
    'hasWork(view)',
    'packages/engine/src/draining.test.ts',
  ),
  fault(
    ENGINE,
    'engine: what a late creation was called with is forgotten',
    'verifyAt === null ? null : (creation ?? { properties, startedAt })',
    'verifyAt === null ? creation : null',
  ),
  fault(
    ENGINE,
    'engine: what a look was making when it was broken off is forgotten',
    "return row.phase === 'calling' || (",
    "return row.phase === 'calling' || row.phase === null && (",
  ),
  fault(
    ENGINE,
    'engine: the late look leaves what it finds',
    "if (id !== effect.row.physicalId || effect.row.action === 'DELETE')",
    'if (id === null)',
  ),
  fault(
    ENGINE,
    'engine: an update that fails half-way forgets what was used before',
    'requires: [...new Set([...row.requires, ...requires])],',
    'requires,',
  ),
  fault(
    ENGINE,
    'engine: a deleted row is forgotten while a late call may land',
    'if (row.verifyAt === null) return null;',
    'if (row !== null) return null;',
  ),
  fault(
    ENGINE,
    'engine: what failed is not removed before the next try',
    "stage: 'clearing' }, wakeAt: now };",
    "stage: 'resting' }, wakeAt: now };",
    'scenarios',
  ),
  fault(ENGINE, 'engine: tries for ever', 'failures > limit ||', 'failures > 1_000 ||', 'scenarios'),
  fault(
    ENGINE,
    'engine: does not rest between two tries',
    '|| !isResting(row) || (row.wakeAt ?? 0) > now) return null;',
    '|| !isResting(row)) return null;',
    'scenarios',
  ),
  fault(
    ENGINE,
    'engine: forgets to count the tries',
    'const failures = (row.retry?.failures ?? 0) + 1;',
    'const failures = 1;',
    'scenarios',
  ),
  fault(ENGINE, 'engine: a cleared hook stays', "phase: 'calling',\n  startedAt: now,", "phase: 'waiting',\n  startedAt: now,"),
  fault(ENGINE, 'engine: a rollback stays in the traversal that failed', 'traversal: stack.traversal + 1,', 'traversal: stack.traversal,'),
  fault(
    ENGINE,
    'store: ignores the fence',
    'if (entry.holderId !== fence.holderId || entry.epoch !== fence.epoch)',
    'if (entry === undefined)',
  ),
  fault(
    ENGINE,
    'store: loses a write to a nested stack',
    'for (const write of batch.children) writeChild',
    'for (const write of batch.children.slice(1)) writeChild',
  ),
  fault(
    ENGINE,
    'store: applies a batch half',
    'for (const row of batch.resources) entry.rows.set',
    'for (const row of batch.resources.slice(0, Math.ceil(batch.resources.length / 2))) entry.rows.set',
  ),
  fault(
    ENGINE,
    'store: overwrites a newer request',
    'const stackPatched = batch.stack === null || batch.stack.ifTraversal === entry.stack.traversal;',
    'const stackPatched = true;',
  ),
  ...NEWER_FAULTS,
];

export function faultOf(name = ''): Fault {
  const fault = FAULTS.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return fault;
}
