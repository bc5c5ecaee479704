/** Delegations that are asked for, for stacks that are not written yet: noted before the cloud is asked, so that none is left when that comes to nothing. */
import type { Queryable } from '../database.ts';

export interface DelegationIntent {
  /** The delegation is made in such a way that it can be told by it. */
  readonly id: string;
  readonly userId: string;
  readonly projectId: string;
}

/** Is on the disk when this is over: a database that crashes while the cloud is asked must still know of it. */
export async function noteDelegation(db: Queryable, { id, userId, projectId }: DelegationIntent): Promise<void> {
  await db.query({
    name: 'note-delegation',
    text: 'insert into delegation_intent (id, user_id, project_id) values ($1, $2, $3)',
    values: [id, userId, projectId],
  });
}

/** In the transaction that writes the stack. False: it took so long that it was given up, and must not be used any more. */
export async function useDelegation(tx: Queryable, id: string): Promise<boolean> {
  const rows = await tx.query({
    name: 'use-delegation',
    text: 'delete from delegation_intent where id = $1 and not given_up returning id',
    values: [id],
  });
  return rows.length > 0;
}

/** Nothing came of it, or what came of it has ended. */
export async function forgetDelegation(db: Queryable, id: string): Promise<void> {
  await db.query({ name: 'forget-delegation', text: 'delete from delegation_intent where id = $1', values: [id] });
}

/** Those that were noted so long ago; nobody can use them from now on. */
export async function giveUpDelegations(db: Queryable, olderThanMs: number, limit: number): Promise<readonly DelegationIntent[]> {
  return db.query<DelegationIntent>({
    name: 'give-up-delegations',
    text: `update delegation_intent set given_up = true where id in (
        select id from delegation_intent where made_at < now() - $1 * interval '1 millisecond' order by made_at limit $2
      ) returning id, user_id as "userId", project_id as "projectId"`,
    values: [olderThanMs, limit],
  });
}
