/** Errors of the driver in our words: which mean that the server cannot be reached, and what to do about them. */
import { Failure, messageOf, Refusal } from '@hearth/kernel';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** Shutting down, crashed, starting up, out of connections, disk or memory full, read-only. */
const UNAVAILABLE = new Set(['57P01', '57P02', '57P03', '53300', '53100', '53200', '53000', '25006', '58030']);
/** The server takes no writes: after a fail-over the connection still leads to the one that was the primary, and is of no use. */
const READ_ONLY = '25006';
/** The server has ended the connection: on demand, after a crash, while starting up, because a transaction was left alone too long. */
const ENDED = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', READ_ONLY]);
/** The pool's own words when all of its connections are in use. */
const POOL_IS_BUSY = 'timeout exceeded when trying to connect';
/** Cancelled: it took too long. */
const CANCELLED = '57014';
/** Wrong password, unknown role or database, no right to connect. */
const REFUSED = new Set(['28P01', '28000', '3D000', '42501']);
/** PostgreSQL keeps every character but NUL, in texts (22021) and in JSON (22P05). */
const NOT_STORABLE = new Set(['22021', '22P05']);
const LOST =
  /Query read timeout|Connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|Client was closed|Cannot use a pool after calling end/;

/** The five characters PostgreSQL gave with an error, e.g. `23505`; null for anything else. */
export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && error instanceof Error && 'severity' in error ? code : null;
}

/** True when the connection is of no use any more, or never was made. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return state.startsWith('08') || ENDED.has(state);
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' && UNREACHABLE.has(code)) || LOST.test(messageOf(error));
}

/** True when an answer has not come in time: the connection may hang, and is of no use any more. */
export const isHung = (error: unknown): boolean => messageOf(error) === 'Query read timeout';

export const isReadOnly = (error: unknown): boolean => sqlState(error) === READ_ONLY;

/** No connection could be made, or it led to a server of no use: another server of the same database may do. */
export function mayBeElsewhere(error: unknown): boolean {
  if (error instanceof Failure) return error.code === 'unavailable';
  const state = sqlState(error);
  return messageOf(error) !== POOL_IS_BUSY && (isConnectionLoss(error) || (state !== null && UNAVAILABLE.has(state)));
}

/**
 * Loss of the server as `Failure('unavailable')`, a sign-in that is refused as `Failure('configuration')`, a character that cannot be
 * stored as `Refusal('invalid')`, everything else (a violated constraint, a mistake in SQL) as it came.
 */
export function driverFailure(error: unknown, place: string): unknown {
  if (error instanceof Failure) return error;
  const state = sqlState(error);
  if (state !== null && REFUSED.has(state) && (state !== '42501' || /database|connect/.test(messageOf(error)))) {
    return new Failure(
      'configuration',
      `The database ${place} refuses us: ${messageOf(error)}. Check user, password and name in the database URL.`,
      { cause: error },
    );
  }
  if (state === '53300') {
    return new Failure(
      'unavailable',
      `The database ${place} has no connection left: ${messageOf(error)}. Raise max_connections or stop other clients.`,
      { cause: error },
    );
  }
  if (state === '53100') {
    return new Failure('unavailable', `The disk of the database ${place} is full: ${messageOf(error)}. Free some space.`, { cause: error });
  }
  if (state === CANCELLED) {
    return new Failure('unavailable', `The database ${place} took too long, and the statement was cancelled: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (state !== null && NOT_STORABLE.has(state))
    return new Refusal(
      'invalid',
      'InvalidCharacter',
      'A text of the request has a character that cannot be stored (U+0000); leave it out.',
    );
  if (isConnectionLoss(error) || (state !== null && UNAVAILABLE.has(state))) {
    return new Failure(
      'unavailable',
      `The database ${place} cannot be reached: ${messageOf(error)}. See that the server runs and the address is right; a running Hearth tries again by itself.`,
      { cause: error },
    );
  }
  return error;
}
