/** Chores: work that comes back and is nobody's in particular. Claimed like stacks; this is what their rows say beyond that. */
import type { Queryable } from '../database.ts';
import type { DueClaim } from './claim-due-rows.ts';
import type { DueTable } from './due-table.ts';

export const CHORE_DUE: DueTable = { table: 'chore', channel: 'hearth_chore' };

export interface ChoreState {
  readonly name: string;
  /** How far the last turn got; null: from the beginning. */
  readonly place: string | null;
}

/** Null when the claim no longer holds. */
export async function readChore(db: Queryable, { id, holderId, epoch }: DueClaim): Promise<ChoreState | null> {
  const rows = await db.query<ChoreState>({
    name: 'read-chore',
    text: 'select name, place from chore where id = $1 and holder_id = $2 and epoch = $3',
    values: [id, holderId, epoch],
  });
  return rows[0] ?? null;
}

/** Gives it back for its next turn. Nothing happens when somebody else has it by now. */
export async function releaseChore(
  db: Queryable,
  { id, holderId, epoch }: DueClaim,
  { place, dueInMs }: { readonly place: string | null; readonly dueInMs: number },
): Promise<void> {
  await db.query({
    name: 'release-chore',
    text: `update chore set holder_id = null, place = $4, due_at = statement_timestamp() + $5 * interval '1 millisecond'
      where id = $1 and holder_id = $2 and epoch = $3`,
    values: [id, holderId, epoch, place, dueInMs],
  });
}
