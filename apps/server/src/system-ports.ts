/** The real clock, timers, randomness and log: the kernel's ports on Node. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject, Log, Random, Timers } from '@hearth/kernel';
import pino from 'pino';

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

export const systemRandom: Random = {
  next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  uuid: () => randomUUID(),
  bytes: (length) => randomBytes(length),
};

/** One JSON line an entry on standard error, so that what the program shows people stays readable. */
export function systemLog(level: string): Log {
  const logger = pino({ level, base: null }, pino.destination(2));
  const write = (kind: 'debug' | 'info' | 'warn' | 'error') => (event: string, data?: JsonObject) => logger[kind]({ event, ...data });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
