/** A process that opens and seals says which keys it has, and takes over what has changed about them, for as long as it runs. */
import { messageOf, type Log, type Timers } from '@hearth/kernel';
import type { Database } from '../database.ts';
import type { KeyRing } from './key-ring.ts';
import { KEY_CHANNEL, removeKeyUser, writeKeyUser } from './key-states.ts';

export interface WatchKeysOptions {
  readonly database: Database;
  readonly ring: KeyRing;
  /** On a clock that is never set back. */
  readonly timers: Timers;
  readonly log: Log;
  readonly id: string;
  /** `<host>:<process id>`. */
  readonly name: string;
}

const EVERY_MS = 5_000;
/** Shortly before others count without this process. */
const CURRENT_MS = 25_000;

/** Rejects when a key is missing; later that is told in the log only, and what is sealed with it cannot be read. */
export async function watchKeys({ database, ring, timers, log, id, name }: WatchKeysOptions): Promise<{ stop(): Promise<void> }> {
  let isStopped = false;
  let looking: Promise<void> | null = null;
  let cancel = (): void => {};
  let lookedAt = timers.now();
  const present = () => ({ id, name, keyIds: ring.keyIds(), sealsWith: ring.fingerprint });

  /** What it says of itself and what it takes over are of one moment, so that no switch falls in between. */
  async function look(): Promise<void> {
    const begun = timers.now();
    const before = ring.fingerprint;
    const problem = await database.transaction(async (tx) => {
      await writeKeyUser(tx, present());
      // Who lacks a key goes on saying so: others wait for it.
      const failed = await ring.refresh(tx).then(
        () => null,
        (error: unknown) => error,
      );
      if (failed === null) await writeKeyUser(tx, present());
      return failed;
    });
    if (problem !== null) throw problem;
    lookedAt = begun;
    if (ring.fingerprint !== before) log.info('key-changed', { key: ring.fingerprint });
  }

  function lookSoon(): void {
    if (isStopped || looking !== null) return;
    cancel();
    looking = look()
      .catch((error: unknown) => log.warn('keys-not-refreshed', { reason: messageOf(error) }))
      .finally(() => {
        looking = null;
        if (!isStopped) cancel = timers.at(timers.now() + EVERY_MS, lookSoon);
      });
  }

  try {
    await look();
  } catch (error) {
    await removeKeyUser(database, id).catch(() => {});
    throw error;
  }
  ring.sealOnlyIf(() => timers.now() < lookedAt + CURRENT_MS);
  const stopHearing = await database.listen(KEY_CHANNEL, lookSoon);
  cancel = timers.at(timers.now() + EVERY_MS, lookSoon);
  return {
    async stop() {
      isStopped = true;
      cancel();
      await stopHearing();
      await looking;
      ring.sealOnlyIf(() => true);
      await removeKeyUser(database, id).catch(() => {});
    },
  };
}
