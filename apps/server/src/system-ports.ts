/** The real clock, timers, randomness and log: the kernel's ports on Node. */
import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import type { JsonObject, Log, Random, Timers } from '@hearth/kernel';
import pino from 'pino';

const POOL_BYTES = 16_384;
/** setTimeout takes no longer ones. */
const LONGEST_TIMEOUT_MS = 2_000_000_000;

export const systemTimers: Timers = {
  now: () => Date.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, atMs - Date.now()), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** The same timers on a clock that is never set back: for leases, which must not seem to last longer because somebody set the time. */
export const monotonicTimers: Timers = {
  ...systemTimers,
  now: () => performance.timeOrigin + performance.now(),
  at(atMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, atMs - monotonicTimers.now()), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

/** The system's random source, asked for many numbers at a time: asking for each is slow. No number is given twice. */
function bufferedRandom(): Random {
  const pool = Buffer.alloc(POOL_BYTES);
  let at = pool.length;
  const take = (length: number): Buffer => {
    if (at + length > pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += length;
    return pool.subarray(at - length, at);
  };
  return {
    next: () => take(4).readUInt32BE() / 2 ** 32,
    uuid: () => randomUUID(),
    bytes: (length) => (length > POOL_BYTES / 16 ? randomBytes(length) : Buffer.from(take(length))),
  };
}
export const systemRandom: Random = bufferedRandom();

/** One JSON line an entry on standard error, so that what the program shows people stays readable. */
export function systemLog(level: string): Log {
  const logger = pino({ level, base: null }, pino.destination(2));
  const write = (kind: 'debug' | 'info' | 'warn' | 'error') => (event: string, data?: JsonObject) => logger[kind]({ event, ...data });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
