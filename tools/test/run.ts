/**
 * `npm test [-- WORDS] [vitest's flags]`: every test that needs no testbed. Words choose files by their path, `-t PATTERN` tests by name.
 * Ends with the count; what was left out is said with its reason; no test at all is a failure.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { provideClient } from './debian-packages.ts';
import { type Report, verdictOf } from './verdict.ts';

const root = path.resolve(import.meta.dirname, '../..');
const args = process.argv.slice(2);
const words = args.filter((arg) => !arg.startsWith('-'));

if (wantsClient(words)) provideClient((line) => console.log(line));

const scratch = mkdtempSync(path.join(cacheFolder(), 'results-'));
const results = path.join(scratch, 'results.json');
const exitCode = await runVitest(['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...args]);
const verdict = verdictOf(readReport(results), {
  exitCode,
  complete: process.env['CI'] === 'true',
  chosenByName: args.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern') || arg.startsWith('-t=')),
});
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${verdict.lines.join('\n')}`);
process.exitCode = verdict.exitCode;

/** Only suites that will run are looked at: nobody waits for apt to test a parser. */
function wantsClient(chosen: readonly string[]): boolean {
  const files = globSync('tests/**/*.test.ts', { cwd: root }).filter(
    (file) => chosen.length === 0 || chosen.some((word) => file.includes(word)),
  );
  return files.some((file) => /\bneeds\([^)]*'openstack-client'/.test(readFileSync(path.join(root, file), 'utf8')));
}

function cacheFolder(): string {
  const folder = path.join(root, '.cache/test');
  mkdirSync(folder, { recursive: true });
  return folder;
}

function runVitest(vitestArgs: readonly string[]): Promise<number> {
  const program = path.join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [program, ...vitestArgs], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return null;
  }
}
