/** What is known of the drift of a stack and all below it. Nothing is looked at for it: that is the owner's work. */
import type { StackId } from '@hearth/kernel';
import { countedState, findDriftSchedule, type StackRecord } from '@hearth/store';
import type { Caller } from '../caller.ts';
import { ownLiveStack, type StackKey } from '../own-stack.ts';
import type { StackPorts } from '../ports.ts';
import { maskedDifferences, type ReportedDifference } from './masked-differences.ts';
import { lookedTree, type LookedResource } from './looked-tree.ts';

/** `waiting`: it is to be looked at; `under-way`: something is being done to it; `not-looked-at`: nobody ever wanted to know. */
export type ReportedState = 'in-sync' | 'drifted' | 'gone' | 'unknown' | 'waiting' | 'under-way' | 'not-looked-at';

export interface ReportedResource {
  readonly path: string;
  readonly type: string;
  readonly physicalId: string | null;
  readonly stackId: StackId;
  readonly state: ReportedState;
  /** Null: it was not looked at since it was last changed. */
  readonly lookedAt: number | null;
  /** When it was first found so. */
  readonly since: number | null;
  /** Why it cannot be told. */
  readonly reason: string | null;
  readonly differences: readonly ReportedDifference[];
}
export interface DriftReport {
  readonly stack: StackRecord;
  /** When it was last wanted; null: never. */
  readonly askedAt: number | null;
  /** Everything that can be looked at has been. */
  readonly isComplete: boolean;
  readonly everyMins: number | null;
  readonly nextAt: number | null;
  readonly counts: Readonly<Record<ReportedState, number>>;
  readonly resources: readonly ReportedResource[];
}

export async function driftReport(ports: StackPorts, caller: Caller, key: StackKey): Promise<DriftReport> {
  const stack = await ownLiveStack(ports.database, caller, key);
  const [schedule, tree] = await Promise.all([findDriftSchedule(ports.database, stack.id), lookedTree(ports, ports.database, stack)]);
  const masked = await maskedDifferences(ports, stack, tree);
  const told = tree.flatMap((one) => {
    const state = stateOf(one);
    // What consists of a stack is told by what is in it, unless there is something to be said of it.
    return one.nested !== undefined && state === 'in-sync' ? [] : [{ one, state }];
  });
  const resources = told.map(({ one, state }) => reported(one, state, masked.get(one.row.id) ?? []));
  const counts = { 'in-sync': 0, drifted: 0, gone: 0, unknown: 0, waiting: 0, 'under-way': 0, 'not-looked-at': 0 };
  for (const { state } of resources) counts[state]++;
  return {
    stack,
    askedAt: stack.looksAskedAt === 0 ? null : stack.looksAskedAt,
    isComplete: stack.looksAskedAt > 0 && counts.waiting === 0,
    everyMins: schedule.everyMins,
    nextAt: schedule.dueAt,
    counts,
    resources,
  };
}

function stateOf({ row, stack, nested }: LookedResource): ReportedState {
  if (row.status === 'IN_PROGRESS') return 'under-way';
  if (stack.looksAskedAt === 0) return 'not-looked-at';
  if (row.lookedFor < stack.looksAskedAt) return 'waiting';
  if (nested !== undefined) return nested === null && row.physicalId !== null ? 'gone' : 'in-sync';
  const state = countedState(row);
  // Nothing is known against what was applied since it was looked at.
  return state === null ? 'in-sync' : state === 'differs' ? 'drifted' : state;
}

function reported({ path, row }: LookedResource, state: ReportedState, differences: readonly ReportedDifference[]): ReportedResource {
  const { type, physicalId, drift, stackId } = row;
  const isTold = state !== 'under-way' && state !== 'not-looked-at';
  return {
    path,
    type,
    physicalId,
    stackId,
    state,
    lookedAt: drift?.at ?? null,
    since: isTold ? (drift?.since ?? null) : null,
    reason: isTold ? (drift?.reason ?? null) : null,
    differences: isTold ? differences : [],
  };
}
