/** Reads an expression: operators by precedence, calls, lists, maps, indexing. Depth is bounded. */
import { MAX_EXPRESSION_DEPTH } from './bounds.ts';
import { syntaxProblem, type Token, tokensOf } from './lexer.ts';
import { type Argument, Call, type Expression, Literal, OMITTED, RuleExpression, Wrapped } from './syntax.ts';

/** Binary operators by how tightly they bind; `->` is the only one that groups to the right. */
const BINARY: ReadonlyMap<string, number> = new Map([
  ['->', 1],
  ['or', 2],
  ['and', 3],
  ...['>', '<', '>=', '<=', '!=', '=', 'in'].map((name) => [name, 5] as const),
  ['+', 6],
  ['-', 6],
  ['*', 7],
  ['/', 7],
  ['mod', 7],
  ['=~', 8],
  ['!~', 8],
  ['[', 10],
  ['.', 11],
  ['?.', 11],
]);
const PREFIX: ReadonlyMap<string, number> = new Map([
  ['not', 4],
  ['+', 9],
  ['-', 9],
]);
const OPERATOR_NAMES: ReadonlyMap<string, string> = new Map([
  ['=', '*equal'],
  ['!=', '*not_equal'],
]);

export function parseExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text));
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const [expression] = this.#value(0);
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return expression;
  }

  #kind(): string | null {
    return this.#tokens[this.#at]?.kind ?? null;
  }
  #take(kind: string): boolean {
    if (this.#kind() !== kind) return false;
    this.#at++;
    return true;
  }
  #need(kind: string): void {
    if (!this.#take(kind)) throw this.#unexpected();
  }
  #unexpected(): Error {
    const token = this.#tokens[this.#at];
    if (token === undefined) return syntaxProblem('Parse error: unexpected end of statement');
    return syntaxProblem(`Parse error: unexpected '${String(token.value)}' at position ${token.at}`);
  }
  #deeper(height: number): number {
    if (height + this.#depth > MAX_EXPRESSION_DEPTH)
      throw syntaxProblem(`Parse error: the expression is nested more than ${MAX_EXPRESSION_DEPTH} deep`);
    return height;
  }

  /** An expression of operators that bind at least as tightly, with its height: chains grow to the left, without recursion here. */
  #value(least: number): readonly [Expression, number] {
    this.#depth++;
    this.#deeper(0);
    let [left, height] = this.#operand();
    for (let kind = this.#kind(); kind !== null; kind = this.#kind()) {
      const strength = BINARY.get(kind);
      if (strength === undefined || strength < least) break;
      this.#at++;
      let other: number;
      if (kind === '[') {
        const [args, argsHeight] = this.#arguments(']');
        left = new Call('#indexer', [left, ...args], false);
        other = argsHeight;
      } else {
        const [right, rightHeight] = this.#value(kind === '->' ? strength : strength + 1);
        left = new Call(OPERATOR_NAMES.get(kind) ?? `#operator_${kind}`, [left, right], false);
        other = rightHeight;
      }
      height = this.#deeper(Math.max(height, other) + 1);
    }
    this.#depth--;
    return [left, height];
  }

  #operand(): readonly [Expression, number] {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#unexpected();
    const strength = PREFIX.get(token.kind);
    if (strength !== undefined) {
      this.#at++;
      const [inner, height] = this.#value(strength + 1);
      return [new Call(`#unary_operator_${token.kind}`, [inner], false), height + 1];
    }
    this.#at++;
    switch (token.kind) {
      case 'literal':
        return [new Literal(token.value), 1];
      case 'word':
        return [new Literal(token.value, true), 1];
      case 'variable':
        return [new Call('#get_context_data', [new Literal(token.value)], false), 1];
      case 'function': {
        const [args, height] = this.#arguments(')');
        return [new Call(token.value as string, args, true), height + 1];
      }
      case '[': {
        const [args, height] = this.#arguments(']');
        return [new Call('#list', args, false), height + 1];
      }
      case '{': {
        const [args, height] = this.#arguments('}');
        return [new Call('#map', args, false), height + 1];
      }
      case '(': {
        const [inner, height] = this.#value(0);
        this.#need(')');
        return [new Wrapped(inner), height + 1];
      }
      default:
        this.#at--;
        throw this.#unexpected();
    }
  }

  /** Arguments up to `close`: some may be left out between commas, but not at the end; those with `=>` come last. */
  #arguments(close: string): readonly [readonly Argument[], number] {
    const args: Argument[] = [];
    let tallest = 0;
    if (this.#take(close)) return [args, tallest];
    let named = false;
    for (;;) {
      if (!named && this.#kind() === ',') {
        this.#at++;
        args.push(OMITTED);
        continue;
      }
      const [value, height] = this.#value(0);
      tallest = Math.max(tallest, height);
      if (this.#kind() === '=>') {
        // Only one was left out directly before a named argument at the very start: the grammar has no such form.
        if (!named && args.length > 0 && args.every((arg) => arg === OMITTED)) throw this.#unexpected();
        this.#at++;
        const [destination, other] = this.#value(0);
        tallest = Math.max(tallest, other + 1);
        args.push(new RuleExpression(value, destination));
        named = true;
      } else if (named) throw this.#unexpected();
      else args.push(value);
      if (this.#take(close)) return [args, tallest];
      this.#need(',');
    }
  }
}
