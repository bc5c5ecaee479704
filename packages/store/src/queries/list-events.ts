/** A page of a stack's events, and one event. The order of commit is the order of time. */
import { asId, isUuidLike, type StackId } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { EventRecord } from '../records.ts';
import { storableText, type Row } from '../row-mapping.ts';

export interface EventFilter {
  /** Events of any of these. */
  readonly stackIds: readonly StackId[];
  readonly resourceNames: readonly string[] | null;
  readonly resourceTypes: readonly string[] | null;
  readonly actions: readonly string[] | null;
  readonly statuses: readonly string[] | null;
}
export type EventSortKey = 'time' | 'resourceType';
export interface EventPage {
  readonly limit: number;
  /** Id of the last event of the page before; one that is not of this stack is ignored, as Heat does. */
  readonly marker: string | null;
  readonly sort: readonly { readonly key: EventSortKey; readonly descending: boolean }[];
}

const EVENT_COLUMNS = 'id, stack_id, sequence, resource_name, resource_type, physical_id, action, status, reason, at';

export const eventFromRow = (row: Row): EventRecord => ({
  id: asId(row['id'] as string),
  stackId: asId(row['stack_id'] as string),
  sequence: row['sequence'] as number,
  resourceName: row['resource_name'] as string,
  resourceType: row['resource_type'] as string,
  physicalId: row['physical_id'] as string | null,
  action: row['action'] as string,
  status: row['status'] as string,
  reason: row['reason'] as string,
  at: row['at'] as number,
});

const SORT_COLUMNS: Readonly<Record<EventSortKey, string>> = { time: 'sequence', resourceType: 'resource_type' };

export async function listEvents(db: Queryable, filter: EventFilter, page: EventPage): Promise<readonly EventRecord[]> {
  const marker = page.marker === null || !isUuidLike(page.marker) ? null : await findEvent(db, filter.stackIds, page.marker);
  const rows = await db.query<Row>(listEventsStatement(filter, page, marker));
  return rows.map(eventFromRow);
}

export function listEventsStatement(
  filter: EventFilter,
  page: EventPage,
  marker: EventRecord | null,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [filter.stackIds.length === 1 ? filter.stackIds[0] : filter.stackIds];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const parts = [filter.stackIds.length === 1 ? 'stack_id = $1' : 'stack_id = any ($1::uuid[])'];
  const among: readonly (readonly [string, readonly string[] | null])[] = [
    ['resource_name', filter.resourceNames],
    ['resource_type', filter.resourceTypes],
    ['action', filter.actions],
    ['status', filter.statuses],
  ];
  for (const [column, allowed] of among) if (allowed !== null) parts.push(`${column} = any(${bind(allowed.map(storableText))}::text[])`);
  const order = page.sort.some(({ key }) => key === 'time') ? page.sort : [...page.sort, { key: 'time' as const, descending: false }];
  if (marker !== null) parts.push(`(${afterMarker(order, marker, bind)})`);
  const orderBy = order.map(({ key, descending }) => `${SORT_COLUMNS[key]}${descending ? ' desc' : ''}`).join(', ');
  return { text: `select ${EVENT_COLUMNS} from event where ${parts.join(' and ')} order by ${orderBy} limit ${bind(page.limit)}`, values };
}

function afterMarker(order: EventPage['sort'], marker: EventRecord, bind: (value: unknown) => string): string {
  // Only what is sorted by may be bound: PostgreSQL cannot tell the type of a parameter that no one uses.
  const markerValue = (key: EventSortKey): string =>
    key === 'time' ? `${bind(marker.sequence)}::bigint` : `${bind(marker.resourceType)}::text`;
  return order.reduceRight((rest, { key, descending }) => {
    const value = markerValue(key);
    const beyond = `${SORT_COLUMNS[key]} ${descending ? '<' : '>'} ${value}`;
    return rest === '' ? beyond : `${beyond} or (${SORT_COLUMNS[key]} = ${value} and (${rest}))`;
  }, '');
}

export async function findEvent(db: Queryable, stackIds: readonly StackId[], id: string): Promise<EventRecord | null> {
  if (!isUuidLike(id)) return null;
  const rows = await db.query<Row>({
    name: 'find-event',
    text: `select ${EVENT_COLUMNS} from event where id = $1::uuid and stack_id = any ($2::uuid[])`,
    values: [id, stackIds],
  });
  const row = rows[0];
  return row === undefined ? null : eventFromRow(row);
}
