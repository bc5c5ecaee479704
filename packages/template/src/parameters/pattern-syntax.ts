/**
 * Reads a regular expression as Python's `re` does, into a tree. What a matcher without backtracking cannot do (back references, conditional
 * and atomic groups) is refused; so are flags that change the syntax.
 */

/** Code point → whether it belongs. */
export type CharacterTest = (codePoint: number) => boolean;
export type PatternTree =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'sequence'; readonly items: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly items: readonly PatternTree[] }
  | { readonly kind: 'repeat'; readonly item: PatternTree; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'group'; readonly index: number; readonly item: PatternTree }
  | { readonly kind: 'look'; readonly item: PatternTree; readonly ahead: boolean; readonly negative: boolean };
export type Place = 'start' | 'end' | 'before-last-newline' | 'line-start' | 'line-end' | 'word-edge' | 'no-word-edge';

/** The pattern cannot be used; the message says why. */
export class PatternProblem extends Error {}

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly ascii: boolean;
}

const MAX_GROUP_DEPTH = 100;
const MAX_REPEAT = 1000;
const NEWLINE = 10;

const ASCII_WORD = /^[A-Za-z0-9_]$/;
const WORD = /^[\p{L}\p{N}_]$/u;
const DIGIT = /^\p{Nd}$/u;
const ASCII_DIGIT = /^[0-9]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators U+001C to U+001F are white space in Python
const SPACE = /^[\s\x1c-\x1f\x85]$/u;
const ASCII_SPACE = /^[ \t\n\r\f\v]$/;
const matching =
  (expression: RegExp): CharacterTest =>
  (codePoint) =>
    codePoint !== 0xfeff && expression.test(String.fromCodePoint(codePoint));

export function isWordCharacter(codePoint: number): boolean {
  return WORD.test(String.fromCodePoint(codePoint));
}

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['t', 9],
  ['r', 13],
  ['f', 12],
  ['v', 11],
  ['a', 7],
]);

export function readPattern(source: string): PatternTree {
  return readPatternWithGroups(source, {}).tree;
}

/** A pattern with how many groups capture, and the names of those that have one; `flags` hold for the whole of it. */
export interface PatternWithGroups {
  readonly tree: PatternTree;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}
export function readPatternWithGroups(source: string, flags: Partial<Flags>): PatternWithGroups {
  const reader = new PatternReader([...source], flags);
  return { tree: reader.whole(), groups: reader.groups, names: reader.names };
}

class PatternReader {
  readonly #chars: readonly string[];
  #at = 0;
  #depth = 0;
  #flags: Flags;
  groups = 0;
  readonly names = new Map<string, number>();

  constructor(chars: readonly string[], flags: Partial<Flags>) {
    this.#chars = chars;
    this.#flags = { ignoreCase: false, multiLine: false, dotAll: false, ascii: false, ...flags };
  }

  whole(): PatternTree {
    const tree = this.#choice();
    if (this.#at < this.#chars.length) throw new PatternProblem('unbalanced parenthesis');
    return tree;
  }

  #peek(offset = 0): string | undefined {
    return this.#chars[this.#at + offset];
  }
  #take(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#peek(i) !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): PatternTree {
    if (++this.#depth > MAX_GROUP_DEPTH) throw new PatternProblem(`groups are nested more than ${MAX_GROUP_DEPTH} deep`);
    const items = [this.#sequence()];
    while (this.#take('|')) items.push(this.#sequence());
    this.#depth--;
    return items.length === 1 ? (items[0] as PatternTree) : { kind: 'choice', items };
  }

  #sequence(): PatternTree {
    const items: PatternTree[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const item = this.#atom();
      if (item !== null) items.push(this.#repeated(item));
    }
    return { kind: 'sequence', items };
  }

  /** Null for a comment or a group of flags. */
  #atom(): PatternTree | null {
    const char = this.#peek() as string;
    this.#at++;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'character', test: this.#folded(this.#set()) };
      case '.': {
        const { dotAll } = this.#flags;
        return { kind: 'character', test: (codePoint) => dotAll || codePoint !== NEWLINE };
      }
      case '^':
        return { kind: 'place', place: this.#flags.multiLine ? 'line-start' : 'start' };
      case '$':
        return { kind: 'place', place: this.#flags.multiLine ? 'line-end' : 'before-last-newline' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new PatternProblem(`nothing to repeat before "${char}"`);
      default:
        return this.#literal(char.codePointAt(0) as number);
    }
  }

  #literal(codePoint: number): PatternTree {
    return { kind: 'character', test: this.#folded((other) => other === codePoint) };
  }

  #folded(test: CharacterTest): CharacterTest {
    if (!this.#flags.ignoreCase) return test;
    return (codePoint) => {
      if (test(codePoint)) return true;
      const text = String.fromCodePoint(codePoint);
      return [text.toLowerCase(), text.toUpperCase()].some((other) => [...other].length === 1 && test(other.codePointAt(0) as number));
    };
  }

  #repeated(item: PatternTree): PatternTree {
    const bounds = this.#quantifier();
    if (bounds === null) return item;
    if (item.kind === 'place') throw new PatternProblem('a place cannot be repeated');
    const greedy = !this.#take('?');
    if (this.#peek() === '+') throw new PatternProblem('possessive repetition is not supported');
    if (this.#quantifier() !== null) throw new PatternProblem('multiple repeat');
    return { kind: 'repeat', item, min: bounds[0], max: bounds[1], greedy };
  }

  #quantifier(): readonly [number, number] | null {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    if (this.#peek() !== '{') return null;
    const close = this.#chars.indexOf('}', this.#at);
    if (close < 0) return null;
    const match = /^(\d*)(,?)(\d*)$/.exec(this.#chars.slice(this.#at + 1, close).join(''));
    if (match === null || (match[1] === '' && match[2] === '')) return null;
    this.#at = close + 1;
    const min = match[1] === '' ? 0 : Number(match[1]);
    const max = match[2] === '' ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min) throw new PatternProblem('a repetition has a minimum above its maximum');
    if (min > MAX_REPEAT || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEAT))
      throw new PatternProblem(`a repetition of more than ${MAX_REPEAT}`);
    return [min, max];
  }

  #group(): PatternTree | null {
    if (!this.#take('?')) return this.#captured();
    if (this.#take('#')) {
      const close = this.#chars.indexOf(')', this.#at);
      if (close < 0) throw new PatternProblem('a comment is not closed');
      this.#at = close + 1;
      return null;
    }
    if (this.#take(':')) return this.#closed(this.#flags);
    if (this.#take('P<')) {
      const from = this.#at;
      while (this.#peek() !== '>' && this.#peek() !== undefined) this.#at++;
      const name = this.#chars.slice(from, this.#at).join('');
      this.#at++;
      return this.#captured(name);
    }
    if (this.#take('P=')) throw new PatternProblem('back references are not supported');
    if (this.#take('=')) return { kind: 'look', item: this.#closed(this.#flags), ahead: true, negative: false };
    if (this.#take('!')) return { kind: 'look', item: this.#closed(this.#flags), ahead: true, negative: true };
    if (this.#take('<=')) return { kind: 'look', item: this.#closed(this.#flags), ahead: false, negative: false };
    if (this.#take('<!')) return { kind: 'look', item: this.#closed(this.#flags), ahead: false, negative: true };
    if (this.#peek() === '(') throw new PatternProblem('conditional groups are not supported');
    if (this.#peek() === '>') throw new PatternProblem('atomic groups are not supported');
    return this.#flagGroup();
  }

  /** Groups are numbered by where they open. */
  #captured(name?: string): PatternTree {
    const index = ++this.groups;
    if (name !== undefined) {
      if (this.names.has(name)) throw new PatternProblem('two groups have the same name');
      this.names.set(name, index);
    }
    return { kind: 'group', index, item: this.#closed(this.#flags) };
  }

  /** The rest of a group, read with `flags`. */
  #closed(flags: Flags): PatternTree {
    const before = this.#flags;
    this.#flags = flags;
    const tree = this.#choice();
    this.#flags = before;
    if (!this.#take(')')) throw new PatternProblem('a group is not closed');
    return tree;
  }

  #flagGroup(): PatternTree | null {
    const start = this.#at;
    let on = true;
    let flags = this.#flags;
    for (let char = this.#peek(); char !== undefined; char = this.#peek()) {
      this.#at++;
      if (char === '-') on = false;
      else if (char === 'i') flags = { ...flags, ignoreCase: on };
      else if (char === 'm') flags = { ...flags, multiLine: on };
      else if (char === 's') flags = { ...flags, dotAll: on };
      else if (char === 'a') flags = { ...flags, ascii: on };
      else if (char === ':') return this.#closed(flags);
      else if (char === ')' && on) {
        if (start !== 2) throw new PatternProblem('flags for the whole pattern must stand at its start');
        this.#flags = flags;
        return null;
      } else if (char !== 'u') throw new PatternProblem(`the group "(?${char}" is not supported`);
    }
    throw new PatternProblem('a group is not closed');
  }

  #escape(): PatternTree {
    const char = this.#peek();
    if (char === undefined) throw new PatternProblem('the pattern ends in a backslash');
    if (/[1-9]/.test(char)) throw new PatternProblem('back references are not supported');
    const places: Readonly<Record<string, Place>> = { A: 'start', Z: 'end', b: 'word-edge', B: 'no-word-edge' };
    const place = Object.hasOwn(places, char) ? places[char] : undefined;
    if (place !== undefined) {
      this.#at++;
      return { kind: 'place', place };
    }
    const category = this.#category();
    if (category !== null) return { kind: 'character', test: category };
    return this.#literal(this.#escapedCharacter());
  }

  /** `\d \w \s` and their opposites; null when it is none. */
  #category(): CharacterTest | null {
    const { ascii } = this.#flags;
    const char = this.#peek() as string;
    const tests: Readonly<Record<string, CharacterTest>> = {
      d: matching(ascii ? ASCII_DIGIT : DIGIT),
      w: matching(ascii ? ASCII_WORD : WORD),
      s: matching(ascii ? ASCII_SPACE : SPACE),
    };
    const lower = char.toLowerCase();
    const test = Object.hasOwn(tests, lower) ? (tests[lower] as CharacterTest) : null;
    if (test === null) return null;
    this.#at++;
    return char === lower ? test : (codePoint) => !test(codePoint);
  }

  #escapedCharacter(): number {
    const char = this.#peek() as string;
    this.#at++;
    const simple = SIMPLE_ESCAPES.get(char);
    if (simple !== undefined) return simple;
    const digits = { x: 2, u: 4, U: 8 }[char];
    if (digits !== undefined) return this.#hexadecimal(digits);
    if (char === '0') return this.#octal();
    if (/[A-Za-z]/.test(char)) throw new PatternProblem(`bad escape \\${char}`);
    return char.codePointAt(0) as number;
  }

  #hexadecimal(digits: number): number {
    const text = this.#chars.slice(this.#at, this.#at + digits).join('');
    if (text.length !== digits || !/^[0-9a-fA-F]+$/.test(text) || Number.parseInt(text, 16) > 0x10ffff)
      throw new PatternProblem('incomplete escape');
    this.#at += digits;
    return Number.parseInt(text, 16);
  }

  #octal(): number {
    let value = 0;
    for (let i = 0; i < 2 && /[0-7]/.test(this.#peek() ?? ''); i++) value = value * 8 + Number(this.#chars[this.#at++]);
    return value;
  }

  #set(): CharacterTest {
    const negative = this.#take('^');
    const tests: CharacterTest[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const from = this.#setItem();
      if (typeof from !== 'number' || this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === undefined) {
        tests.push(typeof from === 'number' ? (codePoint) => codePoint === from : from);
        continue;
      }
      this.#at++;
      const to = this.#setItem();
      if (typeof to !== 'number' || to < from) throw new PatternProblem('bad range in a set of characters');
      tests.push((codePoint) => codePoint >= from && codePoint <= to);
    }
    this.#at++;
    const { ignoreCase } = this.#flags;
    const any = (codePoint: number): boolean => tests.some((test) => test(codePoint));
    if (!negative) return any;
    // Without this a folded opposite would let everything through that has another case.
    const folded = ignoreCase ? this.#folded(any) : any;
    return (codePoint) => !folded(codePoint);
  }

  #setItem(): number | CharacterTest {
    const char = this.#peek();
    if (char === undefined) throw new PatternProblem('a set of characters is not closed');
    this.#at++;
    if (char !== '\\') return char.codePointAt(0) as number;
    const next = this.#peek();
    if (next === undefined) throw new PatternProblem('a set of characters is not closed');
    if (next === 'b') {
      this.#at++;
      return 8;
    }
    return this.#category() ?? this.#escapedCharacter();
  }
}
