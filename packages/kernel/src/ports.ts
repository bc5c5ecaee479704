/** The outside world as arguments: clock, timers, randomness, logging, cancellation. Implemented in `apps` and `testkit`. */
import type { JsonObject } from './json.ts';

/** Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** Timers that a virtual clock can drive. */
export interface Timers extends Clock {
  /** Calls back once at or after `atMs`; the returned function cancels. */
  at(atMs: number, callback: () => void): () => void;
  sleep(ms: number): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  uuid(): string;
  bytes(length: number): Uint8Array;
}

export interface Log {
  debug(event: string, data?: JsonObject): void;
  info(event: string, data?: JsonObject): void;
  warn(event: string, data?: JsonObject): void;
  error(event: string, data?: JsonObject): void;
}

/** The part of an AbortSignal that pure code may name; a real AbortSignal fits. */
export interface Cancel {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
