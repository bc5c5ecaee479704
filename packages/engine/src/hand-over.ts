/**
 * What only one can have goes from a resource to the one that takes its place, and comes back when that is called off: how the row changes. A row that has
 * handed over is what it was, but for that. Pure.
 */
import type { JsonObject } from '@hearth/kernel';
import type { Actual } from '@hearth/planner';
import type { ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { asUnhealthy } from './health.ts';
import type { Outcome } from './outcome.ts';

/** Giving or taking back is under way. */
export const isHandingOver = ({ action, status, handOver }: ResourceRecord): boolean =>
  action === 'UPDATE' && status === 'IN_PROGRESS' && (handOver === 'giving' || handOver === 'taking');

/** What is replaced anyway cannot ask for that. */
export const isGiving = (row: ResourceRecord): boolean => isHandingOver(row) && row.handOver === 'giving';

/** As the planner is told. */
export function handOverOf(row: ResourceRecord, type: ResourceType | null, isOutside: boolean): Pick<Actual, 'handOver'> {
  if (row.handOver !== null) return { handOver: row.handOver === 'given' ? 'given' : 'open' };
  return type?.beforeReplace === undefined || row.physicalId === null || isOutside ? {} : { handOver: 'possible' };
}

/** Handlers add to the data; nothing of what is there is lost. */
const withData = (row: ResourceRecord, data: JsonObject | null): JsonObject => (data === null ? row.data : { ...row.data, ...data });

/** It cannot be had back: only another one will do. */
export const notTakenBack = (row: ResourceRecord, reason: string, now: number): ResourceRecord => ({
  ...asUnhealthy(row),
  status: 'COMPLETE',
  phase: null,
  statusReason: reason,
  token: null,
  wakeAt: null,
  handOver: null,
  pending: null,
  updatedAt: now,
});

/** The row after a pause, or the end, of a hand-over. */
export function afterHandOver(row: ResourceRecord, outcome: Outcome & { readonly kind: 'done' | 'wait' }, now: number): ResourceRecord {
  const data = withData(row, outcome.data);
  if (outcome.kind === 'wait')
    return { ...row, data, phase: 'waiting', token: outcome.token, wakeAt: now + outcome.afterMs, updatedAt: now };
  const isGiven = row.handOver === 'giving';
  return {
    ...row,
    data,
    status: 'COMPLETE',
    phase: null,
    statusReason: 'state changed',
    token: null,
    wakeAt: null,
    handOver: isGiven ? 'given' : null,
    pending: isGiven ? row.pending : null,
    updatedAt: now,
  };
}
