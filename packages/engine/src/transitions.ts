/** How a row changes: at an intent, and when an outcome is known. Pure: rows in, rows and events out. */
import { digestOf, type EventId, jsonEqual, type Json, type JsonObject, type ResourceId, type StackId } from '@hearth/kernel';
import type { NewEvent, ResourceAction, ResourceRecord, VisitAction } from '@hearth/store';
import { isVisitAction } from './visits.ts';
import { reasonAt } from './failure-reason.ts';
import { asUnhealthy, UNHEALTHY } from './health.ts';
import { pendingHook } from './hooks.ts';
import { afterHandOver, isHandingOver, notTakenBack } from './hand-over.ts';
import { rememberedCreation } from './late-creation.ts';
import type { Outcome } from './outcome.ts';
import { afterClearing, isClearing } from './retries.ts';
import { dataAfter } from './row-data.ts';

/** What a definition says of one resource, resolved. */
export interface Wanted {
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
  readonly deletionPolicy: ResourceRecord['deletionPolicy'];
  /** The id of what is there already and is only looked at; null for what is made. */
  readonly externalId: string | null;
}

export const wantedDigest = ({ properties, metadata, deletionPolicy, externalId }: Wanted): string =>
  digestOf({ properties, metadata, deletionPolicy, ...(externalId !== null && { externalId }) });

/** Of a row that stands for something which is never made, changed or deleted by it. */
export function externalIdOf({ data }: Pick<ResourceRecord, 'data'>): string | null {
  const id = data['externalId'];
  return typeof id === 'string' ? id : null;
}

const CHANGED = 'state changed';

export interface NewRow {
  readonly id: ResourceId;
  readonly stackId: StackId;
  readonly name: string;
  readonly type: string;
  readonly handler: string;
  readonly physicalName: string;
  readonly requires: readonly ResourceId[];
  readonly replaces: ResourceId | null;
  readonly traversal: number;
}

export function beginCreate(row: NewRow, wanted: Wanted, now: number): ResourceRecord {
  return {
    ...row,
    physicalId: null,
    action: 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: CHANGED,
    phase: 'calling',
    replacedBy: null,
    digest: null,
    properties: wanted.properties,
    pending: null,
    uncertain: [],
    attributes: null,
    data: wanted.externalId === null ? {} : { externalId: wanted.externalId },
    metadata: wanted.metadata,
    deletionPolicy: wanted.deletionPolicy,
    token: null,
    attempts: 1,
    startedAt: now,
    wakeAt: null,
    verifyAt: null,
    creation: null,
    lookedFor: 0,
    drift: null,
    accepted: null,
    createdAt: now,
    updatedAt: now,
    snapshotId: null,
    retry: null,
    handOver: null,
  };
}

/** While an update runs the row requires what it used and what it will use; so clean-up order holds if it fails half-way. */
export function beginUpdate(
  row: ResourceRecord,
  wanted: Wanted,
  requires: readonly ResourceId[],
  traversal: number,
  now: number,
): ResourceRecord {
  return {
    ...begun(row, 'UPDATE', traversal, now),
    requires: [...new Set([...row.requires, ...requires])],
    pending: wanted.properties,
    uncertain: [...new Set([...row.uncertain, ...differingKeys(row.properties, wanted.properties)])],
    digest: null,
    metadata: wanted.metadata,
    deletionPolicy: wanted.deletionPolicy,
  };
}

const differingKeys = (before: JsonObject, after: JsonObject): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !jsonEqual(before[key] ?? null, after[key] ?? null));

export const beginDelete = (row: ResourceRecord, traversal: number, now: number): ResourceRecord => begun(row, 'DELETE', traversal, now);

/** What the row is and was last given stays as it is. */
export const beginVisit = (row: ResourceRecord, action: VisitAction, traversal: number, now: number): ResourceRecord =>
  begun(row, action, traversal, now);

/** Before another one takes its place. What is to be made anew must not look whole afterwards. `next`: the other's properties. */
export function beginHandOver(
  row: ResourceRecord,
  next: JsonObject | null,
  isBroken: boolean,
  traversal: number,
  now: number,
): ResourceRecord {
  return { ...begun(isBroken ? asUnhealthy(row) : row, 'UPDATE', traversal, now), pending: next, handOver: 'giving' };
}
export const beginTakeBack = (row: ResourceRecord, traversal: number, now: number): ResourceRecord => ({
  ...begun(row, 'UPDATE', traversal, now),
  handOver: 'taking',
});

function begun(row: ResourceRecord, action: Exclude<ResourceAction, 'CREATE'>, traversal: number, now: number): ResourceRecord {
  return {
    ...row,
    action,
    status: 'IN_PROGRESS',
    statusReason: CHANGED,
    phase: 'calling',
    token: null,
    retry: null,
    attempts: 1,
    startedAt: now,
    wakeAt: null,
    traversal,
    creation: rememberedCreation(row),
    updatedAt: now,
  };
}

/** The row after an outcome; null when it is gone. */
export function afterOutcome(
  row: ResourceRecord,
  outcome: Outcome,
  now: number,
  requires: readonly ResourceId[] | null,
): ResourceRecord | null {
  if ((outcome.kind === 'done' || outcome.kind === 'wait') && isHandingOver(row)) return afterHandOver(row, outcome, now);
  switch (outcome.kind) {
    case 'cleared':
      return afterClearing(row, outcome.restMs, now);
    case 'done':
      if (row.action === 'DELETE') return afterDelete(row, now);
      return isVisitAction(row.action) ? visited(row, outcome, now) : completed(row, outcome, now, requires);
    case 'wait':
      return {
        ...row,
        physicalId: outcome.physicalId ?? row.physicalId,
        data: dataAfter(row, outcome.data),
        phase: 'waiting',
        token: outcome.token,
        wakeAt: now + outcome.afterMs,
        statusReason: isClearing(row) ? row.statusReason : CHANGED,
        updatedAt: now,
      };
    case 'failed':
      return failedRow(outcome.isBroken === true ? asUnhealthy(row) : row, row.retry?.reason ?? outcome.reason, now);
    case 'replace':
      if (isHandingOver(row)) return notTakenBack(row, outcome.reason, now);
      // `pending` stays: these properties cannot be had in place, which the comparison answers with `replace`.
      return {
        ...row,
        status: 'COMPLETE',
        phase: null,
        statusReason: outcome.reason,

        token: null,
        wakeAt: null,
        updatedAt: now,
      };
    case 'trying':
      return { ...row, statusReason: outcome.reason };
    case 'verified':
      return isTombstone(row) ? null : { ...row, verifyAt: null, creation: null };
  }
}

/** Every failure of a resource ends here: its reason tells where it is. */
export const failedRow = (row: ResourceRecord, reason: string, now: number): ResourceRecord => ({
  ...row,
  status: 'FAILED',
  phase: null,
  statusReason: reasonAt(row.name, reason),
  token: null,
  retry: null,
  wakeAt: null,
  updatedAt: now,
});

/** A deleted row is kept, unseen, while a late call of a former owner may still land. */
function afterDelete(row: ResourceRecord, now: number): ResourceRecord | null {
  if (row.verifyAt === null) return null;
  return {
    ...row,
    status: 'COMPLETE',
    statusReason: CHANGED,
    phase: null,
    token: null,
    retry: null,
    wakeAt: null,
    requires: [],
    updatedAt: now,
  };
}

function visited(row: ResourceRecord, outcome: Outcome & { kind: 'done' }, now: number): ResourceRecord {
  const { [UNHEALTHY]: _healed, ...healed } = row.data;
  return {
    ...row,
    data: row.action === 'CHECK' ? healed : dataAfter(row, outcome.data),
    attributes: outcome.attributes ?? row.attributes,
    status: 'COMPLETE',
    phase: null,
    statusReason: CHANGED,
    token: null,
    wakeAt: null,
    updatedAt: now,
  };
}

function completed(
  row: ResourceRecord,
  outcome: Outcome & { kind: 'done' },
  now: number,
  requires: readonly ResourceId[] | null,
): ResourceRecord {
  const properties = row.pending ?? row.properties;
  return {
    ...row,
    physicalId: outcome.physicalId ?? row.physicalId,
    data: dataAfter(row, outcome.data),
    attributes: outcome.attributes,
    status: 'COMPLETE',
    phase: null,
    statusReason: CHANGED,
    properties,
    pending: null,
    uncertain: [],
    drift: null,
    digest: wantedDigest({ properties, metadata: row.metadata, deletionPolicy: row.deletionPolicy, externalId: externalIdOf(row) }),
    requires: requires ?? row.requires,
    token: null,
    retry: null,
    wakeAt: null,
    updatedAt: now,
  };
}

/** True for a row that is deleted and only waits for late leftovers. */
export const isTombstone = (row: ResourceRecord): boolean =>
  row.action === 'DELETE' && row.status === 'COMPLETE' && pendingHook(row) === null;

/** The event of a row's present state. */
export function eventOf(row: ResourceRecord, id: EventId, now: number): NewEvent {
  return {
    id,
    stackId: row.stackId,
    resourceName: row.name,
    resourceType: row.type,
    physicalId: row.physicalId,
    action: row.action,
    status: row.status,
    reason: row.statusReason,
    at: now,
  };
}

/** Progress worth a write: anything that another owner would need. */
export function isWorthWriting(before: ResourceRecord, outcome: Outcome): boolean {
  if (outcome.kind !== 'wait') return true;
  return (
    before.phase !== 'waiting' ||
    !sameToken(before.token, outcome.token) ||
    (outcome.physicalId ?? before.physicalId) !== before.physicalId ||
    outcome.data !== null
  );
}
const sameToken = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);
