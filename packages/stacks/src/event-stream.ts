/**
 * What happens to stacks, told as it happens: pages of the past and streams that go on. A stack's events come with those of all stacks
 * below it. A stream gives what it is asked for and no more: a slow reader costs a place in the count, not memory.
 */
import { Refusal, type Log, type Timers } from '@hearth/kernel';
import { eventClock, FIRST_CURSOR, type Database, type EventCursor, type EventReach, type StackRecord } from '@hearth/store';
import type { Caller } from './caller.ts';
import { cursorOf, cursorText, refuseBeyond } from './event-cursor.ts';
import { eventWakes } from './event-wakes.ts';
import { LiveEvents, type StreamItem } from './live-events.ts';
import { ownProject, ownStackByNameOrId } from './own-stack.ts';
import { toldEvents, type ToldEvent } from './told-events.ts';

export interface EventRequest {
  /** Name or id of a stack; null: all stacks of the project. */
  readonly stack: string | null;
  /** With the stacks below; for a project: not only its root stacks. */
  readonly isNested: boolean;
  /** Begin behind this; a cursor as it was told. */
  readonly after: string | null;
  /** Where to begin without one. */
  readonly from: 'start' | 'now';
}
export interface EventListing {
  readonly events: readonly ToldEvent[];
  /** Give it back to go on, be there more or not. */
  readonly after: string;
  readonly hasMore: boolean;
}
/** Iterated once; `return` gives its place free at once. */
export type EventStream = AsyncIterableIterator<StreamItem, undefined>;

export interface EventFeed {
  page(caller: Caller, request: EventRequest, limit: number): Promise<EventListing>;
  /** Ends by itself when the stack is gone and all is told, and with `expired` when `untilMs` has come. */
  stream(caller: Caller, request: EventRequest, untilMs: number): Promise<EventStream>;
  /** Ends every stream. */
  close(): Promise<void>;
}
export interface EventFeedLimits {
  readonly streamsPerProcess: number;
  readonly streamsPerProject: number;
}
export interface EventFeedPorts {
  readonly database: Database;
  readonly timers: Timers;
  readonly log: Log;
  readonly limits?: EventFeedLimits;
}

const DEFAULT_LIMITS: EventFeedLimits = { streamsPerProcess: 1_000, streamsPerProject: 100 };

interface Subject {
  readonly reach: EventReach;
  /** What wakes it. */
  readonly key: string;
  readonly stack: StackRecord | null;
  readonly after: EventCursor;
}

export function eventFeed({ database, timers, log, limits = DEFAULT_LIMITS }: EventFeedPorts): EventFeed {
  const wakes = eventWakes(database, log);
  const open = new Map<LiveEvents, string>();
  let isClosed = false;

  async function subjectOf(caller: Caller, request: EventRequest): Promise<Subject> {
    const stack = request.stack === null ? null : await ownStackByNameOrId(database, caller, request.stack);
    const reach = stack === null ? projectReach(caller, request) : stackReach(stack, request);
    return { reach, key: stack?.rootId ?? ownProject(caller), stack, after: await begin(database, request) };
  }

  /** A place is taken before anything is waited for, so that no crowd slips in. */
  function refuseCrowd(projectId: string): void {
    if (isClosed || open.size >= limits.streamsPerProcess)
      throw new Refusal(
        'unavailable',
        'EventStreamsExhausted',
        `This server tells events to ${open.size} readers, which is all it can; try again later.`,
      );
    const ofProject = [...open.values()].filter((owner) => owner === projectId).length;
    if (ofProject >= limits.streamsPerProject)
      throw new Refusal(
        'unavailable',
        'TooManyEventStreams',
        `The project has ${ofProject} event streams open, of at most ${limits.streamsPerProject}; close some, or read pages instead.`,
      );
  }

  return {
    async page(caller, request, limit) {
      const { reach, after } = await subjectOf(caller, request);
      const page = await toldEvents(database)(reach, after, limit, true);
      return { events: page.events, after: cursorText(page.after), hasMore: page.isFull };
    },
    async stream(caller, request, untilMs) {
      const { reach, key, stack, after } = await subjectOf(caller, request);
      const projectId = ownProject(caller);
      refuseCrowd(projectId);
      const read = toldEvents(database);
      const stream = new LiveEvents({
        read: (from, limit, looksCloser) => read(reach, from, limit, looksCloser),
        after,
        subject: stack,
        timers,
        log,
        untilMs,
        onClose: () => {
          open.delete(stream);
          stopWatching();
        },
      });
      let stopWatching = (): void => {};
      open.set(stream, projectId);
      try {
        const stop = await wakes.watch(key, () => stream.wake());
        if (open.has(stream)) stopWatching = stop;
        else stop();
      } catch (error) {
        await stream.return();
        throw error;
      }
      return stream;
    },
    async close() {
      isClosed = true;
      await Promise.all([...open.keys()].map((stream) => stream.return()));
      await wakes.close();
    },
  };
}

async function begin(database: Database, { after, from }: EventRequest): Promise<EventCursor> {
  if (after === null && from === 'start') return FIRST_CURSOR;
  const cursor = after === null ? null : cursorOf(after);
  const { now, end } = await eventClock(database);
  if (cursor !== null) refuseBeyond(cursor, end);
  return cursor ?? now;
}

const projectReach = (caller: Caller, { isNested }: EventRequest): EventReach => ({
  kind: isNested ? 'project' : 'roots',
  projectId: ownProject(caller),
});

function stackReach(stack: StackRecord, { isNested }: EventRequest): EventReach {
  const { id: stackId, rootId } = stack;
  if (!isNested) return { kind: 'stack', rootId, stackId };
  return stack.parentId === null ? { kind: 'tree', rootId } : { kind: 'subtree', rootId, stackId };
}
