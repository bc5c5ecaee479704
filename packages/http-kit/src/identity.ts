/** Who is asking: the identity behind a token, and the injected verifier that finds it. */
import type { Json, Secret } from '@hearth/kernel';

export interface Identity {
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string;
  /** Null for an unscoped or domain-scoped token. */
  readonly projectId: string | null;
  readonly projectName: string | null;
  readonly projectDomainId: string | null;
  /** Role names. */
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The trust the token was made from, if any. */
  readonly trustId: string | null;
  readonly token: Secret;
  /** The service catalogue as Keystone gives it, where the verifier has it. */
  readonly catalog: readonly Json[] | null;
}

export interface TokenVerifier {
  /** The identity of a valid token; null when it is unknown, revoked or expired; a `Failure` when that cannot be found out. */
  verify(token: Secret): Promise<Identity | null>;
}

export const hasRole = (identity: Identity, role: string): boolean => identity.roles.includes(role);
export const isAdmin = (identity: Identity): boolean => hasRole(identity, 'admin');
