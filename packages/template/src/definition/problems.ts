/** A collector of diagnostics about one document: adds positions, gives hints, and stops counting at a bound. It knows what looking has cost. */
import { didYouMean, type Diagnostic, type Path, type Position } from '@hearth/kernel';
import { MAX_DIAGNOSTICS } from '../document/limits.ts';
import { Costs } from './costs.ts';

export interface Problem {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly path: Path;
  readonly hint?: string | null;
  readonly severity?: 'error' | 'warning';
}

export class Problems {
  readonly costs: Costs;
  readonly #found: Diagnostic[] = [];
  readonly #positionOf: (path: Path) => Position | null;
  #errors = 0;

  constructor(positionOf: (path: Path) => Position | null, costs = new Costs()) {
    this.#positionOf = positionOf;
    this.costs = costs;
  }
  add(problem: Problem): void {
    if (problem.severity !== 'warning') this.#errors++;
    if (this.#found.length >= MAX_DIAGNOSTICS) return;
    const { severity = 'error', hint = null, ...rest } = problem;
    this.#found.push({ severity, ...rest, hint, position: this.#positionOf(problem.path) });
  }
  /** Those that another collector found, as they are. */
  take(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      if (diagnostic.severity === 'error') this.#errors++;
      if (this.#found.length < MAX_DIAGNOSTICS) this.#found.push(diagnostic);
    }
  }
  /** What is reported from now on is counted and not listed. */
  get isFull(): boolean {
    return this.#found.length >= MAX_DIAGNOSTICS;
  }
  get hasErrors(): boolean {
    return this.#errors > 0;
  }
  /** How many were reported so far, listed or not. */
  get count(): number {
    return this.#errors;
  }
  list(): readonly Diagnostic[] {
    return this.#found;
  }
}

const MOST_CANDIDATES = 500;
const LONGEST_WORD = 64;

/** `did you mean "image"?`, when something similar is among the first few hundred candidates. */
export function similar(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST_WORD) return null;
  const few: string[] = [];
  for (const candidate of candidates) {
    if (few.length >= MOST_CANDIDATES) break;
    if (candidate.length <= 2 * LONGEST_WORD) few.push(candidate);
  }
  const best = didYouMean(word, few);
  return best === null ? null : `did you mean "${best}"?`;
}
