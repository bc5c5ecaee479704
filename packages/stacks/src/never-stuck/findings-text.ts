/** Reasons as sentences, each with a remedy where there is one. Pure. */
import { pendingHook, type ExplainedRow } from '@hearth/engine';
import { unreachable } from '@hearth/kernel';
import type { ResourceRecord, StackRecord } from '@hearth/store';

export interface Finding {
  /** `group/0/server`. */
  readonly path: string;
  readonly type: string | null;
  /** `CREATE_IN_PROGRESS`; `INIT_COMPLETE`: nothing of it was begun. */
  readonly state: string;
  /** The planner's word for it, or `hook`. */
  readonly cause: ExplainedRow['cause']['kind'] | 'hook';
  readonly message: string;
  /** Null: it goes on by itself. */
  readonly remedy: string | null;
  /** Paths of the resources that it waits for, the nearest only. */
  readonly waitsFor: readonly string[];
  /** When what is under way was begun. */
  readonly since: number | null;
  readonly nextLookAt: number | null;
  /** How often what is under way, or has failed, was begun. */
  readonly attempts: number;
  /** What the cloud said last, where it was no good. */
  readonly lastError: string | null;
}

export interface Told {
  /** The name of the stack that was asked for: commands go to it. */
  readonly rootName: string;
  readonly stack: StackRecord;
  /** The path of the stack, with a slash; empty for the one that was asked for. */
  readonly above: string;
  readonly path: string;
  readonly one: ExplainedRow;
  /** The stack that the resource consists of. */
  readonly child: StackRecord | null;
  readonly now: number;
}

export function findingOf(told: Told): Finding {
  const { above, path, one } = told;
  const { row, cause, others } = one;
  const hook = row === null ? null : pendingHook(row);
  const isUnderWay = row !== null && row.status === 'IN_PROGRESS';
  const [message, remedy] = hook === null ? sentences(told) : hookText(told, hook);
  return {
    path,
    type: row?.type ?? null,
    state: row === null ? 'INIT_COMPLETE' : `${row.action}_${row.status}`,
    cause: hook === null ? cause.kind : 'hook',
    message,
    remedy,
    waitsFor: others.map((name) => `${above}${name}`),
    since: isUnderWay ? row.startedAt : null,
    nextLookAt: isUnderWay ? row.wakeAt : null,
    attempts: isUnderWay || row?.status === 'FAILED' ? row.attempts : 0,
    lastError: row === null ? null : lastErrorOf(row),
  };
}

type Sentences = readonly [message: string, remedy: string | null];

const UNCHANGED = 'state changed';
const lastErrorOf = ({ status, statusReason }: ResourceRecord): string | null =>
  status === 'COMPLETE' || statusReason === UNCHANGED || statusReason === '' ? null : statusReason;

const hookText = ({ rootName, path }: Told, hook: string): Sentences => [
  `${path} is stopped at its hook ${hook}.`,
  `Clear the hook: openstack stack hook clear --${hook} ${rootName} ${path}. An update without the hook, or a cancellation, goes past it too.`,
];

const list = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');

function sentences(told: Told): Sentences {
  const { path, one, above } = told;
  const others = list(one.others.map((name) => `${above}${name}`));
  const { kind } = one.cause;
  switch (kind) {
    case 'in-flight':
    case 'retrying':
      return underWay(told);
    case 'requires':
      return [`${path} comes after ${others}.`, null];
    case 'used':
      return [`${path} is deleted once nothing uses it: ${others} still ${one.others.length === 1 ? 'does' : 'do'}.`, null];
    case 'successor':
      return [`${path} has been replaced; the old one goes once the new one stands.`, null];
    case 'limit':
      return [`${path} could begin, but as many steps are under way as one stack may have at once.`, null];
    case 'next':
      return [`${path} is what comes next.`, null];
    case 'failed':
      return [`${path} has failed: ${one.row?.statusReason ?? 'for a reason that is not known'}.`, failedRemedy(told)];
    case 'broken':
      return [`${path} was not begun, because ${others} failed.`, null];
    case 'halted':
      return [`${path} is not begun any more: ${told.stack.haltReason ?? 'the time for all of it is up'}.`, null];
    case 'skipped':
      return [`${path} is skipped: it stays as it is until the next update looks at it.`, null];
    default:
      return unreachable(kind);
  }
}

function underWay({ path, one: { row, cause }, child, now, stack }: Told): Sentences {
  if (row === null) return [`${path} is under way.`, null];
  const since = `for ${durationText(now - row.startedAt)}`;
  const error = lastErrorOf(row);
  const tries = row.attempts > 1 ? `, begun ${row.attempts} times` : '';
  const lately = error === null ? '' : ` The cloud last said: ${error}.`;
  const end = stack.deadlineAt === null ? null : `If it never ends, it is given up in ${durationText(stack.deadlineAt - now)}.`;
  if (child !== null) return [`${path}: its nested stack has been ${child.action}_${child.status} ${since}.`, null];
  if (cause.kind === 'retrying') return [`${path} has failed and is tried again${tries}.${lately}`, end];
  if (row.phase === 'calling') return [`${path}: the call for ${row.action} has been under way ${since}${tries}.${lately}`, end];
  const next = row.wakeAt === null ? '' : `; the next look is in ${durationText(row.wakeAt - now)}`;
  return [`${path}: ${row.action} has been going on ${since}${tries}${next}.${lately}`, end];
}

function failedRemedy({ rootName, stack, path }: Told): string {
  if (stack.action === 'DELETE')
    return `Try again: hearth stack retry ${rootName}. Or leave it in the cloud: hearth stack force-delete ${rootName} --retain ${path}.`;
  return `Mend the cause and try again: hearth stack retry ${rootName}. Or go on without it: hearth stack continue ${rootName} --skip ${path}.`;
}

/** What has passed, or is to come, for people. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
