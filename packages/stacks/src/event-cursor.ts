/** Places in the order of events as clients keep them: `<transaction>-<sequence>`, to be given back as they were got. */
import type { EventCursor } from '@hearth/store';
import { invalid } from './refusals.ts';

const FORM = /^(\d{1,20})-(\d{1,15})$/;
const HIGHEST_XID = 18_446_744_073_709_551_615n;

export const cursorText = ({ xid, sequence }: EventCursor): string => `${xid}-${sequence}`;

/** A `Refusal('invalid')` for what cannot have come from here. */
export function cursorOf(text: string): EventCursor {
  const [, xid = '', sequence = ''] = FORM.exec(text) ?? [];
  if (xid === '' || BigInt(xid) > HIGHEST_XID)
    throw invalid(
      `"${text.slice(0, 60)}" is no place among events: give back an id or a cursor as it was told, e.g. 1234-56.`,
      'InvalidEventCursor',
    );
  return { xid, sequence: Number(sequence) };
}

/** Places of a database that was replaced by an older copy, or of another server. */
export function refuseBeyond(cursor: EventCursor, end: string): void {
  if (BigInt(cursor.xid) > BigInt(end))
    throw invalid(`The place "${cursorText(cursor)}" is beyond all events of this server; begin anew without it.`, 'InvalidEventCursor');
}
