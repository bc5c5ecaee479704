/** The server's log file: kept small, and its last lines put into error messages. */
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { Failure, type FailureCode } from '@hearth/kernel';

const KEEP_BYTES = 10 * 1024 * 1024;

/** Opens the log for appending; one old file of at most 10 MB is kept beside it. */
export function openServerLog(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > KEEP_BYTES) renameSync(logFile, `${logFile}.1`);
  return openSync(logFile, 'a', 0o600);
}

export const logLength = (logFile: string): number => statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;

/** The last lines written after `fromByte`. */
export function lastLines(logFile: string, fromByte: number, lines = 8): string {
  let file: number;
  try {
    file = openSync(logFile, 'r');
  } catch {
    return '';
  }
  try {
    const end = fstatSync(file).size;
    const start = Math.max(Math.min(fromByte, end), end - 8192);
    const buffer = Buffer.alloc(end - start);
    readSync(file, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trim().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(file);
  }
}

interface KnownTrouble {
  readonly pattern: RegExp;
  readonly code: FailureCode;
  readonly remedy: string;
}

/** What PostgreSQL says when it does not start, and what to do about it; the first that matches. */
const KNOWN: readonly KnownTrouble[] = [
  {
    pattern: /No space left on device|Disk quota exceeded/,
    code: 'unavailable',
    remedy: 'The disk is full: free some space and start again.',
  },
  {
    pattern: /database files are incompatible|not compatible with this version/,
    code: 'configuration',
    remedy: 'The database was made by another version of PostgreSQL: give its programs with --pg-bin.',
  },
  {
    pattern:
      /pre-existing shared memory block|could not create shared memory|could not (?:create|open|resize) (?:shared memory|semaphores)|could not map anonymous shared memory/,
    code: 'unavailable',
    remedy:
      'Shared memory cannot be had: see whether /dev/shm is full, the memory limit too small, or another PostgreSQL still works in this folder.',
  },
  {
    pattern: /Address already in use|could not bind Unix|could not create any Unix-domain sockets/,
    code: 'unavailable',
    remedy: 'Its socket cannot be made: another server may be using the folder.',
  },
  {
    pattern: /Permission denied|has (?:wrong ownership|invalid permissions)|Operation not permitted/,
    code: 'configuration',
    remedy: 'Permission is denied: check owner and mode of the data folder, or choose another with --data.',
  },
  { pattern: /Read-only file system/, code: 'configuration', remedy: 'The file system is read-only: choose another folder with --data.' },
  { pattern: /lock file .* already exists/, code: 'unavailable', remedy: 'Another PostgreSQL is running in the folder: stop it first.' },
  {
    pattern:
      /invalid checkpoint record|could not locate a valid checkpoint|is not a valid data directory|could not locate required checkpoint/,
    code: 'configuration',
    remedy: 'The database files are damaged: restore the data folder from a backup.',
  },
];

/** A failure of `initdb` or `postgres` with the remedy its output calls for, and the end of that output. */
export function serverFailure(what: string, output: string, logFile: string | null): Failure {
  const known = KNOWN.find(({ pattern }) => pattern.test(output));
  const where = logFile === null ? '' : ` (whole log: ${logFile})`;
  const said = output === '' ? ' It said nothing.' : ` It said${where}:\n${output}`;
  return new Failure(known?.code ?? 'unavailable', `${what}. ${known?.remedy ?? 'See its own words below.'}${said}`);
}
