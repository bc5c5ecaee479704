/** Keystone v3 tokens: asking for one, and what its body says. */
import { isJsonArray, isJsonObject, revealSecret, type Json, type JsonObject, type Secret } from '@hearth/kernel';

export interface PasswordLogin {
  readonly username: string;
  readonly password: Secret;
  readonly userDomainId: string;
}
export type ProjectScope = { readonly id: string } | { readonly name: string; readonly domainId: string };

export type Auth =
  | ({ readonly kind: 'password'; readonly project: ProjectScope } & PasswordLogin)
  /** The service user acting for the one who made the trust. */
  | ({ readonly kind: 'trust'; readonly trustId: string } & PasswordLogin)
  /** For a domain and what is in it: the administrator of the domain for users of stacks. */
  | ({ readonly kind: 'domain'; readonly domainId: string } & PasswordLogin)
  | { readonly kind: 'application-credential'; readonly id: string; readonly secret: Secret }
  /** Somebody's own token, as it is; it cannot be renewed. `facts`: what is known of it, or null when it is not valid; absent: it is asked for. */
  | { readonly kind: 'token'; readonly token: Secret; readonly facts?: () => Promise<TokenFacts | null> };

/** Body of `POST /auth/tokens`. Holds the password: for sending only. */
export function loginBody(auth: Exclude<Auth, { readonly kind: 'token' }>): JsonObject {
  if (auth.kind === 'application-credential') {
    const credential = { id: auth.id, secret: revealSecret(auth.secret) };
    return { auth: { identity: { methods: ['application_credential'], application_credential: credential } } };
  }
  const user = { name: auth.username, domain: { id: auth.userDomainId }, password: revealSecret(auth.password) };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope: scopeOf(auth) } };
}

function scopeOf(auth: Exclude<Auth, { readonly kind: 'token' | 'application-credential' }>): JsonObject {
  switch (auth.kind) {
    case 'trust':
      return { 'OS-TRUST:trust': { id: auth.trustId } };
    case 'domain':
      return { domain: { id: auth.domainId } };
    case 'password':
      return { project: projectScope(auth.project) };
  }
}

const projectScope = (scope: ProjectScope): JsonObject =>
  'id' in scope ? { id: scope.id } : { name: scope.name, domain: { id: scope.domainId } };

export interface TokenFacts {
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string;
  readonly projectId: string | null;
  readonly projectName: string | null;
  readonly projectDomainId: string | null;
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly trustId: string | null;
  readonly catalog: readonly Json[] | null;
}

/** Null when it is not a token's body. */
export function tokenFacts(body: Json): TokenFacts | null {
  const token = isJsonObject(body) ? body.token : null;
  if (!isJsonObject(token) || !isJsonObject(token.user) || typeof token.expires_at !== 'string') return null;
  const expiresAt = Date.parse(token.expires_at);
  if (!Number.isFinite(expiresAt)) return null;
  const project = isJsonObject(token.project) ? token.project : null;
  const trust = isJsonObject(token['OS-TRUST:trust']) ? token['OS-TRUST:trust'] : null;
  const roles = isJsonArray(token.roles) ? token.roles : [];
  return {
    userId: text(token.user.id) ?? '',
    userName: text(token.user.name) ?? '',
    userDomainId: domainOf(token.user) ?? '',
    projectId: text(project?.id),
    projectName: text(project?.name),
    projectDomainId: project === null ? null : domainOf(project),
    roles: roles.flatMap((role) => (isJsonObject(role) && typeof role.name === 'string' ? [role.name] : [])),
    expiresAt,
    trustId: text(trust?.id),
    catalog: isJsonArray(token.catalog) ? token.catalog : null,
  };
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
const domainOf = (owner: JsonObject): string | null => (isJsonObject(owner.domain) ? text(owner.domain.id) : null);
