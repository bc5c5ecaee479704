/** One connection that listens for every channel asked for, and comes back by itself when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, type Log } from '@hearth/kernel';
import pg from 'pg';
import type { Servers } from './servers.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
/** Nothing is sent over the connection otherwise: whether it still leads anywhere shows only when it is asked. */
const ASK_EVERY_MS = 15_000;

export class Listener {
  readonly #options: pg.ClientConfig;
  readonly #log: Log;
  readonly #servers: Servers | null;
  readonly #askEveryMs: number;
  readonly #callbacks = new Map<string, Set<(payload: string) => void>>();
  #client: pg.Client | null = null;
  #connecting: Promise<void> | null = null;
  #saying: Promise<unknown> = Promise.resolve();
  #closed = new AbortController();

  /** `options` say how long an answer may take (`query_timeout`), and where to connect to when no `servers` do. */
  constructor(options: pg.ClientConfig, log: Log, servers: Servers | null = null, askEveryMs = ASK_EVERY_MS) {
    this.#options = options;
    this.#log = log;
    this.#servers = servers;
    this.#askEveryMs = askEveryMs;
  }

  /** Resolves once the channel is heard; waits for the server if it is away. */
  async listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    let callbacks = this.#callbacks.get(channel);
    if (callbacks === undefined) {
      callbacks = new Set();
      this.#callbacks.set(channel, callbacks);
    }
    callbacks.add(onPayload);
    // A connection being made may have asked for its channels already; asking twice does no harm.
    await this.#connected();
    await this.#say(`listen ${pg.escapeIdentifier(channel)}`).catch(() => {});
    return async () => {
      const rest = this.#callbacks.get(channel);
      rest?.delete(onPayload);
      if (rest === undefined || rest.size > 0) return;
      this.#callbacks.delete(channel);
      await this.#say(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => {});
    };
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#callbacks.clear();
    await this.#connecting;
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => {});
  }

  #connected(): Promise<void> {
    if (this.#client !== null || this.#closed.signal.aborted) return Promise.resolve();
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connect(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.#closed.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const server = this.#servers?.current() ?? 0;
      const client = this.#servers === null ? new pg.Client(this.#options) : new this.#servers.Client(this.#options);
      client.on('notification', ({ channel, payload }) => {
        for (const callback of this.#callbacks.get(channel) ?? []) callback(payload ?? '');
      });
      client.on('error', () => {});
      try {
        await client.connect();
        await this.#servers?.verify(client);
        for (const channel of this.#callbacks.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
        if (this.#closed.signal.aborted) {
          await client.end();
          return;
        }
        this.#client = client;
        const asking = setInterval(() => this.#ask(client), this.#askEveryMs);
        asking.unref();
        client.on('end', () => {
          clearInterval(asking);
          this.#lost(client);
        });
        return;
      } catch (error) {
        this.#servers?.passOver(server);
        await client.end().catch(() => {});
        this.#log.debug('database-listen-retry', { reason: messageOf(error) });
        await sleep(pauseMs, undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = null;
    if (this.#closed.signal.aborted) return;
    this.#log.warn('database-listen-lost');
    this.#connected().catch((error: unknown) => this.#log.error('database-listen-failed', { reason: messageOf(error) }));
  }

  /** A connection that does not answer in time, or leads to a server that writes nothing any more, is given up, and another one made. */
  #ask(client: pg.Client): void {
    const asked = this.#inTurn(async () => {
      await client.query('select 1');
      await this.#servers?.verify(client);
    });
    asked.catch(() => client.end().catch(() => {}));
  }

  #say(statement: string): Promise<unknown> {
    return this.#inTurn(async () => this.#client?.query(statement));
  }

  /** A connection takes one statement after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#saying.then(work);
    this.#saying = turn.catch(() => {});
    return turn;
  }
}
