/** What an expression is once it is read. */
import type { YaqlValue } from './values.ts';

/** A value written out; a bare word is its own text. */
export class Literal {
  readonly value: YaqlValue;
  readonly isWord: boolean;
  constructor(value: YaqlValue, isWord = false) {
    this.value = value;
    this.isWord = isWord;
  }
}
/** A call of a function; operators, lists, maps and indexing are calls of functions with names of their own. */
export class Call {
  readonly name: string;
  readonly args: readonly Argument[];
  /** Written `name(...)`, so that it may be called on a receiver. */
  readonly isPlain: boolean;
  constructor(name: string, args: readonly Argument[], isPlain: boolean) {
    this.name = name;
    this.args = args;
    this.isPlain = isPlain;
  }
}
/** In parentheses. */
export class Wrapped {
  readonly inner: Expression;
  constructor(inner: Expression) {
    this.inner = inner;
  }
}
/** `a => b` */
export class RuleExpression {
  readonly source: Expression;
  readonly destination: Expression;
  constructor(source: Expression, destination: Expression) {
    this.source = source;
    this.destination = destination;
  }
}
export type Expression = Literal | Call | Wrapped | RuleExpression;

/** An argument left out between commas: the default counts. */
export const OMITTED: unique symbol = Symbol('omitted');
export type Argument = Expression | typeof OMITTED;

export const isExpression = (value: unknown): value is Expression =>
  value instanceof Literal || value instanceof Call || value instanceof Wrapped || value instanceof RuleExpression;
