/** What changes rarely and every login reads (domains, roles, the catalogue) is read once and kept, until something changes or a while passes. */
import type { Clock, JsonObject } from '@hearth/kernel';
import type { CloudDatabase } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { collections } from './state.ts';

/** How long another process's change may go unnoticed; our own are noticed at once. */
const MEMORY_MS = 15_000;

const WHOLE: readonly string[] = [collections.domains, collections.roles, collections.services, collections.endpoints];

export interface RememberedReads {
  /** The same store; whole lists and domains come from memory outside transactions. */
  readonly store: CloudDatabase;
  forget(): void;
}

export function rememberedReads(store: CloudDatabase, clock: Clock): RememberedReads {
  let kept = new Map<string, { readonly documents: readonly Document[]; readonly untilMs: number }>();
  const whole = async (collection: string): Promise<readonly Document[]> => {
    const known = kept.get(collection);
    if (known !== undefined && known.untilMs > clock.now()) return known.documents;
    // `forget` puts another map in place, so that what was read before a change is not kept after it.
    const into = kept;
    const documents = await store.documents.list(collection);
    into.set(collection, { documents, untilMs: clock.now() + MEMORY_MS });
    return documents;
  };
  return {
    store: {
      ...store,
      documents: {
        ...store.documents,
        async get<Body extends JsonObject>(collection: string, id: string, options?: { lock?: boolean }) {
          if (collection !== collections.domains || options?.lock === true) return store.documents.get<Body>(collection, id, options);
          return ((await whole(collection)).find((document) => document.id === id) ?? null) as Document<Body> | null;
        },
        async list<Body extends JsonObject>(collection: string, query?: Parameters<typeof store.documents.list>[1]) {
          if (query !== undefined || !WHOLE.includes(collection)) return store.documents.list<Body>(collection, query);
          return (await whole(collection)) as readonly Document<Body>[];
        },
      },
    },
    forget() {
      kept = new Map();
    },
  };
}
