/**
 * Events after a place in the one order that readers can go by: the writing transaction, then the sequence. Only what nobody can write
 * before any more is given: rows of transactions older than every one still under way. So nothing is lost or told twice on resuming.
 * PostgreSQL's own word for "oldest" takes in all databases of the server; where a stranger's transaction lasts, `eventHorizon` looks closer.
 */
import type { ProjectId, StackId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';
import type { EventRecord } from '../records.ts';
import type { Row } from '../row-mapping.ts';
import { eventFromRow } from './list-events.ts';
import { SEQUENCE_ANEW } from './event-sinks.ts';

/** Behind this event, or behind all of the transactions below `xid` when the sequence is 0. */
export interface EventCursor {
  /** A PostgreSQL transaction id of 64 bits, as decimal digits. */
  readonly xid: string;
  readonly sequence: number;
}
export const FIRST_CURSOR: EventCursor = { xid: '0', sequence: 0 };

/** Whose events are read. */
export type EventReach =
  /** A root stack and all below it. */
  | { readonly kind: 'tree'; readonly rootId: StackId }
  /** A nested stack and all below it. */
  | { readonly kind: 'subtree'; readonly rootId: StackId; readonly stackId: StackId }
  | { readonly kind: 'stack'; readonly rootId: StackId; readonly stackId: StackId }
  | { readonly kind: 'project'; readonly projectId: ProjectId }
  /** Without nested stacks. */
  | { readonly kind: 'roots'; readonly projectId: ProjectId }
  /** What stacks themselves went through, of all projects: nothing of their resources. */
  | { readonly kind: 'stacks' };

export interface OrderedEvent extends EventRecord {
  readonly xid: string;
}
export interface EventsRead {
  /** In order; as many as asked for at most. */
  readonly events: readonly OrderedEvent[];
  /** Everything below this transaction id can be read. */
  readonly horizon: string;
  /** There are events already that an older transaction, which has not ended yet, holds back. */
  readonly isHeld: boolean;
}

/** `horizon`: from `eventHorizon`; null: the server's own, which costs nothing. */
export async function readEvents(
  db: Queryable,
  reach: EventReach,
  after: EventCursor,
  limit: number,
  horizon: string | null = null,
): Promise<EventsRead> {
  const rows = await db.query<Row>(readEventsStatement(reach, after, limit, horizon));
  const first = rows[0] as Row;
  return {
    events: rows.filter((row) => row['id'] !== null).map(orderedFromRow),
    horizon: first['horizon'] as string,
    isHeld: first['held'] as boolean,
  };
}

const XIDS = 2n ** 32n;

/**
 * Everything below it has been written to the end, as far as this database goes. First the next id is read, then who is under way: a
 * transaction with a lower id that is not under way any more has ended, and whoever reads afterwards sees what it wrote.
 * Sessions of other roles do not show their transactions to us: every process of ours has to sign in as the same role.
 */
export async function eventHorizon(db: Queryable): Promise<string> {
  const ends = await db.query<{ end: string }>({
    name: 'event-end',
    text: 'select pg_snapshot_xmax(pg_current_snapshot())::text as end',
    values: [],
  });
  const end = BigInt((ends[0] as { end: string }).end);
  const running = await db.query<{ xid: string }>({
    name: 'running-transactions',
    text: `select backend_xid::text as xid from pg_stat_activity where datname = current_database() and backend_xid is not null
      union all select transaction::text from pg_prepared_xacts where database = current_database()`,
    values: [],
  });
  // The lists have the lower half of the id only; the rest is that of the last one given out before it.
  const lowest = running.reduce((least, { xid }) => {
    const back = (((end - BigInt(xid)) % XIDS) + XIDS) % XIDS;
    // Begun since: counted from the end it would be half the world away.
    return back > XIDS / 2n || end - back > least ? least : end - back;
  }, end);
  return String(lowest);
}

/** `now` is a cursor that leaves out all that is readable already; no cursor given out so far is beyond `end`. */
export async function eventClock(db: Queryable): Promise<{ readonly now: EventCursor; readonly end: string }> {
  const horizon = await eventHorizon(db);
  const rows = await db.query<{ end: string }>({
    name: 'event-end',
    text: 'select pg_snapshot_xmax(pg_current_snapshot())::text as end',
    values: [],
  });
  return { now: { xid: horizon, sequence: 0 }, end: (rows[0] as { end: string }).end };
}

/**
 * Transaction ids begin anew when a database is restored on another server: what was written there would be beyond the horizon, and never
 * be told. Then all events so far become those of one long past transaction, in the order of their sequence. To be called at the start.
 */
export async function settleEventOrder(db: Queryable): Promise<void> {
  await db.query({
    text: `with late as (
        select exists (select from (select distinct project_id from stack) p
          where exists (select from event e where e.project_id = p.project_id and e.xid >= pg_snapshot_xmax(pg_current_snapshot()))) as found
      ), sinks as (
        update event_sink k set after_sequence = ${SEQUENCE_ANEW}, after_xid = '1',
          ends_xid = case when k.ends_xid is not null then pg_current_xact_id() end
        from late where late.found
      )
      update event set xid = '1' from late where late.found`,
    values: [],
  });
}

const HORIZON = 'coalesce($4::xid8, pg_snapshot_xmin(pg_current_snapshot()))';

const CONDITIONS: Readonly<Record<EventReach['kind'], { readonly within: string; readonly only: string }>> = {
  tree: { within: 'e.root_id = $5', only: '' },
  subtree: {
    within: 'e.root_id = $5',
    only: `and e.stack_id in (
      with recursive below (id) as (select $6::uuid union all select s.id from stack s join below on s.parent_id = below.id) select id from below)`,
  },
  stack: { within: 'e.root_id = $5', only: 'and e.stack_id = $6' },
  project: { within: 'e.project_id = $5', only: '' },
  roots: { within: 'e.project_id = $5', only: 'and e.stack_id = e.root_id' },
  stacks: { within: 'e.physical_id = e.stack_id::text', only: '' },
};

export function readEventsStatement(reach: EventReach, after: EventCursor, limit: number, horizon: string | null): Statement {
  const { within, only } = CONDITIONS[reach.kind];
  return {
    name: `read-events-${reach.kind}`,
    text: `select h.horizon::text, exists (select from event e where ${within} ${only} and e.xid >= ${HORIZON} and (e.xid, e.sequence) > ($1::xid8, $2::bigint)) as held, told.*
      from (select ${HORIZON} as horizon) h left join lateral (
        select e.xid::text as xid, id, stack_id, sequence, resource_name, resource_type, physical_id, action, status, reason, at from event e
        where ${within} ${only} and (e.xid, e.sequence) > ($1::xid8, $2::bigint) and e.xid < ${HORIZON}
        order by e.xid, e.sequence limit $3) told on true`,
    values: [after.xid, after.sequence, limit, horizon, ...reachValues(reach)],
  };
}

function reachValues(reach: EventReach): readonly unknown[] {
  switch (reach.kind) {
    case 'tree':
      return [reach.rootId];
    case 'subtree':
    case 'stack':
      return [reach.rootId, reach.stackId];
    case 'project':
    case 'roots':
      return [reach.projectId];
    case 'stacks':
      return [];
  }
}

const orderedFromRow = (row: Row): OrderedEvent => ({ ...eventFromRow(row), xid: row['xid'] as string });
