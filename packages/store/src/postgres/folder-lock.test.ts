/** The lock of a data folder: one at a time, void with its process, safe when many find a dead one at once. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';
import { birthOf } from './process-identity.ts';

let folder: string;
let lockFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-lock-'));
  lockFile = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (pid: number, birth: string | null) => writeFileSync(lockFile, JSON.stringify({ pid, birth }));

test('held until given back', () => {
  const unlock = lockFolder(lockFile, folder);
  expect(() => lockFolder(lockFile, folder)).toThrowError(/already open in this process/);
  unlock();
  lockFolder(lockFile, folder)();
  expect(readdirSync(folder)).toEqual([]);
});

test('a living process keeps it, and is named', () => {
  write(process.ppid, birthOf(process.ppid));
  expect(() => lockFolder(lockFile, folder)).toThrowError(new RegExp(`process ${process.ppid}\\b`));
});

test.each([
  ['a process that is gone', () => write(2 ** 22 + 1, 'long ago')],
  ['a number that another process has now', () => write(process.ppid, 'another birth')],
  ['our own number from an earlier life', () => write(process.pid, 'another birth')],
  ['half a file', () => writeFileSync(lockFile, '{"pid": 1')],
  ['an empty file', () => writeFileSync(lockFile, '')],
])('%s does not keep it', (_, leave) => {
  leave();
  const unlock = lockFolder(lockFile, folder);
  expect(JSON.parse(readFileSync(lockFile, 'utf8'))).toMatchObject({ pid: process.pid });
  unlock();
  expect(existsSync(lockFile)).toBe(false);
});

test('of many that find a dead one at once, one gets it', async () => {
  write(2 ** 22 + 1, 'long ago');
  const beginAt = Date.now() + 700;
  const program = `
    import { lockFolder } from ${JSON.stringify(new URL('./folder-lock.ts', import.meta.url).href)};
    while (Date.now() < ${beginAt});
    try { lockFolder(${JSON.stringify(lockFile)}, 'here'); console.log('got it'); } catch (error) { console.log(error.name); }
    setTimeout(() => {}, 1500);`;
  const said = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      child.stdout.on('data', (part: Buffer) => {
        text += part.toString();
      });
      await new Promise((resolve) => child.once('close', resolve));
      return text.trim();
    }),
  );
  expect(said.sort()).toEqual(['Failure', 'Failure', 'Failure', 'Failure', 'got it']);
});
