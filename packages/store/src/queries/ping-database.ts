/** The smallest question to the database: whether it answers. For health checks. */
import type { Queryable } from '../database.ts';

/** Throws what the database, or the way to it, has to say. */
export async function pingDatabase(db: Queryable): Promise<void> {
  await db.query({ name: 'ping-database', text: 'select 1', values: [] });
}
