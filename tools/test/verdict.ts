/** From what vitest wrote down to what we print: what failed, what was left out and why, what was slow, and the count that ends the run. */
import { OBLIGATORY, type Need } from './needs.ts';

/** The part of vitest's JSON report that we read; durations in milliseconds. */
export interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly duration?: number | null;
    }[];
  }[];
}

export interface Situation {
  readonly exitCode: number;
  /** CI=true: what can be provided must not be left out. */
  readonly complete: boolean;
  /** Tests were chosen by name (`-t`): the others are skipped on purpose. */
  readonly chosenByName: boolean;
}

export interface Verdict {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

const LEFT_OUT = /\[left out, ([a-z-]+): (.*?)\](?= |$)/;
const SLOWEST = 10;
const SLOW_MS = 1_000;

/** The last line is always `N passed, N failed` with `, N skipped` when there are any. `report` is null when vitest wrote none. */
export function verdictOf(report: Report | null, situation: Situation): Verdict {
  if (report === null)
    return { lines: ['The test runner ended before it had a result; see above.', '0 passed, 1 failed'], exitCode: situation.exitCode || 1 };
  const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
  const passed = tests.filter((test) => test.status === 'passed').length;
  const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const lines = slowest(tests);
  let failed = tests.length - passed - skipped.length;

  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  for (const file of broken) lines.push(`FAILED as a whole: ${file.name}: ${firstLine(file.message)}`);
  failed += broken.length;

  if (!situation.chosenByName) {
    const leftOut = explainSkipped(skipped, situation.complete);
    lines.push(...leftOut.lines);
    failed += leftOut.failures;
  }
  if (passed + failed === 0) {
    lines.push('No test was run: nothing matches.');
    failed = 1;
  }
  if (failed === 0 && (situation.exitCode !== 0 || !report.success)) {
    lines.push('Something outside the tests failed (an unhandled error, or a set-up or teardown); see above.');
    failed = 1;
  }
  lines.push(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
  return { lines, exitCode: failed > 0 ? situation.exitCode || 1 : 0 };
}

interface Skipped {
  readonly fullName: string;
  readonly file: string;
}

/** One line for each reason; a reason that CI can do something about, or none at all, is a failure. */
function explainSkipped(skipped: readonly Skipped[], complete: boolean): { lines: string[]; failures: number } {
  const groups = new Map<string, { need: string; count: number; failure: boolean }>();
  for (const test of skipped) {
    const said = LEFT_OUT.exec(test.fullName);
    const key = said === null ? `no reason given: ${test.file}: ${test.fullName}` : `${said[1]}: ${said[2]}`;
    const failure = said === null || (complete && OBLIGATORY.has(said[1] as Need));
    const group = groups.get(key) ?? { need: said?.[1] ?? '', count: 0, failure };
    group.count += 1;
    groups.set(key, group);
  }
  const lines = [...groups].map(([key, group]) => `LEFT OUT (${group.count}) ${key}${group.failure ? ' — this counts as a failure' : ''}`);
  return { lines, failures: [...groups.values()].filter((group) => group.failure).length };
}

function slowest(tests: readonly { fullName: string; file: string; duration?: number | null }[]): string[] {
  const slow = tests.filter((test) => (test.duration ?? 0) >= SLOW_MS).toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0));
  if (slow.length === 0) return [];
  return [
    'Slowest tests:',
    ...slow.slice(0, SLOWEST).map((test) => `  ${((test.duration ?? 0) / 1000).toFixed(1).padStart(6)} s  ${test.fullName}`),
  ];
}

const firstLine = (text: string | undefined): string => text?.trim().split('\n')[0] ?? 'it could not be loaded';
