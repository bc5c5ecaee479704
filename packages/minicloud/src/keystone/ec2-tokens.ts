/** `/ec2tokens` and `/s3tokens`: a service that got a request signed with an EC2 credential asks for the token of who signed it. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { hasRole, isAdmin, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { need } from './access.ts';
import { credentialId, ec2BlobOf, type Ec2Blob } from './ec2-blob.ts';
import { isSame, isSignedWith, readSignedRequest, s3SignatureOf, timeFlaw } from './ec2-signature.ts';
import type { IdentityContext } from './identity-context.ts';
import { LIFETIME_MS, issueToken, newAuditId } from './issue-token.ts';
import { invalid, missing, unauthorized } from './refusals.ts';
import { collections, type ApplicationCredentialBody, type CredentialBody, type TrustBody } from './state.ts';
import type { Scope, TokenClaims } from './tokens.ts';

export const ec2TokenRoutes = (context: IdentityContext): readonly Route[] => [
  { method: 'POST', path: '/v3/ec2tokens', handle: (request) => validate(context, request, 'ec2tokens') },
  { method: 'POST', path: '/v3/s3tokens', handle: (request) => validate(context, request, 's3tokens') },
];

/** Only services and administrators may turn a signature into a token: whoever has seen a signed request could else use it. */
async function validate(context: IdentityContext, request: ApiRequest, kind: 'ec2tokens' | 's3tokens'): Promise<Answer> {
  need(isAdmin(request.identity) || hasRole(request.identity, 'service'), `${kind}_validate`);
  const { body } = request;
  if (!isJsonObject(body) || Object.keys(body).length === 0) throw invalid('request must include a request body');
  const given = [body['credentials'], body['credential'], body['ec2Credentials']].find(isJsonObject) ?? {};
  if (typeof given['access'] !== 'string') throw unauthorized();
  const id = credentialId(given['access']);
  const credential = await context.store.documents.get<CredentialBody>(collections.credentials, id);
  if (credential === null) throw missing('credential', id);
  const blob = ec2BlobOf(credential.body);
  if (blob === null) throw unauthorized();
  needSignature(kind, given, blob.secret);
  if (timeFlaw(readSignedRequest(given), context.clock.now()) !== null) throw unauthorized();
  const answer = await issueToken(context, request, await claimsOf(context, credential, blob), 200);
  if (kind === 'ec2tokens') return answer;
  // S3 services take the token's body, not the token.
  const { 'X-Subject-Token': _token, ...headers } = answer.headers ?? {};
  return { ...answer, headers };
}

function needSignature(kind: 'ec2tokens' | 's3tokens', given: JsonObject, secret: string): void {
  const { signature, token } = given;
  if (typeof signature !== 'string' || signature === '') throw unauthorized();
  if (kind === 'ec2tokens') {
    if (!isSignedWith(secret, readSignedRequest(given))) throw unauthorized();
    return;
  }
  const wanted = typeof token === 'string' ? s3SignatureOf(secret, token) : null;
  if (wanted === null || !isSame(signature, wanted)) throw unauthorized();
}

/** The token is no more than the credential was made with: a trust's, an application credential's, or its user's own. */
async function claimsOf(context: IdentityContext, credential: Document<CredentialBody>, blob: Ec2Blob): Promise<TokenClaims> {
  const { documents } = context.store;
  const issuedMs = context.clock.now();
  const projectId = credential.body.project_id;
  if (projectId === null) throw unauthorized();
  const trust = blob.trustId === null ? null : await documents.get<TrustBody>(collections.trusts, blob.trustId);
  const application =
    blob.applicationCredentialId === null
      ? null
      : await documents.get<ApplicationCredentialBody>(collections.applicationCredentials, blob.applicationCredentialId);
  if (blob.trustId !== null && trust === null) throw unauthorized();
  if (blob.applicationCredentialId !== null && application?.body.project_id !== projectId) throw unauthorized();
  const scope: Scope = trust === null ? { kind: 'project', projectId } : { kind: 'trust', trustId: trust.id };
  return {
    // A trust's token is its trustee's.
    userId: trust?.body.trustee_user_id ?? credential.body.user_id,
    methods: ['ec2credential'],
    scope,
    auditId: newAuditId(context),
    ...(application === null ? {} : { applicationCredentialId: application.id }),
    issuedMs,
    expiresMs: Math.min(issuedMs + LIFETIME_MS, application?.body.expiresMs ?? Infinity),
  };
}
