/**
 * Telling watchers that a stack has changed. After the commit and not in it: transactions that notify are committed one after the other
 * by PostgreSQL, each waiting for the disk, and could no longer share its writes. A lost hint costs a watcher its next look only.
 */
import type { Queryable } from '../database.ts';

/** Where watchers of stacks listen; the payload is the stack's id. */
export const EVENT_CHANNEL = 'hearth_event';

/** Where owners listen for children that have come to an end; the payload is `<parent's id> <child's id>`. */
export const CHILD_CHANNEL = 'hearth_child';

/** Gives a function that sends a payload soon; what is asked while a sending is under way goes out together in the next one. */
export function announcer(database: Queryable, channel: string): (payload: string) => void {
  const waiting = new Set<string>();
  let isAnnouncing = false;

  async function announceAll(): Promise<void> {
    isAnnouncing = true;
    try {
      while (waiting.size > 0) {
        const payloads = [...waiting];
        waiting.clear();
        const text = 'select pg_notify($2, payload) from unnest($1::text[]) as payload';
        await database.query({ name: 'announce', text, values: [payloads, channel] });
      }
    } catch {
      // The database is gone or closing; who watches looks again by itself.
      waiting.clear();
    } finally {
      isAnnouncing = false;
    }
  }

  return (payload) => {
    waiting.add(payload);
    if (!isAnnouncing) void announceAll();
  };
}
