/**
 * Tells streams that there may be something new for them. One LISTEN for the whole process, begun with the first stream; each notification
 * names a stack, which is looked up once to find the tree and the project it belongs to. Hints may be lost: streams look by themselves too.
 */
import { isUuidLike, messageOf, type Log, type StackId } from '@hearth/kernel';
import { EVENT_CHANNEL, findStackPlaces, type Database } from '@hearth/store';

export interface EventWakes {
  /** `key`: a root stack's id, or a project's. Returns how to stop. */
  watch(key: string, onNews: () => void): Promise<() => void>;
  close(): Promise<void>;
}

interface Home {
  readonly rootId: string;
  readonly projectId: string;
}

const KNOWN_AT_MOST = 50_000;
const LOOK_UP_AT_ONCE = 1_000;

export function eventWakes(database: Database, log: Log): EventWakes {
  const watchers = new Map<string, Set<() => void>>();
  const homes = new Map<string, Home>();
  let unknown = new Set<string>();
  let lookingUp: Promise<void> | null = null;
  let hearing: Promise<() => Promise<void>> | null = null;
  let isClosed = false;

  function hear(stackId: string): void {
    if (watchers.size === 0 || !isUuidLike(stackId)) return;
    const home = homes.get(stackId);
    if (home !== undefined) tell(home);
    else {
      unknown.add(stackId);
      lookingUp ??= lookUp().finally(() => {
        lookingUp = null;
      });
    }
  }

  function tell({ rootId, projectId }: Home): void {
    for (const onNews of watchers.get(rootId) ?? []) onNews();
    for (const onNews of watchers.get(projectId) ?? []) onNews();
  }

  async function lookUp(): Promise<void> {
    while (unknown.size > 0 && !isClosed) {
      const ids = [...unknown].slice(0, LOOK_UP_AT_ONCE);
      for (const id of ids) unknown.delete(id);
      try {
        if (homes.size + ids.length > KNOWN_AT_MOST) homes.clear();
        for (const place of await findStackPlaces(database, ids as StackId[])) {
          homes.set(place.id, { rootId: place.rootId, projectId: place.projectId });
          tell(place);
        }
      } catch (error) {
        unknown = new Set();
        log.debug('event-wake-lost', { reason: messageOf(error) });
      }
    }
  }

  return {
    async watch(key, onNews) {
      hearing ??= database.listen(EVENT_CHANNEL, hear);
      await hearing;
      const those = watchers.get(key) ?? new Set();
      watchers.set(key, those.add(onNews));
      return () => {
        those.delete(onNews);
        if (those.size === 0 && watchers.get(key) === those) watchers.delete(key);
      };
    },
    async close() {
      isClosed = true;
      watchers.clear();
      const stop = await hearing?.catch(() => null);
      await stop?.();
      await lookingUp;
    },
  };
}
