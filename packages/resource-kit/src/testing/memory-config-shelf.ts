/** The shelf of software configs in memory, for tests and the simulator: one project's. */
import type { Clock, Random } from '@hearth/kernel';
import type { ConfigShelf, StoredConfig } from '../config-shelf.ts';

export interface MemoryConfigShelf extends ConfigShelf {
  /** Ids of all that is there. */
  ids(): readonly string[];
}

export function memoryConfigShelf({ clock, random }: { readonly clock: Clock; readonly random: Random }): MemoryConfigShelf {
  const configs = new Map<string, StoredConfig>();
  const byMark = new Map<string, string>();
  return {
    async create(mark, config) {
      const present = byMark.get(mark);
      if (present !== undefined) return present;
      const id = random.uuid();
      configs.set(id, { ...config, id, createdAt: clock.now() });
      byMark.set(mark, id);
      return id;
    },
    get: async (id) => configs.get(id) ?? null,
    async delete(id) {
      configs.delete(id);
      for (const [mark, marked] of byMark) if (marked === id) byMark.delete(mark);
    },
    find: async (mark) => byMark.get(mark) ?? null,
    ids: () => [...configs.keys()],
  };
}
