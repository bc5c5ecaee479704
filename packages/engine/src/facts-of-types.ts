/** What the type of a row says of it. Pure. */
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { typeOf } from './comparison.ts';
import { awaitsSignals } from './signals.ts';

/** What a creation leaves although nobody heard its answer. */
export const canBeFound = (row: ResourceRecord, registry: Registry): boolean =>
  row.action === 'CREATE' && typeOf(registry, row.handler).find !== undefined;

/** A call is, or may be, under way that makes something: whoever breaks it off does not hear of it. */
export function mayBeMaking(row: ResourceRecord, registry: Registry): boolean {
  if (row.action !== 'CREATE' || row.status !== 'IN_PROGRESS') return false;
  return row.phase === 'calling' || (row.physicalId !== null && typeOf(registry, row.handler).isStandIn?.(row.physicalId) === true);
}

/** When what a row leaves that is broken off is looked for; null: it can leave nothing. `at`: for what is being made just now. */
export const lateLookAt = (row: ResourceRecord, registry: Registry, at: number): number | null =>
  mayBeMaking(row, registry) ? at : row.verifyAt;

/** What it waits for is told of, so that looking often is not needed. */
export const isToldOfEnd = (row: ResourceRecord, registry: Registry): boolean =>
  typeOf(registry, row.handler).composite !== undefined || awaitsSignals(row, registry);
