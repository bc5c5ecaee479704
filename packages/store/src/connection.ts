/** Where a database is and how to sign in; parsed from a URL or given by the embedded server. */
import { Failure, messageOf, revealSecret, Secret } from '@hearth/kernel';
import type { PoolConfig } from 'pg';

export type Connection =
  | { readonly kind: 'socket'; readonly folder: string; readonly user: string; readonly password: Secret; readonly database: string }
  | { readonly kind: 'url'; readonly url: Secret };

/** A `postgres://` URL as a connection; anything else is refused before it is tried. */
export function connectionFromUrl(url: string): Connection {
  let protocol: string;
  try {
    protocol = new URL(url).protocol;
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
  return { kind: 'url', url: new Secret(url) };
}

/** The same server, another database on it. */
export function withDatabase(connection: Connection, database: string): Connection {
  if (connection.kind === 'socket') return { ...connection, database };
  const url = new URL(revealSecret(connection.url));
  url.pathname = `/${encodeURIComponent(database)}`;
  return { kind: 'url', url: new Secret(url.href) };
}

/** For people, without the password. */
export function connectionText(connection: Connection): string {
  if (connection.kind === 'socket') return `${connection.database} at ${connection.folder}`;
  const { hostname, port, pathname } = new URL(revealSecret(connection.url));
  return `${pathname.slice(1) || '(default)'} at ${hostname}${port === '' ? '' : `:${port}`}`;
}

/** The driver's words for a connection. */
export function driverOptions(connection: Connection): PoolConfig {
  if (connection.kind === 'url') return { connectionString: revealSecret(connection.url) };
  return {
    host: connection.folder,
    port: 5432,
    user: connection.user,
    password: revealSecret(connection.password),
    database: connection.database,
  };
}
