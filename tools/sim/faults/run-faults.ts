/** Every planted fault in a process of its own: each must be noticed within some lives. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Fault, FAULTS } from './catalogue.ts';

export interface FaultReport {
  readonly name: string;
  /** The life that noticed; null: none did. */
  readonly seed: number | null;
  /** What it noticed, or why it could not be tried. */
  readonly text: string;
}

/** With a fault a life may never end: then it has been noticed by that. */
const LONGEST_MS = 120_000;
const AT_ONCE = 2;

export async function runFaults(
  lives: number,
  print: (line: string) => void,
  faults: readonly Fault[] = FAULTS,
): Promise<readonly FaultReport[]> {
  const left = [...faults];
  const reports: FaultReport[] = [];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const report = await liveWith(one, lives);
      reports.push(report);
      print(`${report.seed === null ? 'MISSED' : `seed ${report.seed}`}: ${report.name}: ${report.text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return reports;
}

function liveWith({ name }: Fault, lives: number): Promise<FaultReport> {
  const script = join(import.meta.dirname, 'live-with.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, name, `${lives}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let wrong = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    wrong += chunk.toString();
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      const last = lastLine(said);
      if (signal !== null) resolve({ name, seed: last.seed ?? null, text: 'the life does not end' });
      else if (code === 0) resolve({ name, seed: last.seed ?? null, text: last.problem ?? '' });
      else resolve({ name, seed: null, text: wrong === '' ? `nothing was noticed in ${lives} lives` : wrong.slice(0, 1_000) });
    });
  });
}

function lastLine(said: string): { readonly seed?: number; readonly problem?: string } {
  const line = said.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? {} : (JSON.parse(line) as { seed?: number; problem?: string });
}
