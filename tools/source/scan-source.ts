/**
 * A TypeScript source as a check wants it: the code with comments and literal text blanked out (same length, same lines), and the literals
 * beside it. A scanner, not a parser: enough to tell code from text, fast enough for every file at every check.
 */

export interface Literal {
  /** Offset of the opening quote. */
  readonly at: number;
  /** The text between the quotes; expressions of a template are one `\u0000` each. */
  readonly text: string;
}

export interface ScannedSource {
  /** As long as the source, with every character of a comment, string, template text or pattern replaced by a blank. */
  readonly code: string;
  readonly literals: readonly Literal[];
}

type Mode = { readonly kind: 'code'; depth: number } | { readonly kind: 'template'; readonly at: number; text: string };

/** A `/` after one of these begins a pattern, after anything else it divides. */
const BEFORE_PATTERN = /(^|[=(,:;!&|?{}[+\-*%<>~^]|=>|\b(return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield))\s*$/;

export function scanSource(source: string): ScannedSource {
  const scanner = new Scanner(source);
  return scanner.run();
}

class Scanner {
  readonly #source: string;
  readonly #code: string[] = [];
  readonly #literals: Literal[] = [];
  readonly #modes: Mode[] = [{ kind: 'code', depth: 0 }];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): ScannedSource {
    if (this.#source.startsWith('#!')) this.#blankUntil(this.#endOfLine());
    while (this.#at < this.#source.length) {
      const mode = this.#modes.at(-1) as Mode;
      if (mode.kind === 'template') this.#template(mode);
      else this.#codeStep(mode);
    }
    return { code: this.#code.join(''), literals: this.#literals.toSorted((a, b) => a.at - b.at) };
  }

  #codeStep(mode: { depth: number }): void {
    const two = this.#source.slice(this.#at, this.#at + 2);
    const one = two[0] as string;
    if (two === '//') this.#blankUntil(this.#endOfLine());
    else if (two === '/*') this.#blankUntil(this.#after('*/', this.#at + 2));
    else if (one === "'" || one === '"') this.#string(one);
    else if (one === '`') {
      this.#modes.push({ kind: 'template', at: this.#at, text: '' });
      this.#blankUntil(this.#at + 1);
    } else if (one === '/' && BEFORE_PATTERN.test(this.#code.slice(-80).join(''))) this.#pattern();
    else this.#bracketOrOther(mode, one);
  }

  #bracketOrOther(mode: { depth: number }, one: string): void {
    if (one === '{') mode.depth += 1;
    if (one === '}') {
      if (mode.depth === 0 && this.#modes.length > 1) {
        this.#modes.pop();
        this.#blankUntil(this.#at + 1);
        return;
      }
      mode.depth -= 1;
    }
    this.#code.push(one);
    this.#at += 1;
  }

  #template(mode: { readonly at: number; text: string }): void {
    const one = this.#source[this.#at] as string;
    if (one === '`') {
      this.#literals.push({ at: mode.at, text: mode.text });
      this.#modes.pop();
      this.#blankUntil(this.#at + 1);
    } else if (this.#source.startsWith('${', this.#at)) {
      mode.text += '\u0000';
      this.#blankUntil(this.#at + 2);
      this.#modes.push({ kind: 'code', depth: 0 });
    } else {
      const length = one === '\\' ? 2 : 1;
      mode.text += this.#source.slice(this.#at, this.#at + length);
      this.#blankUntil(this.#at + length);
    }
  }

  #string(quote: string): void {
    const begin = this.#at;
    let end = begin + 1;
    while (end < this.#source.length && this.#source[end] !== quote && this.#source[end] !== '\n')
      end += this.#source[end] === '\\' ? 2 : 1;
    this.#literals.push({ at: begin, text: this.#source.slice(begin + 1, end) });
    this.#blankUntil(end + 1);
  }

  #pattern(): void {
    let end = this.#at + 1;
    let inClass = false;
    while (end < this.#source.length && this.#source[end] !== '\n' && (inClass || this.#source[end] !== '/')) {
      if (this.#source[end] === '[') inClass = true;
      if (this.#source[end] === ']') inClass = false;
      end += this.#source[end] === '\\' ? 2 : 1;
    }
    this.#blankUntil(end + 1);
  }

  /** Line ends stay, so that offsets and lines agree with the source. */
  #blankUntil(end: number): void {
    const stop = Math.min(end, this.#source.length);
    for (; this.#at < stop; this.#at++) this.#code.push(this.#source[this.#at] === '\n' ? '\n' : ' ');
  }

  #endOfLine(): number {
    const end = this.#source.indexOf('\n', this.#at);
    return end === -1 ? this.#source.length : end;
  }

  #after(text: string, from: number): number {
    const found = this.#source.indexOf(text, from);
    return found === -1 ? this.#source.length : found + text.length;
  }
}

/** 1-based line of an offset. */
export function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i !== -1 && i < offset; i = source.indexOf('\n', i + 1)) line += 1;
  return line;
}
