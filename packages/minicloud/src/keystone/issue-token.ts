/** From claims to a token in the client's hand: found good now, signed, shown with the catalogue. */
import { json, type Answer, type ApiRequest } from '@hearth/http-kit';
import type { CloudStore } from '../store/cloud-store.ts';
import { catalogFor } from './catalog.ts';
import { rolesOf } from './directory.ts';
import type { IdentityContext } from './identity-context.ts';
import { afterUse, trustFlaw } from './machine.ts';
import { notAuthorized, unauthorized } from './refusals.ts';
import { collections, type TrustBody } from './state.ts';
import { tokenHolder, type TokenHolder } from './token-holder.ts';
import { tokenView } from './token-view.ts';
import { signToken, type TokenClaims } from './tokens.ts';

export const LIFETIME_MS = 24 * 3600 * 1000;

export const newAuditId = (context: IdentityContext): string => Buffer.from(context.random.bytes(16)).toString('base64url');

export async function issueToken(context: IdentityContext, request: ApiRequest, claims: TokenClaims, status: number): Promise<Answer> {
  const { scope } = claims;
  const holder =
    scope.kind === 'trust' ? await useTrust(context, claims, scope.trustId) : await tokenHolder(context.store, claims, claims.issuedMs);
  if (holder === null) throw unauthorized();
  return json(
    status,
    { token: tokenView(holder, await catalogOf(context, request, holder)) },
    { 'X-Subject-Token': signToken(context.tokenKey(), claims), Vary: 'X-Auth-Token' },
  );
}

/** Null where none is wanted or due. */
export async function catalogOf(context: IdentityContext, request: ApiRequest, holder: TokenHolder) {
  if (request.query.has('nocatalog') || holder.claims.scope.kind === 'unscoped') return null;
  return catalogFor(context.store, context.cloudUrl(), holder.project?.id ?? null);
}

/** Counts one use of the trust; the row is locked, so that a trust for one use serves once. */
function useTrust(context: IdentityContext, claims: TokenClaims, trustId: string): Promise<TokenHolder | null> {
  const use = async (tx: CloudStore): Promise<TokenHolder | null> => {
    const trust = await tx.documents.get<TrustBody>(collections.trusts, trustId, { lock: true });
    if (trust === null) return null;
    if (trust.body.trustee_user_id !== claims.userId) throw notAuthorized();
    const { trustor_user_id, project_id } = trust.body;
    const held = project_id === null ? [] : await rolesOf(tx, trustor_user_id, { kind: 'project', id: project_id });
    const flaw = trustFlaw(
      trust.body,
      held.map((role) => role.id),
      claims.issuedMs,
    );
    if (flaw === 'roles-lost') throw notAuthorized();
    if (flaw !== null) return null;
    const holder = await tokenHolder(tx, claims, claims.issuedMs);
    if (holder !== null && trust.body.remaining_uses !== null) {
      await tx.documents.replace(collections.trusts, { id: trustId, body: afterUse(trust.body) }, claims.issuedMs);
    }
    return holder;
  };
  return context.store.transaction(use);
}
