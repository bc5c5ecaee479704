/** Which of several rows of one logical name users see. */
import type { ResourceRecord } from '@hearth/store';

/**
 * The row that users see for each name: not a replaced one while its successor is there, not one on its way out while another stands,
 * and never one that is gone. Among equals the newest.
 */
export function visibleRows(rows: readonly ResourceRecord[]): ReadonlyMap<string, ResourceRecord> {
  const visible = new Map<string, ResourceRecord>();
  for (const row of rows) {
    if (row.action === 'DELETE' && row.status === 'COMPLETE') continue;
    const other = visible.get(row.name);
    if (other === undefined || rank(row) > rank(other) || (rank(row) === rank(other) && row.createdAt >= other.createdAt))
      visible.set(row.name, row);
  }
  return visible;
}
const rank = (row: ResourceRecord): number => (row.replacedBy === null ? 2 : 0) + (row.action === 'DELETE' ? 0 : 1);
