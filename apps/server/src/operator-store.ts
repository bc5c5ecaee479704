/** The database for an operator's command: that of a running server, or started for as long as the command takes. */
import type { Log } from '@hearth/kernel';
import { type Database, openDatabase, type KeyRing, openSecretBox, runningEmbeddedPostgres } from '@hearth/store';
import { openDataFolder } from './data-folder.ts';
import { keySource, openStore } from './open-store.ts';
import type { Settings } from './settings.ts';
import { systemLog } from './system-ports.ts';

export interface OperatorStore {
  readonly database: Database;
  readonly box: KeyRing;
  readonly dataDir: string;
  readonly log: Log;
}

export async function withOperatorStore<T>(settings: Settings, work: (store: OperatorStore) => Promise<T>): Promise<T> {
  const dataDir = openDataFolder(settings.dataDir);
  const log = systemLog(settings.logLevel);
  const running = settings.databaseUrl === null ? runningEmbeddedPostgres(dataDir) : null;
  const store = running === null ? await openStore(settings, dataDir, log) : null;
  const database = store?.database ?? (await openDatabase({ connection: running as NonNullable<typeof running>, log }));
  try {
    return await work({ database, box: await openSecretBox(database, keySource(settings, dataDir)), dataDir, log });
  } finally {
    await (store ?? database).close();
  }
}
