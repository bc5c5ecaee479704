/** Tokens: signed, opaque to clients, checked without a write. What a user may do is looked up when a token is used, not stored in it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isJsonObject } from '@hearth/kernel';

export type Scope =
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'project'; readonly projectId: string }
  | { readonly kind: 'domain'; readonly domainId: string }
  | { readonly kind: 'system' }
  | { readonly kind: 'trust'; readonly trustId: string };

export interface TokenClaims {
  /** Who authenticated: for a trust the trustee, whoever it impersonates. */
  readonly userId: string;
  readonly methods: readonly string[];
  readonly scope: Scope;
  readonly auditId: string;
  /** Of the first token of a chain of exchanges. */
  readonly parentAuditId?: string;
  /** The application credential it was made with; its scope is the credential's project. */
  readonly applicationCredentialId?: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
}

const PREFIX = 'hct1.';
const MAX_LENGTH = 2048;

const signature = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export function signToken(key: Uint8Array, claims: TokenClaims): string {
  const text = `${PREFIX}${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${signature(key, text).toString('base64url')}`;
}

/** The claims of a token we signed; null for anything else. Says nothing about expiry or revocation. */
export function readToken(key: Uint8Array, token: string): TokenClaims | null {
  if (!token.startsWith(PREFIX) || token.length > MAX_LENGTH) return null;
  const end = token.lastIndexOf('.');
  const text = token.slice(0, end);
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const wanted = signature(key, text);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const claims: unknown = JSON.parse(Buffer.from(text.slice(PREFIX.length), 'base64url').toString());
  return isJsonObject(claims) ? (claims as unknown as TokenClaims) : null;
}
