/** The embedded server of a data folder that another process runs: how an operator's command gets at the same database. */
import { tmpdir } from 'node:os';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '@hearth/kernel';
import type { Connection } from '../connection.ts';
import { databaseAccount } from './account.ts';
import { SUPERUSER } from './cluster.ts';
import { databasePassword, prepareFolders, socketPlace } from './folders.ts';
import { findPostmaster } from './server-process.ts';

/** To the database `hearth`; null when no server runs there. */
export function runningEmbeddedPostgres(dataDir: string): Connection | null {
  if (!existsSync(join(dataDir, 'database', 'cluster'))) return null;
  const folders = prepareFolders(dataDir);
  if (findPostmaster(folders.cluster) === null) return null;
  const { folder } = socketPlace(folders, databaseAccount(folders.cluster), tmpdir());
  return { kind: 'socket', folder, user: SUPERUSER, password: new Secret(databasePassword(folders)), database: 'hearth' };
}
