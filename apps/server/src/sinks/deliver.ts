/**
 * One turn of a sink: what was committed behind its place, in order, sent and then moved past. A process that dies in between has sent some of it once more than
 * needed, and nothing less. Nothing here is waited for by an engine.
 */
import { messageOf, type Log, type Timers } from '@hearth/kernel';
import {
  advanceSink,
  type Database,
  type DueClaim,
  eventHorizon,
  type EventCursor,
  type EventReach,
  failSink,
  findStackById,
  readEvents,
  readSink,
  releaseSink,
  removeSink,
  type SecretBox,
  type SinkRecord,
} from '@hearth/store';
import { Hopeless, type Outlet } from './outlets.ts';

export interface DeliveryPorts {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly outletOf: (sink: SinkRecord) => Outlet;
  readonly timers: Timers;
  readonly log: Log;
  /** How long the other side may fail before it is given up. */
  readonly giveUpAfterMs: number;
}

/** A busy stack gives way to others. */
const TURN_MS = 5_000;
/** Hints of something new may be lost. */
const LOOK_AGAIN_MS = 120_000;
/** An older transaction that has not ended yet holds something back. */
const HELD_MS = 300;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

export async function deliver(claim: DueClaim, ports: DeliveryPorts): Promise<void> {
  const { database, secretBox, timers } = ports;
  const until = timers.now() + TURN_MS;
  for (;;) {
    const sink = await readSink(database, secretBox, claim);
    if (sink === null) return;
    const { events, after, isHeld, isAll } = await nextEvents(database, sink, ports.outletOf(sink).most);
    if (events.length > 0) {
      try {
        await ports.outletOf(sink).take(events);
      } catch (error) {
        return fail(claim, sink, error, ports);
      }
    }
    if (!(await advanceSink(database, claim, after, events.length))) return;
    if (!isAll) {
      if (timers.now() < until) continue;
      return releaseSink(database, claim, 0);
    }
    if (isHeld) return releaseSink(database, claim, HELD_MS);
    if (await isOver(database, sink, after)) await removeSink(database, claim);
    return releaseSink(database, claim, LOOK_AGAIN_MS);
  }
}

interface NextEvents {
  readonly events: Awaited<ReturnType<typeof readEvents>>['events'];
  /** Where the sink stands once these are delivered. */
  readonly after: EventCursor;
  readonly isHeld: boolean;
  readonly isAll: boolean;
}

async function nextEvents(database: Database, sink: SinkRecord, limit: number): Promise<NextEvents> {
  const reach: EventReach = sink.stackId === null ? { kind: 'stacks' } : { kind: 'tree', rootId: sink.stackId };
  let read = await readEvents(database, reach, sink.after, limit);
  // What another database of the server holds back is no matter here.
  if (read.isHeld && read.events.length === 0) read = await readEvents(database, reach, sink.after, limit, await eventHorizon(database));
  const ends = sink.endsXid === null ? null : BigInt(sink.endsXid);
  const events = read.events.filter((event) => ends === null || BigInt(event.xid) < ends);
  const last = read.events.at(-1);
  const isFull = read.events.length >= limit && events.length === read.events.length;
  const beyond = { xid: read.horizon, sequence: 0 };
  const after =
    isFull && last !== undefined
      ? { xid: last.xid, sequence: last.sequence }
      : BigInt(beyond.xid) > BigInt(sink.after.xid)
        ? beyond
        : sink.after;
  return { events, after, isHeld: read.isHeld, isAll: !isFull };
}

/** Nothing more can come: the sink has ended, or its stack is deleted and everything is told. */
async function isOver(database: Database, sink: SinkRecord, after: EventCursor): Promise<boolean> {
  if (sink.endsXid !== null) return BigInt(after.xid) >= BigInt(sink.endsXid);
  if (sink.stackId === null) return false;
  const stack = await findStackById(database, null, sink.stackId);
  if (stack === null || stack.deletedAt === null) return stack === null;
  // Read once more after the deletion was seen: it was committed with its last event.
  const { events, isHeld } = await readEvents(database, { kind: 'tree', rootId: sink.stackId }, after, 1);
  return events.length === 0 && !isHeld;
}

async function fail(
  claim: DueClaim,
  sink: SinkRecord,
  error: unknown,
  { database, timers, log, giveUpAfterMs }: DeliveryPorts,
): Promise<void> {
  const reason = messageOf(error);
  const failingForMs = sink.failingSince === null ? 0 : timers.now() - sink.failingSince;
  const isGivenUp =
    error instanceof Hopeless || failingForMs >= giveUpAfterMs || (sink.endsXid !== null && failingForMs >= LONGEST_PAUSE_MS);
  const facts = { sink: sink.id, stack: sink.stackId, kind: sink.kind, failures: sink.failures + 1, reason };
  if (isGivenUp) log.error('event-sink-given-up', facts);
  else log.warn('event-sink-failed', facts);
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(sink.failures, 16));
  await failSink(database, claim, reason.slice(0, 1_000), isGivenUp ? null : pauseMs);
}
