/**
 * How long either side waits for the other. The server cancels what takes too long; the client gives up a connection that stays silent a little
 * longer than that, for then it hangs: a firewall, a stopped machine, packets that vanish.
 */

/** A transaction that its client has left alone holds locks that others wait for. */
const IDLE_IN_TRANSACTION_MS = 5_000;
/** A client that is gone without a word is found out in about half a minute. Without meaning over a local socket. */
const KEEPALIVES = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000';

/** Settings of the connection, to be sent when it is made. */
export function serverPatience(limitMs: number): string {
  const idleMs = Math.min(IDLE_IN_TRANSACTION_MS, limitMs);
  return `-c statement_timeout=${limitMs} -c idle_in_transaction_session_timeout=${idleMs} ${KEEPALIVES}`;
}

/** How a transaction begins whose statements may take longer than the connection's others. */
export const longTransaction = (limitMs: number): string =>
  `begin; set local statement_timeout = ${limitMs}; set local idle_in_transaction_session_timeout = ${limitMs}`;

/** How one begins whose client may be left for dead sooner. */
export const briefTransaction = (idleMs: number): string => `begin; set local idle_in_transaction_session_timeout = ${idleMs}`;

export const clientPatienceMs = (limitMs: number): number => Math.ceil(limitMs * 1.1);
