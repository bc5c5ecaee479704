/** Signals as an owner has them: to resources of its stack, read from the store, and forgotten under its fence; and who is to be looked at for one. */
import type { ResourceId } from '@hearth/kernel';
import type { Registry, SignalShelf } from '@hearth/resource-kit';
import type { EngineStore, Fence, ResourceRecord } from '@hearth/store';
import { referenceIdOf } from './references.ts';

export interface ShelfPorts {
  readonly store: Pick<EngineStore, 'signals' | 'forgetSignals'>;
  readonly registry: Registry;
  readonly fence: Fence;
  /** Of the stack, as they are now. */
  readonly rows: () => Iterable<ResourceRecord>;
}

export function signalShelf({ store, registry, fence, rows }: ShelfPorts): SignalShelf {
  const rowOf = (reference: string): ResourceRecord | null => referredRow(rows(), reference, registry);
  return {
    async to(reference) {
      const row = rowOf(reference);
      return row === null ? null : signalledResource(row, registry, (id) => store.signals(id));
    },
    async forget(reference) {
      const row = rowOf(reference);
      if (row !== null && !isStillNeeded(row.id, rows(), registry)) await store.forgetSignals(fence, row.id);
    },
  };
}

/** Somebody else waits for what the resource is told, or shows it: the successor of whoever goes. */
function isStillNeeded(signalled: ResourceId, rows: Iterable<ResourceRecord>, registry: Registry): boolean {
  for (const row of rows)
    if (row.action !== 'DELETE' && row.requires.includes(signalled) && registry.get(row.handler)?.awaitsSignals === true) return true;
  return false;
}

/** The row that `get_resource` gives the reference of. */
export function referredRow(rows: Iterable<ResourceRecord>, reference: string, registry: Registry): ResourceRecord | null {
  for (const row of rows) if (row.physicalId !== null && referenceIdOf(row, registry) === reference) return row;
  return null;
}

export async function signalledResource(row: ResourceRecord, registry: Registry, signalsTo: EngineStore['signals']) {
  const { name, handler, physicalName, properties: props } = row;
  const signals = registry.get(handler)?.signals === undefined ? [] : await signalsTo(row.id);
  return { name, handler, physicalName, props, signals };
}

/** Rows under way that wait for signals. */
export const awaitsSignals = (row: ResourceRecord, registry: Registry): boolean =>
  row.status === 'IN_PROGRESS' && registry.get(row.handler)?.awaitsSignals === true;

/** Rows that a signal to the resource may concern: those that require it; where none does, all that wait for signals. */
export function concernedBy(signalled: ResourceId, rows: Iterable<ResourceRecord>, registry: Registry): readonly ResourceId[] {
  const waiting = [...rows].filter((row) => awaitsSignals(row, registry));
  const direct = waiting.filter((row) => row.requires.includes(signalled));
  return (direct.length > 0 ? direct : waiting).map((row) => row.id);
}
