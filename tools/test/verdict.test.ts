/** The verdict of a test run: counts, left-out suites, broken files, empty runs. */
import { describe, expect, it } from 'vitest';
import { type Report, verdictOf } from './verdict.ts';

const calm = { exitCode: 0, complete: false, chosenByName: false };
const report = (...tests: [status: string, name: string][]): Report => ({
  success: !tests.some(([status]) => status === 'failed'),
  testResults: [
    { name: 'a.test.ts', status: 'passed', assertionResults: tests.map(([status, fullName]) => ({ fullName, status, duration: 3 })) },
  ],
});
const last = (lines: readonly string[]): string | undefined => lines.at(-1);
const leftOut = 'client [left out, openstack-client: not installed] lists stacks';

describe('verdict', () => {
  it('ends with the count', () => {
    const verdict = verdictOf(report(['passed', 'a'], ['passed', 'b']), calm);
    expect(verdict).toEqual({ lines: ['2 passed, 0 failed'], exitCode: 0 });
  });

  it('fails when a test failed', () => {
    const verdict = verdictOf(report(['passed', 'a'], ['failed', 'b']), { ...calm, exitCode: 1 });
    expect(last(verdict.lines)).toBe('1 passed, 1 failed');
    expect(verdict.exitCode).toBe(1);
  });

  it('says what was left out and why', () => {
    const verdict = verdictOf(report(['passed', 'a'], ['skipped', leftOut]), calm);
    expect(verdict.lines).toEqual(['LEFT OUT (1) openstack-client: not installed', '1 passed, 0 failed, 1 skipped']);
    expect(verdict.exitCode).toBe(0);
  });

  it('does not let a complete run leave out what can be had', () => {
    const verdict = verdictOf(report(['passed', 'a'], ['skipped', leftOut]), { ...calm, complete: true });
    expect(last(verdict.lines)).toBe('1 passed, 1 failed, 1 skipped');
    expect(verdict.exitCode).toBe(1);
  });

  it('takes a skip without a reason for a failure', () => {
    const verdict = verdictOf(report(['passed', 'a'], ['skipped', 'b']), calm);
    expect(last(verdict.lines)).toBe('1 passed, 1 failed, 1 skipped');
  });

  it('does not complain about tests that were not chosen by name', () => {
    const verdict = verdictOf(report(['passed', 'a'], ['skipped', 'b']), { ...calm, chosenByName: true });
    expect(verdict).toEqual({ lines: ['1 passed, 0 failed, 1 skipped'], exitCode: 0 });
  });

  it('counts a file that could not be loaded', () => {
    const broken: Report = {
      success: false,
      testResults: [{ name: 'b.test.ts', status: 'failed', message: 'no such export\nat …', assertionResults: [] }],
    };
    const verdict = verdictOf(broken, { ...calm, exitCode: 1 });
    expect(verdict.lines).toEqual(['FAILED as a whole: b.test.ts: no such export', '0 passed, 1 failed']);
  });

  it('fails when nothing ran', () => {
    expect(last(verdictOf({ success: true, testResults: [] }, calm).lines)).toBe('0 passed, 1 failed');
    expect(verdictOf(null, calm).exitCode).toBe(1);
  });

  it('never calls a run good that vitest calls bad', () => {
    const verdict = verdictOf(report(['passed', 'a']), { ...calm, exitCode: 1 });
    expect(last(verdict.lines)).toBe('1 passed, 1 failed');
    expect(verdict.exitCode).toBe(1);
  });
});
