/** Making the database cluster, once: `initdb` into a folder beside its final place, renamed when whole. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@hearth/kernel';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { fileFailure, giveTo, makeAccountFolder, type DatabaseFolders } from './folders.ts';
import { serverFailure } from './server-log.ts';

export const SUPERUSER = 'hearth';

/**
 * How the server's programs name the cluster. An account other than ours may not be able to enter the folders above, so its working
 * directory is set before the account changes, and the link to it stands for the path.
 */
export function clusterPath(cluster: string, account: Account | null): string {
  if (account === null) return cluster;
  return existsSync('/proc/self/cwd') ? '/proc/self/cwd' : cluster;
}

/** Options for a child process of the server's: the cluster as working directory, the account, and an environment without ours. */
export function serverProcess(
  cluster: string,
  account: Account | null,
): { cwd: string; env: Record<string, string>; uid?: number; gid?: number } {
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
  return account === null ? { cwd: cluster, env } : { cwd: cluster, env, uid: account.uid, gid: account.gid };
}

/** Makes the cluster unless it is there. Throws when another major version made it, or `initdb` fails. */
export function ensureCluster(
  folders: DatabaseFolders,
  binaries: Binaries,
  account: Account | null,
  password: string,
  durable: boolean,
): void {
  if (existsSync(folders.cluster)) {
    checkVersion(folders.cluster, binaries);
    return;
  }
  removeLeftovers(folders.root);
  const suffix = randomBytes(4).toString('hex');
  const unfinished = join(folders.root, `unfinished-${suffix}`);
  const passwordFile = `${unfinished}.password`;
  try {
    makeAccountFolder(unfinished, account);
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    giveTo(passwordFile, account);
    const locale = binaries.majorVersion >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C'];
    const result = spawnSync(
      join(binaries.binDir, 'initdb'),
      [
        ...['-D', clusterPath(unfinished, account), '-U', SUPERUSER, `--pwfile=../unfinished-${suffix}.password`],
        ...['-A', 'scram-sha-256', '--encoding=UTF8', ...locale, '--no-instructions', ...(durable ? [] : ['--no-sync'])],
      ],
      { ...serverProcess(unfinished, account), encoding: 'utf8', timeout: 120_000 },
    );
    if (result.status !== 0) {
      const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-8).join('\n');
      throw serverFailure(
        `The database cannot be made in ${folders.root}: initdb ended with ${result.status ?? result.signal ?? result.error?.message}`,
        output,
        null,
      );
    }
    renameSync(unfinished, folders.cluster);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error instanceof Failure ? error : fileFailure(`The database cannot be made in ${folders.root}`, error);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function checkVersion(cluster: string, binaries: Binaries): void {
  let version: string;
  try {
    version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    throw fileFailure(`${cluster} is not a PostgreSQL database that can be read`, error);
  }
  if (version === String(binaries.majorVersion)) return;
  throw new Failure(
    'configuration',
    `The database in ${cluster} was made by PostgreSQL ${version}, and the programs in ${binaries.binDir} are version ${binaries.majorVersion}. ` +
      `Give the programs of version ${version} with --pg-bin, or dump the database with them and load it into a new data folder.`,
  );
}

/** What an `initdb` that was killed left behind. We hold the folder's lock, so nobody is at work on it. */
function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    if (name.startsWith('unfinished-')) rmSync(join(root, name), { recursive: true, force: true });
  }
}
