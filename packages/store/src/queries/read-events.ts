/**
 * Events after a place in the one order that readers can go by: the writing transaction, then the sequence. Only what nobody can write
 * before any more is given: rows of transactions older than every one still under way. So nothing is lost or told twice on resuming.
 */
import { asId, type ProjectId, type StackId } from '@hearth/kernel';
import type { Queryable, Statement } from '../database.ts';
import type { EventRecord } from '../records.ts';
import type { Row } from '../row-mapping.ts';

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
  | { readonly kind: 'roots'; readonly projectId: ProjectId };

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

export async function readEvents(db: Queryable, reach: EventReach, after: EventCursor, limit: number): Promise<EventsRead> {
  const rows = await db.query<Row>(readEventsStatement(reach, after, limit));
  const first = rows[0] as Row;
  return {
    events: rows.filter((row) => row['id'] !== null).map(eventFromRow),
    horizon: first['horizon'] as string,
    isHeld: first['held'] as boolean,
  };
}

/** `now` is a cursor that leaves out all that was readable already; no cursor given out so far is beyond `end`. */
export async function eventClock(db: Queryable): Promise<{ readonly now: EventCursor; readonly end: string }> {
  const rows = await db.query<{ horizon: string; end: string }>({
    name: 'event-clock',
    text: `select pg_snapshot_xmin(pg_current_snapshot())::text as horizon, pg_snapshot_xmax(pg_current_snapshot())::text as end`,
    values: [],
  });
  const { horizon, end } = rows[0] as { horizon: string; end: string };
  return { now: { xid: horizon, sequence: 0 }, end };
}

/**
 * Transaction ids begin anew when a database is restored on another server: what was written there would be beyond the horizon, and never
 * be told. Then all events so far become those of one long past transaction, in the order of their sequence. To be called at the start.
 */
export async function settleEventOrder(db: Queryable): Promise<void> {
  await db.query({
    text: `update event set xid = '1' where exists (
      select from (select distinct project_id from stack) p
      where exists (select from event e where e.project_id = p.project_id and e.xid >= pg_snapshot_xmax(pg_current_snapshot())))`,
    values: [],
  });
}

const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())';

const CONDITIONS: Readonly<Record<EventReach['kind'], { readonly within: string; readonly only: string }>> = {
  tree: { within: 'e.root_id = $4', only: '' },
  subtree: {
    within: 'e.root_id = $4',
    only: `and e.stack_id in (
      with recursive below (id) as (select $5::uuid union all select s.id from stack s join below on s.parent_id = below.id) select id from below)`,
  },
  stack: { within: 'e.root_id = $4', only: 'and e.stack_id = $5' },
  project: { within: 'e.project_id = $4', only: '' },
  roots: { within: 'e.project_id = $4', only: 'and e.stack_id = e.root_id' },
};

export function readEventsStatement(reach: EventReach, after: EventCursor, limit: number): Statement {
  const { within, only } = CONDITIONS[reach.kind];
  return {
    name: `read-events-${reach.kind}`,
    text: `select h.horizon::text, exists (select from event e where ${within} ${only} and e.xid >= ${HORIZON}) as held, told.*
      from (select ${HORIZON} as horizon) h left join lateral (
        select e.xid::text as xid, id, stack_id, sequence, resource_name, resource_type, physical_id, action, status, reason, at from event e
        where ${within} ${only} and (e.xid, e.sequence) > ($1::xid8, $2::bigint) and e.xid < ${HORIZON}
        order by e.xid, e.sequence limit $3) told on true`,
    values: [after.xid, after.sequence, limit, ...reachValues(reach)],
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
  }
}

const eventFromRow = (row: Row): OrderedEvent => ({
  id: asId(row['id'] as string),
  stackId: asId(row['stack_id'] as string),
  xid: row['xid'] as string,
  sequence: row['sequence'] as number,
  resourceName: row['resource_name'] as string,
  resourceType: row['resource_type'] as string,
  physicalId: row['physical_id'] as string | null,
  action: row['action'] as string,
  status: row['status'] as string,
  reason: row['reason'] as string,
  at: row['at'] as number,
});
