/** Checking tokens with a memory: one look at the database per token and half minute, none while nothing changed. */
import { revealSecret, type Clock, type Secret } from '@hearth/kernel';
import type { Identity, TokenVerifier } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { tokenHolder, type TokenHolder } from './token-holder.ts';
import { readToken } from './tokens.ts';

/** How long another process's revocation may go unnoticed; our own changes forget everything at once. */
const MEMORY_MS = 15_000;
const REMEMBERED = 5_000;

export interface TokenCheck extends TokenVerifier {
  holder(token: Secret): Promise<TokenHolder | null>;
  /** After any change of accounts, grants, trusts or revocations. */
  forget(): void;
}

interface Remembered {
  readonly holder: TokenHolder;
  readonly identity: Identity;
  readonly untilMs: number;
}

export function tokenCheck(store: CloudStore, key: () => Uint8Array, clock: Clock): TokenCheck {
  const remembered = new Map<string, Remembered>();
  let generation = 0;
  const look = async (token: Secret): Promise<Remembered | null> => {
    const text = revealSecret(token);
    const nowMs = clock.now();
    const known = remembered.get(text);
    if (known !== undefined && known.untilMs > nowMs) return known;
    const claims = readToken(key(), text);
    if (claims === null || claims.expiresMs <= nowMs) return null;
    const before = generation;
    const holder = await tokenHolder(store, claims, nowMs);
    if (holder === null) return null;
    const fresh: Remembered = {
      holder,
      identity: identityOf(holder, token),
      untilMs: Math.min(
        nowMs + MEMORY_MS,
        claims.expiresMs,
        holder.trust?.body.expiresMs ?? Infinity,
        holder.applicationCredential?.body.expiresMs ?? Infinity,
      ),
    };
    if (remembered.size >= REMEMBERED) remembered.clear();
    // A change while we looked may have made this stale: it serves this request and is not kept.
    if (before === generation) remembered.set(text, fresh);
    return fresh;
  };
  return {
    verify: async (token) => (await look(token))?.identity ?? null,
    holder: async (token) => (await look(token))?.holder ?? null,
    forget() {
      generation++;
      remembered.clear();
    },
  };
}

const identityOf = (holder: TokenHolder, token: Secret): Identity => ({
  userId: holder.user.id,
  userName: holder.user.body.name,
  userDomainId: holder.user.body.domain_id,
  projectId: holder.project?.id ?? null,
  projectName: holder.project?.body.name ?? null,
  projectDomainId: holder.project?.body.domain_id ?? null,
  roles: holder.roles.map((role) => role.body.name),
  expiresAt: holder.claims.expiresMs,
  trustId: holder.trust?.id ?? null,
  token,
  catalog: null,
});
