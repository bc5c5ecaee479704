/** Sharing an image with other projects: its owner names them, each accepts or rejects for itself. */
import { Refusal } from '@hearth/kernel';
import { empty, isAdmin, json, type Answer, type ApiRequest, type Route } from '@hearth/http-kit';
import type { Document } from '../store/documents.ts';
import type { ServiceContext } from '../service.ts';
import { conflict, denied, idOf, invalid, isOwner, memberKey, objectBody, owned, visible } from './access.ts';
import { MEMBERS } from './state.ts';
import { memberView, type MemberBody } from './views.ts';

const MAX_MEMBERS = 128;
const STATUSES = ['pending', 'accepted', 'rejected'];
const memberOf = (request: ApiRequest): string => request.params['member'] ?? '';
const notListed = (request: ApiRequest): Refusal =>
  new Refusal('not-found', 'NotFound', `${memberOf(request)} not found in the member list of the image ${idOf(request)}.`);

export function memberRoutes(context: ServiceContext): readonly Route[] {
  const path = '/v2/images/:id/members';
  return [
    { method: 'GET', path, handle: (request) => list(context, request) },
    { method: 'POST', path, handle: (request) => add(context, request) },
    { method: 'GET', path: `${path}/:member`, handle: (request) => show(context, request) },
    { method: 'PUT', path: `${path}/:member`, handle: (request) => decide(context, request) },
    { method: 'DELETE', path: `${path}/:member`, handle: (request) => remove(context, request) },
  ];
}

async function list(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const image = await visible(context.store, request);
  if (image.body.visibility !== 'shared')
    throw denied(`Not allowed to list members for image ${image.id}: Only shared images have members.`);
  const members = await context.store.documents.list<MemberBody>(MEMBERS, { where: [{ field: 'parent_id', in: [image.id] }] });
  // Members see themselves only.
  const seen = isOwner(image, request.identity) ? members : members.filter((member) => member.projectId === request.identity.projectId);
  return json(200, { members: seen.map(memberView), schema: '/v2/schemas/members' });
}

async function add(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const { member } = objectBody(request);
  if (member === undefined) throw invalid('Member to be added not specified');
  if (typeof member !== 'string' || member.length === 0 || member.length > 255) throw invalid("Member can't be empty");
  const made = await context.store.transaction(async (tx) => {
    const image = await owned(tx, request, 'add_member');
    if (image.body.visibility !== 'shared') throw denied(`Not allowed to create members for image ${image.id}.`);
    if ((await tx.documents.count(MEMBERS, [{ field: 'parent_id', in: [image.id] }])) >= MAX_MEMBERS)
      throw new Refusal(
        'too-large',
        'ImageMemberLimitExceeded',
        `The limit has been exceeded on the number of allowed image members: ${MAX_MEMBERS}`,
      );
    const document = { id: memberKey(image.id, member), parentId: image.id, projectId: member, body: { status: 'pending' } };
    return tx.documents.insert<MemberBody>(MEMBERS, document, context.clock.now());
  });
  if (made === null) throw conflict(`Member ${member} is duplicated for image ${idOf(request)}`);
  return json(200, memberView(made));
}

async function found(context: ServiceContext, request: ApiRequest): Promise<Document<MemberBody>> {
  const member = await context.store.documents.get<MemberBody>(MEMBERS, memberKey(idOf(request), memberOf(request)));
  if (member === null) throw notListed(request);
  return member;
}

async function show(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const image = await visible(context.store, request);
  if (!isOwner(image, request.identity) && request.identity.projectId !== memberOf(request)) throw notListed(request);
  return json(200, memberView(await found(context, request)));
}

async function decide(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const image = await visible(context.store, request);
  const { status } = objectBody(request);
  if (status === undefined) throw invalid('Status not specified');
  if (typeof status !== 'string' || !STATUSES.includes(status)) throw invalid(`Status invalid: ${JSON.stringify(status).slice(0, 60)}`);
  if (!isAdmin(request.identity) && request.identity.projectId !== memberOf(request))
    throw denied(`Not allowed to update members for image ${image.id}.`);
  const member = await found(context, request);
  const after = await context.store.documents.replace<MemberBody>(MEMBERS, { id: member.id, body: { status } }, context.clock.now());
  if (after === null) throw notListed(request);
  return json(200, memberView(after));
}

async function remove(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  await context.store.transaction(async (tx) => {
    const image = await owned(tx, request, 'delete_member');
    if (image.body.visibility !== 'shared') throw denied(`Not allowed to delete members for image ${image.id}.`);
    if (!(await tx.documents.remove(MEMBERS, memberKey(image.id, memberOf(request))))) throw notListed(request);
  });
  return empty(204);
}
