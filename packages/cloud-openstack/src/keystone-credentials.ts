/** Keystone's credentials for programs: EC2 keys and the check of what was signed with them, and application credentials. */
import { Failure, isJsonObject, Secret, type Json, type JsonObject } from '@hearth/kernel';
import { withoutNotFound } from './keystone-accounts.ts';
import type { Session } from './session.ts';
import { tokenFacts, type TokenFacts } from './token.ts';

export interface Ec2Credential {
  readonly access: string;
  readonly secret: Secret;
  readonly userId: string;
  readonly projectId: string;
}

/** A request as it came in, for the check of its signature (versions 0 to 2 and 4). */
export interface SignedEc2Request {
  readonly access: string;
  readonly signature: string;
  /** Host header, lower case. */
  readonly host: string;
  readonly verb: string;
  /** Without the query, not decoded. */
  readonly path: string;
  /** Without the signature itself. */
  readonly params: Readonly<Record<string, string>>;
  /** Names as clients write them: `Authorization`, `X-Amz-Date`. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyHash: string;
}

export interface ApplicationCredentialWish {
  readonly name: string;
  readonly description?: string;
  /** Names; default: all the token has. */
  readonly roles?: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** May make further credentials and trusts; default false. */
  readonly unrestricted?: boolean;
  readonly accessRules?: readonly { readonly service: string; readonly method: string; readonly path: string }[];
}
export interface ApplicationCredential {
  readonly id: string;
  /** Told once, at creation. */
  readonly secret: Secret;
}

export interface KeystoneCredentials {
  createEc2Credential(userId: string, projectId: string): Promise<Ec2Credential>;
  ec2Credentials(userId: string): Promise<readonly Ec2Credential[]>;
  /** One that is gone is fine. */
  deleteEc2Credential(userId: string, access: string): Promise<void>;
  /** The token of who signed the request; null when the key is not known or the signature is wrong. Asked with the session's own token. */
  ec2Token(request: SignedEc2Request): Promise<{ readonly token: Secret; readonly facts: TokenFacts } | null>;
  /** For the session's own user and project only. */
  createApplicationCredential(userId: string, wish: ApplicationCredentialWish): Promise<ApplicationCredential>;
  /** One that is gone is fine. */
  deleteApplicationCredential(userId: string, id: string): Promise<void>;
}

export function credentialsOf(session: Session): KeystoneCredentials {
  const service = 'identity';
  const ec2Path = (userId: string): string => `/users/${encodeURIComponent(userId)}/credentials/OS-EC2`;
  const applicationPath = (userId: string): string => `/users/${encodeURIComponent(userId)}/application_credentials`;
  return {
    async createEc2Credential(userId, projectId) {
      const body = await session.request({ service, method: 'POST', path: ec2Path(userId), body: { tenant_id: projectId } });
      return ec2CredentialIn(isJsonObject(body) ? body.credential : undefined);
    },
    async ec2Credentials(userId) {
      return (await session.list({ service, path: ec2Path(userId) }, 'credentials')).map(ec2CredentialIn);
    },
    deleteEc2Credential: (userId, access) =>
      withoutNotFound(session, { service, method: 'DELETE', path: `${ec2Path(userId)}/${encodeURIComponent(access)}` }),
    async ec2Token({ bodyHash, ...signed }) {
      const body = { ec2Credentials: { ...signed, body_hash: bodyHash } };
      try {
        const answer = await session.send({ service, method: 'POST', path: '/ec2tokens', body });
        const facts = tokenFacts(answer.body);
        const token = answer.headers['x-subject-token'];
        if (facts === null || token === undefined) throw new Failure('unknown', 'identity answered without a token');
        return { token: new Secret(token), facts };
      } catch (error) {
        // 404: no such key; 401: a wrong signature. The session has tried a new token of its own before it gave up.
        if (error instanceof Failure && (error.code === 'not-found' || error.code === 'unauthorized')) return null;
        throw error;
      }
    },
    async createApplicationCredential(userId, wish) {
      const body = await session.request({
        service,
        method: 'POST',
        path: applicationPath(userId),
        body: { application_credential: applicationCredentialBody(wish) },
      });
      const made = isJsonObject(body) ? body.application_credential : undefined;
      if (!isJsonObject(made) || typeof made.id !== 'string' || typeof made.secret !== 'string')
        throw new Failure('unknown', 'identity answered without an application credential');
      return { id: made.id, secret: new Secret(made.secret) };
    },
    deleteApplicationCredential: (userId, id) =>
      withoutNotFound(session, { service, method: 'DELETE', path: `${applicationPath(userId)}/${encodeURIComponent(id)}` }),
  };
}

function ec2CredentialIn(given: Json | undefined): Ec2Credential {
  const { access, secret, user_id, tenant_id } = isJsonObject(given) ? given : {};
  if (typeof access !== 'string' || typeof secret !== 'string') throw new Failure('unknown', 'identity answered without an EC2 credential');
  return { access, secret: new Secret(secret), userId: String(user_id ?? ''), projectId: String(tenant_id ?? '') };
}

function applicationCredentialBody({ roles, expiresAt, accessRules, ...plain }: ApplicationCredentialWish): JsonObject {
  return {
    name: plain.name,
    ...(plain.description !== undefined && { description: plain.description }),
    ...(plain.unrestricted !== undefined && { unrestricted: plain.unrestricted }),
    ...(roles !== undefined && { roles: roles.map((name) => ({ name })) }),
    ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString().slice(0, 19) }),
    ...(accessRules !== undefined && { access_rules: accessRules.map((rule) => ({ ...rule })) }),
  };
}
