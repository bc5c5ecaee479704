/**
 * The servers of a database where its URL names several, of which one takes writes: the next connection goes where the last good one led.
 * Which one takes writes changes with a fail-over; it shows when a connection is made, or when a write is refused.
 */
import { Failure } from '@hearth/kernel';
import pg from 'pg';
import { connectionText, driverOptionsOfEach, wantsWritable, type Connection } from '../connection.ts';

export interface Servers {
  readonly count: number;
  /** The number of the server that the next connection goes to. */
  current(): number;
  /** The server of this number is no good now: the next connection goes to another. */
  passOver(server: number): void;
  /** A client for the current server, of the class that the pool makes its clients with. */
  readonly Client: new (
    config?: pg.ClientConfig,
  ) => pg.Client;
  /** Throws `Failure('unavailable')` when the server that a new connection leads to takes no writes and should. */
  verify(client: pg.ClientBase): Promise<void>;
}

export function serversOf(connection: Connection): Servers {
  const options = driverOptionsOfEach(connection);
  const mustWrite = wantsWritable(connection);
  let at = 0;
  const passOver = (server: number): void => {
    if (server === at) at = (at + 1) % options.length;
  };
  return {
    count: options.length,
    current: () => at,
    passOver,
    Client: class extends pg.Client {
      constructor(config?: pg.ClientConfig) {
        super({ ...config, ...(options[at] as pg.ClientConfig) });
      }
    },
    async verify(client) {
      if (!mustWrite) return;
      const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only');
      if (rows[0]?.transaction_read_only !== 'off')
        throw new Failure('unavailable', `The database ${connectionText(connection)} has no server that takes writes at the moment.`);
    },
  };
}
