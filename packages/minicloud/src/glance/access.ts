/** Who may see and change an image: its owner, administrators, everybody for open ones, and members for shared ones. */
import { isJsonObject, Refusal, type JsonObject } from '@hearth/kernel';
import { isAdmin, type ApiRequest, type Identity } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import type { CloudStore } from '../store/cloud-store.ts';
import type { Document } from '../store/documents.ts';
import { IMAGES, MEMBERS, type ImageBody } from './state.ts';

export type Image = Document<ImageBody>;

export const missing = (id: string): Refusal => new Refusal('not-found', 'NotFound', `No image found with ID ${id.slice(0, 100)}`);
/** As Glance names a rule of its policy that said no. */
export const notAllowed = (rule: string): Refusal =>
  new Refusal('forbidden', 'Forbidden', `You are not authorized to complete ${rule} action.`);
export const denied = (what: string): Refusal => new Refusal('forbidden', 'Forbidden', what);
export const invalid = (message: string): Refusal => new Refusal('invalid', 'HTTPBadRequest', message);
export const conflict = (message: string): Refusal => new Refusal('conflict', 'Conflict', message);
export const wrongMediaType = (type: string | null): Refusal =>
  new Refusal('invalid', 'HTTPUnsupportedMediaType', `The request media type ${type ?? 'text/plain'} is not supported by this server.`, {
    status: 415,
  });

export const idOf = (request: ApiRequest): string => request.params['id'] ?? '';
export const memberKey = (imageId: string, projectId: string): string => `${imageId}/${projectId}`;
export const isOwner = (image: Image, identity: Identity): boolean => isAdmin(identity) || image.projectId === identity.projectId;

/** True when the image may be looked at and used. */
export async function mayRead(store: CloudStore, image: Image, identity: Identity): Promise<boolean> {
  if (isOwner(image, identity) || image.body.visibility === 'public' || image.body.visibility === 'community') return true;
  if (image.body.visibility !== 'shared' || identity.projectId === null) return false;
  return (await store.documents.get(MEMBERS, memberKey(image.id, identity.projectId))) !== null;
}

export async function visible(store: CloudStore, request: ApiRequest, lock = false): Promise<Image> {
  const image = await store.documents.get<ImageBody>(IMAGES, idOf(request), { lock });
  if (image === null || !(await mayRead(store, image, request.identity))) throw missing(idOf(request));
  return image;
}

/** Locked for a change; `rule` is the name of what is being done, for the refusal. */
export async function owned(tx: CloudStore, request: ApiRequest, rule = 'modify_image'): Promise<Image> {
  const image = await visible(tx, request, true);
  if (!isOwner(image, request.identity)) throw notAllowed(rule);
  return image;
}

export async function replaced(tx: CloudStore, context: ServiceContext, image: Image, body: ImageBody): Promise<Image> {
  const after = await tx.documents.replace<ImageBody>(IMAGES, { id: image.id, body, name: body.name }, context.clock.now());
  if (after === null) throw missing(image.id);
  return after;
}

export const changed = (context: ServiceContext, request: ApiRequest, next: (image: Image) => ImageBody, rule?: string): Promise<Image> =>
  context.store.transaction(async (tx) => {
    const before = await owned(tx, request, rule);
    return replaced(tx, context, before, next(before));
  });

export function objectBody(request: ApiRequest): JsonObject {
  if (!isJsonObject(request.body)) throw invalid('Malformed JSON in request body: an object is wanted.');
  return request.body;
}
