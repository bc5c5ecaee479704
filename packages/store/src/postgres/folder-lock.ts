/** One Hearth per data folder: a lock file that names its holder and is void once that process is gone. */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from '@hearth/kernel';
import { fileFailure } from './folders.ts';
import { birthOf } from './process-identity.ts';

interface Holder {
  readonly pid: number;
  readonly birth: string | null;
}

/** Takes the lock; the returned function gives it back. Throws `Failure('configuration')` naming the process that holds it. */
export function lockFolder(lockFile: string, folder: string): () => void {
  const mine = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) } satisfies Holder);
  const draft = `${lockFile}.${randomUUID()}`;
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      writeFileSync(draft, mine, { mode: 0o600 });
      linkSync(draft, lockFile);
      return () => {
        if (contentOf(lockFile) === mine) rmSync(lockFile, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailure(`The lock file ${lockFile} cannot be made`, error);
    } finally {
      rmSync(draft, { force: true });
    }
    const found = contentOf(lockFile);
    if (found === null) continue;
    const holder = holderIn(found);
    if (holder !== null && holder.birth !== null && birthOf(holder.pid) === holder.birth) throw taken(folder, holder.pid);
    setAside(lockFile, found);
  }
  throw new Failure(
    'unavailable',
    `The lock file ${lockFile} keeps changing: several processes are being started on ${folder} at once. Start one.`,
  );
}

function taken(folder: string, pid: number): Failure {
  return new Failure(
    'configuration',
    pid === process.pid
      ? `The data folder ${folder} is already open in this process (${pid}).`
      : `The data folder ${folder} is in use by another Hearth, process ${pid}. Stop that one, or choose another folder with --data.`,
  );
}

/** Moves a dead process's lock away. Whoever moved a living one, because it was exchanged in between, puts it back. */
function setAside(lockFile: string, dead: string): void {
  const aside = `${lockFile}.${randomUUID()}`;
  try {
    renameSync(lockFile, aside);
  } catch {
    return;
  }
  try {
    if (contentOf(aside) !== dead) linkSync(aside, lockFile);
  } catch {
    // Somebody else holds it by now.
  } finally {
    rmSync(aside, { force: true });
  }
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function holderIn(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === 'number' ? { pid: value.pid, birth: value.birth ?? null } : null;
  } catch {
    return null;
  }
}
