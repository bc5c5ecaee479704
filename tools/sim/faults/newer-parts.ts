/** Faults in what stands beside the plan: hand-over, the lease, tries, hooks, visits, ways out, signals, drift. */
import type { Fault, Noticing } from './fault.ts';

const PLANNER = 'packages/planner';
const ENGINE = 'packages/engine';
const CORE = 'packages/resources-core';
const SIGNALS = 'tests/signals-simulated.test.ts';
const DRIFT = 'tests/drift-looks.test.ts';
const STORE = 'packages/store';
const LEASES = 'packages/leases';
const FENCE = 'packages/store/src/engine-store-postgres.test.ts';
const STUCK = 'tests/never-stuck.test.ts';
const STOPPING = 'packages/engine/src/stopping.test.ts';
const VISITS = 'packages/planner/src/next-visits.test.ts';
const LOOP = 'packages/leases/src/run-due-rows.test.ts';
const STEPS = 'packages/engine/src/effect.test.ts';
const STOPS = 'packages/stacks/src/hooks.test.ts';
const HISTORIES = 'packages/leases/src/histories.test.ts';

const fault = (by: Noticing, within: string, name: string, from: string, to: string): Fault => ({ name, within, from, to, by });

const HAND_OVER_FAULTS: readonly Fault[] = [
  fault('scenarios', ENGINE, 'hand-over: who gave has not given', "handOver: isGiven ? 'given' : null,", 'handOver: null,'),
  fault(
    'scenarios',
    ENGINE,
    'hand-over: what the successor must give back is lost',
    'data === null ? row.data : { ...row.data, ...data }',
    'row.data',
  ),
  fault(
    'scenarios',
    ENGINE,
    'hand-over: what takes back is not told who has it',
    'successors: isHandingOver(row) ? view.successorsOf(rowId) : [],',
    'successors: [],',
  ),
  fault(
    'scenarios',
    ENGINE,
    'hand-over: who gives is not told what for',
    'const next = step.type === row.handler ? (wanted?.properties ?? null) : null;',
    'const next = null;',
  ),
  fault(
    'scenarios',
    PLANNER,
    'hand-over: a successor is made before its predecessor has given',
    "if (!hasGivenNow && holder.action !== 'delete') return",
    "if (hasGivenNow && holder.action === 'delete') return",
  ),
  fault('scenarios', PLANNER, 'hand-over: who stays does not take back what it gave', '!hasGiven(row) ? step', 'row !== null ? step'),
];

const LEASE_FAULTS: readonly Fault[] = [
  fault(
    HISTORIES,
    STORE,
    'lease: no write is fenced',
    "'id = $1 and (holder_id = $2) is true and epoch = $3'",
    "'id = $1 and $2::uuid is not null and $3::bigint is not null'",
  ),
  fault(
    HISTORIES,
    STORE,
    'lease: a claim does not raise the epoch',
    'set holder_id = $1, epoch = t.epoch + 1',
    'set holder_id = $1, epoch = t.epoch',
  ),
  fault(
    HISTORIES,
    STORE,
    'lease: rows of the living are taken over',
    'where l.id = h.id and l.expires_at > statement_timestamp())',
    'where l.id = h.id and l.expires_at > statement_timestamp() and false)',
  ),
  fault(
    HISTORIES,
    STORE,
    'lease: rows of the dead are left alone',
    'where h.id is not null and h.id <> $1\n',
    'where h.id is null and h.id <> $1\n',
  ),
  fault(
    LOOP,
    STORE,
    'lease: strays are left alone',
    'where $4 and t.holder_id = $1 and',
    'where $4 and t.holder_id is null and t.holder_id = $1 and',
  ),
  fault(
    FENCE,
    STORE,
    'lease: what was asked meanwhile is forgotten by who gives back',
    'select id, wake_version = $4 as seen',
    'select id, wake_version >= $4 as seen',
  ),
  fault(
    HISTORIES,
    LEASES,
    'lease: counted from the answer, and for longer than it lasts',
    'const coveredMs = ttlMs * 0.9;',
    'const coveredMs = ttlMs * 3;',
  ),
];

const RETRY_FAULTS: readonly Fault[] = [
  fault(
    'scenarios',
    ENGINE,
    'retries: what was cleared is still known',
    '...row,\n  physicalId: null,\n  data: {},\n  attributes: null,\n  token: null,\n  retry: row.retry === null',
    '...row,\n  data: {},\n  attributes: null,\n  token: null,\n  retry: row.retry === null',
  ),
];

const HOOK_FAULTS: readonly Fault[] = [
  fault(
    'lives',
    ENGINE,
    'hooks: what was cleared never begins',
    "if (isBefore(hook) && row.status === 'IN_PROGRESS') {",
    "if (isBefore(hook) && row.status === 'FAILED') {",
  ),
  fault(STOPS, ENGINE, 'hooks: nobody stops before a step', 'if (stopBefore(view, begun, now, pending)) return;', ''),
  fault(
    'lives',
    ENGINE,
    'hooks: what was stopped after its deletion stays',
    'view.rows.delete(row.id);\n      pending.removed.add(row.id);\n    } else view.put',
    '} else view.put',
  ),
  fault(
    STOPPING,
    ENGINE,
    'hooks: stopping is not told',
    '  view.event({ ...row, statusReason: stoppedReason(hook) }, now, pending);\n',
    '',
  ),
];

const VISIT_FAULTS: readonly Fault[] = [
  fault(VISITS, PLANNER, 'visits: what others use rests first', "visit === 'suspend';", "visit === 'resume';"),
  fault('lives', PLANNER, 'visits: what was visited is visited again', 'if (!row.isVisited && !isBusy(row) &&', 'if (!isBusy(row) &&'),
  fault(
    VISITS,
    PLANNER,
    'visits: what could not be visited counts as done',
    "waitsFor(row).every((other) => other.isVisited && other.status === 'complete')",
    'waitsFor(row).every((other) => other.isVisited)',
  ),
  fault(
    'lives',
    ENGINE,
    'visits: a check takes what is broken for whole',
    'const wrong = type.unhealthy?.(observed) ?? null;',
    'const wrong: string | null = null;',
  ),
  fault(
    'lives',
    ENGINE,
    'visits: nested stacks are not visited',
    "(await type.suspend?.(liveOf(row, call))) ?? { kind: 'done' }",
    "{ kind: 'done' }",
  ),
];

const WAYS_OUT_FAULTS: readonly Fault[] = [
  fault(STUCK, PLANNER, 'skipping: what is skipped is deleted', "if (isSkipped(world, row.name)) return 'skipped';", ''),
  fault(
    'scenarios',
    PLANNER,
    'skipping: what needs it waits for it',
    'else if (!isSkipped(world, name)) return null;',
    'else return null;',
  ),
  fault(
    'scenarios',
    ENGINE,
    'skipping: forgotten by the plan',
    "return this.stack.action === 'DELETE' || this.stack.exceptions === null ? NONE : skippedNames(this.stack.exceptions);",
    'return NONE;',
  ),
  fault(
    'scenarios',
    ENGINE,
    'retaining: what was to be retained is deleted',
    "action === 'DELETE' && isRetained(exceptions, row.name);",
    "action === 'CREATE' && isRetained(exceptions, row.name);",
  ),
  fault(
    'scenarios',
    ENGINE,
    'forcing: what the cloud refuses is not let go',
    "if (row.action === 'DELETE' && !isNestedIn(view, row) && isForcedDeletion(view.stack))",
    "if (row.action === 'CREATE' && !isNestedIn(view, row) && isForcedDeletion(view.stack))",
  ),
  fault(
    'scenarios',
    ENGINE,
    'leaving behind: it is not listed',
    'if (leftover !== null) pending.leftovers.push(leftover);\n  const left',
    'const left',
  ),
  fault(
    STOPPING,
    ENGINE,
    'breaking off: what a call may have left is not looked for',
    '(withoutHook(row), reason, now), verifyAt }, now, pending);',
    '(withoutHook(row), reason, now) }, now, pending);',
  ),
  fault(
    'lives',
    ENGINE,
    'breaking off: nested stacks work on',
    "if (tellsBelow && isNested) pending.children.push({ kind: 'halt'",
    "if (tellsBelow && !isNested) pending.children.push({ kind: 'halt'",
  ),
  fault(STOPPING, ENGINE, 'breaking off: more is begun', 'return { halted: true, dropped: halt(', 'return { halted: false, dropped: halt('),
];

const SIGNAL_FAULTS: readonly Fault[] = [
  fault(
    SIGNALS,
    ENGINE,
    'signals: the hint reaches nobody',
    'return (direct.length > 0 ? direct : waiting).map((row) => row.id);',
    'return [];',
  ),
  fault(
    SIGNALS,
    ENGINE,
    'signals: nobody reads what was taken',
    'registry.get(handler)?.signals === undefined ? [] : await signalsTo(row.id);',
    '[];',
  ),
  fault(
    SIGNALS,
    PLANNER,
    'signals: a wait begins anew although the same is wanted',
    'row.isKeptWhenSame === true && isInFlight(row) &&',
    'row.isKeptWhenSame === false && isInFlight(row) &&',
  ),
  fault(
    SIGNALS,
    PLANNER,
    'signals: what waits is not told that less will do',
    "row.isSupersedable === true && row.status === 'waiting' && row.action !== 'delete'",
    "row.isSupersedable === false && row.status === 'waiting' && row.action !== 'delete'",
  ),
  fault(
    SIGNALS,
    CORE,
    'signals: one too few will do',
    'if (signals.length >= count) return done();',
    'if (signals.length >= count - 1) return done();',
  ),
  fault(SIGNALS, CORE, 'signals: the wait never times out', 'if (leftMs <= 0) {', 'if (leftMs <= Number.NEGATIVE_INFINITY) {'),
];

const DRIFT_FAULTS: readonly Fault[] = [
  fault(DRIFT, ENGINE, 'drift: nested stacks are not looked at', 'if (passed.write !== null) pending.children.push(passed.write);', ''),
  fault(
    DRIFT,
    ENGINE,
    'drift: a look is told of each time',
    "if (state === null || state === 'unknown' || isSame) return null;",
    "if (state === null || state === 'unknown') return null;",
  ),
  fault(DRIFT, ENGINE, 'drift: planned before it is looked', 'if (!halted && isHeldUp(view.stack, view.rows)) return [];', ''),
  fault(
    DRIFT,
    ENGINE,
    'drift: what is gone is taken for there',
    "if (row.drift?.state === 'gone') return 'replace';",
    "if (row.drift?.state === 'gone') return change;",
  ),
  fault(
    DRIFT,
    ENGINE,
    'drift: what differs is not set again',
    'uncertain: [...new Set([...row.uncertain, ...Object.keys(mendedValues(stack, row))])],',
    'uncertain: row.uncertain,',
  ),
  fault(
    DRIFT,
    ENGINE,
    'drift: everything is brought back',
    '(row.traversal < stack.traversal || row.handOver !== null) && isMended(mendedPaths(stack), row.name);',
    'row.traversal < stack.traversal || row.handOver !== null;',
  ),
  fault(
    DRIFT,
    ENGINE,
    'drift: a wish is fulfilled by any look',
    'return { ...row, lookedFor: askedAt, drift: { ...now, since } };',
    'return { ...row, lookedFor: askedAt - 1, drift: { ...now, since } };',
  ),
  fault(
    STEPS,
    ENGINE,
    'drift: what is gone is deleted, and what has its address with it',
    "const isKnownGone = row.drift?.state === 'gone' && row.replacedBy !== null;",
    'const isKnownGone = false;',
  ),
];

const COPY_FAULTS: readonly Fault[] = [
  fault(
    'lives',
    ENGINE,
    'copies: the stack is gone before its snapshots are',
    'if (own.some(isDoomed)) return',
    'if (own.length < 0) return',
  ),
  fault(
    'lives',
    ENGINE,
    'copies: what was kept for a snapshot outlives it',
    'snapshots.filter(isDoomed).map(',
    'snapshots.slice(snapshots.length).map(',
  ),
  fault(
    'lives',
    ENGINE,
    'copies: what is copied does not wait for its copy',
    'if (pendingHook(row) !== null || awaitedCopy(row) !== null) continue;',
    'if (pendingHook(row) !== null) continue;',
  ),
  fault(
    STEPS,
    ENGINE,
    'adoption: nobody looks whether it is there',
    'const adoptedId = adoptedIdOf(effect.row);',
    'const adoptedId = null;',
  ),
];

export const NEWER_FAULTS: readonly Fault[] = [
  ...HAND_OVER_FAULTS,
  ...LEASE_FAULTS,
  ...RETRY_FAULTS,
  ...HOOK_FAULTS,
  ...VISIT_FAULTS,
  ...WAYS_OUT_FAULTS,
  ...SIGNAL_FAULTS,
  ...DRIFT_FAULTS,
  ...COPY_FAULTS,
];
