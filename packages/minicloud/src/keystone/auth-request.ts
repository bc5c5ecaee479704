/** Reads the body of `POST /auth/tokens`: methods and scope, with Keystone's words for what is missing. Pure. */
import { Refusal, Secret, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';

/** By id, or by name within a domain given by id or name. */
export type Reference = { readonly id: string } | { readonly name: string; readonly domain: DomainReference };
export type DomainReference = { readonly id: string } | { readonly name: string };

export type AskedScope =
  | { readonly kind: 'default' }
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'project'; readonly project: Reference }
  | { readonly kind: 'domain'; readonly domain: DomainReference }
  | { readonly kind: 'trust'; readonly trustId: string }
  | { readonly kind: 'system' };

export interface AuthRequest {
  readonly methods: readonly string[];
  readonly password: { readonly user: Reference; readonly password: Secret } | null;
  readonly token: Secret | null;
  readonly scope: AskedScope;
}

const malformed = (what: string, where: string): Refusal =>
  new Refusal(
    'invalid',
    'ValidationError',
    `Expecting to find ${what} in ${where}. The server could not comply with the request since it is either malformed or otherwise incorrect. ` +
      'The client is assumed to be in error.',
  );
export const unauthorized = (): Refusal =>
  new Refusal('unauthorized', 'Unauthorized', 'The request you have made requires authentication.');

export function readAuthRequest(body: unknown): AuthRequest {
  const auth = part(body, 'auth', 'request body');
  const identity = part(auth, 'identity', 'auth');
  const methods = identity['methods'];
  if (!isJsonArray(methods) || methods.length === 0 || !methods.every((method) => typeof method === 'string'))
    throw malformed('methods', 'identity');
  let password: AuthRequest['password'] = null;
  let token: Secret | null = null;
  for (const method of methods as readonly string[]) {
    if (method === 'password') password = readPassword(part(identity, 'password', 'identity'));
    else if (method === 'token') token = new Secret(text(part(identity, 'token', 'identity')['id'], 'id', 'token'));
    else
      throw new Refusal(
        'unauthorized',
        'AuthMethodNotSupported',
        `Attempted to authenticate with an unsupported method: ${method.slice(0, 60)}.`,
      );
  }
  return { methods: methods as readonly string[], password, token, scope: readScope(auth['scope']) };
}

function readPassword(given: JsonObject): { user: Reference; password: Secret } {
  const user = part(given, 'user', 'password');
  return { user: reference(user, 'user'), password: new Secret(text(user['password'], 'password', 'user')) };
}

function readScope(given: Json | undefined): AskedScope {
  if (given === undefined || given === null) return { kind: 'default' };
  if (given === 'unscoped') return { kind: 'unscoped' };
  if (!isJsonObject(given)) throw malformed('an object', 'scope');
  const kinds = ['project', 'domain', 'OS-TRUST:trust', 'system', 'unscoped'].filter((kind) => given[kind] !== undefined);
  if (kinds.length !== 1) throw malformed('exactly one of project, domain, OS-TRUST:trust, system or unscoped', 'scope');
  if (given['unscoped'] !== undefined) return { kind: 'unscoped' };
  if (given['system'] !== undefined) return { kind: 'system' };
  if (given['project'] !== undefined) return { kind: 'project', project: reference(part(given, 'project', 'scope'), 'project') };
  if (given['domain'] !== undefined) return { kind: 'domain', domain: domainReference(part(given, 'domain', 'scope')) };
  return { kind: 'trust', trustId: text(part(given, 'OS-TRUST:trust', 'scope')['id'], 'id', 'OS-TRUST:trust') };
}

function reference(given: JsonObject, where: string): Reference {
  if (given['id'] !== undefined) return { id: text(given['id'], 'id', where) };
  return { name: text(given['name'], 'id or name', where), domain: domainReference(part(given, 'domain', where)) };
}

function domainReference(given: JsonObject): DomainReference {
  return given['id'] !== undefined ? { id: text(given['id'], 'id', 'domain') } : { name: text(given['name'], 'id or name', 'domain') };
}

function part(given: unknown, key: string, where: string): JsonObject {
  const value = isJsonObject(given) ? given[key] : undefined;
  if (isJsonObject(value)) return value;
  throw malformed(key, where);
}

function text(value: Json | undefined, key: string, where: string): string {
  if (typeof value === 'string') return value;
  throw malformed(key, where);
}
