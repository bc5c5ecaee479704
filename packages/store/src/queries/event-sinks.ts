/** Sinks of events: which a stack has, how far each has got, and who is at work on it. */
import { isJsonObject, type Json, type JsonObject, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import { openObject } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import type { DueClaim } from './claim-due-rows.ts';
import type { DueTable } from './due-table.ts';
import type { EventCursor } from './read-events.ts';

export const SINK_DUE: DueTable = { table: 'event_sink', channel: 'hearth_event_sink' };

export type SinkKind = 'zaqar-queue' | 'webhook' | 'operator';
export interface SinkRecord {
  readonly id: string;
  /** Null: the operator's. */
  readonly stackId: StackId | null;
  readonly kind: SinkKind;
  readonly detail: JsonObject;
  readonly after: EventCursor;
  /** Nothing of this transaction, or later, is wanted; null: everything. */
  readonly endsXid: string | null;
  readonly failures: number;
  readonly failingSince: number | null;
  readonly reason: string | null;
  readonly givenUpAt: number | null;
  readonly delivered: number;
  readonly deliveredAt: number | null;
}

interface SinkRow {
  readonly id: string;
  readonly stack_id: StackId | null;
  readonly kind: SinkKind;
  readonly detail: Buffer;
  readonly xid: string;
  readonly sequence: number;
  readonly ends_xid: string | null;
  readonly failures: number;
  readonly failing_since: number | null;
  readonly reason: string | null;
  readonly given_up_at: number | null;
  readonly delivered: number;
  readonly delivered_at: number | null;
}
const COLUMNS = `id, stack_id, kind, detail, after_xid::text as xid, after_sequence as sequence, ends_xid::text as ends_xid, failures, failing_since, reason,
  given_up_at, delivered, delivered_at`;

const sinkFromRow = (row: SinkRow, box: SecretBox): SinkRecord => ({
  id: row.id,
  stackId: row.stack_id,
  kind: row.kind,
  detail: openObject(row.detail, box),
  after: { xid: row.xid, sequence: row.sequence },
  endsXid: row.ends_xid,
  failures: row.failures,
  failingSince: row.failing_since,
  reason: row.reason,
  givenUpAt: row.given_up_at,
  delivered: row.delivered,
  deliveredAt: row.delivered_at,
});

const KINDS: readonly Json[] = ['zaqar-queue', 'webhook'];

/** The sinks that a stored environment names; the same one twice is one. */
export function sinksOf(environment: JsonObject): readonly JsonObject[] {
  const named = environment['eventSinks'];
  return Array.isArray(named) ? named.filter((sink): sink is JsonObject => isJsonObject(sink) && KINDS.includes(sink['type'] ?? null)) : [];
}

/**
 * Makes the sinks of a root stack those that are given, in the transaction that asks for them: new ones begin with it, those that are not named any more end
 * before it.
 */
export async function settleSinks(tx: Queryable, box: SecretBox, stackId: StackId, sinks: readonly JsonObject[]): Promise<void> {
  const marked = new Map(sinks.map((sink) => [box.mark(JSON.stringify(sink)).toString('hex'), sink]));
  await tx.query({
    name: 'settle-sinks',
    text: `
with ended as (
  update event_sink set ends_xid = pg_current_xact_id(), due_at = coalesce(due_at, now()), wake_version = wake_version + 1
  where stack_id = $1 and ends_xid is null and mark <> all ($2::text[])
), kept as (
  insert into event_sink (id, stack_id, mark, kind, detail, due_at)
  select gen_random_uuid(), $1, g.mark, g.kind, g.detail, now() from unnest($2::text[], $3::text[], $4::bytea[]) as g (mark, kind, detail)
  where exists (select from stack where id = $1 and parent_id is null)
  on conflict (stack_id, mark) do update set ends_xid = null, given_up_at = null, failures = 0, failing_since = null, reason = null,
    due_at = now(), wake_version = event_sink.wake_version + 1
  returning id
)
select pg_notify($5, id::text) from kept`,
    values: [
      stackId,
      [...marked.keys()],
      [...marked.values()].map((sink) => sink['type']),
      [...marked.values()].map((sink) => box.seal(sink)),
      SINK_DUE.channel,
    ],
  });
}

/**
 * Where a sink stands, for a database in which transaction ids begin anew and all events are of one: behind everything that is delivered before the first event
 * that is not. Some may be told twice, none is left out.
 */
export const SEQUENCE_ANEW = `coalesce(
  (select min(e.sequence) - 1 from event e
    where (case when k.stack_id is null then e.physical_id = e.stack_id::text else e.root_id = k.stack_id end) and (e.xid, e.sequence) > (k.after_xid, k.after_sequence)),
  (select max(e.sequence) from event e where case when k.stack_id is null then e.physical_id = e.stack_id::text else e.root_id = k.stack_id end),
  0)`;

/** The one that tells the operator; it begins with now. */
export async function settleOperatorSink(db: Queryable, box: SecretBox): Promise<void> {
  await db.query({
    text: `insert into event_sink (id, stack_id, mark, kind, detail, due_at) values (gen_random_uuid(), null, 'operator', 'operator', $1, now())
      on conflict (stack_id, mark) do update set given_up_at = null, due_at = now()`,
    values: [box.seal({})],
  });
}

/** Null when the claim no longer holds. */
export async function readSink(db: Queryable, box: SecretBox, { id, holderId, epoch }: DueClaim): Promise<SinkRecord | null> {
  const rows = await db.query<SinkRow>({
    name: 'read-sink',
    text: `select ${COLUMNS} from event_sink where id = $1 and holder_id = $2 and epoch = $3`,
    values: [id, holderId, epoch],
  });
  return rows[0] === undefined ? null : sinkFromRow(rows[0], box);
}

/** All up to the cursor is delivered. False when the claim no longer holds: somebody else delivers now. */
export async function advanceSink(
  db: Queryable,
  { id, holderId, epoch }: DueClaim,
  { xid, sequence }: EventCursor,
  events: number,
): Promise<boolean> {
  const rows = await db.query({
    name: 'advance-sink',
    text: `update event_sink set after_xid = $4::xid8, after_sequence = $5, delivered = delivered + $6, failures = 0, failing_since = null, reason = null,
        delivered_at = case when $6 > 0 then now() else delivered_at end
      where id = $1 and holder_id = $2 and epoch = $3 returning 1`,
    values: [id, holderId, epoch, xid, sequence, events],
  });
  return rows.length > 0;
}

/** Gives it back for its next look; whoever woke it meanwhile is heard at once. */
export async function releaseSink(db: Queryable, { id, holderId, epoch, wakeVersion }: DueClaim, dueInMs: number): Promise<void> {
  await db.query({
    name: 'release-sink',
    text: `update event_sink set holder_id = null, due_at = case when wake_version > $4 then statement_timestamp()
        else statement_timestamp() + $5 * interval '1 millisecond' end
      where id = $1 and holder_id = $2 and epoch = $3`,
    values: [id, holderId, epoch, wakeVersion, dueInMs],
  });
}

/** The other side did not take it. `dueInMs` null: given up. */
export async function failSink(db: Queryable, { id, holderId, epoch }: DueClaim, reason: string, dueInMs: number | null): Promise<void> {
  await db.query({
    name: 'fail-sink',
    text: `update event_sink set holder_id = null, failures = failures + 1, failing_since = coalesce(failing_since, statement_timestamp()), reason = $4,
        due_at = statement_timestamp() + $5 * interval '1 millisecond', given_up_at = case when $5::float is null then statement_timestamp() end
      where id = $1 and holder_id = $2 and epoch = $3`,
    values: [id, holderId, epoch, reason, dueInMs],
  });
}

/** Everything is delivered that was to be. */
export async function removeSink(db: Queryable, { id, holderId, epoch, wakeVersion }: DueClaim): Promise<void> {
  await db.query({
    name: 'remove-sink',
    text: 'delete from event_sink where id = $1 and holder_id = $2 and epoch = $3 and wake_version = $4',
    values: [id, holderId, epoch, wakeVersion],
  });
}

/** Whether anybody is told anything. */
export async function hasSinks(db: Queryable): Promise<boolean> {
  const rows = await db.query({ name: 'has-sinks', text: 'select 1 from event_sink where given_up_at is null limit 1', values: [] });
  return rows.length > 0;
}

/** There is something new of these stacks: their sinks, and the operator's, look at once; those that wait after a failure go on waiting. */
export async function wakeSinks(db: Queryable, stackIds: readonly string[]): Promise<void> {
  await db.query({
    name: 'wake-sinks',
    text: `
with woken as (
  update event_sink k set wake_version = k.wake_version + 1, due_at = case when k.holder_id is null then statement_timestamp() else k.due_at end
  where k.given_up_at is null and k.failures = 0
    and (k.stack_id = any (array (select distinct s.root_id from stack s where s.id = any ($1::uuid[]))) or k.stack_id is null)
  returning k.id, k.holder_id
)
select pg_notify($2, id::text) from woken where holder_id is null`,
    values: [stackIds, SINK_DUE.channel],
  });
}

/** Those of a root stack, for people. */
export async function listSinks(db: Queryable, box: SecretBox, stackId: StackId): Promise<readonly SinkRecord[]> {
  const rows = await db.query<SinkRow>({
    name: 'list-sinks',
    text: `select ${COLUMNS} from event_sink where stack_id = $1 and ends_xid is null order by kind, id`,
    values: [stackId],
  });
  return rows.map((row) => sinkFromRow(row, box));
}
