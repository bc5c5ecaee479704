/** Events as streams and pages tell them: with the name and place of their stack, and with the cursor behind them. */
import type { EventId, StackId } from '@hearth/kernel';
import {
  eventHorizon,
  findStackPlaces,
  readEvents,
  type Database,
  type EventCursor,
  type EventReach,
  type OrderedEvent,
  type StackPlace,
} from '@hearth/store';
import { cursorText } from './event-cursor.ts';

export interface ToldEvent {
  /** To be given back as `after`, to go on behind this event. */
  readonly cursor: string;
  readonly id: EventId;
  readonly sequence: number;
  /** Of the stack itself, or of one of its resources. */
  readonly kind: 'stack' | 'resource';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stackId: StackId;
  readonly stackName: string;
  /** The root's name, then the names of the resources that lead to the stack: `web.group.0`. */
  readonly stackPath: string;
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalId: string | null;
  readonly action: string;
  readonly status: string;
  readonly reason: string;
}

export interface ToldPage {
  readonly events: readonly ToldEvent[];
  /** Where to go on. */
  readonly after: EventCursor;
  /** There may be more at once. */
  readonly isFull: boolean;
  /** More has happened, but an older transaction that has not ended holds it back. */
  readonly isHeld: boolean;
}

const PLACES_AT_MOST = 10_000;

/** `looksCloser`: what is held back by a transaction of another database of the server is told all the same; two more statements. */
export type ReadEvents = (reach: EventReach, after: EventCursor, limit: number, looksCloser: boolean) => Promise<ToldPage>;

/** Reads page after page; remembers where stacks stand, which never changes. */
export function toldEvents(database: Database): ReadEvents {
  const places = new Map<string, StackPlace>();

  async function learn(events: readonly OrderedEvent[]): Promise<void> {
    const unknown = [...new Set(events.map(({ stackId }) => stackId))].filter((id) => !places.has(id));
    if (unknown.length === 0) return;
    const found = await findStackPlaces(database, unknown);
    if (places.size + found.length > PLACES_AT_MOST) {
      const needed = new Set<string>(events.map(({ stackId }) => stackId));
      for (const id of places.keys()) if (!needed.has(id)) places.delete(id);
    }
    for (const place of found) places.set(place.id, place);
  }

  return async (reach, after, limit, looksCloser) => {
    const closer = looksCloser ? await eventHorizon(database) : null;
    const { events, horizon, isHeld } = await readEvents(database, reach, after, limit, closer);
    await learn(events);
    const last = events.at(-1);
    const isFull = last !== undefined && events.length >= limit;
    return {
      events: events.map((event) => toldEvent(event, places.get(event.stackId))),
      // All below the horizon has been seen, also what is of no interest here: the next look need not go through it again.
      after: isFull ? { xid: last.xid, sequence: last.sequence } : later(after, { xid: horizon, sequence: 0 }),
      isFull,
      isHeld,
    };
  };
}

const later = (a: EventCursor, b: EventCursor): EventCursor => (BigInt(a.xid) >= BigInt(b.xid) ? a : b);

function toldEvent(event: OrderedEvent, place: StackPlace | undefined): ToldEvent {
  return {
    cursor: cursorText(event),
    id: event.id,
    sequence: event.sequence,
    kind: event.physicalId === event.stackId ? 'stack' : 'resource',
    at: event.at,
    stackId: event.stackId,
    stackName: place?.name ?? '',
    stackPath: place?.path.join('.') ?? '',
    resourceName: event.resourceName,
    resourceType: event.resourceType,
    physicalId: event.physicalId,
    action: event.action,
    status: event.status,
    reason: event.reason,
  };
}
