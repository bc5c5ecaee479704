/** What PostgreSQL says when it does not start, turned into what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastLines, serverFailure } from './server-log.ts';

test.each([
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'unavailable', /disk is full/],
  [
    'FATAL:  database files are incompatible with server\nDETAIL:  The data directory was initialized by PostgreSQL version 15',
    'configuration',
    /--pg-bin/,
  ],
  ['FATAL:  could not resize shared memory segment "/PostgreSQL.1" to 1 bytes: No space left on device', 'unavailable', /./],
  ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'unavailable', /Shared memory/],
  ['FATAL:  could not create any Unix-domain sockets', 'unavailable', /socket/],
  ['FATAL:  data directory "/x" has invalid permissions', 'configuration', /Permission/],
  ['initdb: error: could not change permissions of directory "/x": Operation not permitted', 'configuration', /Permission/],
  ['FATAL:  could not create lock file "postmaster.pid": Read-only file system', 'configuration', /read-only/],
  ['PANIC:  could not locate a valid checkpoint record at 0/15', 'configuration', /backup/],
  ['FATAL:  something nobody has seen', 'unavailable', /own words/],
  ['', 'unavailable', /said nothing/],
])('%s', (output, code, remedy) => {
  const failure = serverFailure('It does not start', output, null);
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(remedy);
  expect(failure.message).toContain(output);
});

test('the last lines of what was written since', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-log-'));
  try {
    const file = join(folder, 'server.log');
    expect(lastLines(file, 0)).toBe('');
    writeFileSync(file, `old\n${Array.from({ length: 2000 }, (_, i) => `line ${i}`).join('\n')}\n`);
    expect(lastLines(file, 4, 2)).toBe('line 1998\nline 1999');
    writeFileSync(file, 'old\nnew\n');
    expect(lastLines(file, 4)).toBe('new');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
