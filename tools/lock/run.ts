/** `node tools/lock/run.ts`: completes package-lock.json in place after `npm install`, and takes out where packages were downloaded from. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { completed, type Lock, type LockEntry, missingVariants } from './complete-lock.ts';

const file = path.resolve(import.meta.dirname, '../../package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
const withoutHosts = Object.fromEntries(Object.entries(lock.packages).map(([name, entry]) => [name, withoutHost(entry)]));
const result = completed({ ...lock, packages: withoutHosts });
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(`package-lock.json: ${missingVariants(lock).size} platform variants added, ${Object.keys(result.packages).length} packages`);

function withoutHost(entry: LockEntry): LockEntry {
  if (!entry.resolved?.startsWith('http')) return entry;
  const { resolved: _host, ...rest } = entry;
  return rest;
}
