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

/** The closest of `candidates` to `word`, when it is close enough to be a slip of the pen. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
