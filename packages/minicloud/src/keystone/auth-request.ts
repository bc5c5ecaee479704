/** Reads the body of `POST /auth/tokens`: methods and scope, with Keystone's words for what is missing. Pure. */
import { Refusal, Secret, isJsonArray, isJsonObject, type Json, type JsonObject } from '@hearth/kernel';
import { needObject, pythonText } from './input.ts';
import { expecting, invalid, unauthorized } from './refusals.ts';

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

/** By id, or by its name among a user's. */
export type CredentialReference = { readonly id: string } | { readonly name: string; readonly user: Reference };

export interface AuthRequest {
  readonly methods: readonly string[];
  readonly password: { readonly user: Reference; readonly password: Secret } | null;
  readonly token: Secret | null;
  readonly applicationCredential: { readonly credential: CredentialReference; readonly secret: Secret } | null;
  readonly scope: AskedScope;
}

const SUPPORTED: readonly string[] = ['password', 'token', 'application_credential'];
const MAX_METHODS = 10;

export function readAuthRequest(body: unknown): AuthRequest {
  needObject(body);
  const auth = isJsonObject(body) ? body['auth'] : undefined;
  if (auth === undefined || auth === null || (isJsonObject(auth) && Object.keys(auth).length === 0))
    throw expecting('auth', 'request body');
  if (!isJsonObject(auth)) throw invalid(`${pythonText(auth)} is not of type 'object'`);
  const identity = auth['identity'];
  if (identity === undefined) throw invalid("'identity' is a required property");
  if (!isJsonObject(identity)) throw wrongType('identity', identity, 'object');
  const methods = methodsOf(identity);
  for (const method of methods) if (identity[method] === undefined) throw expecting(method, 'identity');
  if (!methods.every((method) => SUPPORTED.includes(method)))
    throw new Refusal('unauthorized', 'AuthMethodNotSupported', 'Attempted to authenticate with an unsupported method.');
  const has = (method: string): boolean => methods.includes(method);
  const applicationCredential = has('application_credential')
    ? readCredential(object(identity, 'application_credential', 'identity'))
    : null;
  if (applicationCredential !== null && auth['scope'] !== undefined)
    throw new Refusal(
      'unauthorized',
      'ApplicationCredentialAuthError',
      'Error authenticating with application credential: Application credentials cannot request a scope.',
    );
  return {
    methods,
    password: has('password') ? readPassword(object(identity, 'password', 'identity')) : null,
    token: has('token') ? new Secret(text(object(identity, 'token', 'identity'), 'id', 'token')) : null,
    applicationCredential,
    scope: readScope(auth['scope']),
  };
}

function methodsOf(identity: JsonObject): readonly string[] {
  const methods = identity['methods'];
  if (methods === undefined) throw invalid("Invalid input for field 'identity': 'methods' is a required property");
  if (!isJsonArray(methods)) throw wrongType('identity/methods', methods, 'array');
  const wrong = methods.findIndex((method) => typeof method !== 'string');
  if (wrong >= 0) throw wrongType(`identity/methods/${wrong}`, methods[wrong] ?? null, 'string');
  if (methods.length === 0 || methods.length > MAX_METHODS) throw unauthorized();
  return [...new Set(methods as readonly string[])];
}

function readPassword(given: JsonObject): { user: Reference; password: Secret } {
  const user = object(given, 'user', 'password');
  if (user['id'] === undefined && user['name'] === undefined)
    throw invalid('Invalid input for field identity/password/user: id or name must be present.');
  const password = user['password'];
  if (password !== undefined && typeof password !== 'string') throw wrongType('identity/password/user/password', '***', 'string');
  return { user: reference(user, 'user', 'identity/password/user'), password: new Secret(password ?? '') };
}

function readCredential(given: JsonObject): { credential: CredentialReference; secret: Secret } {
  const secret = given['secret'];
  // A missing secret is a wrong one.
  const sent = new Secret(typeof secret === 'string' ? secret : '');
  if (typeof given['id'] === 'string' && given['id'] !== '') return { credential: { id: given['id'] }, secret: sent };
  const { name } = given;
  if (typeof name !== 'string' || name === '') throw expecting('name or ID', 'application credential');
  const user = object(given, 'user', 'application credential');
  return { credential: { name, user: reference(user, 'user', 'identity/application_credential/user') }, secret: sent };
}

function readScope(given: Json | undefined): AskedScope {
  if (given === undefined || given === null) return { kind: 'default' };
  if (given === 'unscoped') return { kind: 'unscoped' };
  const kinds = ['system', 'unscoped', 'project', 'domain', 'OS-TRUST:trust'].filter(
    (kind) => isJsonObject(given) && given[kind] !== undefined,
  );
  if (!isJsonObject(given) || kinds.length !== 1) throw expecting('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
  switch (kinds[0]) {
    case 'system':
      return { kind: 'system' };
    case 'unscoped':
      return { kind: 'unscoped' };
    case 'project':
      return { kind: 'project', project: reference(object(given, 'project', 'scope'), 'project', 'scope/project') };
    case 'domain':
      return { kind: 'domain', domain: domainReference(object(given, 'domain', 'scope'), 'scope/domain') };
    default:
      return { kind: 'trust', trustId: text(object(given, 'OS-TRUST:trust', 'scope'), 'id', 'trust', 'trust_id') };
  }
}

function reference(given: JsonObject, where: string, path: string): Reference {
  if (given['id'] === undefined && given['name'] === undefined)
    throw invalid(`Invalid input for field ${path}: id or name must be present.`);
  if (given['name'] === undefined) return { id: text(given, 'id', where) };
  if (given['domain'] === undefined) {
    if (given['id'] !== undefined) return { id: text(given, 'id', where) };
    throw expecting('domain', where);
  }
  return { name: text(given, 'name', where), domain: domainReference(object(given, 'domain', where), `${path}/domain`) };
}

function domainReference(given: JsonObject, path: string): DomainReference {
  if (given['name'] !== undefined) return { name: text(given, 'name', 'domain') };
  if (given['id'] !== undefined) return { id: text(given, 'id', 'domain') };
  throw invalid(`Invalid input for field ${path}: id or name must be present.`);
}

function object(given: JsonObject, key: string, where: string): JsonObject {
  const value = given[key];
  if (isJsonObject(value)) return value;
  if (value === undefined) throw expecting(key, where);
  throw wrongType(key, value, 'object');
}

function text(given: JsonObject, key: string, where: string, called = key): string {
  const value = given[key];
  if (typeof value === 'string') return value;
  if (value === undefined) throw expecting(called, where);
  throw wrongType(key, value, 'string');
}

const wrongType = (path: string, value: Json, type: string): Refusal =>
  invalid(`Invalid input for field '${path}': ${pythonText(value)} is not of type '${type}'`);
