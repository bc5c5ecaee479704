/** Who works on a stack, and whether anybody could: for those who want to know why it waits. */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';

export interface Ownership {
  /** The name of the process that holds it; null: nobody does. */
  readonly holder: string | null;
  readonly isHolderAlive: boolean;
  /** When it may be claimed, where nobody holds it; null: when somebody wakes it. */
  readonly dueAt: number | null;
  /** How many processes live that claim stacks. */
  readonly engines: number;
}

export async function findOwnership(db: Queryable, stackId: StackId): Promise<Ownership> {
  const rows = await db.query<{ holder: string | null; held: boolean; alive: boolean; due_at: number | null; engines: number }>({
    name: 'find-ownership',
    text: `select h.name as holder, s.holder_id is not null as held, coalesce(h.expires_at > now(), false) as alive, s.due_at,
        (select count(*)::integer from lease_holder l where l.expires_at > now()) as engines
      from stack s left join lease_holder h on h.id = s.holder_id where s.id = $1`,
    values: [stackId],
  });
  const row = rows[0];
  if (row === undefined) return { holder: null, isHolderAlive: false, dueAt: null, engines: 0 };
  return {
    holder: row.held ? (row.holder ?? 'a process that is gone') : null,
    isHolderAlive: row.alive,
    dueAt: row.due_at,
    engines: row.engines,
  };
}
