/** One turn of keeping the database from growing without end: short, from where the last turn stopped. */
import { asId, type Clock, isUuidLike, type StackId } from '@hearth/kernel';
import type { Queryable } from './database.ts';
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
  /** To be given to the next turn. */
  readonly place: string | null;
  /** The round is done: the next one may come much later. */
  readonly isDone: boolean;
}

/** Each batch takes some tens of milliseconds at most. */
const PURGE_BATCH = { stacks: 50, events: 2_000 };
const TRIM_BATCH = { stacks: 50, events: 1_000 };

/** Begins no batch once `budgetMs` are over, but one at least. */
export async function retentionTurn(
  db: Queryable,
  { deletedDays, events }: Retention,
  place: string | null,
  { clock, budgetMs }: { readonly clock: Clock; readonly budgetMs: number },
): Promise<RetentionTurn> {
  const until = clock.now() + budgetMs;
  const sum = { stacks: 0, events: 0 };
  if (deletedDays !== null) {
    for (let isDone = false; !isDone; ) {
      const purged = await purgeStacks(db, { keepDays: deletedDays, ...PURGE_BATCH });
      sum.stacks += purged.stacks;
      sum.events += purged.events;
      isDone = purged.isDone;
      if (!isDone && clock.now() >= until) return { ...sum, place, isDone: false };
    }
  }
  if (events === null) return { ...sum, place: null, isDone: true };
  let after = place !== null && isUuidLike(place) ? asId<StackId>(place) : null;
  for (;;) {
    const trimmed = await trimEvents(db, events, { after, ...TRIM_BATCH });
    sum.events += trimmed.removed;
    after = trimmed.next;
    if (trimmed.isDone || clock.now() >= until) return { ...sum, place: after, isDone: trimmed.isDone };
  }
}
