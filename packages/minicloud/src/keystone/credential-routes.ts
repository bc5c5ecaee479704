/** `/credentials`: secrets of users in any form; those for EC2 are the ones of `/users/:id/credentials/OS-EC2` too. */
import { isJsonObject, type JsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { callerOf, isDelegated, isInScope, mayReadAll, need, needInScope, needUnrestricted, type Caller } from './access.ts';
import { EC2, credentialId, readBlob } from './ec2-blob.ts';
import { hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { checkedInput, idRule, nullable, textRule, wrapped, type Input } from './input.ts';
import { filterConditions } from './list-filters.ts';
import { conflict, expecting, forbidden, invalid, missing } from './refusals.ts';
import { collections, type CredentialBody } from './state.ts';
import { linkTo, listBody } from './views.ts';

const OUT_OF_SCOPE = 'Credential project does not match the project scope of the delegated token';
const PATH = '/v3/credentials';

const input: Input = {
  required: ['blob', 'type', 'user_id'],
  rules: { blob: { type: 'string', max: 65_535 }, type: { type: 'string', max: 255 }, user_id: textRule, project_id: nullable(idRule) },
};

export function credentialRoutes(context: IdentityContext): readonly Route[] {
  const one = `${PATH}/:id`;
  return [
    { method: 'GET', path: PATH, handle: (request) => list(context, request) },
    { method: 'POST', path: PATH, handle: (request) => create(context, request) },
    {
      method: 'GET',
      path: one,
      handle: async (request) => {
        const { credential } = await seen(context, request, 'get_credential', mayReadAll);
        return json(200, { credential: viewOf(credential, request) });
      },
    },
    { method: 'PATCH', path: one, handle: (request) => update(context, request) },
    {
      method: 'DELETE',
      path: one,
      handle: async (request) => {
        const { credential } = await seen(context, request, 'delete_credential', (caller) => caller.isAdmin);
        await inIdentityChange(context, (tx) => tx.documents.remove(collections.credentials, credential.id));
        return empty(204);
      },
    },
  ];
}

const viewOf = ({ id, body }: Document<CredentialBody>, request: ApiRequest): JsonObject => ({
  ...body.extra,
  id,
  user_id: body.user_id,
  project_id: body.project_id,
  type: body.type,
  blob: body.blob,
  links: linkTo(request, `/credentials/${id}`),
});

async function seen(
  context: IdentityContext,
  request: ApiRequest,
  action: string,
  mayAll: (caller: Caller) => boolean,
): Promise<{ caller: Caller; credential: Document<CredentialBody> }> {
  const id = request.params['id'] ?? '';
  const caller = await callerOf(context, request);
  const credential = await context.store.documents.get<CredentialBody>(collections.credentials, id);
  need(mayAll(caller) || caller.userId === credential?.body.user_id, action);
  if (credential === null) throw missing('credential', id);
  needInScope(caller, credential.body.project_id, OUT_OF_SCOPE);
  return { caller, credential };
}

async function list(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const where = [
    ...filterConditions(request.query, { user_id: 'text', type: 'text' }),
    ...(mayReadAll(caller) ? [] : [{ field: 'parent_id', in: [caller.userId] }]),
  ];
  const credentials = await context.store.documents.list<CredentialBody>(collections.credentials, { where });
  const views = credentials
    .filter((credential) => isInScope(caller, credential.body.project_id))
    .map((credential) => viewOf(credential, request));
  return json(200, listBody('credentials', views, request));
}

async function create(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const sent = wrapped(request.body, 'credential');
  need(caller.isAdmin || (typeof sent['user_id'] === 'string' && sent['user_id'] === caller.userId), 'create_credential');
  const isEc2 = typeof sent['type'] === 'string' && sent['type'].toLowerCase() === EC2;
  if (isEc2) {
    if (!sent['project_id']) throw invalid('EC2 credentials require a project_id');
    needUnrestricted(caller, 'credentials');
  }
  const given = checkedInput(sent, input, true);
  const projectId = typeof given['project_id'] === 'string' ? given['project_id'] : null;
  needInScope(caller, projectId, OUT_OF_SCOPE);
  const text = String(given['blob']);
  const bound = isEc2 ? boundBlob(text, caller) : null;
  const id = bound === null ? hexId(context) : credentialId(String(bound['access']));
  const userId = String(given['user_id']);
  const { blob: _blob, type: _type, user_id: _user, project_id: _project, id: _id, ...extra } = given;
  const body: CredentialBody = {
    type: isEc2 ? EC2 : String(given['type']),
    blob: bound === null || isDelegated(caller) === false ? text : JSON.stringify(bound),
    user_id: userId,
    project_id: projectId,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
  const made = await inIdentityChange(context, (tx) =>
    tx.documents.insert<CredentialBody>(collections.credentials, { id, parentId: userId, projectId, body }, context.clock.now()),
  );
  if (made === null) throw conflict('credential', `Duplicate entry found with ID ${id}`);
  return json(201, { credential: viewOf(made, request) });
}

/** The keys, with what the caller's login is bound to: tokens made with them are bound to it too. */
function boundBlob(text: string, { holder }: Caller): JsonObject {
  const blob = ec2Blob(text);
  return {
    ...blob,
    ...(holder.trust === null ? {} : { trust_id: holder.trust.id }),
    ...(holder.applicationCredential === null ? {} : { app_cred_id: holder.applicationCredential.id }),
  };
}

function ec2Blob(text: string): JsonObject {
  const blob = readBlob(text);
  if (blob === null) throw invalid('Invalid blob in credential');
  if (Object.keys(blob).length === 0) throw expecting('blob', 'credential');
  if (typeof blob['access'] !== 'string') throw expecting('access', 'credential');
  return blob;
}

const BINDINGS = ['trust_id', 'app_cred_id', 'access_token_id', 'access_id'] as const;

async function update(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const { caller, credential } = await seen(context, request, 'update_credential', (one) => one.isAdmin);
  const given = checkedInput(wrapped(request.body, 'credential'), input, false);
  if (given['id'] !== undefined && given['id'] !== credential.id) throw invalid('Cannot change ID');
  const { blob, type, user_id, project_id, id: _id, ...extra } = given;
  const before = credential.body;
  if (before.type === EC2 && typeof blob === 'string') {
    const [old, next] = [readBlob(before.blob) ?? {}, ec2Blob(blob)];
    const changed = BINDINGS.find((name) => (old[name] ?? null) !== (next[name] ?? null));
    if (changed !== undefined) throw invalid(`${changed} can not be updated for credential`);
    if (credentialId(String(next['access'])) !== credential.id) throw invalid('access can not be updated for credential');
  }
  const body: CredentialBody = {
    ...before,
    ...(typeof blob === 'string' ? { blob } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof user_id === 'string' ? { user_id } : {}),
    ...(project_id === null || typeof project_id === 'string' ? { project_id } : {}),
    ...(Object.keys(extra).length === 0 ? {} : { extra: { ...(isJsonObject(before.extra) ? before.extra : {}), ...extra } }),
  };
  if (!caller.isAdmin && body.user_id !== caller.userId) throw forbidden('identity:update_credential');
  needInScope(caller, body.project_id, OUT_OF_SCOPE);
  if (body.type === EC2 && body.project_id === null) throw expecting('project_id', 'credential');
  const columns = { id: credential.id, parentId: body.user_id, projectId: body.project_id, body };
  const updated = await inIdentityChange(context, (tx) =>
    tx.documents.replace<CredentialBody>(collections.credentials, columns, context.clock.now()),
  );
  if (updated === null) throw missing('credential', credential.id);
  return json(200, { credential: viewOf(updated, request) });
}
