/**
 * The folders of the embedded database inside the data folder, with the modes that keep others out and let the account in.
 *
 *     <data>/                 0700, the caller's: nobody else passes
 *       database/             0711
 *         cluster/            0700, the account's: PostgreSQL's own files
 *         socket/             0700, the account's (or a short private folder elsewhere, see below)
 *         password, lock, server.log
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, messageOf } from '@hearth/kernel';
import type { Account } from './account.ts';

export interface DatabaseFolders {
  /** Absolute, links resolved. */
  readonly data: string;
  readonly root: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly lockFile: string;
  readonly passwordFile: string;
}

/** Makes the data folder and `database/` in it. */
export function prepareFolders(dataDir: string): DatabaseFolders {
  try {
    if (!existsSync(dataDir)) {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    }
    const data = realpathSync(dataDir);
    const uid = process.getuid?.();
    const owner = lstatSync(data).uid;
    if (uid !== undefined && uid !== 0 && owner !== uid) {
      throw new Failure(
        'configuration',
        `The data folder ${data} belongs to user ${owner}, and this is user ${uid}. Start Hearth as that user, or choose another folder with --data.`,
      );
    }
    chmodSync(data, 0o700);
    const root = join(data, 'database');
    mkdirSync(root, { recursive: true });
    chmodSync(root, 0o711);
    return {
      data,
      root,
      cluster: join(root, 'cluster'),
      logFile: join(root, 'server.log'),
      lockFile: join(root, 'lock'),
      passwordFile: join(root, 'password'),
    };
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure(`The data folder ${dataDir} cannot be used`, error);
  }
}

/** What went wrong with a file, as a configuration failure that says what to do. */
export function fileFailure(what: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code;
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'The disk (or the quota) is full: free some space'
      : code === 'EACCES' || code === 'EPERM'
        ? 'Permission is denied: check owner and mode, or choose another folder with --data'
        : code === 'EROFS'
          ? 'The file system is read-only: choose another folder with --data'
          : 'Choose another folder with --data';
  return new Failure('configuration', `${what}: ${messageOf(error)}. ${remedy}.`, { cause: error });
}

export function makeAccountFolder(folder: string, account: Account | null): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveTo(folder, account);
  chmodSync(folder, 0o700);
}

export function giveTo(path: string, account: Account | null): void {
  if (account !== null) chownSync(path, account.uid, account.gid);
}

/** The superuser's password: random, made once, readable by the caller only. */
export function databasePassword(folders: DatabaseFolders): string {
  for (;;) {
    try {
      return readFileSync(folders.passwordFile, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        throw fileFailure(`The database's password file ${folders.passwordFile} cannot be read`, error);
    }
    if (existsSync(folders.cluster)) {
      throw new Failure(
        'configuration',
        `The database in ${folders.root} is there, but its password file ${folders.passwordFile} is gone. Restore the file from a backup of the data folder, or move the data folder away to begin anew.`,
      );
    }
    // Written aside and linked, so that the file is never seen half-written.
    const draft = `${folders.passwordFile}.${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    try {
      linkSync(draft, folders.passwordFile);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw fileFailure(`The database's password file ${folders.passwordFile} cannot be written`, error);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

/** Longest path of a Unix socket, in bytes, without the final zero: 107 on Linux, 103 elsewhere. */
const MAX_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;
export const SOCKET_NAME = '.s.PGSQL.5432';

export interface SocketPlace {
  /** For clients; absolute. */
  readonly folder: string;
  /** For the server, relative to the cluster where possible: it may not be able to enter the folders above. */
  readonly serverFolder: string;
}

/**
 * `database/socket`, or, when that path is too long for a socket, a private folder with an unpredictable name under the temporary
 * folder. The latter is remembered in the data folder, so that a server left running is found again.
 */
export function socketPlace(folders: DatabaseFolders, account: Account | null, temporary = tmpdir()): SocketPlace {
  const near = join(folders.root, 'socket');
  if (Buffer.byteLength(join(near, SOCKET_NAME)) <= MAX_SOCKET_PATH) {
    makeAccountFolder(near, account);
    return { folder: near, serverFolder: '../socket' };
  }
  const memory = join(folders.root, 'socket-folder');
  const remembered = existsSync(memory) ? readFileSync(memory, 'utf8').trim() : null;
  if (remembered !== null && isPrivateFolder(remembered, account)) return { folder: remembered, serverFolder: remembered };
  const parent = Buffer.byteLength(join(temporary, 'hearth-XXXXXX', SOCKET_NAME)) <= MAX_SOCKET_PATH ? temporary : '/tmp';
  const far = mkdtempSync(join(parent, 'hearth-'));
  makeAccountFolder(far, account);
  writeFileSync(memory, `${far}\n`, { mode: 0o600 });
  return { folder: far, serverFolder: far };
}

/** Somebody may have put a folder of their own where ours was, after the temporary folder was cleaned. */
function isPrivateFolder(folder: string, account: Account | null): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  const owner = account?.uid ?? process.getuid?.();
  return found !== undefined && found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0;
}

/** Removes what a stopped server needs no more: a private socket folder outside the data folder. */
export function forgetFarSocket(folders: DatabaseFolders, place: SocketPlace): void {
  if (place.folder.startsWith(folders.root)) return;
  rmSync(place.folder, { recursive: true, force: true });
  rmSync(join(folders.root, 'socket-folder'), { force: true });
}
