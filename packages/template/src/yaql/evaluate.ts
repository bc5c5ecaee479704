/** Evaluates a YAQL expression over data: pure, counted, and with every way it can fail in the answer. */
import type { Json } from '@hearth/kernel';
import { Meter, overLimit, type YaqlFault, YaqlProblem } from './bounds.ts';
import { outward, inward } from './conversion.ts';
import { Engine } from './engine.ts';
import { parseExpression } from './parser.ts';
import { standardLibrary } from './standard-library.ts';
import type { Expression } from './syntax.ts';

export interface YaqlFailure {
  readonly fault: YaqlFault;
  /** Never holds computed values. */
  readonly message: string;
}
export type Parsed = { readonly expression: Expression; readonly failure: null } | { readonly failure: YaqlFailure };
export type Outcome = { readonly value: Json; readonly failure: null } | { readonly failure: YaqlFailure };

export function parseYaql(text: string): Parsed {
  return guarded(() => ({ expression: parseExpression(text), failure: null }));
}

/** The value of an expression in which `$` is `{data: …}`. `spend` is told of everything produced and may throw to end the evaluation. */
export function evaluateYaql(expression: Expression, data: Json, spend?: (size: number) => void): Outcome {
  return guarded(() => {
    const engine = new Engine(standardLibrary, new Meter(spend));
    const result = engine.result(expression, inward({ data }, engine));
    return { value: outward(result, engine), failure: null };
  });
}

function guarded<T extends { readonly failure: null }>(work: () => T): T | { readonly failure: YaqlFailure } {
  try {
    return work();
  } catch (error) {
    // Depth is counted; this is for frames that are larger than the count allows for.
    const problem = error instanceof RangeError ? overLimit('the expression needs too much depth or too large a number') : error;
    if (!(problem instanceof YaqlProblem)) throw problem;
    return { failure: { fault: problem.fault, message: problem.message } };
  }
}
