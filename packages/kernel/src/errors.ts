/** Errors with a code: failures of the outside world, refusals of a request, and bugs. Never a bare `Error`. */
import type { JsonObject } from './json.ts';

/** A request that is refused; façades map `code` to their protocol's fault in one table each. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** Heat's exception class name, which Heat clients show and match on. */
  readonly type: string;
  readonly details: JsonObject;
  constructor(code: RefusalCode, type: string, message: string, details: JsonObject = {}) {
    super(message);
    this.code = code;
    this.type = type;
    this.details = details;
  }
}
export type RefusalCode = 'invalid' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict' | 'too-large' | 'unavailable';

/** The outside world went wrong: a cloud call, a database, a file. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
export type FailureCode =
  | 'not-found'
  | 'conflict'
  | 'busy'
  | 'over-quota'
  | 'unauthorized'
  | 'forbidden'
  | 'invalid'
  | 'unavailable'
  | 'unknown'
  | 'lease-lost'
  | 'configuration';

/** A broken promise of our own code; crashes the request or the step, never other work. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** For exhaustive switches. */
export function unreachable(value: never): never {
  throw new Bug(`unexpected value ${JSON.stringify(value)}`);
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
