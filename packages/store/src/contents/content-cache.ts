/**
 * Contents of this process, by id: they never change, so who wants the same one gets the same object. A thousand stacks of one template hold it
 * once, and do not fetch it a thousand times. Nobody may change what comes from here.
 */
import type { Json } from '@hearth/kernel';

interface Kept {
  readonly value: Json;
  /** Characters of its JSON text. */
  readonly size: number;
}

export interface ContentCache {
  get(id: string): Json | undefined;
  /** Gives the value that is kept: the earlier one, if there is one. */
  put(id: string, value: Json, size: number): Json;
}

/** The least recently used go first. */
export function contentCache(mostCharacters: number): ContentCache {
  const kept = new Map<string, Kept>();
  let characters = 0;
  const use = (id: string, one: Kept): void => {
    kept.delete(id);
    kept.set(id, one);
  };
  return {
    get(id) {
      const found = kept.get(id);
      if (found === undefined) return undefined;
      use(id, found);
      return found.value;
    },
    put(id, value, size) {
      const former = kept.get(id);
      if (former !== undefined) {
        use(id, former);
        return former.value;
      }
      if (size > mostCharacters) return value;
      kept.set(id, { value, size });
      characters += size;
      for (const [oldest, old] of kept) {
        if (characters <= mostCharacters) break;
        kept.delete(oldest);
        characters -= old.size;
      }
      return value;
    },
  };
}

/** One for the process: an id says what the content is, whatever database it comes from. */
export const sharedContents = contentCache(16_000_000);
