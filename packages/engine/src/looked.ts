/** What looks at resources come to in the view of their stack. No I/O; the run commits it. */
import { afterLook, newsOf, passedOn, rowsToSee } from './drift.ts';
import { typeOf } from './comparison.ts';
import type { Found } from './lookouts.ts';
import type { Pending, StackView } from './stack-view.ts';

/** What was found, unless the row has changed meanwhile: then it is looked at again. Only news are told. */
export function applyLooks(view: StackView, found: readonly Found[], now: number, pending: Pending): void {
  for (const { row, askedAt, finding } of found) {
    const present = view.rows.get(row.id);
    if (present === undefined || present.status === 'IN_PROGRESS' || present.updatedAt !== row.updatedAt) continue;
    const after = afterLook(present, finding, askedAt, now);
    const news = newsOf(present, after);
    view.put(after, pending);
    if (news !== null) view.event({ ...after, statusReason: news }, now, pending);
  }
}

/** Wishes to be looked at reach the stacks that resources consist of. */
export function passOnLooks(view: StackView, pending: Pending): void {
  for (const row of rowsToSee(view.stack, view.rows)) {
    if (typeOf(view.registry, row.handler).composite === undefined) continue;
    const passed = passedOn(view.stack, row);
    view.put(passed.row, pending);
    if (passed.write !== null) pending.children.push(passed.write);
  }
}
