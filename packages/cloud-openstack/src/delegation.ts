/** Delegation by Keystone trusts: the user lets the service user act in one project, for as long as the stack lives. */
import type { Secret } from '@hearth/kernel';
import { keystoneOf } from './keystone.ts';
import type { Session } from './session.ts';

export interface Delegator {
  readonly userId: string;
  readonly projectId: string;
  readonly roles: readonly string[];
  readonly token: Secret;
  /** The trust that the token was made from; null for a token of the user's own. */
  readonly trustId: string | null;
}
export interface TrustRecord {
  readonly [key: string]: string | boolean;
  readonly trustId: string;
  readonly trustorUserId: string;
  /** Made for another stack: used, but not ended with this one. */
  readonly isBorrowed: boolean;
}
export interface DelegationOptions {
  /** Of the service user: the trustee. */
  readonly serviceSession: Session;
  readonly sessionWithToken: (token: Secret) => Session;
}

export function createDelegation(options: DelegationOptions): {
  create(caller: Delegator): Promise<TrustRecord>;
  revoke(caller: { readonly token: Secret }, trust: { readonly trustId: string; readonly isBorrowed?: boolean }): Promise<void>;
} {
  return {
    async create(caller) {
      // Who acts by a trust cannot make another one; what the trust was made for outlives this.
      if (caller.trustId !== null) return { trustId: caller.trustId, trustorUserId: caller.userId, isBorrowed: true };
      const { facts } = await options.serviceSession.token();
      const trustId = await keystoneOf(options.sessionWithToken(caller.token)).createTrust({
        trustorUserId: caller.userId,
        trusteeUserId: facts.userId,
        projectId: caller.projectId,
        roles: caller.roles,
      });
      return { trustId, trustorUserId: caller.userId, isBorrowed: false };
    },
    revoke: async (caller, trust) => {
      if (trust.isBorrowed !== true) await keystoneOf(options.sessionWithToken(caller.token)).deleteTrust(trust.trustId);
    },
  };
}
