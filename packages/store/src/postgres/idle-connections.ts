/** The idle connections of a pool, to be given up when one in use turns out to hang: they went the same way, and would hang too. */
import type { Socket } from 'node:net';
import type pg from 'pg';

export interface IdleConnections {
  giveUp(): void;
}

export function idleConnections(pool: pg.Pool): IdleConnections {
  const idle = new Set<pg.PoolClient>();
  pool.on('release', (_error, client) => idle.add(client));
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('remove', (client) => idle.delete(client));
  return {
    giveUp() {
      // Not `end`, which says goodbye and waits for the answer. The pool sees that the connection is lost and forgets it.
      for (const client of idle) (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
      idle.clear();
    },
  };
}
