/** Bound definitions kept a while: they never change, and clients ask for the same stack again and again while it grows. */
import type { BoundDefinition } from '@hearth/template';

export interface DefinitionCache {
  get(definitionId: string): BoundDefinition | null;
  put(definitionId: string, bound: BoundDefinition): void;
}

/** `mostResources`: kept definitions hold at most so many resources in all; the least recently used go first. */
export function definitionCache(mostResources = 20_000): DefinitionCache {
  const kept = new Map<string, BoundDefinition>();
  let resources = 0;
  const weight = (bound: BoundDefinition): number => 1 + bound.resources.size;
  const drop = (id: string, bound: BoundDefinition): void => {
    kept.delete(id);
    resources -= weight(bound);
  };
  return {
    get(id) {
      const bound = kept.get(id);
      if (bound === undefined) return null;
      kept.delete(id);
      kept.set(id, bound);
      return bound;
    },
    put(id, bound) {
      const former = kept.get(id);
      if (former !== undefined) drop(id, former);
      kept.set(id, bound);
      resources += weight(bound);
      for (const [oldest, old] of kept) {
        if (resources <= mostResources || oldest === id) break;
        drop(oldest, old);
      }
    },
  };
}
