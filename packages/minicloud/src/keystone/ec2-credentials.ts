/** `/users/:id/credentials/OS-EC2`: pairs of access key and secret with which a user signs requests. */
import type { JsonObject } from '@hearth/kernel';
import { isJsonObject } from '@hearth/kernel';
import { empty, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import { callerOf, isInScope, mayReadAll, need, needInScope, needUnrestricted, type Caller } from './access.ts';
import { EC2, credentialId, ec2BlobOf } from './ec2-blob.ts';
import { hexId, inIdentityChange, type IdentityContext } from './identity-context.ts';
import { missing, unauthorized } from './refusals.ts';
import { collections, type CredentialBody } from './state.ts';
import { linkTo, listBody } from './views.ts';

const PATH = '/v3/users/:id/credentials/OS-EC2';
const OUT_OF_SCOPE = 'EC2 credential project does not match the project scope of the delegated token';

export function ec2CredentialRoutes(context: IdentityContext): readonly Route[] {
  return [
    { method: 'GET', path: PATH, handle: (request) => list(context, request) },
    { method: 'POST', path: PATH, handle: (request) => create(context, request) },
    {
      method: 'GET',
      path: `${PATH}/:access`,
      handle: async (request) => {
        const { credential } = await seen(context, request, 'ec2_get_credential', mayReadAll);
        return json(200, { credential: viewOf(credential, request) });
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:access`,
      handle: async (request) => {
        const { credential, caller } = await seen(context, request, 'ec2_delete_credential', (one) => one.isAdmin);
        needUnrestricted(caller, 'application credentials');
        const isGone = await inIdentityChange(context, (tx) => tx.documents.remove(collections.credentials, credential.id));
        if (!isGone) throw missing('credential', credential.id);
        return empty(204);
      },
    },
  ];
}

const userOf = (request: ApiRequest): string => request.params['id'] ?? '';

function viewOf(credential: Document<CredentialBody>, request: ApiRequest): JsonObject {
  const { user_id, project_id } = credential.body;
  const blob = ec2BlobOf(credential.body);
  const access = blob?.access ?? '';
  return {
    user_id,
    tenant_id: project_id,
    access,
    secret: blob?.secret ?? '',
    trust_id: blob?.trustId ?? null,
    links: linkTo(request, `/users/${user_id}/credentials/OS-EC2/${encodeURIComponent(access)}`),
  };
}

async function needUser(context: IdentityContext, id: string): Promise<void> {
  if ((await context.store.documents.get(collections.users, id)) === null) throw missing('user', id);
}

async function list(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  need(mayReadAll(caller) || caller.userId === userOf(request), 'ec2_list_credentials');
  await needUser(context, userOf(request));
  const where = [
    { field: 'parent_id', in: [userOf(request)] },
    { field: 'type', in: [EC2] },
  ];
  const credentials = await context.store.documents.list<CredentialBody>(collections.credentials, { where });
  const views = credentials
    .filter((credential) => isInScope(caller, credential.body.project_id))
    .map((credential) => viewOf(credential, request));
  return json(200, listBody('credentials', views, request));
}

async function create(context: IdentityContext, request: ApiRequest): Promise<Answer> {
  const caller = await callerOf(context, request);
  const userId = userOf(request);
  need(caller.isAdmin || caller.userId === userId, 'ec2_create_credential');
  needUnrestricted(caller, 'application credentials');
  await needUser(context, userId);
  const sent = isJsonObject(request.body) ? request.body['tenant_id'] : undefined;
  const projectId = typeof sent === 'string' ? sent : 'None';
  if ((await context.store.documents.get(collections.projects, projectId)) === null) throw missing('project', projectId);
  needInScope(caller, projectId, OUT_OF_SCOPE);
  const blob = { access: hexId(context), secret: hexId(context), trust_id: caller.holder.trust?.id ?? null };
  const application = caller.holder.applicationCredential;
  const whole = application === null ? blob : { ...blob, app_cred_id: application.id };
  const body: CredentialBody = { type: EC2, blob: JSON.stringify(whole), user_id: userId, project_id: projectId };
  const id = credentialId(blob.access);
  const made = await inIdentityChange(context, (tx) =>
    tx.documents.insert<CredentialBody>(collections.credentials, { id, parentId: userId, projectId, body }, context.clock.now()),
  );
  if (made === null) throw missing('credential', id);
  return json(201, { credential: viewOf(made, request) });
}

async function seen(
  context: IdentityContext,
  request: ApiRequest,
  action: string,
  mayAll: (caller: Caller) => boolean,
): Promise<{ caller: Caller; credential: Document<CredentialBody> }> {
  const caller = await callerOf(context, request);
  const id = credentialId(request.params['access'] ?? '');
  const credential = await context.store.documents.get<CredentialBody>(collections.credentials, id);
  if (credential === null) throw missing('credential', id);
  need(mayAll(caller) || caller.userId === credential.body.user_id, action);
  if (credential.body.type !== EC2) throw unauthorized();
  await needUser(context, userOf(request));
  needInScope(caller, credential.body.project_id, OUT_OF_SCOPE);
  return { caller, credential };
}
