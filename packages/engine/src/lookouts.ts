/**
 * Looks at resources for their drift: a few of a stack at once, beside whatever else its owner does. What is found is handed over as values; a look
 * never fails, for what could not be seen is a finding too.
 */
import { Failure, messageOf, type ResourceId } from '@hearth/kernel';
import { liveDifferences, type ResourceType } from '@hearth/resource-kit';
import type { ResourceRecord } from '@hearth/store';
import { liveOf } from './deletion.ts';
import type { Finding } from './drift.ts';
import { Abandoned, callOf, type EffectPorts } from './effect.ts';
import { retryDelayMs } from './retry.ts';
import { externalIdOf } from './transitions.ts';

/** Of one stack: the call limit of the process is shared with the work of all. */
const AT_ONCE = 24;
const MOST_TRIES = 3;

export interface Found {
  /** The row as it was when the look began. */
  readonly row: ResourceRecord;
  readonly askedAt: number;
  readonly finding: Finding;
}

export interface Lookouts<C> {
  /** Begins as many looks as there is room for; those under way are not begun again. */
  begin(rows: readonly ResourceRecord[], askedAt: number, typeOf: (row: ResourceRecord) => ResourceType<C>, ports: EffectPorts<C>): void;
  /** What was found since the last time. */
  take(): readonly Found[];
  isBusy(): boolean;
  /** What is under way is forgotten. */
  stop(): void;
}

/** `arrived` is called whenever there is something to take. */
export function createLookouts<C>(arrived: () => void): Lookouts<C> {
  const active = new Map<ResourceId, AbortController>();
  let found: Found[] = [];

  async function look(row: ResourceRecord, askedAt: number, type: ResourceType<C>, ports: EffectPorts<C>): Promise<void> {
    const abort = new AbortController();
    active.set(row.id, abort);
    try {
      const finding = await findingOf(row, type, ports, abort.signal);
      if (!abort.signal.aborted) found.push({ row, askedAt, finding });
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
    } finally {
      if (active.get(row.id) === abort) active.delete(row.id);
      arrived();
    }
  }

  return {
    begin(rows, askedAt, typeOf, ports) {
      for (const row of rows) {
        if (active.size >= AT_ONCE) return;
        if (active.has(row.id)) continue;
        look(row, askedAt, typeOf(row), ports).catch((error: unknown) =>
          ports.log.error('look-bug', { stack: row.stackId, resource: row.name, reason: messageOf(error) }),
        );
      }
    },
    take() {
      const taken = found;
      found = [];
      return taken;
    },
    isBusy: () => active.size > 0 || found.length > 0,
    stop() {
      for (const abort of active.values()) abort.abort();
      active.clear();
      found = [];
    },
  };
}

async function findingOf<C>(row: ResourceRecord, type: ResourceType<C>, ports: EffectPorts<C>, cancel: AbortSignal): Promise<Finding> {
  if (row.physicalId === null) return { state: 'unknown', differences: [], reason: 'it was never made' };
  if (type.virtual === true) return IN_SYNC;
  for (let tries = 1; ; tries++) {
    try {
      return await ports.calls.run(() => seen(row, type, ports, cancel));
    } catch (error) {
      if (error instanceof Abandoned) throw error;
      const pauseMs = error instanceof Failure && tries < MOST_TRIES ? retryDelayMs(error, tries, ports.random.next()) : null;
      if (pauseMs === null) return { state: 'unknown', differences: [], reason: messageOf(error) };
      await ports.timers.sleep(pauseMs);
      if (cancel.aborted) throw new Abandoned('cancelled');
    }
  }
}

const IN_SYNC: Finding = { state: 'in-sync', differences: [], reason: null };
const NOTHING_MORE: ReadonlySet<string> = new Set();

async function seen<C>(row: ResourceRecord, type: ResourceType<C>, ports: EffectPorts<C>, cancel: AbortSignal): Promise<Finding> {
  const call = await callOf({ row, cancel }, ports);
  const live = { ...liveOf(row, call), props: row.properties, wanted: NOTHING_MORE };
  const observed = await type.observe(live);
  if (observed === null) return { state: 'gone', differences: [], reason: null };
  // What is there without us has the properties that it has.
  if (externalIdOf(row) !== null || type.liveProperties === undefined) return IN_SYNC;
  const ids = (await type.withIds?.(live)) ?? {};
  const { properties: props, physicalName, data, uncertain } = row;
  const differences = liveDifferences(type, { observed, props, physicalName, physicalId: live.physicalId, data }, ids, uncertain);
  return differences.length === 0 ? IN_SYNC : { state: 'differs', differences, reason: null };
}
