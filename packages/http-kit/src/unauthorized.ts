/** The answer of Keystone's middleware to a request without a valid token. */
import type { Answer } from './exchange.ts';

export function keystoneUnauthorized(authUri: string): Answer {
  return {
    status: 401,
    headers: { 'WWW-Authenticate': `Keystone uri="${authUri}"` },
    body: { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } },
  };
}
