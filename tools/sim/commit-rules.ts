/** What a commit of a stack's owner may change, and what must hold afterwards. Pure. */
import { clearedHook, isUnhealthy, pendingHook } from '@hearth/engine';
import type { ResourceId } from '@hearth/kernel';
import type { Needs } from './needs.ts';
import { SAID_BROKEN } from './requests.ts';
import type { EngineBatch, NewEvent, ResourceRecord, StackRecord } from '@hearth/store';

export interface Seen {
  readonly stack: StackRecord;
  readonly rows: ReadonlyMap<ResourceId, ResourceRecord>;
  /** How many there are. */
  readonly events: number;
}
export interface Committed {
  readonly before: Seen;
  readonly after: Seen;
  readonly batch: EngineBatch;
  /** What the definition has which the stack is brought to. */
  readonly wanted: Needs;
  readonly stackPatched: boolean;
}

export function commitProblems(committed: Committed): readonly string[] {
  const { before, after, batch } = committed;
  const problems: string[] = [];
  for (const id of new Set([...before.rows.keys(), ...after.rows.keys()])) {
    const was = before.rows.get(id);
    const is = after.rows.get(id);
    if (was === is) continue;
    const name = (is ?? (was as ResourceRecord)).name;
    const told = batch.events.filter((event) => event.resourceName === name && event.physicalId !== after.stack.id);
    const problem =
      edgeProblem(was, is, told) ??
      silence(was, is, told) ??
      (is === undefined ? null : (deletionProblem(was, is, committed) ?? hasteProblem(was, is, committed)));
    if (problem !== null) problems.push(`${name} ${stateOf(was)} -> ${stateOf(is)}: ${problem}`);
  }
  for (const row of batch.resources)
    if (row.snapshotId === null && !after.rows.has(row.id)) problems.push(`${row.name}: its row was not written`);
  return [...problems, ...stackProblems(committed), ...standing(after)];
}

/** `held`: stopped at a hook before its first call. */
type Place = 'held' | 'calling' | 'waiting' | 'COMPLETE' | 'FAILED';
const isHeld = (row: ResourceRecord): boolean => row.phase === 'waiting' && (pendingHook(row) ?? clearedHook(row)) !== null;
const placeOf = (row: ResourceRecord): Place => (isHeld(row) ? 'held' : (row.phase ?? (row.status === 'COMPLETE' ? 'COMPLETE' : 'FAILED')));
const isBegun = (place: Place): boolean => place === 'calling' || place === 'held';
const stateOf = (row: ResourceRecord | undefined): string => (row === undefined ? 'absent' : `${row.action} ${placeOf(row)}`);
const isDone = (place: Place): boolean => place === 'COMPLETE' || place === 'FAILED';

/** What never got beyond its hook is ended, and told, by what takes its place. */
const isPassedOver = (was: ResourceRecord, is: ResourceRecord): boolean => isHeld(was) && was.replacedBy === null && is.replacedBy !== null;

/** A deletion was told to let it be, or had to. */
const isLeftBehind = (told: readonly NewEvent[]): boolean =>
  told.some(({ action, status, reason }) => action === 'DELETE' && status === 'COMPLETE' && reason.startsWith('Left behind: '));

/** Within one action; a new action begins with its intent (or fails at once). */
const WITHIN: Readonly<Record<Place, readonly Place[]>> = {
  held: ['held', 'calling', 'FAILED'],
  calling: ['calling', 'waiting', 'COMPLETE', 'FAILED'],
  waiting: ['waiting', 'COMPLETE', 'FAILED'],
  COMPLETE: ['COMPLETE'],
  FAILED: ['FAILED'],
};

function edgeProblem(was: ResourceRecord | undefined, is: ResourceRecord | undefined, told: readonly NewEvent[]): string | null {
  if (was === undefined) {
    const begins = is?.action === 'CREATE' && (isBegun(placeOf(is)) || is.status === 'FAILED');
    return begins ? null : 'no row begins so';
  }
  if (isLeftBehind(told)) return null;
  if (is === undefined) return was.action === 'DELETE' ? null : 'a row went that was not being deleted';
  if (was.action === is.action && is.retry !== null) {
    const problem = retryProblem(was, is);
    if (problem !== undefined) return problem;
  }
  if (was.action === is.action && WITHIN[placeOf(was)].includes(placeOf(is))) return null;
  if (was.action === is.action && isPassedOver(was, is)) return null;
  return beginProblem(was, is, told);
}

const LEGAL_RETRIES = 5;
/** Trying again: what failed is gone and has rested before the next intent, and there is an end to it. Undefined: it is within one try. */
function retryProblem(was: ResourceRecord, is: ResourceRecord): string | null | undefined {
  const [before, after] = [was.retry?.stage ?? 'trying', is.retry?.stage ?? 'trying'];
  if ((is.retry?.failures ?? 0) > LEGAL_RETRIES) return 'it is tried again for ever';
  if (before === after) return before === 'trying' ? undefined : null;
  if (was.retry !== null && after !== 'trying' && before === 'trying' && is.retry?.failures !== was.retry.failures + 1)
    return 'a failure is not counted';
  if (before === 'trying') return after === 'clearing' || is.action === 'DELETE' ? null : 'what failed is not removed';
  if (before === 'clearing') return after === 'resting' && is.physicalId === null ? null : 'what failed is still there';
  return after === 'trying' && is.phase === 'calling' && (was.wakeAt ?? 0) <= is.startedAt + 1 ? null : 'it did not rest';
}

/** A new action on a row that is there. */
function beginProblem(was: ResourceRecord, is: ResourceRecord, told: readonly NewEvent[]): string | null {
  const place = placeOf(is);
  if (is.action === 'CREATE') return 'a row is created once';
  if (was.action === 'DELETE' && is.action !== 'DELETE') return 'what is being deleted comes to nothing else';
  if (was.action === 'DELETE' && was.status === 'COMPLETE') return 'it is deleted already';
  // What is copied waits for its copy, which is a row of its own.
  const isCopied = is.action === 'SNAPSHOT' && place === 'waiting';
  if (!isBegun(place) && !isCopied && !(place === 'FAILED' && is.action === 'UPDATE')) return 'there was no intent';
  if (isDone(placeOf(was)) || was.phase === 'waiting') return null;
  // A call under way is ended before anything else is begun: by an event, or by having come to wait.
  const isEnded =
    was.action === 'UPDATE' ||
    is.physicalId !== null ||
    told.some((event) => event.action === was.action && event.status !== 'IN_PROGRESS');
  return isEnded ? null : 'a call was under way';
}

/** Events tell every change of status. */
function silence(was: ResourceRecord | undefined, is: ResourceRecord | undefined, told: readonly NewEvent[]): string | null {
  const tells = (action: string, status: string): boolean => told.some((event) => event.action === action && event.status === status);
  if (is === undefined) {
    const isTombstone = was?.action === 'DELETE' && was.status === 'COMPLETE';
    return isTombstone || tells('DELETE', 'COMPLETE') ? null : 'no event tells that it is gone';
  }
  if (was?.action === is.action && was.status === is.status) return null;
  // An update that only another one can have is told by that one.
  const isHandedOver = is.action === 'UPDATE' && is.status === 'COMPLETE' && is.pending !== null;
  if (isHandedOver || (was !== undefined && isPassedOver(was, is)) || tells(is.action, is.status)) return null;
  return 'no event tells it';
}

/** Planned for what is wanted now, and not before a request that its owner has not seen yet. */
const isOfNow = (row: ResourceRecord, { stack }: Seen): boolean => row.traversal === stack.traversal;

/** At the intent of a deletion: nobody uses it, and where it was replaced, its successor stands. */
function deletionProblem(was: ResourceRecord | undefined, is: ResourceRecord, { before, after, wanted }: Committed): string | null {
  if (is.action !== 'DELETE' || !isBegun(placeOf(is)) || (was?.action === 'DELETE' && isBegun(placeOf(was)))) return null;
  for (const other of after.rows.values())
    if (other !== is && other.requires.includes(is.id) && !(other.status === 'FAILED' && isBuiltOn(is, other, after)))
      return `${other.name} (${other.action} ${other.status}) uses it`;
  if (!wanted.has(is.name) || was?.action === 'DELETE' || !isOfNow(is, before)) return null;
  // What a user says of it may be heard with this very commit.
  const isHere = (row: ResourceRecord): boolean => row.name === is.name && row.replacedBy === null && row.action !== 'DELETE';
  const stands = [...after.rows.values()].some((row) => isHere(row) && (row.status === 'COMPLETE' || row.statusReason === SAID_BROKEN));
  return stands ? null : 'nothing stands in its place';
}

/** Each is said to use the other, since an update that was to turn that round failed: one of them goes first. */
function isBuiltOn(row: ResourceRecord, other: ResourceRecord, { rows }: Seen): boolean {
  const seen = new Set<string>(row.requires);
  for (const id of seen) for (const next of rows.get(id as ResourceId)?.requires ?? []) seen.add(next);
  return seen.has(other.id);
}

/** At the intent of a creation: what it needs stands, and it says that it uses it. */
function hasteProblem(was: ResourceRecord | undefined, is: ResourceRecord, { before, after, wanted }: Committed): string | null {
  if (was !== undefined || !isBegun(placeOf(is)) || !isOfNow(is, before)) return null;
  for (const name of wanted.get(is.name) ?? []) {
    if (after.stack.exceptions?.skipped.includes(name) === true) continue;
    // A user may have said that it is broken while this was on its way.
    const isGood = (row: ResourceRecord): boolean => row.status === 'COMPLETE' || isSaidBroken(row);
    const stands = [...after.rows.values()].some((row) => row.name === name && isGood(row) && is.requires.includes(row.id));
    if (!stands) return `${name}, which it needs, does not stand`;
  }
  return null;
}

function stackProblems({ before, after, batch, stackPatched, wanted }: Committed): readonly string[] {
  const patch = batch.stack?.patch;
  if (patch === undefined) return [];
  if (!stackPatched) {
    const isKept = before.stack.status === after.stack.status && before.stack.traversal === after.stack.traversal;
    return isKept ? [] : ['a newer request was overwritten'];
  }
  const { action, status } = after.stack;
  const isTold = batch.events.some((event) => event.physicalId === after.stack.id && event.action === action && event.status === status);
  const problems = isTold ? [] : [`no event tells that the stack is ${action}_${status}`];
  if (patch.action !== undefined && after.stack.traversal <= before.stack.traversal) problems.push('a new action in an old traversal');
  if (patch.action === 'ROLLBACK' && before.stack.haltReason !== null) problems.push('a rollback begins, although it was told to stop');
  if (status === 'COMPLETE' && ['CREATE', 'UPDATE', 'ROLLBACK', 'DELETE'].includes(action))
    problems.push(...completeProblems(after, wanted));
  if (status === 'COMPLETE')
    for (const row of after.rows.values()) if (row.status === 'IN_PROGRESS') problems.push(`complete, but ${row.name} is ${stateOf(row)}`);
  return problems;
}

/** Exactly what is wanted is there. */
function completeProblems({ rows, stack }: Seen, wanted: Needs): readonly string[] {
  const skipped = new Set(stack.exceptions?.skipped ?? []);
  const used = new Set([...rows.values()].flatMap((row) => row.requires));
  const live = [...rows.values()].filter((row) => row.action !== 'DELETE' || row.status !== 'COMPLETE');
  const missing = [...wanted.keys()].filter(
    (name) =>
      !skipped.has(name) &&
      !live.some((row) => row.name === name && row.replacedBy === null && (row.status === 'COMPLETE' || isSaidBroken(row))),
  );
  // What is skipped stays, and with it what it uses.
  const more = live.filter((row) => !wanted.has(row.name) && !skipped.has(row.name) && !(skipped.size > 0 && used.has(row.id)));
  return [
    ...missing.map((name) => `complete, and ${name} does not stand`),
    ...more.map((row) => `complete, and ${row.name} is still there`),
  ];
}

/** By a user, while its owner was saying that all stands: the next update makes another one. */
const isSaidBroken = ({ action, status, data }: ResourceRecord): boolean =>
  action === 'CHECK' && status === 'FAILED' && isUnhealthy({ data });

/** What holds of the rows of a stack at any time. */
function standing({ rows }: Seen): readonly string[] {
  const problems: string[] = [];
  const live = new Set<string>();
  for (const row of rows.values()) {
    if (row.action === 'DELETE') continue;
    if (row.status === 'IN_PROGRESS' && row.phase === null) problems.push(`${row.name} is in progress without a phase`);
    for (const id of row.requires) if (!rows.has(id)) problems.push(`${row.name} uses what is not there`);
    if (row.replacedBy !== null) continue;
    if (live.has(row.name)) problems.push(`two rows stand for ${row.name}`);
    live.add(row.name);
  }
  return problems;
}
