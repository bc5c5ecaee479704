/** Diagnostics as they are handed out: each once, in plain words, in the order of the documents, and not without end. */
import type { Diagnostic } from '@hearth/kernel';

export interface Diagnosis {
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: number;
  readonly warnings: number;
  /** How many of them are not among the diagnostics, for there are too many. */
  readonly omitted: number;
}

/** `files`: those that come first, in their order. */
export function diagnosisOf(found: readonly Diagnostic[], files: readonly string[], limit: number): Diagnosis {
  const seen = new Map<string, Diagnostic>();
  for (const one of found) {
    const plain = { ...one, file: one.file ?? null, message: plainMessage(one) };
    const key = JSON.stringify([plain.file, one.path, one.code, plain.message]);
    if (!seen.has(key)) seen.set(key, plain);
  }
  const rank = ({ file = null }: Diagnostic): number => (file === null ? -1 : files.includes(file) ? files.indexOf(file) : files.length);
  const misspelt = new Set([...seen.values()].filter(({ code }) => code === 'unknown-property').map(meantProperty));
  const unfit = new Set([...seen.values()].filter(({ code }) => code === 'invalid-parameter-default').map(parameterOf));
  const sorted = [...seen.values()]
    .filter((one) => one.code !== 'missing-property' || !misspelt.has(missingProperty(one)))
    .filter((one) => one.code !== 'invalid-parameter' || !unfit.has(parameterOf(one)))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        compared(a.file ?? '', b.file ?? '') ||
        (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
        (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
        compared(a.severity, b.severity),
    );
  // Errors are told before warnings are left out.
  const kept = new Set([...sorted.filter(isError), ...sorted.filter((one) => !isError(one))].slice(0, limit));
  const errors = sorted.filter(isError).length;
  return {
    diagnostics: sorted.filter((one) => kept.has(one)),
    errors,
    warnings: sorted.length - errors,
    omitted: sorted.length - kept.size,
  };
}

/** A property that is missing because its name is misspelt: one mistake, told once. */
const meantProperty = ({ file, path, hint }: Diagnostic): string =>
  JSON.stringify([file, path.slice(0, -1), /^did you mean "(.*)"\?$/.exec(hint ?? '')?.[1] ?? null]);
const missingProperty = ({ file, path, message }: Diagnostic): string =>
  JSON.stringify([file, path, /^Property (.*) not assigned$/.exec(message)?.[1] ?? null]);

/** A default that is not allowed is told once, as a default. */
const parameterOf = ({ file, path }: Diagnostic): string => JSON.stringify([file, path.slice(0, 2)]);

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Without the place, which is told by itself. */
const plainMessage = ({ message, file }: Diagnostic): string =>
  (file != null && message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message)
    .replace(/^Property error: (?:: )?(?:[^\n]*?: : )?/, '')
    .replace(/^(?:resources|Resources|outputs|Outputs)\.[^\n]*?: : /, '');

/** Strict: as for making a stack now. Lenient: values, and the exports of other stacks, may still come. */
export type DiagnosisMode = 'strict' | 'lenient';

export function inMode(one: Diagnostic, mode: DiagnosisMode): readonly Diagnostic[] {
  if (mode === 'strict') return [one];
  if (one.code === 'missing-parameter') return [];
  return [one.code === 'unknown-export' || one.code === 'declared-only' ? { ...one, severity: 'warning' } : one];
}
