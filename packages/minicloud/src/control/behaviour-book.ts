/**
 * The behaviours that are in force, in memory: read at the start, after every change here, when another process says that it changed some, and
 * every few seconds while there are requests, should a notice have been lost. Counts how often each has applied.
 */
import { messageOf, type Clock, type Log } from '@hearth/kernel';
import type { CloudDatabase } from '../store/cloud-store.ts';
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

export const behaviourBook = (parts: BookParts): BehaviourBook => new Book(parts);

class Book implements BehaviourBook {
  readonly #parts: BookParts;
  #entries: ReadonlyMap<string, Entry> = new Map();
  #active: readonly Behaviour[] = [];
  #time = REAL_TIME;
  #readAtMs = 0;
  #isReading = false;

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  active(): readonly Behaviour[] {
    if (this.#parts.clock.now() - this.#readAtMs > REREAD_MS) void this.read();
    return this.#active;
  }

  time(): VirtualTime {
    return this.#time;
  }

  async list(): Promise<readonly Behaviour[]> {
    await this.#load();
    return [...this.#entries.values()].map(({ behaviour, applied }) =>
      behaviour.times === null ? { ...behaviour, used: applied } : behaviour,
    );
  }

  async add({ id, criteria, times, chance, seed, effect, used, createdMs }: Behaviour): Promise<void> {
    await this.#parts.store.transaction(async (tx) => {
      await tx.lock(COLLECTION);
      if ((await tx.documents.count(COLLECTION)) >= MAX_BEHAVIOURS)
        throw invalid(`there are ${MAX_BEHAVIOURS} behaviours already, which is the most there can be; take some away first`);
      await tx.documents.insert<BehaviourBody>(COLLECTION, { id, body: { criteria, times, chance, seed, effect, used } }, createdMs);
    });
    await this.#changed();
  }

  async remove(id: string): Promise<boolean> {
    const isThere = await this.#parts.store.documents.remove(COLLECTION, id);
    await this.#changed();
    return isThere;
  }

  async removeAll(): Promise<number> {
    const ids = await this.#parts.store.documents.removeWhere(COLLECTION, [{ field: 'id', startsWith: '' }]);
    await this.#changed();
    return ids.length;
  }

  async changeTime(change: (before: VirtualTime, realMs: number) => VirtualTime): Promise<void> {
    await this.#parts.store.transaction(async (tx) => {
      await tx.lock(TIME);
      await tx.settings.put(TIME, JSON.stringify(change(timeOf(await tx.settings.get(TIME)), this.#parts.clock.now())));
    });
    await this.#changed();
  }

  takeHere({ id }: Behaviour): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined || !isOpen(entry) || !isDrawn(entry)) return false;
    entry.applied++;
    if (entry.behaviour.times !== null) entry.pending++;
    this.#sort();
    return true;
  }

  async keepTaken(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.behaviour.times === null) return;
    await this.#count(id);
    const now = this.#entries.get(id);
    if (now !== undefined) now.pending--;
    this.#sort();
  }

  giveBack(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.applied--;
    if (entry.behaviour.times !== null) entry.pending--;
    this.#sort();
  }

  async take({ id }: Behaviour): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined || !isDrawn(entry)) return false;
    if (entry.behaviour.times !== null) return this.#count(id);
    entry.applied++;
    return true;
  }

  async read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      await this.#load();
    } catch (error) {
      this.#parts.log.warn('control.read-failed', { message: messageOf(error) });
    } finally {
      this.#isReading = false;
    }
  }

  async #load(): Promise<void> {
    const { store, clock } = this.#parts;
    this.#readAtMs = clock.now();
    const documents = await store.documents.list<BehaviourBody>(COLLECTION);
    this.#time = timeOf(await store.settings.get(TIME));
    // What was counted here goes on.
    const kept = this.#entries;
    this.#entries = new Map(
      documents.map((document) => {
        const { applied = 0, pending = 0, draws = 0 } = kept.get(document.id) ?? {};
        return [document.id, { behaviour: behaviourOf(document), applied, pending, draws }];
      }),
    );
    this.#sort();
  }

  #sort(): void {
    this.#active = [...this.#entries.values()].filter(isOpen).map(({ behaviour }) => behaviour);
  }

  async #changed(): Promise<void> {
    const { notices, log } = this.#parts;
    await this.#load();
    await notices.announce().catch((error: unknown) => log.warn('control.notice-failed', { message: messageOf(error) }));
  }

  /** One time more, if there is one left. */
  async #count(id: string): Promise<boolean> {
    const { store, clock } = this.#parts;
    const isTaken = await store.transaction(async (tx) => {
      const document = await tx.documents.get<BehaviourBody>(COLLECTION, id, { lock: true });
      if (document === null || isSpent(document.body)) return false;
      await tx.documents.replace<BehaviourBody>(COLLECTION, { id, body: { ...document.body, used: document.body.used + 1 } }, clock.now());
      return true;
    });
    await this.#changed();
    return isTaken;
  }
}

const timeOf = (stored: string | null): VirtualTime => (stored === null ? REAL_TIME : (JSON.parse(stored) as VirtualTime));

const isOpen = ({ behaviour, pending }: Entry): boolean => !isSpent({ ...behaviour, used: behaviour.used + pending });

function isDrawn(entry: Entry): boolean {
  const { chance, seed } = entry.behaviour;
  return chance >= 1 || drawn(seed, entry.draws++) < chance;
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
