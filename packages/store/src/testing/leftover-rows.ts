/** What a test may have left owned: living leases, and stacks that somebody holds. */
import type { Database } from '../database.ts';

/** One line per leftover, empty when there is none. */
export async function leftoverRows(database: Database): Promise<readonly string[]> {
  const rows = await database.query<{ line: string }>({
    text: `
      select 'lease of ' || name || ' until ' || expires_at as line from lease_holder where expires_at > now()
      union all
      select 'stack ' || id || ' (' || name || ') held by ' || holder_id from stack where holder_id is not null
      order by 1`,
    values: [],
  });
  return rows.map((row) => row.line);
}
