/** For tests: connections to a database that end in the middle of whatever they are doing, as they do when a server fails. */
import type { Queryable } from '../database.ts';

/** Some of them, no matter whose; not the one that this goes over. */
export async function cutConnections(database: Queryable, most: number): Promise<void> {
  await database.query({
    text: `select pg_terminate_backend(pid) from (
      select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit $1) as cut`,
    values: [most],
  });
}
