/** A table whose rows are acted upon when they are due, by one holder at a time. */
import { assert } from '@hearth/kernel';

/**
 * The table needs: `id uuid primary key`, `due_at timestamptz`, `holder_id uuid`, `epoch bigint`, `wake_version bigint`, and the indexes
 * `(due_at) where due_at is not null and holder_id is null` and `(holder_id) where holder_id is not null`.
 */
export interface DueTable {
  readonly table: string;
  /** NOTIFY channel of wake-ups; the payload is the row's id. */
  readonly channel: string;
}

export const STACK_DUE: DueTable = { table: 'stack', channel: 'hearth_stack' };

/** The table's name, fit to stand in SQL text. Names come from our own code, never from users. */
export function dueTableName({ table }: DueTable): string {
  assert(/^[a-z_]+(\.[a-z_]+)?$/.test(table), `${table} cannot be the name of a table`);
  return table;
}
