/** The connection to PostgreSQL as the rest of the program sees it: statements, transactions, notifications, counters. */
import type { Kysely } from 'kysely';

/** A statement with its values; `name` makes it a prepared statement on each connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Queryable {
  query<Row>(statement: Statement): Promise<readonly Row[]>;
}

export interface Database extends Queryable {
  /**
   * The same database with another patience: statements may take so long. One that takes longer ends with `Failure('unavailable')`: a slow one is
   * cancelled, and of one that is not answered at all the connection is given up, so that the next goes over another.
   * `idleMs`: how long a transaction may be left alone between two statements before the server ends it, and its locks with it; some seconds
   * unless given.
   */
  within(limitMs: number, idleMs?: number): Database;
  /** For lists and searches that are put together at run time. Same pool, same search path. */
  readonly kysely: Kysely<unknown>;
  /** Runs `work` in one transaction, rolled back if it throws; serialisation failures and deadlocks are tried again (`work` must be repeatable). */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** NOTIFY is a hint: reconnects by itself, may lose notifications while it does. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>;
  /** Statements and commits since start, for the benchmark. */
  readonly counters: { statements: number; commits: number };
  close(): Promise<void>;
}
