/** Cuts an expression into tokens. */
import { MAX_EXPRESSION_TEXT, YaqlProblem } from './bounds.ts';
import type { YaqlValue } from './values.ts';

export interface Token {
  /** `literal`, `word`, `variable`, `function` (its parenthesis included), or the operator or bracket itself. */
  readonly kind: string;
  readonly text: string;
  readonly value: YaqlValue;
  /** Of the first character, from 0. */
  readonly at: number;
}

const BLANK = /[ \t\r\n]+/y;
const VARIABLE = /\$[\p{L}\p{N}_]*/uy;
const NUMBER = /(?<![\p{L}\p{N}_])[0-9]+(?:\.?[0-9]+)?(?![\p{L}\p{N}_])/uy;
const FUNCTION = /(?<![\p{L}\p{N}_])[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_]*\(/uy;
const WORD = /(?!__)(?<![\p{L}\p{N}_])[\p{L}\p{Nl}\p{No}_][\p{L}\p{N}_]*/uy;
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/uy;
const VERBATIM = /`(?:[^`\\]|\\.)*`/uy;
// Longer ones first.
const SYMBOL = /=>|=~|!~|!=|>=|<=|->|\?\.|[.+\-*/><=[{()\],}]/y;
const WORD_OPERATORS: ReadonlySet<string> = new Set(['mod', 'in', 'not', 'and', 'or']);
const CONSTANTS: ReadonlyMap<string, YaqlValue> = new Map<string, YaqlValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const ESCAPE = /\\(?:U([^\n]{8})|u([^\n]{4})|x([^\n]{2})|([0-7]{1,3})|N\{[^}]+\}|([\\'"abfnrtv]))/gu;
const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

export const syntaxProblem = (message: string): YaqlProblem => new YaqlProblem('syntax', message);

export function tokensOf(text: string): readonly Token[] {
  if (text.length > MAX_EXPRESSION_TEXT)
    throw syntaxProblem(`Parse error: the expression is longer than ${MAX_EXPRESSION_TEXT} characters`);
  const tokens: Token[] = [];
  let at = 0;
  const taken = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const blank = taken(BLANK);
    if (blank !== null) {
      at += blank.length;
      continue;
    }
    const token = nextToken(taken, at);
    if (token === null) throw syntaxProblem(`Lexical error: illegal character '${[...text.slice(at, at + 2)][0]}' at position ${at}`);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function nextToken(taken: (pattern: RegExp) => string | null, at: number): Token | null {
  const variable = taken(VARIABLE);
  if (variable !== null) return { kind: 'variable', text: variable, value: variable, at };
  const number = taken(NUMBER);
  if (number !== null) return { kind: 'literal', text: number, value: number.includes('.') ? Number(number) : BigInt(number), at };
  const call = taken(FUNCTION);
  if (call !== null) return { kind: 'function', text: call, value: call.slice(0, -1), at };
  const word = taken(WORD);
  if (word !== null) return wordToken(word, at);
  const quoted = taken(QUOTED);
  if (quoted !== null) return { kind: 'literal', text: quoted, value: unescaped(quoted.slice(1, -1), at), at };
  const verbatim = taken(VERBATIM);
  if (verbatim !== null) return { kind: 'literal', text: verbatim, value: verbatim.slice(1, -1).replaceAll('\\`', '`'), at };
  const symbol = taken(SYMBOL);
  return symbol === null ? null : { kind: symbol, text: symbol, value: symbol, at };
}

function wordToken(word: string, at: number): Token {
  if (WORD_OPERATORS.has(word)) return { kind: word, text: word, value: word, at };
  const constant = CONSTANTS.get(word);
  if (constant !== undefined) return { kind: 'literal', text: word, value: constant, at };
  return { kind: 'word', text: word, value: word, at };
}

/** A backslash before anything else stays as it is, which spares doubling it in patterns. */
function unescaped(text: string, at: number): string {
  return text.replaceAll(ESCAPE, (whole: string, long?: string, short?: string, byte?: string, octal?: string, simple?: string) => {
    const hexadecimal = long ?? short ?? byte;
    if (hexadecimal !== undefined) {
      const code = /^[0-9a-fA-F]+$/.test(hexadecimal) ? Number.parseInt(hexadecimal, 16) : -1;
      if (code < 0 || code > 0x10ffff)
        throw syntaxProblem(`Lexical error: the escape "${whole}" in the string at position ${at} stands for no character`);
      return String.fromCodePoint(code);
    }
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    throw syntaxProblem(`Lexical error: characters by name, as "${whole}" in the string at position ${at}, are not supported`);
  });
}
