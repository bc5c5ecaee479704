/**
 * Telling watchers that a stack has changed. After the commit and not in it: transactions that notify are committed one after the other
 * by PostgreSQL, each waiting for the disk, and could no longer share its writes. A lost hint costs a watcher its next look only.
 */
import type { StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';

/** Where watchers of stacks listen; the payload is the stack's id. */
export const EVENT_CHANNEL = 'hearth_event';

/** Gives a function that announces a stack soon; what is asked while an announcement is under way goes out together in the next one. */
export function announcer(database: Queryable): (stackId: StackId) => void {
  const waiting = new Set<StackId>();
  let isAnnouncing = false;

  async function announceAll(): Promise<void> {
    isAnnouncing = true;
    try {
      while (waiting.size > 0) {
        const ids = [...waiting];
        waiting.clear();
        const text = `select pg_notify('${EVENT_CHANNEL}', id) from unnest($1::text[]) as id`;
        await database.query({ name: 'announce-stacks', text, values: [ids] });
      }
    } catch {
      // The database is gone or closing; who watches looks again by itself.
      waiting.clear();
    } finally {
      isAnnouncing = false;
    }
  }

  return (stackId) => {
    waiting.add(stackId);
    if (!isAnnouncing) void announceAll();
  };
}
