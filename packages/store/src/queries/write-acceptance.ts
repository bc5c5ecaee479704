/** Writes what a user takes for good of a resource, with the event that tells it. The caller holds the lock of the stack's row. */
import type { ResourceId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { asColumn, type Accepted } from '../drift.ts';
import type { SecretBox } from '../secret-box.ts';
import { noticeRow, type NoticedRow, type RowNotice } from './notice-row.ts';

type Row = NoticedRow & { readonly id: ResourceId };

/** Null: nothing is taken for good any more. */
export async function writeAcceptance(
  tx: Queryable,
  box: SecretBox,
  row: Row,
  accepted: Accepted | null,
  notice: RowNotice,
): Promise<void> {
  await tx.query({
    name: 'write-acceptance',
    text: 'update resource set drift_accepted = $2 where id = $1',
    values: [row.id, accepted === null ? null : box.seal(asColumn(accepted))],
  });
  await noticeRow(tx, row, notice);
}
