/** Where a database is and how to sign in; parsed from a URL or given by the embedded server. */
import { Failure, messageOf, revealSecret, Secret } from '@hearth/kernel';
import type { PoolConfig } from 'pg';

export type Connection =
  | { readonly kind: 'socket'; readonly folder: string; readonly user: string; readonly password: Secret; readonly database: string }
  | { readonly kind: 'url'; readonly url: Secret };

/** Host and port stand apart, because `URL` knows one of them only. */
const PARTS = /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/is;
/** libpq's words for the server that is wanted, and whether it must take writes. */
const WRITABLE: Readonly<Record<string, boolean>> = { any: false, 'read-write': true, primary: true };

/**
 * A `postgres://` URL as a connection; anything else is refused before it is tried. As with libpq it may name several servers
 * (`postgres://user@one:5432,two:5432/name`), of which the one that takes writes is meant.
 */
export function connectionFromUrl(url: string): Connection {
  let protocol: string;
  try {
    protocol = urlsOf(url).map((one) => new URL(one).protocol)[0] ?? '';
  } catch (error) {
    // The URL itself may hold a password and stays out of the message.
    throw new Failure('configuration', `The database URL is not a URL. It looks like postgres://user:password@host:5432/name.`, {
      cause: messageOf(error),
    });
  }
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new Failure(
      'configuration',
      `The database URL begins with "${protocol}//"; Hearth needs PostgreSQL: postgres://user:password@host:5432/name.`,
    );
  }
  const wanted = new URL(urlsOf(url)[0] as string).searchParams.get(SERVER_WANTED);
  if (wanted !== null && WRITABLE[wanted] === undefined)
    throw new Failure(
      'configuration',
      `The database URL asks for ${SERVER_WANTED}=${wanted}; Hearth writes. What to do: leave it out, or choose from ${Object.keys(WRITABLE).join(', ')}.`,
    );
  return { kind: 'url', url: new Secret(url) };
}

const SERVER_WANTED = 'target_session_attrs';

/** The URL with each of its servers alone. */
function urlsOf(url: string): readonly string[] {
  const parts = PARTS.exec(url);
  if (parts === null) return [url];
  const [, before = '', servers = '', after = ''] = parts;
  return servers.split(',').map((server) => `${before}${server}${after}`);
}

/** The same server, another database on it. */
export function withDatabase(connection: Connection, database: string): Connection {
  if (connection.kind === 'socket') return { ...connection, database };
  const [, before = '', servers = '', after = ''] = PARTS.exec(revealSecret(connection.url)) ?? [];
  const rest = new URL(`x://x${after}`);
  return { kind: 'url', url: new Secret(`${before}${servers}/${encodeURIComponent(database)}${rest.search}`) };
}

/** For people, without the password. */
export function connectionText(connection: Connection): string {
  if (connection.kind === 'socket') return `${connection.database} at ${connection.folder}`;
  const urls = urlsOf(revealSecret(connection.url)).map((url) => new URL(url));
  const name = urls[0]?.pathname.slice(1) || '(default)';
  return `${name} at ${urls.map(({ hostname, port }) => `${hostname}${port === '' ? '' : `:${port}`}`).join(',')}`;
}

/** The driver's words for a connection; where it names several servers, for the first. */
export const driverOptions = (connection: Connection): PoolConfig => driverOptionsOfEach(connection)[0] as PoolConfig;

/** Whether it matters which of the servers it is: of several, the one that takes writes is meant unless the URL says otherwise. */
export function wantsWritable(connection: Connection): boolean {
  if (connection.kind === 'socket') return false;
  const urls = urlsOf(revealSecret(connection.url));
  const wanted = new URL(urls[0] as string).searchParams.get(SERVER_WANTED);
  return wanted === null ? urls.length > 1 : WRITABLE[wanted] === true;
}

/** The driver's words for each server of a connection. */
export function driverOptionsOfEach(connection: Connection): readonly PoolConfig[] {
  if (connection.kind === 'url') return urlsOf(revealSecret(connection.url)).map((one) => ({ connectionString: withoutWish(one) }));
  const only: PoolConfig = {
    host: connection.folder,
    port: 5432,
    user: connection.user,
    password: revealSecret(connection.password),
    database: connection.database,
  };
  return [only];
}

/** The driver does not know the wish, and would take it for something to tell the server. */
function withoutWish(text: string): string {
  if (!text.includes(SERVER_WANTED)) return text;
  const url = new URL(text);
  url.searchParams.delete(SERVER_WANTED);
  return url.href;
}
