/** Who a token belongs to, asked of Keystone and remembered shortly. That Keystone cannot be asked is not the same as "not valid". */
import { digestOfSecret, Failure, revealSecret, type Secret, type Timers } from '@hearth/kernel';
import { BoundedCache } from './bounded-cache.ts';
import { keystoneOf } from './keystone.ts';
import type { Session } from './session.ts';
import type { TokenFacts } from './token.ts';

export interface VerifiedToken extends TokenFacts {
  readonly token: Secret;
}
export interface VerifierOptions {
  /** Of the service user. */
  readonly session: Session;
  readonly timers: Timers;
  /** Default 60 s: as long may a revoked token still work. */
  readonly keepMs?: number;
}

const NEGATIVE_MS = 5_000;
const KEPT_LIMIT = 10_000;
/** Fernet tokens are some hundred characters, JWS ones below 4,096. */
const MAX_TOKEN_LENGTH = 8_192;

export function createTokenVerifier(options: VerifierOptions): { verify(token: Secret): Promise<VerifiedToken | null> } {
  const { timers, keepMs = 60_000 } = options;
  const keystone = keystoneOf(options.session);
  const cache = new BoundedCache<TokenFacts | null>(timers, KEPT_LIMIT, (facts) =>
    facts === null ? NEGATIVE_MS : Math.max(0, Math.min(keepMs, facts.expiresAt - timers.now())),
  );
  return {
    async verify(token) {
      const text = revealSecret(token);
      // What cannot stand in a header is no token.
      if (text === '' || text.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(text)) return null;
      try {
        const facts = await cache.get(digestOfSecret(token), () => keystone.validateToken(token));
        return facts === null || facts.expiresAt <= timers.now() ? null : { ...facts, token };
      } catch (error) {
        if (error instanceof Failure && error.code !== 'unavailable' && error.code !== 'busy' && error.code !== 'unknown') {
          throw new Failure('configuration', `tokens cannot be verified: the service user was refused by identity: ${error.message}`, {
            cause: error,
          });
        }
        throw error;
      }
    },
  };
}
