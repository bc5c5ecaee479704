/** What types have kept for a snapshot, where users see it and where a restoration looks for it. Pure. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { copiedType, type RestoredResources } from '@hearth/engine';
import type { PlacedCopy } from '@hearth/store';
import type { StackPorts } from '../ports.ts';

export interface KeptCopy {
  /** Names of resources from the snapshot's stack down. */
  readonly path: readonly string[];
  /** What users see it called. */
  readonly key: string;
  readonly id: string;
}

/** Those that are whole; of two for one resource the later. */
export function keptCopies({ registry }: Pick<StackPorts, 'registry'>, copies: readonly PlacedCopy[]): readonly KeptCopy[] {
  const kept = new Map<string, KeptCopy & { readonly at: number }>();
  for (const { row, path } of copies) {
    const key = registry.get(copiedType(row.handler) ?? '')?.copies?.key;
    if (row.action !== 'CREATE' || row.status !== 'COMPLETE' || row.physicalId === null || key === undefined) continue;
    const copy = { path: [...path, row.name], key, id: row.physicalId, at: row.createdAt };
    const name = JSON.stringify(copy.path);
    if ((kept.get(name)?.at ?? 0) <= copy.at) kept.set(name, copy);
  }
  return [...kept.values()];
}

/** An exported stack with the ids of copies among what its resources remember. */
export function withCopies(exported: JsonObject, copies: readonly KeptCopy[]): JsonObject {
  const resources = isJsonObject(exported['resources']) ? exported['resources'] : {};
  const shown = Object.entries(resources).map(([name, resource]): [string, JsonObject] => {
    const own = copies.filter(({ path }) => path[0] === name);
    const entry = isJsonObject(resource) ? resource : {};
    const kept = own.filter(({ path }) => path.length === 1).map(({ key, id }) => [key, id]);
    const data = isJsonObject(entry['resource_data']) ? entry['resource_data'] : {};
    const below = own.flatMap(({ path, ...copy }) => (path.length > 1 ? [{ ...copy, path: path.slice(1) }] : []));
    return [name, { ...withCopies(entry, below), resource_data: { ...data, ...Object.fromEntries(kept) } }];
  });
  return isJsonObject(exported['resources']) ? { ...exported, resources: Object.fromEntries(shown) } : exported;
}

/** For the environment of the definition that goes back to the snapshot. */
export function restoredResources(copies: readonly KeptCopy[]): RestoredResources {
  const names = [...new Set(copies.map(({ path }) => path[0] as string))];
  return Object.fromEntries(
    names.map((name) => {
      const own = copies.filter(({ path }) => path[0] === name);
      const below = own.flatMap(({ path, ...copy }) => (path.length > 1 ? [{ ...copy, path: path.slice(1) }] : []));
      return [name, { copy: own.find(({ path }) => path.length === 1)?.id ?? null, below: restoredResources(below) }];
    }),
  );
}
