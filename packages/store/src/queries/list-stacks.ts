/** A page of a project's stacks: filtered, sorted, after a marker. */
import { isUuidLike } from '@hearth/kernel';
import type { Queryable } from '../database.ts';
import type { StackRecord } from '../records.ts';
import { STACK_COLUMNS, stackFromRow, type Row } from '../row-mapping.ts';
import { stackCondition, type StackFilter } from './stack-filter.ts';

export type StackSortKey = 'name' | 'state' | 'createdAt' | 'updatedAt';
export interface StackPage {
  /** At most this many. */
  readonly limit: number;
  /** Id of the last stack of the page before; one that does not exist gives an empty page. */
  readonly marker: string | null;
  /** The id breaks ties. */
  readonly sort: readonly { readonly key: StackSortKey; readonly descending: boolean }[];
}

const SORT_COLUMNS: Readonly<Record<StackSortKey, string>> = {
  name: 'name',
  state: `(action || '_' || status)`,
  createdAt: 'created_at',
  // Never updated sorts as the oldest.
  updatedAt: `coalesce(updated_at, '-infinity')`,
};

export async function listStacks(db: Queryable, filter: StackFilter, page: StackPage): Promise<readonly StackRecord[]> {
  if (page.marker !== null && !isUuidLike(page.marker)) return [];
  const rows = await db.query<Row>(listStacksStatement(filter, page));
  return rows.map(stackFromRow);
}

/** Separate, so that its plan can be looked at. */
export function listStacksStatement(filter: StackFilter, page: StackPage): { readonly text: string; readonly values: readonly unknown[] } {
  const { text, values } = stackCondition(filter);
  const order = [
    ...page.sort.map(({ key, descending }) => ({ column: SORT_COLUMNS[key], descending })),
    { column: 'id', descending: false },
  ];
  const orderBy = order.map(({ column, descending }) => `${column}${descending ? ' desc' : ''}`).join(', ');
  const after = page.marker === null ? '' : ` and (${afterMarker(order, values.push(page.marker))})`;
  const limit = `$${values.push(page.limit)}`;
  return { text: `select ${STACK_COLUMNS} from stack where ${text}${after} order by ${orderBy} limit ${limit}`, values };
}

/** `a > m.a or (a = m.a and (b > m.b or …))`, which allows a direction per column. */
function afterMarker(order: readonly { readonly column: string; readonly descending: boolean }[], marker: number): string {
  const of = (column: string) => `(select ${column} from stack where id = $${marker}::uuid and project_id = $1)`;
  return order.reduceRight((rest, { column, descending }) => {
    const beyond = `${column} ${descending ? '<' : '>'} ${of(column)}`;
    return rest === '' ? beyond : `${beyond} or (${column} = ${of(column)} and (${rest}))`;
  }, '');
}
