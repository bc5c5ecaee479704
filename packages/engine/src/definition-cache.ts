/**
 * Compiled definitions that a process keeps a while: they never change. Who checked one has compiled it; the owner who brings the stack to it and clients
 * that ask again and again while it grows need not do so once more.
 */
import type { CompiledDefinition } from './compiled.ts';

export interface DefinitionCache {
  get(definitionId: string): CompiledDefinition | null;
  put(definitionId: string, compiled: CompiledDefinition): void;
}

/** `mostResources`: kept definitions hold at most so many resources in all; the least recently used go first. */
export function definitionCache(mostResources = 20_000): DefinitionCache {
  const kept = new Map<string, CompiledDefinition>();
  let resources = 0;
  const weight = (compiled: CompiledDefinition): number => 1 + compiled.bound.resources.size;
  const drop = (id: string, compiled: CompiledDefinition): void => {
    kept.delete(id);
    resources -= weight(compiled);
  };
  return {
    get(id) {
      const compiled = kept.get(id);
      if (compiled === undefined) return null;
      kept.delete(id);
      kept.set(id, compiled);
      return compiled;
    },
    put(id, compiled) {
      const former = kept.get(id);
      if (former !== undefined) drop(id, former);
      kept.set(id, compiled);
      resources += weight(compiled);
      for (const [oldest, old] of kept) {
        if (resources <= mostResources || oldest === id) break;
        drop(oldest, old);
      }
    },
  };
}
