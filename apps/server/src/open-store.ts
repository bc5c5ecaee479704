/** The database of this process: the embedded server or a shared one, migrated. */
import { type Log, revealSecret } from '@hearth/kernel';
import {
  connectionFromUrl,
  type Connection,
  type Database,
  type KeySource,
  migrate,
  openDatabase,
  orchestrationMigrations,
  startEmbeddedPostgres,
} from '@hearth/store';
import type { Settings } from './settings.ts';

export interface OpenStore {
  readonly connection: Connection;
  readonly database: Database;
  /** Closes the pool and stops the embedded server. */
  close(): Promise<void>;
}

/** Where the keys of secret columns come from. */
export const keySource = ({ secretKey }: Settings, dataDir: string): KeySource =>
  secretKey === null ? { kind: 'data-folder', dataDir } : { kind: 'given', key: secretKey };

export async function openStore(settings: Settings, dataDir: string, log: Log): Promise<OpenStore> {
  const embedded =
    settings.databaseUrl === null
      ? await startEmbeddedPostgres({ dataDir, log, ...(settings.pgBin === null ? {} : { binDir: settings.pgBin }) })
      : null;
  const connection =
    embedded?.connection ?? connectionFromUrl(revealSecret(settings.databaseUrl as NonNullable<typeof settings.databaseUrl>));
  try {
    const database = await openDatabase({ connection, log });
    try {
      await migrate(database, orchestrationMigrations());
    } catch (error) {
      await database.close();
      throw error;
    }
    return {
      connection,
      database,
      async close() {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
