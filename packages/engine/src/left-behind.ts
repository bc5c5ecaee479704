/** What a deletion leaves in the cloud: because it was told to, because the cloud would not let it go, or because time was up. Pure. */
import { isForced, isRetained, type LeftoverRecord, type ResourceRecord, type StackRecord } from '@hearth/store';

export const RETAINED = 'it was to be retained';
export const TIME_IS_UP = 'the time for its deletion was up';

/** The resource's deletion is over before it has begun. */
export const staysInCloud = ({ action, exceptions }: StackRecord, row: ResourceRecord): boolean =>
  action === 'DELETE' && isRetained(exceptions, row.name);

/** Whatever happens, the stack goes. */
export const isForcedDeletion = ({ action, exceptions }: StackRecord): boolean => action === 'DELETE' && isForced(exceptions);

/** Null: nothing was ever made of it, as far as can be known. */
export function leftoverOf(row: ResourceRecord, reason: string, at: number): LeftoverRecord | null {
  const { id, stackId, name, type, physicalName, physicalId } = row;
  const isUncertain = row.phase === 'calling' || row.verifyAt !== null || row.status === 'FAILED';
  if (physicalId === null && !isUncertain) return null;
  return { id, stackId, resourceName: name, resourceType: type, physicalName, physicalId, reason, at };
}

/** The row once it is left behind. What may still land is looked for at `verifyAt`, and deleted. */
export const leftBehind = (row: ResourceRecord, reason: string, now: number, verifyAt: number | null): ResourceRecord => ({
  ...row,
  action: 'DELETE',
  status: 'COMPLETE',
  phase: null,
  statusReason: `Left behind: ${reason}`,
  token: null,
  wakeAt: null,
  requires: [],
  verifyAt: reason === RETAINED ? null : verifyAt,
  updatedAt: now,
});
