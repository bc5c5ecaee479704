/** What the last look at a resource found, told beside what is wanted of it. Pure. */
import type { Json } from '@hearth/kernel';
import type { ResourceType } from '@hearth/resource-kit';
import { countedState, openDifferences, type ResourceRecord } from '@hearth/store';
import { HIDDEN, type SeenInCloud } from './change-set.ts';
import { shownProperty } from './hidden-values.ts';

/** `isSecret`: whether a property with these values may not be seen. */
export function seenInCloud(
  row: ResourceRecord,
  type: ResourceType | null,
  isSecret: (name: string, ...values: readonly Json[]) => boolean,
): SeenInCloud | null {
  const state = countedState(row);
  if (state === null || row.drift === null) return null;
  const differences = openDifferences(row).map(({ property, expected, actual }) => {
    const secret = type === null || isSecret(property, expected, actual);
    const shown = (value: Json): Json => (secret ? HIDDEN : shownProperty(type, property, value));
    return { name: property, applied: shown(expected), cloud: shown(actual), isSecret: secret };
  });
  return { state, at: row.drift.at, differences };
}
