/** What makes a write an owner's: the condition on the stack's row, and the failure when it no longer holds. */
import { Failure } from '@hearth/kernel';
import type { Fence } from '../engine-store.ts';

/** For `where`: the row by its key. `is true` keeps the planner from going through everything the holder holds. */
export const FENCED = 'id = $1 and (holder_id = $2) is true and epoch = $3';

export const fenceValues = (fence: Fence): readonly [string, string, number] => [fence.stackId, fence.holderId, fence.epoch];

/** What every write under a stale fence ends with. */
export const leaseLost = (fence: Fence): Failure =>
  new Failure('lease-lost', `stack ${fence.stackId} is no longer owned by ${fence.holderId} at epoch ${fence.epoch}; nothing was written`);
