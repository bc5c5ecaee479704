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
  /**
   * The column, text, that says whose a row is, where rows are of several who must not keep each other waiting. It needs an index more:
   * (that column, `due_at`) where `due_at is not null and holder_id is null`.
   */
  readonly share?: string;
}

export const STACK_DUE: DueTable = { table: 'stack', channel: 'hearth_stack', share: 'project_id' };

/** The table's name, fit to stand in SQL text. Names come from our own code, never from users. */
export function dueTableName({ table }: DueTable): string {
  assert(/^[a-z_]+(\.[a-z_]+)?$/.test(table), `${table} cannot be the name of a table`);
  return table;
}

/** The same for the column; null: there is none. */
export function shareColumn({ share }: DueTable): string | null {
  assert(share === undefined || /^[a-z_]+$/.test(share), `${share} cannot be the name of a column`);
  return share ?? null;
}
