/**
 * Delegation by Keystone trusts: the user lets the service user act in one project, for as long as the stack lives. A trust has neither name nor
 * description, so it is told by the moment it expires at, which is a hundred years away and its own.
 */
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
  readonly sessionOfTrust: (trustId: string, projectId: string) => Session;
}

/** A delegation that was asked for, of which nobody knows what came. */
export interface LostDelegation {
  /** What it was made with. */
  readonly mark: string;
  readonly userId: string;
  readonly projectId: string;
}

const FIRST_END = Date.UTC(2126, 0, 1);
const ENDS = 1_000_000_000;

/** By the last digits of the mark, a UUID, which are random in all of its versions. In whole seconds: so much is kept by every database. */
const endOf = (mark: string): number => FIRST_END + (Number.parseInt(mark.slice(-12), 16) % ENDS) * 1_000;

export function createDelegation(options: DelegationOptions): {
  create(caller: Delegator, mark: string): Promise<TrustRecord>;
  revoke(caller: { readonly token: Secret }, trust: { readonly trustId: string; readonly isBorrowed?: boolean }): Promise<void>;
  /** Ends what came of these, if anything did. */
  endLost(lost: readonly LostDelegation[]): Promise<void>;
} {
  return {
    async create(caller, mark) {
      // Who acts by a trust cannot make another one; what the trust was made for outlives this.
      if (caller.trustId !== null) return { trustId: caller.trustId, trustorUserId: caller.userId, isBorrowed: true };
      const { facts } = await options.serviceSession.token();
      const trustId = await keystoneOf(options.sessionWithToken(caller.token)).createTrust({
        trustorUserId: caller.userId,
        trusteeUserId: facts.userId,
        projectId: caller.projectId,
        roles: caller.roles,
        expiresAt: endOf(mark),
      });
      return { trustId, trustorUserId: caller.userId, isBorrowed: false };
    },
    revoke: async (caller, trust) => {
      if (trust.isBorrowed !== true) await keystoneOf(options.sessionWithToken(caller.token)).deleteTrust(trust.trustId);
    },
    async endLost(lost) {
      const { facts } = await options.serviceSession.token();
      const trusts = await keystoneOf(options.serviceSession).trustsFor(facts.userId);
      for (const { mark, userId, projectId } of lost)
        for (const { id, trustor_user_id, project_id, expires_at } of trusts) {
          const isIt = trustor_user_id === userId && project_id === projectId && Date.parse(String(expires_at)) === endOf(mark);
          if (isIt && typeof id === 'string') await keystoneOf(options.sessionOfTrust(id, projectId)).deleteTrust(id);
        }
    },
  };
}
