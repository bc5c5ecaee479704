/** What one expression may cost: elements of a collection and bytes of a value as Heat has them, and steps, depth and length besides. */

/** Elements of any collection that enters a function or the result; `limit_iterators` of Heat. */
export const MAX_ELEMENTS = 200;
/** Bytes of one value that enters or leaves a function, counted as the reference counts them; `memory_quota` of Heat. */
export const MAX_VALUE_BYTES = 10_000;
/** Function calls, elements and comparisons in one evaluation. */
export const MAX_STEPS = 200_000;
/** Characters and elements that one evaluation may produce in all. */
export const MAX_OUTPUT = 4 * 1024 * 1024;
/** What stands for one step among the characters and elements that are produced: it takes about as long. */
const STEP_COST = 64;
/** Steps are told in portions, for telling costs time too. */
const PORTION = 64;
/** Calls and iterators inside each other. */
export const MAX_NESTING = 200;
/** Characters of an expression. */
export const MAX_EXPRESSION_TEXT = 64 * 1024;
/** Nesting of what is written in an expression, chains of operators included. */
export const MAX_EXPRESSION_DEPTH = 120;

/** Why an expression has no value. `no-match` is what grouping may recover from. */
export type YaqlFault = 'syntax' | 'no-match' | 'argument' | 'value' | 'limit';

/** An expression that cannot be parsed or evaluated. The message never holds a computed value. */
export class YaqlProblem extends Error {
  readonly fault: YaqlFault;
  /** An index outside a list, which grouping treats as a missing function. */
  readonly isIndex: boolean;
  constructor(fault: YaqlFault, message: string, isIndex = false) {
    super(message);
    this.fault = fault;
    this.isIndex = isIndex;
  }
}

export const badValue = (message: string): YaqlProblem => new YaqlProblem('value', message);
export const overLimit = (message: string): YaqlProblem => new YaqlProblem('limit', message);

/** Counts of one evaluation. */
export class Meter {
  readonly #spend: (size: number) => void;
  #steps = 0;
  /** Steps that were told. */
  #told = 0;
  #produced = 0;
  #nesting = 0;
  #names = 0;
  readonly #identities = new WeakMap<object, number>();

  /** `spend` is told of everything produced and of the steps, so that the bound of the whole resolution holds too. */
  constructor(spend: (size: number) => void = () => {}) {
    this.#spend = spend;
  }
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps - this.#told >= PORTION) {
      this.#spend((this.#steps - this.#told) * STEP_COST);
      this.#told = this.#steps;
    }
    if (this.#steps > MAX_STEPS) throw overLimit(`the expression takes more than ${MAX_STEPS} steps`);
  }
  produce(size: number): void {
    this.#produced += size;
    this.#spend(size);
    if (this.#produced > MAX_OUTPUT) throw overLimit(`the expression produces more than ${MAX_OUTPUT} characters and elements`);
  }
  enter(): void {
    if (++this.#nesting > MAX_NESTING) {
      // Callers leave only what they entered.
      this.#nesting--;
      throw overLimit(`the expression calls itself or nests more than ${MAX_NESTING} deep`);
    }
  }
  leave(): void {
    this.#nesting--;
  }
  /** One step, one level deeper: for walks over values, which expressions can nest as deep as they like. */
  within<T>(work: () => T): T {
    this.step();
    this.enter();
    try {
      return work();
    } finally {
      this.leave();
    }
  }
  /** A number that stands for an object compared by identity. */
  identity(value: object): number {
    const known = this.#identities.get(value);
    if (known !== undefined) return known;
    this.#identities.set(value, ++this.#names);
    return this.#names;
  }
}

export function checkedBytes(bytes: number): void {
  if (bytes > MAX_VALUE_BYTES) throw overLimit(`a value takes more than the ${MAX_VALUE_BYTES} bytes allowed`);
}
export function checkedCount(count: number): void {
  if (count > MAX_ELEMENTS) throw overLimit(`a collection has more than the ${MAX_ELEMENTS} elements allowed`);
}
