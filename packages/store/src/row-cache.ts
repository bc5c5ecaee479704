/**
 * Resource rows of large stacks that this process read before, by the transaction that wrote each: what PostgreSQL still holds as it was is not sent, opened
 * and parsed again. Any process may have written meanwhile, with or without a fence: the database is asked for the version of every row each time.
 */
import type { ResourceId, StackId } from '@hearth/kernel';
import type { ResourceRecord } from './records.ts';

interface Kept {
  readonly version: string;
  readonly record: ResourceRecord;
}
export type KeptRows = ReadonlyMap<ResourceId, Kept>;

export interface RowCache {
  /** Null: read them all. */
  get(stackId: StackId): KeptRows | null;
  put(stackId: StackId, rows: KeptRows): void;
}

/** Fewer rows than that are read as fast as asked after. */
const LEAST_ROWS = 300;

/** The stacks that were used least recently go first. */
export function rowCache(mostRows: number): RowCache {
  const stacks = new Map<StackId, KeptRows>();
  let rows = 0;
  const drop = (stackId: StackId): void => {
    rows -= stacks.get(stackId)?.size ?? 0;
    stacks.delete(stackId);
  };
  return {
    get: (stackId) => stacks.get(stackId) ?? null,
    put(stackId, kept) {
      drop(stackId);
      if (kept.size < LEAST_ROWS || kept.size > mostRows) return;
      stacks.set(stackId, kept);
      rows += kept.size;
      for (const oldest of stacks.keys()) {
        if (rows <= mostRows) return;
        drop(oldest);
      }
    },
  };
}
