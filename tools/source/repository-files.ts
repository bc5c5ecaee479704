/** The files of the repository that checks look at: what git knows or would add, never what is ignored. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface RepositoryFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const BINARY = /\.(png|jpg|ico|gz|woff2?)$/;
const LARGEST_BYTES = 2_000_000;

/** Sorted by path. A file that was deleted but not committed yet is left out. */
export function repositoryFiles(root = ROOT): readonly RepositoryFile[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  const paths = [...new Set(listed.split('\0'))].filter((name) => name !== '' && !BINARY.test(name)).toSorted();
  return paths.flatMap((name) => {
    const file = path.join(root, name);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || found.size > LARGEST_BYTES) return [];
    return [{ path: name, text: readFileSync(file, 'utf8') }];
  });
}

export const isSource = (file: string): boolean => file.endsWith('.ts') && !file.endsWith('.d.ts');
/** Tests and what only tests import. */
export const isTest = (file: string): boolean =>
  /\.test\.ts$|^tests\/|^packages\/testkit\/|\/src\/testing\/|^packages\/[^/]+\/src\/test-[\w-]+\.ts$/.test(file);
