/** Delegation by Keystone trusts: the user lets the service user act in one project, for as long as the stack lives. */
import type { Secret } from '@hearth/kernel';
import { keystoneOf } from './keystone.ts';
import type { Session } from './session.ts';

export interface Delegator {
  readonly userId: string;
  readonly projectId: string;
  readonly roles: readonly string[];
  readonly token: Secret;
}
export interface TrustRecord {
  readonly [key: string]: string;
  readonly trustId: string;
  readonly trustorUserId: string;
}
export interface DelegationOptions {
  /** Of the service user: the trustee. */
  readonly serviceSession: Session;
  readonly sessionWithToken: (token: Secret) => Session;
}

export function createDelegation(options: DelegationOptions): {
  create(caller: Delegator): Promise<TrustRecord>;
  revoke(caller: { readonly token: Secret }, trust: { readonly trustId: string }): Promise<void>;
} {
  return {
    async create(caller) {
      const { facts } = await options.serviceSession.token();
      const trustId = await keystoneOf(options.sessionWithToken(caller.token)).createTrust({
        trustorUserId: caller.userId,
        trusteeUserId: facts.userId,
        projectId: caller.projectId,
        roles: caller.roles,
      });
      return { trustId, trustorUserId: caller.userId };
    },
    revoke: (caller, trust) => keystoneOf(options.sessionWithToken(caller.token)).deleteTrust(trust.trustId),
  };
}
