/** What the identity service's routes work with besides the common context. */
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Passwords } from './passwords.ts';
import type { TokenCheck } from './token-check.ts';

export interface IdentityContext extends ServiceContext {
  readonly passwords: Passwords;
  readonly tokens: TokenCheck;
  /** After any change of accounts, grants, trusts, roles or the catalogue: nothing remembered counts any more. */
  readonly forget: () => void;
  /** Tells the other processes of this mini-cloud to forget, too. */
  readonly announce: () => Promise<void>;
  /** Signs tokens. */
  readonly tokenKey: () => Uint8Array;
  /** `http://host:port` of the mini-cloud, as it stands in the catalogue. */
  readonly cloudUrl: () => string;
}

export const hexId = (context: ServiceContext): string => context.random.uuid().replaceAll('-', '');

/**
 * A change of accounts, grants or trusts: what was remembered of tokens no longer counts once it is committed, here at once and in
 * other processes as soon as they hear of it.
 */
export async function inIdentityChange<T>(context: IdentityContext, work: (tx: CloudStore) => Promise<T>): Promise<T> {
  try {
    const result = await context.store.transaction(work);
    context.forget();
    await context.announce();
    return result;
  } finally {
    // Also when the answer to a commit was lost.
    context.forget();
  }
}
