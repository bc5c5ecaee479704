/** All rules of the house over all files. */
import { missingVariants, type Lock } from '../lock/complete-lock.ts';
import type { Finding } from '../source/finding.ts';
import { isSource, type RepositoryFile } from '../source/repository-files.ts';
import { scanSource } from '../source/scan-source.ts';
import { checkSizes, type KnownSizes } from './function-sizes.ts';
import { RULES } from './rules.ts';

export function checkTidy(files: readonly RepositoryFile[], known: KnownSizes): readonly Finding[] {
  if (!files.some((file) => isSource(file.path))) return [{ rule: 'tidy', path: '.', line: 0, message: 'no source file was looked at' }];
  return [...files.flatMap(checkFile), ...checkSizes(files, known, 'tools/tidy/known-sizes.ts')];
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  if (file.path === 'package-lock.json') return checkLock(file);
  const scanned = isSource(file.path) ? scanSource(file.text) : { code: '', literals: [] };
  const subject = { path: file.path, source: file.text, ...scanned };
  return RULES.filter((rule) => rule.holds(file.path)).flatMap((rule) =>
    rule.breaches(subject).map((line) => ({ rule: rule.name, path: file.path, line, message: rule.advice })),
  );
}

/** The lock file names no registry (another one may serve the same packages) and has every platform's variants. */
export function checkLock({ path, text }: RepositoryFile): readonly Finding[] {
  const lock = JSON.parse(text) as Lock;
  const advice = 'run "node tools/lock/run.ts" after npm install';
  const hosts = Object.entries(lock.packages).filter(([, entry]) => entry.resolved?.startsWith('http'));
  const found = hosts.map(([name]) => ({ rule: 'lock-host', path, line: 0, message: `${name} names the host it came from; ${advice}` }));
  const missing = [...missingVariants(lock).keys()].map((name) => ({
    rule: 'lock-incomplete',
    path,
    line: 0,
    message: `${name} is missing, so npm ci would refuse the lock file; ${advice}`,
  }));
  return [...found, ...missing];
}
