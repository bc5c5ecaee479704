/**
 * Rotation, in an order in which nobody meets a key that it does not have: a new key is announced; when every process has it, it becomes the primary;
 * what was sealed before is sealed anew; when nothing is left, the former key is retired. Every step may be done again after a crash.
 */
import { Failure, type Log, type Timers } from '@hearth/kernel';
import type { Database, Queryable } from '../database.ts';
import { LONG_STATEMENT_MS } from '../open-database.ts';
import type { KeyRing } from './key-ring.ts';
import { addKey, keyPlace, removeKey } from './key-source.ts';
import {
  announceKey,
  type KeyUser,
  type KnownKey,
  listKeys,
  listKeyUsers,
  lockKeys,
  markRetired,
  markUnused,
  switchKeys,
} from './key-states.ts';
import { countSealedWith, resealBatch, type ResealPlace } from './reseal.ts';

export interface RotateOptions {
  readonly database: Database;
  readonly ring: KeyRing;
  readonly timers: Timers;
  /** For the processes to learn of the new key. */
  readonly patienceMs: number;
}

const LOOK_EVERY_MS = 250;

/** The new primary key's fingerprint. */
export async function rotateKeys({ database, ring, timers, patienceMs }: RotateOptions): Promise<string> {
  const id = await announced(database, ring);
  const until = timers.now() + patienceMs;
  for (;;) {
    const lacking = await database.transaction((tx) => switchWhenKnown(tx, id));
    if (lacking.length === 0) break;
    if (timers.now() >= until) throw lacks(lacking, id);
    await timers.sleep(LOOK_EVERY_MS);
  }
  await ring.refresh(database);
  return id;
}

/** The key that is announced already, or a new one. */
function announced(database: Database, ring: KeyRing): Promise<string> {
  return database.transaction(async (tx) => {
    await lockKeys(tx);
    const known = await ring.refresh(tx);
    const present = known.find((key) => key.state === 'announced');
    if (present !== undefined) return present.id;
    const id = freshKey(ring, known);
    await announceKey(tx, id);
    return id;
  });
}

function freshKey(ring: KeyRing, known: readonly KnownKey[]): string {
  const isNew = (id: string): boolean => known.every((key) => key.id !== id);
  // One that was added by hand, or by a rotation that broke off before it was announced.
  const added = ring.keyIds().find(isNew);
  if (added !== undefined) return added;
  if (ring.source.kind === 'data-folder') return addKey(ring.source.dataDir);
  throw new Failure(
    'configuration',
    `${keyPlace(ring.source)} has no key that this database does not know. What to do: make one (openssl rand -base64 32), add it on every machine behind the ` +
      'present one and a comma, start every process anew, one after the other, and rotate again.',
  );
}

/** Those who do not have it yet; none: it is the primary now. */
async function switchWhenKnown(tx: Queryable, id: string): Promise<readonly KeyUser[]> {
  await lockKeys(tx);
  const key = (await listKeys(tx)).find((one) => one.id === id);
  if (key?.state === 'primary') return [];
  const lacking = (await listKeyUsers(tx)).filter((user) => !user.keyIds.includes(id));
  if (lacking.length === 0) await switchKeys(tx);
  return lacking;
}

const lacks = (users: readonly KeyUser[], id: string): Failure =>
  new Failure(
    'unavailable',
    `The key ${id} is announced, and ${users.length} processes do not have it: ${users.map(({ name }) => name).join(', ')}. ` +
      'What to do: give them the keys (the same secret.key, or HEARTH_SECRET_KEY and a new start), and rotate again: it goes on from here.',
  );

export interface ResealTurn {
  readonly rows: number;
  /** To be given to the next turn. */
  readonly place: string | null;
  /** Nothing is sealed with a former key any more, as far as is known. */
  readonly isDone: boolean;
}

/** A short turn of the chore. Begins no batch once `budgetMs` are over. */
export async function resealTurn(
  database: Database,
  ring: KeyRing,
  place: string | null,
  { timers, budgetMs, log }: { readonly timers: Timers; readonly budgetMs: number; readonly log: Log },
): Promise<ResealTurn> {
  const until = timers.now() + budgetMs;
  const known = await ring.refresh(database);
  const former = known.filter((key) => key.state === 'former' && key.unusedAt === null);
  if (former.length === 0) return { rows: 0, place: null, isDone: true };
  // While somebody seals with another key, a round proves nothing.
  if ((await listKeyUsers(database)).some((user) => user.sealsWith !== ring.fingerprint)) return { rows: 0, place: null, isDone: false };
  let rows = 0;
  for (let at = placeOf(place, ring.fingerprint); ; ) {
    const batch = await resealBatch(database, ring, at);
    rows += batch.rows;
    at = batch.next;
    if (at === null) {
      if (batch.found > 0) return { rows, place: null, isDone: false };
      await markUnused(
        database,
        former.map(({ id }) => id),
      );
      for (const { id } of former) log.info('key-unused', { key: id });
      return { rows, place: null, isDone: true };
    }
    if (timers.now() >= until) return { rows, place: JSON.stringify({ ...at, key: ring.fingerprint }), isDone: false };
  }
}

/** A round that was begun for another primary key begins anew. */
function placeOf(place: string | null, key: string): ResealPlace | null {
  if (place === null) return null;
  const { key: begunFor, ...at } = JSON.parse(place) as ResealPlace & { readonly key: string };
  return begunFor === key ? at : null;
}

/** `id`: as many of its first digits as make it plain. Takes it out of the key file, where it is in one. */
export async function retireKey(database: Database, ring: KeyRing, id: string): Promise<KnownKey> {
  const key = await database.within(LONG_STATEMENT_MS).transaction(async (tx) => {
    await lockKeys(tx);
    const found = oneKey(await listKeys(tx), id);
    if (found.state === 'retired') return found;
    if (found.state !== 'former')
      throw new Failure(
        'configuration',
        `The key ${found.id} is ${found.state}: only a former one is retired. What to do: rotate first (hearth keys rotate).`,
      );
    const users = (await listKeyUsers(tx)).filter((user) => user.sealsWith === found.id);
    const rows = await countSealedWith(tx, found.id);
    if (users.length > 0 || rows > 0 || found.unusedAt === null)
      throw new Failure(
        'unavailable',
        `The key ${found.id} is still needed: ${rows} rows are sealed with it, and ${users.length} processes seal with it. ` +
          'What to do: wait until an engine process has sealed them anew (hearth keys list tells), and retire it then.',
      );
    await markRetired(tx, found.id);
    return found;
  });
  if (ring.source.kind === 'data-folder') removeKey(ring.source.dataDir, key.id);
  return key;
}

function oneKey(known: readonly KnownKey[], id: string): KnownKey {
  const [found, another] = known.filter((key) => id !== '' && key.id.startsWith(id));
  if (found !== undefined && another === undefined) return found;
  throw new Failure(
    'not-found',
    `There ${found === undefined ? 'is no key' : 'are several keys'} "${id}". What to do: see hearth keys list.`,
  );
}
