/** One turn of keeping the database from growing without end: short, from where the last turn stopped. */
import { asId, type Clock, isUuidLike, type StackId } from '@hearth/kernel';
import { removeContents } from './contents/remove-contents.ts';
import type { Database } from './database.ts';
import { removeExpiredPlans } from './queries/plans.ts';
import { purgeStacks } from './queries/purge-stacks.ts';
import { type EventsKept, trimEvents } from './queries/trim-events.ts';

/** Null: kept for ever. */
export interface Retention {
  readonly deletedDays: number | null;
  readonly events: EventsKept | null;
}
export interface RetentionTurn {
  readonly stacks: number;
  readonly events: number;
  readonly contents: number;
  readonly plans: number;
  /** To be given to the next turn. */
  readonly place: string | null;
  /** The round is done: the next one may come much later. */
  readonly isDone: boolean;
}

/** Each batch takes some tens of milliseconds at most. */
const PURGE_BATCH = { stacks: 50, events: 2_000 };
const CONTENT_BATCH = 500;
/** Begins a place among the contents; any other one is a stack whose events were looked at last. */
const CONTENTS = 'contents:';
const PLAN_BATCH = 200;
const TRIM_BATCH = { stacks: 50, events: 1_000 };

/** Begins no batch once `budgetMs` are over, but one at least. */
export async function retentionTurn(
  db: Database,
  { deletedDays, events }: Retention,
  place: string | null,
  { clock, budgetMs }: { readonly clock: Clock; readonly budgetMs: number },
): Promise<RetentionTurn> {
  const until = clock.now() + budgetMs;
  const sum = { stacks: 0, events: 0, contents: 0, plans: 0 };
  const isLate = (): boolean => clock.now() >= until;
  for (let removed = PLAN_BATCH; removed === PLAN_BATCH; ) {
    removed = await removeExpiredPlans(db, PLAN_BATCH);
    sum.plans += removed;
    if (isLate()) break;
  }
  if (deletedDays !== null) {
    for (let isDone = false; !isDone; ) {
      const purged = await purgeStacks(db, { keepDays: deletedDays, ...PURGE_BATCH });
      sum.stacks += purged.stacks;
      sum.events += purged.events;
      isDone = purged.isDone;
      if (!isDone && isLate()) return { ...sum, place, isDone: false };
    }
  }
  if (events !== null && place?.startsWith(CONTENTS) !== true) {
    let after = place !== null && isUuidLike(place) ? asId<StackId>(place) : null;
    for (let isDone = false; !isDone; ) {
      const trimmed = await trimEvents(db, events, { after, ...TRIM_BATCH });
      sum.events += trimmed.removed;
      after = trimmed.next;
      isDone = trimmed.isDone;
      if (isLate()) return { ...sum, place: isDone ? CONTENTS : after, isDone: false };
    }
  }
  for (let after = place?.startsWith(CONTENTS) === true ? place.slice(CONTENTS.length) || null : null; ; ) {
    const { removed, next } = await removeContents(db, after, CONTENT_BATCH);
    sum.contents += removed;
    after = next;
    if (next === null) return { ...sum, place: null, isDone: true };
    if (isLate()) return { ...sum, place: `${CONTENTS}${next}`, isDone: false };
  }
}
