/** What the type of a row says of it. Pure. */
import type { Registry } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { typeOf } from './comparison.ts';
import { awaitsSignals } from './signals.ts';

/** What a creation leaves although nobody heard its answer. */
export const canBeFound = (row: ResourceRecord, registry: Registry): boolean =>
  row.action === 'CREATE' && typeOf(registry, row.handler).find !== undefined;

/** What it waits for is told of, so that looking often is not needed. */
export const isToldOfEnd = (row: ResourceRecord, registry: Registry): boolean =>
  typeOf(registry, row.handler).composite !== undefined || awaitsSignals(row, registry);
