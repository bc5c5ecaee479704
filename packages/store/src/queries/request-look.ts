/** Writes down that somebody wants the resources of a stack looked at. Nothing else of the stack changes. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { wakeStack } from './wake-stack.ts';

export interface LookRequest {
  readonly stackId: StackId;
  /** When it was asked for: what was looked at for an earlier wish is looked at again. */
  readonly at: number;
}

/** The caller holds the row's lock, and has checked that it may. Every wish is another one, whatever the clock says. */
export async function requestLook(tx: Queryable, { stackId, at }: LookRequest): Promise<void> {
  await tx.query({
    name: 'request-look',
    text: `update stack set looks_asked_at = greatest(looks_asked_at + 1, $2), wake_version = wake_version + 1, due_at = now() where id = $1`,
    values: [stackId, at],
  });
  await wakeStack(tx, stackId);
}

/** The wish of a parent, passed on to its child. One that was passed on already, or a later one of the child's own, changes nothing. */
export async function passOnLook(tx: Queryable, { stackId, at }: LookRequest): Promise<void> {
  const rows = await tx.query<{ id: StackId }>({
    name: 'pass-on-look',
    text: `update stack set looks_asked_at = $2, wake_version = wake_version + 1, due_at = now()
      where id = $1 and looks_asked_at < $2 and deleted_at is null returning id`,
    values: [stackId, at],
  });
  if (rows.length > 0) await wakeStack(tx, stackId);
}
