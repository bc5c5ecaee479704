/** Writes what a user says of a resource, with the event that tells it. The caller holds the lock of the stack's row, so no owner writes meanwhile. */
import type { Queryable } from '../database.ts';
import type { ResourceRecord } from '../records.ts';
import { storableText } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import { noticeRow, type RowNotice } from './notice-row.ts';

/** Action, status, reason and data of the row. */
export async function writeMark(tx: Queryable, box: SecretBox, row: ResourceRecord, notice: RowNotice): Promise<void> {
  await tx.query({
    name: 'write-mark',
    text: `update resource set action = $2, status = $3, status_reason = $4, data = $5, updated_at = $6 where id = $1`,
    values: [row.id, row.action, row.status, storableText(row.statusReason), box.seal(row.data), new Date(notice.at)],
  });
  await noticeRow(tx, row, notice);
}
