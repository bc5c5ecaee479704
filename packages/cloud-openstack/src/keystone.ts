/** Keystone: validating tokens, trusts, names of projects; accounts and credentials are in files of their own. */
import { Failure, isJsonArray, isJsonObject, revealSecret, type JsonObject, type Secret } from '@hearth/kernel';
import { isNotFound } from './cloud-failure.ts';
import { accountsOf, type KeystoneAccounts } from './keystone-accounts.ts';
import { credentialsOf, type KeystoneCredentials } from './keystone-credentials.ts';
import type { Session } from './session.ts';
import { tokenFacts, type TokenFacts } from './token.ts';

export interface TrustWish {
  readonly trustorUserId: string;
  readonly trusteeUserId: string;
  readonly projectId: string;
  /** Role names. */
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Keystone extends KeystoneAccounts, KeystoneCredentials {
  /** What a token says, asked with the session's own; null when it is not valid. */
  validateToken(token: Secret): Promise<TokenFacts | null>;
  /** The new trust's id. Impersonating, unlimited in time, not to be passed on. */
  createTrust(wish: TrustWish): Promise<string>;
  /** Those that let this user act. */
  trustsFor(trusteeUserId: string): Promise<readonly JsonObject[]>;
  /** One that is gone is fine. */
  deleteTrust(trustId: string): Promise<void>;
  projects(): Promise<readonly JsonObject[]>;
  /** By id or name; null when there is none (or it may not be seen). */
  find(
    collection: 'projects' | 'users' | 'roles' | 'domains' | 'groups' | 'services' | 'regions',
    nameOrId: string,
  ): Promise<JsonObject | null>;
}

export function keystoneOf(session: Session): Keystone {
  const service = 'identity';
  return {
    ...accountsOf(session),
    ...credentialsOf(session),
    async validateToken(token) {
      try {
        const body = await session.request({
          service,
          method: 'GET',
          path: '/auth/tokens',
          headers: { 'x-subject-token': revealSecret(token) },
        });
        const facts = tokenFacts(body);
        if (facts === null) throw new Failure('unknown', 'identity answered without a token');
        return facts;
      } catch (error) {
        // Keystone says 404 for unknown, revoked and expired ones, and 400 for what cannot be a token.
        if (isNotFound(error) || (error instanceof Failure && error.code === 'invalid')) return null;
        throw error;
      }
    },
    async createTrust({ trustorUserId, trusteeUserId, projectId, roles, expiresAt }) {
      const trust = {
        trustor_user_id: trustorUserId,
        trustee_user_id: trusteeUserId,
        project_id: projectId,
        impersonation: true,
        allow_redelegation: false,
        expires_at: new Date(expiresAt).toISOString(),
        roles: roles.map((name) => ({ name })),
      };
      const body = await session.request({ service, method: 'POST', path: '/OS-TRUST/trusts', body: { trust } });
      const id = isJsonObject(body) && isJsonObject(body.trust) ? body.trust.id : null;
      if (typeof id !== 'string') throw new Failure('unknown', 'identity answered without a trust');
      return id;
    },
    trustsFor: (trusteeUserId) => session.list({ service, path: '/OS-TRUST/trusts', query: { trustee_user_id: trusteeUserId } }, 'trusts'),
    async deleteTrust(trustId) {
      try {
        await session.request({ service, method: 'DELETE', path: `/OS-TRUST/trusts/${encodeURIComponent(trustId)}` });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    projects: () => session.list({ service, path: '/auth/projects' }, 'projects'),
    async find(collection, nameOrId) {
      try {
        const body = await session.request({ service, method: 'GET', path: `/${collection}/${encodeURIComponent(nameOrId)}` });
        const item = isJsonObject(body) ? Object.values(body).find(isJsonObject) : undefined;
        if (item !== undefined) return item;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      const body = await session.request({ service, method: 'GET', path: `/${collection}`, query: { name: nameOrId } });
      const items = isJsonObject(body) && isJsonArray(body[collection]) ? body[collection].filter(isJsonObject) : [];
      return items.find((item) => item.name === nameOrId) ?? null;
    },
  };
}
