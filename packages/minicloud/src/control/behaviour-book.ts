/**
 * The behaviours that are in force, in memory: read at the start, after every change here, when another process says that it changed some, and
 * every few seconds while there are requests, should a notice have been lost. Counts how often each has applied.
 */
import { messageOf, type Clock, type Log } from '@hearth/kernel';
import type { CloudDatabase, CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import type { Notices } from '../store/notices.ts';
import { drawn, isSpent, type Behaviour, type BehaviourBody } from './behaviour.ts';
import { invalid } from './read-fields.ts';
import { REAL_TIME, type VirtualTime } from './virtual-clock.ts';

const COLLECTION = 'control.behaviours';
const TIME = 'control.time';
const REREAD_MS = 5_000;
const MAX_BEHAVIOURS = 200;

export interface BehaviourBook {
  /** In order of their creation, without those that have applied as often as they should. */
  active(): readonly Behaviour[];
  time(): VirtualTime;
  list(): Promise<readonly Behaviour[]>;
  add(behaviour: Behaviour): Promise<void>;
  /** False: there is none of this id. */
  remove(id: string): Promise<boolean>;
  /** How many there were. */
  removeAll(): Promise<number>;
  changeTime(change: (before: VirtualTime, realMs: number) => VirtualTime): Promise<void>;
  /** Draws whether it applies now, and if so takes one of its times, here only: for where nothing can be waited for. */
  takeHere(behaviour: Behaviour): boolean;
  /** What was taken here is written down, or given back. */
  keepTaken(id: string): Promise<void>;
  giveBack(id: string): void;
  /** Draws and takes, whatever other processes do at the same moment. */
  take(behaviour: Behaviour): Promise<boolean>;
  read(): Promise<void>;
}

export interface BookParts {
  readonly store: CloudDatabase;
  readonly clock: Clock;
  readonly log: Log;
  readonly notices: Notices;
}

interface Entry {
  readonly behaviour: Behaviour;
  /** How often it applied here; for those without a limit, nobody else counts. */
  applied: number;
  /** Taken here and not written down yet. */
  pending: number;
  draws: number;
}

export function behaviourBook({ store, clock, log, notices }: BookParts): BehaviourBook {
  let entries: ReadonlyMap<string, Entry> = new Map();
  let active: readonly Behaviour[] = [];
  let time = REAL_TIME;
  let readAtMs = 0;
  let isReading = false;

  const sort = (): void => {
    active = [...entries.values()]
      .filter(({ behaviour, pending }) => !isSpent({ ...behaviour, used: behaviour.used + pending }))
      .map((one) => one.behaviour);
  };
  const take = (documents: readonly Document<BehaviourBody>[]): void => {
    const fresh = new Map<string, Entry>();
    for (const document of documents) {
      const before = entries.get(document.id);
      const { applied = 0, pending = 0, draws = 0 } = before ?? {};
      fresh.set(document.id, { behaviour: behaviourOf(document), applied, pending, draws });
    }
    entries = fresh;
    sort();
  };
  const read = async (): Promise<void> => {
    readAtMs = clock.now();
    const documents = await store.documents.list<BehaviourBody>(COLLECTION);
    const stored = await store.settings.get(TIME);
    time = stored === null ? REAL_TIME : (JSON.parse(stored) as VirtualTime);
    take(documents);
  };
  const reread = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      await read();
    } catch (error) {
      log.warn('control.read-failed', { message: messageOf(error) });
    } finally {
      isReading = false;
    }
  };
  const changed = async (): Promise<void> => {
    await read();
    await notices.announce().catch((error: unknown) => log.warn('control.notice-failed', { message: messageOf(error) }));
  };
  const count = async (id: string): Promise<boolean> => {
    const isTaken = await store.transaction(async (tx) => {
      const document = await tx.documents.get<BehaviourBody>(COLLECTION, id, { lock: true });
      if (document === null || isSpent(document.body)) return false;
      await tx.documents.replace<BehaviourBody>(COLLECTION, { id, body: { ...document.body, used: document.body.used + 1 } }, clock.now());
      return true;
    });
    await changed();
    return isTaken;
  };
  const draws = (entry: Entry): boolean => {
    const { chance, seed } = entry.behaviour;
    return chance >= 1 || drawn(seed, entry.draws++) < chance;
  };

  return {
    active() {
      if (clock.now() - readAtMs > REREAD_MS) void reread();
      return active;
    },
    time: () => time,
    async list() {
      await read();
      return [...entries.values()].map(({ behaviour, applied }) =>
        behaviour.times === null ? { ...behaviour, used: applied } : behaviour,
      );
    },
    async add(behaviour) {
      await store.transaction((tx) => insert(tx, behaviour));
      await changed();
    },
    async remove(id) {
      const isThere = await store.documents.remove(COLLECTION, id);
      await changed();
      return isThere;
    },
    async removeAll() {
      const ids = await store.documents.removeWhere(COLLECTION, [{ field: 'id', startsWith: '' }]);
      await changed();
      return ids.length;
    },
    async changeTime(change) {
      await store.transaction(async (tx) => {
        await tx.lock(TIME);
        const stored = await tx.settings.get(TIME);
        const before = stored === null ? REAL_TIME : (JSON.parse(stored) as VirtualTime);
        await tx.settings.put(TIME, JSON.stringify(change(before, clock.now())));
      });
      await changed();
    },
    takeHere({ id }) {
      const entry = entries.get(id);
      if (entry === undefined || isSpent({ ...entry.behaviour, used: entry.behaviour.used + entry.pending }) || !draws(entry)) return false;
      entry.applied++;
      if (entry.behaviour.times !== null) entry.pending++;
      sort();
      return true;
    },
    async keepTaken(id) {
      const entry = entries.get(id);
      if (entry === undefined || entry.behaviour.times === null) return;
      entry.pending--;
      await count(id);
    },
    giveBack(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entry.applied--;
      if (entry.behaviour.times !== null) entry.pending--;
      sort();
    },
    async take({ id }) {
      const entry = entries.get(id);
      if (entry === undefined || !draws(entry)) return false;
      if (entry.behaviour.times === null) {
        entry.applied++;
        return true;
      }
      return count(id);
    },
    read: reread,
  };

  async function insert(tx: CloudStore, behaviour: Behaviour): Promise<void> {
    await tx.lock(COLLECTION);
    if ((await tx.documents.count(COLLECTION)) >= MAX_BEHAVIOURS)
      throw invalid(`there are ${MAX_BEHAVIOURS} behaviours already, which is the most there can be; take some away first`);
    const { id, criteria, times, chance, seed, effect, used, createdMs } = behaviour;
    await tx.documents.insert<BehaviourBody>(COLLECTION, { id, body: { criteria, times, chance, seed, effect, used } }, createdMs);
  }
}

const behaviourOf = ({ id, createdMs, body }: Document<BehaviourBody>): Behaviour => ({
  id,
  createdMs,
  criteria: body.criteria,
  times: body.times,
  chance: body.chance,
  seed: body.seed,
  effect: body.effect,
  used: body.used,
});
