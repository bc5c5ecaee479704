/**
 * Stacks that somebody makes with one token within a short time act with one delegation: fifty stacks ask the identity service once. Known to this
 * process alone, and for minutes only, in which what the token allows has hardly changed.
 */
import { type CredentialId, digestOfSecret } from '@hearth/kernel';
import type { Caller } from './caller.ts';

const SHARED_MS = 600_000;
const MOST_CALLERS = 1_000;

export interface Sharing<T> {
  newId(): CredentialId;
  /** Makes the stack with a delegation of its own, of this id. */
  make(credentialId: CredentialId): Promise<T>;
  /** Makes the stack with what another one acts with. Null: that is gone, and nothing was written. */
  reuse(credentialId: CredentialId): Promise<T | null>;
}

export interface SharedDelegations {
  /** Does one of both; who comes while the first one of a token is being made waits for it. */
  share<T>(caller: Caller, now: number, sharing: Sharing<T>): Promise<T>;
}

interface Known {
  readonly until: number;
  /** Null: nothing came of it. */
  readonly credentialId: Promise<CredentialId | null>;
}

export function sharedDelegations(): SharedDelegations {
  const byToken = new Map<string, Known>();

  function begin<T>(key: string, now: number, { newId, make }: Sharing<T>): Promise<T> {
    const id = newId();
    const making = make(id);
    const credentialId = making.then(
      () => id,
      () => null,
    );
    byToken.delete(key);
    byToken.set(key, { until: now + SHARED_MS, credentialId });
    if (byToken.size > MOST_CALLERS) byToken.delete(byToken.keys().next().value as string);
    return making;
  }

  return {
    async share(caller, now, sharing) {
      // Who acts by somebody's trust makes none.
      if (caller.trustId !== null) return sharing.make(sharing.newId());
      const key = keyOf(caller);
      for (;;) {
        const known = byToken.get(key);
        if (known === undefined || known.until < now) return begin(key, now, sharing);
        const credentialId = await known.credentialId;
        const reused = credentialId === null ? null : await sharing.reuse(credentialId);
        if (reused !== null) return reused;
        if (byToken.get(key) === known) byToken.delete(key);
      }
    },
  };
}

const keyOf = ({ token, projectId }: Caller): string => `${projectId} ${digestOfSecret(token)}`;
