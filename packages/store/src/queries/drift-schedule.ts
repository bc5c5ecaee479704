/** Looks by schedule: how often each stack is looked at, and asking for those that are due. */
import type { StackId } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import { requestLook } from './request-look.ts';

export interface DriftSchedule {
  /** Minutes; 0: never; null: as the operator says. */
  readonly everyMins: number | null;
  readonly dueAt: number | null;
}

export async function findDriftSchedule(db: Queryable, stackId: StackId): Promise<DriftSchedule> {
  const rows = await db.query<{ drift_every: number | null; drift_due_at: number | null }>({
    name: 'find-drift-schedule',
    text: 'select drift_every, drift_due_at from stack where id = $1',
    values: [stackId],
  });
  return { everyMins: rows[0]?.drift_every ?? null, dueAt: rows[0]?.drift_due_at ?? null };
}

/** The next look is planned anew by the next turn. */
export async function setDriftSchedule(tx: Queryable, stackId: StackId, everyMins: number | null): Promise<void> {
  await tx.query({
    name: 'set-drift-schedule',
    text: 'update stack set drift_every = $2, drift_due_at = null where id = $1',
    values: [stackId, everyMins],
  });
}

/** Of each turn. */
const PLANNED_AT_ONCE = 500;
const ASKED_AT_ONCE = 50;

export interface DriftTurn {
  readonly asked: number;
  /** Nothing more is due just now. */
  readonly isDone: boolean;
}

/**
 * Plans a first look for stacks that have none yet, at any moment of their interval, and asks for those that are due. `usualMins`: for stacks without a
 * word of their own; null: never. A stack that is being deleted is left alone.
 */
export async function driftTurn(database: Database, usualMins: number | null, now: number): Promise<DriftTurn> {
  await database.query({
    name: 'plan-drift',
    text: `update stack set drift_due_at = statement_timestamp() + random() * coalesce(drift_every, $1) * interval '1 minute'
      where id in (select id from stack where drift_due_at is null and parent_id is null and deleted_at is null
        and coalesce(drift_every, $1, 0) > 0 limit $2)`,
    values: [usualMins, PLANNED_AT_ONCE],
  });
  const asked = await database.transaction(async (tx) => {
    const due = await tx.query<{ id: StackId; every: number | null; status: string; action: string }>({
      name: 'due-drift',
      text: `select id, action, status, coalesce(drift_every, $1) as every from stack
        where drift_due_at <= statement_timestamp() and deleted_at is null order by drift_due_at limit $2 for no key update skip locked`,
      values: [usualMins, ASKED_AT_ONCE],
    });
    for (const { id, every, action } of due) {
      const isOn = every !== null && every > 0;
      await tx.query({
        name: 'next-drift',
        text: `update stack set drift_due_at = statement_timestamp() + (0.9 + 0.2 * random()) * $2::integer * interval '1 minute' where id = $1`,
        values: [id, isOn ? every : null],
      });
      if (isOn && action !== 'DELETE') await requestLook(tx, { stackId: id, at: now });
    }
    return due.length;
  });
  return { asked, isDone: asked < ASKED_AT_ONCE };
}
