/** Where the facts of two services differ, as paths with both values; and what of it is meant. */
import type { Facts } from './nested-cloud.ts';

export interface NestedDifference {
  readonly scenario: string;
  /** Step and path of keys. */
  readonly at: string;
  readonly real: string;
  readonly ours: string;
}

export interface Meant {
  /** To be found in the scenario's name. */
  readonly scenario?: RegExp;
  readonly at: RegExp;
  readonly real?: RegExp;
  readonly ours?: RegExp;
  /** For the reader of docs/compatibility.md. */
  readonly why: string;
}

export function nestedDifferences(
  real: Readonly<Record<string, Facts>>,
  ours: Readonly<Record<string, Facts>>,
): readonly NestedDifference[] {
  const found: NestedDifference[] = [];
  for (const [scenario, expected] of Object.entries(real)) {
    compare(expected, ours[scenario], [], (path, one, other) =>
      found.push({ scenario, at: path.join(' › '), real: shownText(one), ours: shownText(other) }),
    );
  }
  return found;
}

const shownText = (value: Facts): string => (value === undefined ? '(nothing)' : (JSON.stringify(value) ?? ''));
const isMap = (value: Facts): value is Readonly<Record<string, Facts>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function compare(
  real: Facts,
  ours: Facts,
  path: readonly string[],
  report: (path: readonly string[], real: Facts, ours: Facts) => void,
): void {
  // One of the two refused: that says it all.
  if (isMap(real) && isMap(ours) && 'error' in real !== 'error' in ours)
    report(path, real['status'] ?? 'accepted', ours['status'] ?? 'accepted');
  else if (isMap(real) && isMap(ours)) {
    for (const key of new Set([...Object.keys(real), ...Object.keys(ours)])) compare(real[key], ours[key], [...path, key], report);
  } else if (Array.isArray(real) && Array.isArray(ours) && real.length === ours.length) {
    for (const [index, item] of real.entries()) compare(item, ours[index], [...path, String(index)], report);
  } else if (JSON.stringify(real) !== JSON.stringify(ours)) report(path, real, ours);
}

/** The meant difference that explains this one; null when none does. */
export function explanationOf({ scenario, at, real, ours }: NestedDifference, meant: readonly Meant[]): Meant | null {
  const fits = (pattern: RegExp | undefined, text: string): boolean => pattern === undefined || pattern.test(text);
  return meant.find((one) => fits(one.scenario, scenario) && one.at.test(at) && fits(one.real, real) && fits(one.ours, ours)) ?? null;
}
