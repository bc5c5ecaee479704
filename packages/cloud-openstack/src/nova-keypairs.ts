/** Nova: keypairs. They belong to a user, whom an administrator may name. */
import type { JsonObject } from '@hearth/kernel';
import { itemOf, nullIfGone } from './answers.ts';
import { microversion } from './nova-version.ts';
import type { Session } from './session.ts';

export interface KeypairWish {
  readonly name: string;
  /** Null: the service makes a pair (until 2.91), and answers with `private_key`. */
  readonly publicKey: string | null;
  /** Null: as the service has it, which is ssh. */
  readonly type: string | null;
  /** Null: the caller's own. */
  readonly userId: string | null;
}

export interface NovaKeypairs {
  /** The keypair as the service answers, with `private_key` when it has made one. */
  createKeypair(wish: KeypairWish): Promise<JsonObject>;
  /** With `created_at`, `fingerprint`, `public_key`. Null when there is none. */
  getKeypair(name: string, userId: string | null): Promise<JsonObject | null>;
  deleteKeypair(name: string, userId: string | null): Promise<void>;
}

const service = 'compute';
/** From 2.10 on a user may be named, from 2.2 on a type. */
const forUser = (userId: string | null) => (userId === null ? {} : { query: { user_id: userId }, headers: microversion('2.10') });
const keypairPath = (name: string): string => `/os-keypairs/${encodeURIComponent(name)}`;

export function keypairCalls(session: Session): NovaKeypairs {
  return {
    async createKeypair({ name, publicKey, type, userId }) {
      const keypair = {
        name,
        ...(publicKey !== null && { public_key: publicKey }),
        ...(type !== null && { type }),
        ...(userId !== null && { user_id: userId }),
      };
      const version = userId !== null ? '2.10' : type !== null ? '2.2' : null;
      const headers = version === null ? {} : { headers: microversion(version) };
      return itemOf(await session.request({ service, method: 'POST', path: '/os-keypairs', body: { keypair }, ...headers }), 'keypair');
    },
    getKeypair: (name, userId) =>
      nullIfGone(async () =>
        itemOf(await session.request({ service, method: 'GET', path: keypairPath(name), ...forUser(userId) }), 'keypair'),
      ),
    async deleteKeypair(name, userId) {
      await session.request({ service, method: 'DELETE', path: keypairPath(name), ...forUser(userId) });
    },
  };
}
