/** Telling other processes of the same mini-cloud that something changed. A hint: one that is lost costs a few seconds of old knowledge. */
import type { Database } from '@hearth/store';

export interface Notices {
  /** After the commit, never inside a transaction: there it would make PostgreSQL take commits one by one. */
  announce(): Promise<void>;
  /** Returns how to stop listening. What this object announced itself is not heard. */
  listen(onNotice: () => void): Promise<() => Promise<void>>;
}

/** `sender` tells this process from others; `channel` is a name of ours, not of users. */
export const noticesOn = (database: Database, channel: string, sender: string): Notices => ({
  async announce() {
    await database.query({ name: 'minicloud-notice', text: 'select pg_notify($1, $2)', values: [channel, sender] });
  },
  listen: (onNotice) =>
    database.listen(channel, (payload) => {
      if (payload !== sender) onNotice();
    }),
});
