/** What has drifted in the stack that an unchanged resource consists of, and further down. Pure. */
import type { ResourceRecord } from '@hearth/store';
import { childIdOf } from '../nested.ts';
import { isTombstone } from '../transitions.ts';
import { hasDrifted, type ResourceChange } from './change-set.ts';
import type { Around } from './level.ts';
import { seenInCloud } from './seen-in-cloud.ts';

/** Nothing where nobody ever looked. What is hidden down there is not looked for: all values are kept back. */
export function driftBelow(around: Around, path: readonly string[], row: ResourceRecord): readonly ResourceChange[] {
  if (row.lookedFor === 0 || row.physicalId === null || around.registry.get(row.handler)?.composite === undefined) return [];
  const snapshot = around.child(childIdOf(row));
  if (snapshot == null || snapshot.stack.deletedAt !== null) return [];
  const below = [...path, row.name];
  return snapshot.resources
    .filter((one) => !isTombstone(one) && one.snapshotId === null)
    .flatMap((one) => {
      const change = unchanged(around, below, one);
      return [...(hasDrifted(change) ? [change] : []), ...driftBelow(around, below, one)];
    });
}

const unchanged = ({ registry }: Around, path: readonly string[], row: ResourceRecord): ResourceChange => ({
  path: [...path, row.name],
  type: row.type,
  rowId: row.id,
  physicalId: row.physicalId,
  kind: 'unchanged',
  maybe: [],
  reason: null,
  properties: [],
  seen: seenInCloud(row, registry.get(row.handler), () => true),
  deletion: null,
  failure: null,
});
