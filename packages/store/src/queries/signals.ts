/** Signals to resources: taking one down with its event and the hint to the owner, reading and counting them, and forgetting them. */
import { asId, digestOf, type EventId, type ResourceId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { Fence } from '../engine-store.ts';
import type { ResourceRecord } from '../records.ts';
import { openObject, type Row } from '../row-mapping.ts';
import type { SecretBox } from '../secret-box.ts';
import type { NewSignal, SignalRecord, SignalTally } from '../signal-record.ts';
import { EVENT_CHANNEL } from './announce-stacks.ts';
import { appendEvent } from './append-event.ts';
import { FENCED, fenceValues, leaseLost } from './fence.ts';

/** Where owners listen for signals to their resources; the payload is `<stack's id> <row's id>`. A lost hint only costs time. */
export const SIGNAL_CHANNEL = 'hearth_signal';

const keyOf = (key: string | null): string | null => (key === null ? null : digestOf(key));

/** The caller holds the lock of the stack's row. No event: it changes nothing that anybody has to be told of. */
export async function insertSignal(
  tx: Queryable,
  box: SecretBox,
  row: ResourceRecord,
  signal: NewSignal,
  event: { readonly id: EventId; readonly reason: string } | null,
): Promise<void> {
  const { id, key, body, at } = signal;
  await tx.query({
    name: 'insert-signal',
    text: `insert into signal (id, stack_id, resource_id, key, body, at) values ($1, $2, $3, $4, $5, $6)
      on conflict (resource_id, key) do update set id = excluded.id, body = excluded.body, at = excluded.at`,
    values: [id, row.stackId, row.id, keyOf(key), box.seal({ key, body }), new Date(at)],
  });
  const { stackId, name: resourceName, type: resourceType, physicalId, status } = row;
  if (event !== null) await appendEvent(tx, { ...event, stackId, resourceName, resourceType, physicalId, action: 'SIGNAL', status, at });
  await tx.query({
    name: 'tell-signal',
    text: 'select pg_notify($1, $3), pg_notify($2, $4)',
    values: [SIGNAL_CHANNEL, EVENT_CHANNEL, `${stackId} ${row.id}`, stackId],
  });
}

/** In the order in which they came; one that stands in for another has that one's place. */
export async function listSignals(db: Queryable, box: SecretBox, resourceId: ResourceId): Promise<readonly SignalRecord[]> {
  const rows = await db.query<Row>({
    name: 'list-signals',
    text: 'select resource_id, body, at from signal where resource_id = $1 order by sequence',
    values: [resourceId],
  });
  return rows.map((row) => {
    const { key, body } = openObject(row['body'], box);
    return {
      resourceId: asId<ResourceId>(row['resource_id'] as string),
      key: typeof key === 'string' ? key : null,
      body: body as SignalRecord['body'],
      at: row['at'] as number,
    };
  });
}

export async function tallySignals(db: Queryable, resourceId: ResourceId): Promise<SignalTally> {
  const [row] = await db.query<SignalTally>({
    name: 'tally-signals',
    text: 'select count(*)::int as count, coalesce(sum(octet_length(body)), 0)::bigint as bytes from signal where resource_id = $1',
    values: [resourceId],
  });
  return { count: row?.count ?? 0, bytes: row?.bytes ?? 0 };
}

// The lock of the fence comes first, and signals are inserted under that of the stack: what came before the lock goes, what comes after it stays.
const FORGET = `
with fence as (
  select id from stack where ${FENCED} for no key update
), forgotten as (
  delete from signal using fence where signal.stack_id = fence.id and signal.resource_id = $4
)
select id from fence`;

export async function forgetSignals(database: Queryable, fence: Fence, resourceId: ResourceId): Promise<void> {
  const rows = await database.query<Row>({ name: 'forget-signals', text: FORGET, values: [...fenceValues(fence), resourceId] });
  if (rows[0] === undefined) throw leaseLost(fence);
}
