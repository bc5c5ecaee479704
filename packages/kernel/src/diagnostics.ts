/** Diagnostics: what is wrong with a template or a property, where, and what to do; collected, never thrown. */

/** 1-based line and column in a template or environment file. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A step into a document: a key or an index. */
export type Path = readonly (string | number)[];

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Heat's exception class for this kind of error (`StackValidationFailed`, `InvalidTemplateReference` …). */
  readonly type: string;
  /** Our stable code, kebab-case: `unknown-property`, `missing-parameter` … */
  readonly code: string;
  readonly message: string;
  /** What path and position are in: a nested template or an environment by its file's name. Absent or null: the template itself. */
  readonly file?: string | null;
  /** Path into the document, e.g. `['resources', 'server', 'properties', 'flavor']`. */
  readonly path: Path;
  readonly position: Position | null;
  /** What to do about it, when we know: `did you mean "image"?` */
  readonly hint: string | null;
}

export const pathText = (path: Path): string => path.join('.');

/** One line for people: `resources.a.properties.b (line 7, column 5): message; hint`; what is in another file begins with its name. */
export function diagnosticText(d: Diagnostic): string {
  const file = d.file == null ? '' : `${d.file}: `;
  const place = d.position === null ? '' : ` (line ${d.position.line}, column ${d.position.column})`;
  const where =
    d.path.length > 0
      ? `${pathText(d.path)}${place}: `
      : d.position === null
        ? ''
        : `line ${d.position.line}, column ${d.position.column}: `;
  return `${file}${where}${d.message}${d.hint === null ? '' : ` (${d.hint})`}`;
}

/** Longer words are no slips of the pen, and candidates are users' own: a hint must not cost more than what it hints at. */
const LONGEST_WORD = 80;
const MOST_CANDIDATES = 1_000;

/** The closest of `candidates` (the first thousand) to `word`, when it is close enough to be a slip of the pen. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST_WORD) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let looks = 0;
  for (const candidate of candidates) {
    if (++looks > MOST_CANDIDATES) break;
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters put in, left out or replaced; two neighbours that changed places count once. Not counted further than `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (beforePrevious[j - 2] as number) + 1 : substitution;
      row.push(Math.min(substitution, swap, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    // Distances never become smaller from row to row, but for a swap, which looks back two.
    if (row.every((distance) => distance >= limit) && previous.every((distance) => distance >= limit)) return limit;
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] as number;
}
