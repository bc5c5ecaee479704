/** Images themselves: list, create, show, patch, delete, tags. */
import { isUuidLike, isJsonArray, isJsonObject, Refusal, type Json } from '@hearth/kernel';
import { empty, isAdmin, json, pageLink, type Answer, type ApiRequest, type Identity, type Route } from '@hearth/http-kit';
import type { ServiceContext } from '../service.ts';
import {
  changed,
  conflict,
  denied,
  idOf,
  invalid,
  notAllowed,
  objectBody,
  owned,
  replaced,
  visible,
  wrongMediaType,
  type Image,
} from './access.ts';
import { dropImageBytes } from './image-bytes.ts';

import { readImageQuery } from './list-query.ts';
import { mayBeDeleted, newImage, ownerFixed, patchedImage } from './machine.ts';
import { IMAGES, MEMBERS, TASKS, type ImageBody, STORE } from './state.ts';
import { imageView } from './views.ts';

const PATCHES = ['application/openstack-images-v2.0-json-patch', 'application/openstack-images-v2.1-json-patch'] as const;

export function imageRoutes(context: ServiceContext, methods: readonly string[]): readonly Route[] {
  const retag = (request: ApiRequest, next: (tags: readonly string[]) => readonly string[]) =>
    changed(context, request, ({ body }) => patchedImage(body, [{ op: 'add', path: '/tags', value: next(body.tags) }]));
  const tagOf = (request: ApiRequest): string => request.params['tag'] ?? '';
  return [
    { method: 'GET', path: '/v2/images', handle: (request) => list(context, request) },
    { method: 'POST', path: '/v2/images', handle: (request) => create(context, request, methods) },
    {
      method: 'GET',
      path: '/v2/images/:id',
      handle: async (request) => json(200, imageView(await visible(context.store, request), isAdmin(request.identity))),
    },
    { method: 'PATCH', path: '/v2/images/:id', handle: (request) => patch(context, request) },
    { method: 'DELETE', path: '/v2/images/:id', handle: (request) => remove(context, request) },
    {
      method: 'PUT',
      path: '/v2/images/:id/tags/:tag',
      handle: async (request) => {
        await retag(request, (tags) => [...new Set([...tags, tagOf(request)])]);
        return empty(204);
      },
    },
    {
      method: 'DELETE',
      path: '/v2/images/:id/tags/:tag',
      handle: async (request) => {
        await retag(request, (tags) => {
          if (!tags.includes(tagOf(request))) throw new Refusal('not-found', 'NotFound', 'The resource could not be found.');
          return tags.filter((tag) => tag !== tagOf(request));
        });
        return empty(204);
      },
    },
  ];
}

async function list(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const { identity } = request;
  const memberships = await context.store.documents.list<{ status: string }>(MEMBERS, {
    where: [{ field: 'project_id', in: [identity.projectId ?? ''] }],
    limit: 1_000,
  });
  const query = readImageQuery(
    request,
    memberships.map((member) => ({ imageId: member.parentId ?? '', status: member.body.status })),
  );
  const { marker } = query;
  if (typeof marker === 'string' && (await context.store.documents.get(IMAGES, marker)) === null) {
    throw invalid(`No image found with ID ${marker.slice(0, 60)}`);
  }
  const images = await context.store.documents.list<ImageBody>(IMAGES, query);
  // Links are paths below the endpoint, as Glance gives them; clients add the endpoint themselves.
  const link = (changes: Record<string, string | null>): string => pageLink(request, changes, false).slice(request.prefix.length);
  const last = images.at(-1);
  const next = last !== undefined && images.length === query.limit ? { next: link({ marker: last.id }) } : {};
  return json(200, {
    images: images.map((image) => imageView(image, isAdmin(request.identity))),
    first: link({ marker: null }),
    schema: '/v2/schemas/images',
    ...next,
  });
}

async function create(context: ServiceContext, request: ApiRequest, methods: readonly string[]): Promise<Answer> {
  const given = objectBody(request);
  const { identity } = request;
  const body = newImage(given);
  if (body.visibility === 'public') mayPublish(identity);
  const id = given['id'] ?? context.random.uuid();
  if (typeof id !== 'string' || !isUuidLike(id)) throw invalid("Provided object does not match schema 'image': id must be a UUID");
  const owner = given['owner'] ?? identity.projectId;
  if (owner !== identity.projectId && !isAdmin(identity))
    throw denied(`You are not permitted to create images owned by '${String(owner).slice(0, 64)}'.`);
  const projectId = typeof owner === 'string' ? owner : null;
  const image = await context.store.documents.insert<ImageBody>(IMAGES, { id, name: body.name, projectId, body }, context.clock.now());
  if (image === null) throw conflict(`Image ID ${id} already exists!`);
  return json(201, imageView(image), {
    Location: `${request.origin}${request.prefix}/v2/images/${id}`,
    'OpenStack-image-import-methods': methods.join(','),
    'OpenStack-image-store-ids': STORE,
  });
}

function mayPublish(identity: Identity): void {
  if (!isAdmin(identity)) throw notAllowed('publicize_image');
}

async function patch(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  const type = request.contentType?.split(';')[0]?.trim() ?? null;
  if (type === null || !(PATCHES as readonly string[]).includes(type)) {
    throw wrongMediaType(type);
  }
  const operations = type === PATCHES[0] ? asNewer(request.body) : request.body;
  const owner = newOwner(operations);
  const image = await context.store.transaction(async (tx) => {
    const before = await owned(tx, request);
    const body = patchedImage(before.body, owner === undefined ? operations : withoutOwner(operations));
    if (body.visibility === 'public' && before.body.visibility !== 'public') mayPublish(request.identity);
    if (owner === undefined) return replaced(tx, context, before, body);
    if (!isAdmin(request.identity)) throw ownerFixed();
    const change = { id: before.id, body, name: body.name, projectId: owner };
    return (await tx.documents.replace<ImageBody>(IMAGES, change, context.clock.now())) ?? before;
  });
  return json(200, imageView(image));
}

/** The older patch language names the operation by its key: `{"replace": "/name", "value": "x"}`. */
function asNewer(operations: unknown): unknown {
  if (!isJsonArray(operations)) return operations;
  return operations.map((operation): Json => {
    if (!isJsonObject(operation)) return operation;
    const op = ['add', 'replace', 'remove'].find((name) => operation[name] !== undefined);
    return op === undefined ? operation : { ...operation, op, path: operation[op] ?? null };
  });
}

const namesOwner = (operation: Json): boolean => isJsonObject(operation) && operation['path'] === '/owner';
const withoutOwner = (operations: unknown): unknown =>
  isJsonArray(operations) ? operations.filter((one) => !namesOwner(one)) : operations;

/** The owner that a patch asks for; undefined when it says nothing of it. */
function newOwner(operations: unknown): string | undefined {
  const asked = isJsonArray(operations) ? operations.filter(isJsonObject).findLast(namesOwner) : undefined;
  if (asked === undefined) return undefined;
  const { value } = asked;
  if (typeof value !== 'string' || value.length === 0 || value.length > 255) throw ownerFixed();
  return value;
}

async function remove(context: ServiceContext, request: ApiRequest): Promise<Answer> {
  await context.store.transaction(async (tx) => {
    let image: Image;
    try {
      image = await owned(tx, request, 'delete_image');
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'not-found') throw error;
      throw new Refusal('not-found', 'NotFound', `Failed to find image ${idOf(request).slice(0, 100)} to delete`);
    }
    mayBeDeleted(image.body, image.id);
    await dropImageBytes(tx, image.id, image.body);
    await tx.documents.removeWhere(MEMBERS, [{ field: 'parent_id', in: [image.id] }]);
    await tx.documents.removeWhere(TASKS, [{ field: 'parent_id', in: [image.id] }]);
    await tx.documents.remove(IMAGES, image.id);
  });
  return empty(204);
}
