/** Every planted fault in a process of its own: each must be noticed within some lives, by some scenario, or by the tests it names. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { FAULTS } from './catalogue.ts';
import { type Fault, moduleOf, ROOT } from './fault.ts';

export interface FaultReport {
  readonly name: string;
  /** What noticed; null: nothing did. */
  readonly noticedBy: string | null;
  /** What was noticed, or why it could not be tried. */
  readonly text: string;
}

/** With a fault a life may never end: then it has been noticed by that. For one life, or for the tests of one file. */
const LONGEST_MS = 120_000;
const AT_ONCE = 2;
const QUIET = '--disable-warning=ExperimentalWarning';

export async function runFaults(
  lives: number,
  print: (line: string) => void,
  faults: readonly Fault[] = FAULTS,
): Promise<readonly FaultReport[]> {
  const left = [...faults];
  const reports: FaultReport[] = [];
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const report = await tried(one, lives);
      reports.push(report);
      print(`${report.noticedBy ?? 'MISSED'}: ${report.name}: ${report.text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return reports;
}

/** A fault whose text has gone is one that nothing notices. */
async function tried(fault: Fault, lives: number): Promise<FaultReport> {
  const { name, by } = fault;
  try {
    moduleOf(fault);
  } catch (error) {
    return { name, noticedBy: null, text: String(error) };
  }
  const isLived = by === 'lives' || by === 'scenarios';
  const { code, said, wrong } = await ended([
    QUIET,
    join(import.meta.dirname, isLived ? 'live-with.ts' : 'test-with.ts'),
    name,
    `${lives}`,
  ]);
  const { what = by, problem } = lastOf(said);
  if (code === null) return { name, noticedBy: what, text: 'it does not end' };
  if (code === 0) return { name, noticedBy: what, text: problem ?? '' };
  return { name, noticedBy: null, text: `nothing was noticed by ${by === 'lives' ? `${lives} lives` : by} ${wrong.slice(-1_000)}` };
}

interface Ended {
  /** Null: it had to be ended. */
  readonly code: number | null;
  readonly said: string;
  readonly wrong: string;
}

function ended(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let wrong = '';
  // Anew with each life: on a busy machine many of them take long without anything being wrong.
  const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    limit.refresh();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    wrong += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, said, wrong });
    });
  });
}

/** Programs that are called may have had something to say, too. */
function lastOf(said: string): { readonly what?: string; readonly problem?: string } {
  const line = said
    .trimEnd()
    .split('\n')
    .findLast((one) => one.startsWith('{"what"'));
  return line === undefined ? {} : (JSON.parse(line) as { what?: string; problem?: string });
}
